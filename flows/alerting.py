"""
Tell people what matters: decide, send, record. Plain functions; the collect flow and the ``alert`` flow both call them.

The outbox is the table ``alerts``: a lost call changes nothing, the next one finds what is left.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from extractors.alerting.messages import message_text
from extractors.alerting.schedule import Schedule, due_at, is_quiet, retry_after, schedule_of
from extractors.alerting.spikes import spike_of
from extractors.errors import ChannelError
from extractors.model import AlertKind, AlertRule, AlertWatch, DueMessage, MessageText, Watchlist
from flows import events
from flows.channels import Channel, open_channel
from flows.collecting import now, open_writer
from flows.settings import Settings
from flows.watched import read_watchlist
from warehouse.alert_decisions import decide_alerts
from warehouse.alerts import (
    Waiting,
    due_rules,
    record_failure,
    record_sent,
    record_unreachable,
    take_up_message,
    waiting,
)
from warehouse.bells import covered_after, last_load_seq
from warehouse.connection import Connection
from warehouse.gate import held_gate


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSummary:
    """What one call of ``send_alerts`` came to."""

    #: Alerts that were decided now, and alerts that a channel took now.
    decided_count: int = 0
    sent_count: int = 0
    #: One line for each channel that failed, or cannot be had.
    problems: tuple[str, ...] = ()
    #: What is held, and until when, in words; empty: nothing is.
    held: str = ""

    @property
    def line(self) -> str:
        """All of it in one line; empty where there is nothing to say."""
        sent = f"{self.sent_count} {'alert' if self.sent_count == 1 else 'alerts'} sent" if self.sent_count else ""
        return ", ".join(filter(None, [sent, self.held]))


def send_alerts(
    settings: Settings,
    *,
    asked_run_id: str | None = None,
    clock: Callable[[], datetime] = now,
    environment: Mapping[str, str] = os.environ,
) -> AlertSummary:
    """
    Decide which alerts there are and send those that are due; alone among the processes of a home.

    Args:
        settings: Where, and which watchlist.
        asked_run_id: A run of ``ingest`` or ``backfill`` whose coverage is told, too.
        clock: Gives the present instant, aware UTC.
        environment: Where ``env:NAME`` is looked up.

    Raises:
        WarehouseBusyError: Another process sent, or wrote, all the time that the settings allow to wait.
        WatchlistError: The watchlist says something wrong.
    """
    watchlist = read_watchlist(settings.watchlist)
    if not watchlist.alerts:
        return AlertSummary()
    with held_gate(settings.home, name="alerts", wait_seconds=settings.writer_wait_seconds):
        return _Dispatch(settings, watchlist, clock=clock, environment=environment).run(asked_run_id)


class _Dispatch:
    """One round of sending; the caller holds the gate ``alerts``."""

    def __init__(
        self,
        settings: Settings,
        watchlist: Watchlist,
        *,
        clock: Callable[[], datetime],
        environment: Mapping[str, str],
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.environment = environment
        self.rules = {rule.name: rule for rule in watchlist.alerts}
        self.schedules = {rule.name: schedule_of(rule) for rule in watchlist.alerts}
        self.watches = list(watches_of(watchlist, self.schedules, instant=clock()))
        #: Of the rules that may speak now and whose service did not fail in this round.
        self.channels: dict[str, Channel] = {}
        self.problems: list[str] = []
        self.sent_count = 0

    def run(self, asked_run_id: str | None) -> AlertSummary:
        """Decide, then send one message after the other; the warehouse is free while one is on its way."""
        with open_writer(self.settings) as con:
            instant = self.clock()
            decided = decide_alerts(con, self.watches, now=instant, spike_of=spike_of, asked_run_id=asked_run_id)
            self._open_channels(con)
            message = self._next(con)
            left = waiting(con)
        while message is not None:
            error = self._deliver(message)
            with open_writer(self.settings) as con:
                self._record(con, message, error)
                message = self._next(con)
                left = waiting(con)
        return AlertSummary(
            decided_count=decided,
            sent_count=self.sent_count,
            problems=tuple(self.problems),
            held=self._held(left),
        )

    def _open_channels(self, con: Connection) -> None:
        """Open the channels of the rules of which something is due, but for those in their quiet hours."""
        instant = self.clock()
        for name in sorted(due_rules(con, now=instant) & set(self.rules)):
            if is_quiet(self.schedules[name], instant):
                continue
            try:
                self.channels[name] = open_channel(self.rules[name], environment=self.environment)
            except ChannelError as error:
                count = record_unreachable(con, name, error=str(error), now=instant)
                self.problems.append(f"{error} ({count} {'alert waits' if count == 1 else 'alerts wait'})")

    def _next(self, con: Connection) -> DueMessage | None:
        return take_up_message(con, list(self.channels), now=self.clock()) if self.channels else None

    def _deliver(self, message: DueMessage) -> str | None:
        """Send *message*; return what went wrong, None where the channel took it."""
        channel = self.channels[message.rule]
        text = message_text(
            message,
            title_limit=channel.title_limit,
            body_limit=channel.body_limit,
            zone=self.schedules[message.rule].zone,
        )
        try:
            channel.send(text, message_id=message.message_id)
        except ChannelError as error:
            return str(error)
        return None

    def _record(self, con: Connection, message: DueMessage, error: str | None) -> None:
        """Record what came of *message*; a channel that failed is not asked again in this round."""
        service = self.channels[message.rule].service
        if error is None:
            record_sent(con, message, channel=service, now=self.clock())
            self.sent_count += len(message.items)
            return
        del self.channels[message.rule]
        pause = retry_after(message.attempt_count)
        next_at = self.clock() + pause if pause else None
        record_failure(con, message, channel=service, error=error, next_attempt_at=next_at)
        fate = f"tried again after {next_at:%H:%M} UTC" if next_at else f"given up after {message.attempt_count} tries"
        self.problems.append(f"{error} ({len(message.items)} not sent, {fate})")

    def _held(self, left: list[Waiting]) -> str:
        """Say how many alerts wait for their time, and when the first of them comes."""
        held = [one for one in left if one.error is None and one.next_at > self.clock() and one.rule in self.rules]
        if not held:
            return ""
        zone = self.schedules[held[0].rule].zone
        until = held[0].next_at.astimezone(zone) if zone else held[0].next_at
        return f"{sum(one.alert_count for one in held)} held until {until:%H:%M} {zone.key if zone else 'UTC'}"


def watches_of(watchlist: Watchlist, schedules: Mapping[str, Schedule], *, instant: datetime) -> Iterator[AlertWatch]:
    """Give each rule with each of its topics, and when what is decided at *instant* may be sent."""
    for rule in watchlist.alerts:
        schedule = schedules[rule.name]
        topics: list[str | None] = [topic.topic_id for topic in watchlist.topics if rule.name in topic.alerts]
        if schedule.kind is AlertKind.FEED_FAILING:
            topics = [None]
        for topic_id in topics:
            yield AlertWatch(rule=rule.name, kind=schedule.kind, topic_id=topic_id, due_at=due_at(schedule, instant))


def send_test(rule: AlertRule, *, environment: Mapping[str, str] = os.environ) -> str:
    """
    Send one test message to the channel of *rule*; return the service that took it.

    Raises:
        ChannelError: It cannot be had, or did not take it.
    """
    channel = open_channel(rule, environment=environment)
    words = f"This is a test of rule {rule.name} ({rule.when}). It is sent by hand; there is nothing new."
    text = MessageText(title=f"newsdesk: test of {rule.name}", plain=words, html=f"<p>{words}</p>")
    channel.send(text, message_id=f"test-{rule.name}")
    return channel.service


def load_mark(settings: Settings) -> int:
    """Return the number of the coverage loaded last, for ``announce``."""
    with open_writer(settings) as con:
        return last_load_seq(con)


def announce(settings: Settings, *, since: int) -> None:
    """Ring once for each topic that got coverage after number *since*, where a Prefect server listens."""
    if settings.dispatch != "event":
        return
    with open_writer(settings) as con:
        news = covered_after(con, since)
    for one in news:
        events.coverage_new(
            one.topic_id, story_ids=one.story_ids, article_count=one.article_count, load_seq=one.load_seq
        )
