"""Collect what is pending: fetch, read, load, publish."""

from typing import TYPE_CHECKING, Any, cast

from prefect import flow
from prefect.task_runners import ThreadPoolTaskRunner

from flows.collecting import Workshop, alone, outcomes_of, pick_up
from flows.console import note, progress
from flows.publish import publish
from flows.recording import recorded
from flows.settings import Settings
from flows.tasks import collect_entries
from flows.watched import read_watchlist

if TYPE_CHECKING:
    from prefect.futures import PrefectFuture
    from prefect.task_runners import TaskRunner

#: While one batch is loaded the next is fetched and read; more would only hold more pages in memory.
_BATCHES_AT_ONCE = 3


@flow(
    name="collect",
    persist_result=False,
    task_runner=cast("TaskRunner[PrefectFuture[Any]]", ThreadPoolTaskRunner(max_workers=_BATCHES_AT_ONCE)),
)
def collect(settings: Settings | None = None) -> dict[str, int]:
    """
    Give every pending entry its outcome, then publish.

    Args:
        settings: Defaults to the environment.

    Returns:
        How many entries this run gave which outcome.
    """
    settings = settings or Settings()
    watchlist = read_watchlist(settings.watchlist)
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
        outcomes = outcomes_of(settings, run_id)
    if shop.put_off:
        note(f"{len(shop.put_off)} entries wait for their hosts, which want to be asked slowly; the next run goes on")
    publish(settings)
    return outcomes
