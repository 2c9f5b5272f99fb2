"""The commands that fill the warehouse: run, ingest."""

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from extractors.errors import NewsdeskError
from extractors.model import LookOutcome, Outcome
from flows import console, scheduler
from flows.polling import PollSummary
from flows.readers import Readers, kept_open
from flows.settings import Settings
from flows.watched import read_watchlist
from flows.websub import Subscriber

if TYPE_CHECKING:
    from flows.backfilling import Question
    from flows.collect import Collected
    from flows.ingest import IngestSummary

_UNITS = {"s": 1, "m": 60, "h": 3600}
#: Shorter than this is no schedule but a hammer.
_SHORTEST_SECONDS = 10
_UNCHANGED = (LookOutcome.NOT_MODIFIED, LookOutcome.SAME_BYTES, LookOutcome.SAME_TEXT)


def run(settings: Settings, *, every: str | None, as_json: bool) -> None:
    """Run the main job once, or for ever with *every*."""
    pause_seconds = seconds(every) if every else None
    # Before Prefect starts: a wrong watchlist is said at once.
    watchlist = read_watchlist(settings.watchlist)
    scheduler.prepare(settings.home)
    if scheduler.is_temporary():
        scheduler.end_orphans(settings.home)
        console.note("starting Prefect for this process (some seconds; none of it when PREFECT_API_URL names a server)")
    readers = Readers(workers=settings.workers, topics=watchlist.topics, timeout_seconds=settings.read_timeout_seconds)
    with kept_open(readers):
        if pause_seconds is None:
            report(*cycle(settings, only_due=False), settings=settings, as_json=as_json)
        else:
            _for_ever(settings, pause_seconds=pause_seconds, as_json=as_json)


def _for_ever(settings: Settings, *, pause_seconds: float, as_json: bool) -> None:
    """Start a cycle every *pause_seconds*, or at once where the last took longer or a hub pushed something new."""
    with Subscriber(settings) as subscriber:
        while True:
            started = time.monotonic()
            try:
                report(*cycle(settings, only_due=True), settings=settings, as_json=as_json)
                subscriber.renew()
            except NewsdeskError as error:
                # The next cycle may succeed: the disk is freed, the watchlist mended, the other process gone.
                console.note(f"newsdesk: {error}; trying again in {pause_seconds:g} s")
            subscriber.wait(max(0.0, pause_seconds - (time.monotonic() - started)))


def seconds(every: str) -> float:
    """
    Return the seconds of a period such as ``90s``, ``10m`` or ``2h``.

    Raises:
        click.UsageError: It has another form or is under ten seconds.
    """
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smh])", every.strip())
    if not match:
        raise click.UsageError(f"--every {every!r}: a number and a unit is expected, as in 90s, 10m or 2h")
    period = float(match[1]) * _UNITS[match[2]]
    if period < _SHORTEST_SECONDS:
        raise click.UsageError(f"--every {every}: at least {_SHORTEST_SECONDS}s, out of respect for the publishers")
    return period


def cycle(settings: Settings, *, only_due: bool) -> "tuple[PollSummary, Collected]":
    """Poll, collect and publish in this process: the inline dispatch of the same flows that events start."""
    from flows.collect import collect
    from flows.poll import poll

    inline = settings.model_copy(update={"dispatch": "inline"})
    polled = poll(inline, only_due=only_due)
    return polled, collect(inline)


def report(polled: PollSummary, collected: "Collected", *, settings: Settings, as_json: bool) -> None:
    """Say what one cycle did: one line for each feed that failed, then three lines or four."""
    if as_json:
        console.say_json(
            {
                "feed_count": polled.feed_count,
                "unchanged_count": polled.unchanged_count,
                "new_entry_count": polled.new_entry_count,
                "problems": list(polled.problems),
                "outcomes": collected.outcomes,
                "looks": collected.looks,
                "alerts": asdict(collected.alerts),
            }
        )
        return
    for problem in polled.problems:
        console.note(f"not reached: {problem}")
    failed = len(polled.problems)
    words = [
        f"{polled.feed_count} feeds polled",
        f"{polled.unchanged_count} unchanged" * bool(polled.unchanged_count),
    ]
    words.append(f"{failed} failed" * bool(failed))
    console.say(f"{', '.join(filter(None, words))}; {polled.new_entry_count} entries found")
    console.say(outcome_line(collected.outcomes))
    if collected.looks:
        console.say(look_line(collected.looks))
    if collected.alerts.line:
        console.say(collected.alerts.line)
    console.say(f"published {settings.home / 'newsdesk.duckdb'}")


def outcome_line(outcomes: Mapping[str, int]) -> str:
    """Return what became of the entries of a run, in one line."""
    if not outcomes:
        return "nothing was pending"
    parts = ", ".join(f"{outcomes[outcome]} {outcome}" for outcome in Outcome if outcome in outcomes)
    return f"{sum(outcomes.values())} entries settled: {parts}"


def look_line(looks: Mapping[str, int]) -> str:
    """Return what came of the pages that a run looked at again, in one line, what changed first."""
    counts = {str(name): looks[name] for name in LookOutcome if name in looks and name not in _UNCHANGED}
    counts["unchanged"] = sum(looks.get(name, 0) for name in _UNCHANGED)
    parts = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items() if count)
    count = sum(looks.values())
    return f"{count} page{'s' * (count > 1)} looked at again: {parts}"


def ingest(settings: Settings, paths: Sequence[Path], *, question: "Question", alerts: bool, as_json: bool) -> None:
    """Read and load local files, tell people where *alerts* asks for it, then publish."""
    from flows.ingest import ingest_paths, topics_for

    summary = ingest_paths(paths, settings=settings, topics=topics_for(settings), question=question, alerts=alerts)
    if as_json:
        console.say_json(asdict(summary))
        return
    for problem in summary.problems:
        console.note(f"not read: {problem}")
    for archive in summary.finished:
        console.say(f"taken in before: {archive}")
    console.say(", ".join(_words(summary)))
    if summary.listed_count:
        console.say(f"{summary.listed_count} addresses added; the next `newsdesk run` collects them")
    console.say(outcome_line(summary.outcomes))
    if summary.alerts:
        console.say(summary.alerts)
    console.say(f"published {settings.home / 'newsdesk.duckdb'}")


def _words(summary: "IngestSummary") -> Iterator[str]:
    """Give what came of the files, each number in words; what is none of it is not said."""
    yield f"{summary.document_count} documents found"
    if summary.known_count:
        yield f"{summary.known_count} of them read before"
    if summary.outside_count:
        yield f"{summary.outside_count} received at other times"
    if summary.unmatched_count or summary.uncovered_count:
        yield f"{summary.unmatched_count} that name no topic not read"
        yield f"{summary.uncovered_count} read and about none"
