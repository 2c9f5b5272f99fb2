"""Collect what is pending: fetch, read, load, publish."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from prefect import flow
from prefect.task_runners import ThreadPoolTaskRunner

from flows.alerting import AlertSummary, announce, load_mark, send_alerts
from flows.collecting import Workshop, alone, outcomes_of, pick_up
from flows.console import note, progress
from flows.publish import publish
from flows.recording import recorded
from flows.settings import Settings
from flows.showing import name_run, outcome_words, show_coverage
from flows.tasks import collect_entries, look_at_pages
from flows.waiting import spare_waiting
from flows.watched import read_watchlist

if TYPE_CHECKING:
    from prefect.futures import PrefectFuture
    from prefect.task_runners import TaskRunner

#: While one batch is loaded the next is fetched and read; more would only hold more pages in memory.
_BATCHES_AT_ONCE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What one run of the flow came to."""

    #: Entries by the outcome that it gave them.
    outcomes: dict[str, int]
    #: Pages of articles that it looked at again, by what that came to.
    looks: dict[str, int]
    alerts: AlertSummary


@flow(
    name="collect",
    persist_result=False,
    task_runner=cast("TaskRunner[PrefectFuture[Any]]", ThreadPoolTaskRunner(max_workers=_BATCHES_AT_ONCE)),
)
def collect(settings: Settings | None = None) -> Collected:
    """
    Give every pending entry its outcome, look again at the pages whose time has come, tell people, publish.

    Args:
        settings: Defaults to the environment.
    """
    settings = settings or Settings()
    watchlist = read_watchlist(settings.watchlist)
    if settings.dispatch == "event":
        spare_waiting()
    mark = load_mark(settings)
    with (
        alone(settings),
        recorded("collect", settings, watchlist) as run_id,
        Workshop(settings, run_id=run_id, topics=watchlist.topics) as shop,
        progress("entries collected") as advance,
    ):
        # What can be had at once comes first; hosts that want a pause keep nobody waiting.
        while numbers := shop.take_up(pick_up(settings)) or shop.take_up_waiting():
            for batch in [collect_entries.submit(shop, number=number) for number in numbers]:
                advance(batch.result())
        looks = look_at_pages(shop)
        outcomes = outcomes_of(settings, run_id)
    if shop.put_off:
        note(f"{len(shop.put_off)} entries wait for their hosts, which want to be asked slowly; the next run goes on")
    alerts = send_alerts(settings)
    for problem in alerts.problems:
        note(f"alerts: {problem}")
    announce(settings, since=mark)
    publish(settings)
    if settings.dispatch == "event":
        rows = show_coverage(settings, run_id=run_id, outcomes=outcomes)
        name_run(outcome_words(outcomes), tags=["new-coverage"] if rows else [])
    return Collected(outcomes=outcomes, looks=looks, alerts=alerts)
