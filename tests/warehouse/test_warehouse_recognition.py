"""One article of a feed is one entry, whatever its publisher does to guids, links and titles."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from xml.sax.saxutils import escape

import pytest

from extractors.acquire.feeds import parse_feed
from extractors.model import ParsedFeed, WatchedFeed
from tests.warehouse.newsroom import FEED_URL, Warehouse
from warehouse.feeds import sync_feeds
from warehouse.migrate import packaged_migrations

ARTICLES, WINDOW, POLLS = 60, 20, 20
STEP = (ARTICLES - WINDOW) // POLLS
LATER = datetime(2026, 1, 5, 9, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Item:
    """What a feed says of one article."""

    guid: str | None
    link: str
    title: str
    date: datetime | None


def item_xml(item: Item) -> str:
    guid = f"<guid isPermaLink='false'>{escape(item.guid)}</guid>" if item.guid is not None else ""
    date = f"<pubDate>{item.date.isoformat()}</pubDate>" if item.date else ""
    return f"<item>{guid}<title>{escape(item.title)}</title><link>{escape(item.link)}</link>{date}</item>"


def parsed_feed(items: list[Item], *, feed_id: str, now: datetime) -> ParsedFeed:
    body = f"<rss version='2.0'><channel><title>Paper</title>{''.join(map(item_xml, items))}</channel></rss>"
    return parse_feed(body.encode(), url=FEED_URL, content_type=None, feed_id=feed_id, now=now + timedelta(days=30))


def poll_of(warehouse: Warehouse, items: list[Item], *, hours: float) -> int:
    """Load a poll that lists *items*; return how many were new."""
    room = warehouse.room
    parsed = parsed_feed(items, feed_id=room.feed.feed_id, now=room.now)
    return warehouse.polled(room.poll(at=room.later(hours), parsed=parsed)).new_entry_count


def mark(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:24]


def well(number: int, _poll: int, now: datetime) -> Item:
    return Item(
        guid=f"id-{number}",
        link=f"https://paper.example/news/{number}/headline",
        title=f"Headline of article {number}",
        date=now + timedelta(minutes=number),
    )


def changed(**changes: Callable[[int, int], object]) -> Callable[[int, int, datetime], Item]:
    """Return a publisher that says *changes* (by article and poll) in place of what is right."""

    def publisher(number: int, poll: int, now: datetime) -> Item:
        said = {name: getattr(well(number, poll, now), name) for name in Item.__dataclass_fields__}
        return Item(**(said | {name: change(number, poll) for name, change in changes.items()}))  # type: ignore[arg-type]

    return publisher


def edited(number: int, poll: int) -> str:
    """Return a title that is edited at each third poll."""
    return f"Headline of article {number}, version {(poll + number) // 3}"


PUBLISHERS = {
    "nothing wrong": well,
    "a guid new at every poll": changed(guid=mark),
    "a guid new at every poll, no dates": changed(guid=mark, date=lambda *_: None),
    "a guid that contains an edited slug": changed(guid=lambda n, p: f"https://paper.example/{n}-{edited(n, p)}"),
    "a session id in the link": changed(link=lambda n, p: f"https://paper.example/news/{n};v={mark(n, p)}"),
    "a session id in both": changed(guid=mark, link=lambda n, p: f"https://paper.example/?x={mark(n, p)}"),
    "a session id in both, no dates": changed(
        guid=mark, link=lambda n, p: f"https://paper.example/?x={mark(n, p)}", date=lambda *_: None
    ),
    "tracking that changes": changed(guid=lambda *_: None, link=lambda n, p: f"https://paper.example/{n}?utm_id={p}"),
    "a slug edited in the link, its title too": changed(
        link=lambda n, p: f"https://paper.example/{n}/{edited(n, p).replace(' ', '-')}", title=edited
    ),
    "the same guid everywhere": changed(guid=lambda *_: "guid"),
    "links to the home page": changed(link=lambda *_: "https://paper.example/"),
    "one live blog's link": changed(link=lambda *_: "https://paper.example/live/today"),
    "one live blog's link, guids new at every poll": changed(guid=mark, link=lambda *_: "https://paper.example/live"),
    "the same guid and link everywhere": changed(guid=lambda *_: "guid", link=lambda *_: "https://paper.example/live"),
    "fragments of one page": changed(guid=lambda *_: None, link=lambda n, _: f"https://paper.example/live#post-{n}"),
    "http and https, no guid, edited titles": changed(
        guid=lambda *_: None, link=lambda n, p: f"http{'s' * (p % 2)}://paper.example/{n}", title=edited
    ),
    "a guid that is http and https": changed(guid=lambda n, p: f"http{'s' * (p % 2)}://paper.example/{n}"),
    "edited titles": changed(title=edited),
    "dates that are when the feed was made": changed(guid=mark, date=lambda _, p: LATER + timedelta(minutes=p)),
    "guids that count from the top, used again for other articles": changed(guid=lambda n, p: f"{n - p * STEP}"),
}


def test_sixty_articles_over_twenty_polls_are_sixty_entries_whatever_the_publisher_does(warehouse: Warehouse) -> None:
    room = warehouse.room
    feeds = [WatchedFeed(feed_id=name, url=f"https://{n}.example", source=name) for n, name in enumerate(PUBLISHERS)]
    sync_feeds(warehouse.con, feeds, now=room.now)

    for poll in range(POLLS + 1):
        window = range(poll * STEP, poll * STEP + WINDOW)
        warehouse.polled(
            *(
                room.poll(
                    feed_id=name,
                    at=room.later(poll),
                    parsed=parsed_feed([says(n, poll, room.now) for n in window], feed_id=name, now=room.now),
                )
                for name, says in PUBLISHERS.items()
            )
        )

    found = dict(warehouse.rows("select feed_id, count(*) from entries group by feed_id"))
    assert found == dict.fromkeys(PUBLISHERS, ARTICLES)
    assert warehouse.value("select count(*) from entry_keys") == ARTICLES * len(PUBLISHERS)
    assert warehouse.value("select count(*) from polls where is_window_overrun") == 0


def one(warehouse: Warehouse, *, hours: float = 0, **changes: object) -> int:
    """Load a poll that lists one article, with *changes*; return how many were new."""
    said = {"guid": "id-1", "link": "https://paper.example/one", "title": "One", "date": warehouse.room.now}
    return poll_of(warehouse, [Item(**(said | changes))], hours=hours)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changes",
    [
        {"link": "http://www.paper.example/one/?utm_source=rss"},
        {"link": "https://paper.example/one-with-a-new-slug"},
        {"link": "https://paper.example/one-with-a-new-slug", "title": "One, edited"},
        {"title": "One, edited"},
        {"guid": "another", "title": "One, edited"},
        {"guid": "another", "link": "https://paper.example/moved"},
        {"guid": None, "title": "One, edited", "date": LATER},
        {"guid": "another", "date": LATER},
    ],
    ids=str,
)
def test_an_article_that_changed_is_the_same_entry(warehouse: Warehouse, changes: dict[str, object]) -> None:
    assert one(warehouse) == 1
    assert one(warehouse, hours=1, **changes) == 0
    assert one(warehouse, hours=2) == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"link": "https://paper.example/two", "title": "Two", "date": LATER},
        {"guid": "another", "title": "Two", "date": LATER},
        {"guid": "another", "link": "https://paper.example/two", "date": LATER},
        {"guid": "another", "link": "https://paper.example/one#post-2", "date": None},
    ],
    ids=["a guid used again", "a live blog's link used again", "a title used again", "another fragment"],
)
def test_another_article_is_another_entry_though_they_share_a_key(
    warehouse: Warehouse, changes: dict[str, object]
) -> None:
    assert one(warehouse) == 1
    assert one(warehouse, hours=1, **changes) == 1
    assert one(warehouse, hours=2, **changes) == 0
    assert warehouse.value("select count(distinct entry_id) from entries") == 2


def test_a_waiting_entry_takes_its_new_address_and_a_settled_one_keeps_the_old(warehouse: Warehouse) -> None:
    one(warehouse)
    one(warehouse, hours=1, link="https://paper.example/second-slug")
    assert warehouse.rows("select url, url_key from entries") == [("https://paper.example/second-slug",) * 2]

    warehouse.con.execute("update entries set outcome = 'too_short'")
    one(warehouse, hours=2, link="https://paper.example/third-slug")
    assert warehouse.rows("select url from entries") == [("https://paper.example/second-slug",)]


def test_the_same_article_in_two_feeds_is_two_entries(warehouse: Warehouse) -> None:
    one(warehouse)
    other = "insert into feeds select * replace ('f2' as feed_id, 'https://two.example' as url) from feeds"
    warehouse.con.execute(other)
    room = warehouse.room
    listed = room.listed(1, entry_id="other", url="https://paper.example/one", guid="id-1", title="One")
    assert warehouse.polled(room.poll(listed, feed_id="f2")).new_entry_count == 1


def test_keys_of_entries_from_before_are_made_by_the_migration(warehouse: Warehouse) -> None:
    items = [well(number, 0, warehouse.room.now) for number in range(10)]
    poll_of(warehouse, items, hours=0)
    before = warehouse.rows("from entry_keys order by entry_id")
    sql = next(migration.sql for migration in packaged_migrations() if migration.version == 8)
    (backfill,) = (part for part in sql.split(";\n") if "insert into entry_keys" in part)
    warehouse.con.execute("delete from entry_keys")
    warehouse.con.execute(backfill)

    assert warehouse.rows("from entry_keys order by entry_id") == before
    churned = [Item(guid=mark(n, 1), link=item.link, title=item.title, date=item.date) for n, item in enumerate(items)]
    assert poll_of(warehouse, churned, hours=1) == 0
