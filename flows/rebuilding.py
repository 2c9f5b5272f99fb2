"""Compare all articles anew: the stories that the rules of today give."""

from flows import console
from flows.assigning import assign_stories, fingerprint_of
from flows.collecting import alone, now, open_writer
from flows.recording import recorded
from flows.settings import Settings
from warehouse.snapshot import publish
from warehouse.stories import rebuild_stories

#: Articles compared at once.
_BATCH = 500


def rebuild(settings: Settings) -> int:
    """
    Rebuild the stories of the home and publish; return how many there are then.

    All of it or, where it is killed, nothing. Nobody collects or loads meanwhile.

    Raises:
        WarehouseError: The warehouse cannot be opened.
        WarehouseBusyError: Another process collects.
    """
    with (
        alone(settings),
        recorded("stories", settings),
        open_writer(settings) as con,
        console.progress("articles compared") as advance,
    ):
        count = rebuild_stories(
            con, fingerprint=fingerprint_of, assign=assign_stories, now=now(), batch_count=_BATCH, advance=advance
        )
    publish(settings.home, now=now())
    return count
