"""The command that shows what is new since a reader last looked."""

import csv
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from rich.text import Text

from extractors.errors import CursorError, QueryError
from flows import console
from flows.cursors import Cursor, held_cursor, read_cursor
from flows.settings import Settings
from warehouse.unread import Row, Unread, foreign_marks, unread_coverage

if TYPE_CHECKING:
    from warehouse.connection import Connection

_MARGIN = "    "


def new(
    settings: Settings,
    topic: str | None,
    *,
    cursor: str,
    limit: int | None,
    is_peek: bool,
    skips: bool,
    format_: str,
) -> None:
    """
    Show the published coverage that *cursor* has not read, and advance it.

    The place is kept after the output was written: who is killed in between reads the same again, and misses nothing.

    Args:
        settings: Of the home.
        topic: One topic, in any case; None: all current ones.
        cursor: Name of the reader's place.
        limit: At most so many articles, the earliest; the cursor advances over these alone.
        is_peek: Show, and leave the cursor where it is.
        skips: Show nothing, and put the cursor at the end of the snapshot, whatever it has read.
        format_: ``text``, ``csv`` or ``json``.

    Raises:
        WarehouseError: Nothing is published yet.
        QueryError: There is no such topic.
        CursorError: The snapshot is older than what the cursor has read, or has another past; its file is damaged.
    """
    from warehouse.connection import reader

    held = nullcontext(read_cursor(settings.home, cursor)) if is_peek else held_cursor(settings.home, cursor)
    # The snapshot is opened once the cursor is held: never an older one than the reader before had.
    with held as place:
        with reader(settings.home) as con:
            topic_ids = _topic_ids(con, topic)
            found = unread_coverage(con, {}) if skips else _unread(con, place, topic_ids, limit=limit)
        if skips:
            console.note(f"cursor {cursor}: reads on after what is published now")
        else:
            _deliver(found, place, format_=format_)
        if not is_peek:
            # With a limit, a topic may have been read further than the others.
            marks = {name: found.end for name in topic_ids if skips or place.mark(name).load_seq < found.end.load_seq}
            place.advance(marks)


def _topic_ids(con: "Connection", topic: str | None) -> list[str]:
    """Return the topics asked for, as the warehouse writes them."""
    from warehouse.coverage import current_topics

    known = [known.topic_id for known in current_topics(con)]
    wanted = [name for name in known if topic is None or name.lower() == topic.lower()]
    if topic is not None and not wanted:
        raise QueryError(f"not in the snapshot (topics there: {', '.join(known) or 'none'})", topic_id=topic)
    return wanted


def _unread(con: "Connection", place: Cursor, topic_ids: Sequence[str], *, limit: int | None) -> Unread:
    """Return what *place* has not read of *topic_ids*; refuse where the snapshot is not the one that it read."""
    if foreign_marks(con, [place.mark(name) for name in topic_ids]):
        raise CursorError(
            "the snapshot has not what this cursor has read; was an older copy put back? Nothing was shown:"
            f" `newsdesk new --cursor {place.name} --skip` reads on after what is published now,"
            f" without {place.path} everything is shown again",
            cursor=place.name,
        )
    return unread_coverage(con, {name: place.mark(name).load_seq for name in topic_ids}, limit=limit)


def _deliver(found: Unread, place: Cursor, *, format_: str) -> None:
    """Write *found* to stdout, all of it or an error; what is to be said about it goes to stderr."""
    writes = {"text": _write_text, "csv": _write_csv, "json": _write_json}
    try:
        writes[format_](found, place)
        sys.stdout.flush()
    except OSError:
        # What is stuck in the buffer would be tried again, and complained about, when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise
    if format_ == "text":
        console.note(_summary(found, place))


def _summary(found: Unread, place: Cursor) -> str:
    count = len({row["article_id"] for row in found.rows})
    if not count:
        return f"cursor {place.name}: nothing new"
    more = f", {found.left_count} more wait" if found.left_count else ""
    return f"cursor {place.name}: {count} new article{'s' * (count > 1)}{more}"


def _write_json(found: Unread, place: Cursor) -> None:
    console.say_json({"cursor": place.name, "left_count": found.left_count, "coverage": found.rows})


def _write_csv(found: Unread, _place: Cursor) -> None:
    if found.rows:
        writer = csv.DictWriter(sys.stdout, list(found.rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(found.rows)


def _write_text(found: Unread, _place: Cursor) -> None:
    for block in _stories(found.rows):
        console.out().print(block, soft_wrap=True)


def _stories(rows: Sequence[Row]) -> Iterator[Text]:
    """Give the articles of each story together: stories in the order of their first article, articles in theirs."""
    first = {row["story_id"]: number for number, row in reversed(list(enumerate(rows)))}
    told = sorted(rows, key=lambda row: (first[row["story_id"]], row["load_seq"]))
    for _, story in groupby(told, key=itemgetter("story_id")):
        shown: set[str] = set()
        for number, (_, article) in enumerate(groupby(list(story), key=itemgetter("article_id"))):
            yield _block(list(article), shown, margin=_MARGIN * (number > 0))
        yield Text()


def _block(article: Sequence[Row], shown: set[str], *, margin: str) -> Text:
    """Return one article: when, where, title, address, and for each topic the sentence that matched best."""
    row = article[0]
    # A claim of publication later than our first sight of the article is wrong.
    known_at = min(row["published_at"] or row["first_seen_at"], row["first_seen_at"])
    block = Text(margin).append(f"{console.cell(known_at)}  {row['source']}  ")
    block.append(console.cell(row["title"]), style="bold").append(f"\n{margin}{row['url']}")
    for covered in article:
        passage = console.cell(covered["passage"])
        if passage not in shown:
            shown.add(passage)
            block.append(f"\n{margin}{covered['topic_id']}: {passage}")
    return block
