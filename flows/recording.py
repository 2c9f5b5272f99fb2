"""Record a flow's run in the warehouse: Prefect orchestrates, it does not remember."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from extractors.model import Watchlist
from extractors.version import extractor_version
from flows.collecting import now, open_writer
from flows.settings import VERSION, Settings
from warehouse.runs import end_run, start_run


@contextmanager
def recorded(flow: str, settings: Settings, watchlist: Watchlist | None = None) -> Iterator[str]:
    """
    Give the id of a run that has its row from now on; its state becomes ``completed``, or ``failed`` where it raises.

    A run that is killed keeps the state ``running`` until the next start marks it ``crashed``.
    """
    run_id = uuid.uuid4().hex
    with open_writer(settings) as con:
        start_run(
            con,
            run_id=run_id,
            flow=flow,
            now=now(),
            newsdesk_version=VERSION,
            extractor_version=extractor_version(),
            watchlist_sha256=watchlist.sha256 if watchlist else None,
        )
    state = "failed"
    try:
        yield run_id
        state = "completed"
    finally:
        with open_writer(settings) as con:
            end_run(con, run_id=run_id, state=state, now=now())
