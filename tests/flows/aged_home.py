"""A home that an older extractor filled: what it kept, and what it saw of it."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from desk import ROOT

from extractors.acquire.urls import LOCAL_SOURCE
from extractors.identity import entry_id, sha256_hex
from extractors.model import CollectedEntry, Document, Hints, PendingEntry, Reading
from extractors.reading import read
from flows.assigning import assign_stories
from flows.collecting import now, open_archive, open_writer
from flows.ingest import files_feed
from flows.recording import recorded
from flows.settings import Settings
from flows.watched import read_watchlist
from warehouse.articles import load_batch
from warehouse.coverage import sync_topics
from warehouse.entries import add_entries
from warehouse.snapshot import publish

WORDS = (
    "The council of Port Ellery has bought a small model and runs it in the harbour office, for $5.6m.",
    "Nobody there had expected it to answer letters about mooring fees, but it does, in three languages.",
    "“It has saved me two days a week,” said Ann Ash, the harbour master, who still reads every letter.",
    "A second machine is planned for the spring, if the budget for dredging allows it this time.",
)
NAMED = "The model is made by DeepSeek, which nobody in the office had heard of before."
LEFTOVER = "Readers of this page also liked a longer piece on the price of DeepSeek in other harbours of the coast."


def page(number: int, *paragraphs: str) -> bytes:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    head = f"<title>The harbour office, part {number}</title>"
    return f"<html><head>{head}</head><body><article><h1>Part {number}</h1>{body}</article></body></html>".encode()


@dataclass(frozen=True)
class Kept:
    """A document that is kept, and what an older extractor saw of it."""

    name: str
    today: tuple[str, ...]
    then: tuple[str, ...]
    #: What else the older extractor did not see.
    doctored: dict[str, Any] = field(default_factory=dict)
    source: str = "harbour.example"


PAGES = (
    Kept("same", (*WORDS, NAMED), (*WORDS, NAMED)),
    Kept("leftover", (*WORDS, NAMED), (*WORDS, NAMED, LEFTOVER)),
    Kept("gained", (*WORDS, NAMED), WORDS),
    Kept("evidence", (*WORDS, NAMED), (*WORDS, NAMED), {"figures": (), "removals": ()}),
    Kept("stub", ("Too little.",), (*WORDS, NAMED)),
    Kept("unapplied", (*WORDS, NAMED), (*WORDS, NAMED), {"mentions": (), "coverage": ()}),
    Kept("discarded", (*WORDS, NAMED), ("Too little.",)),
)


def keep(home: Path, pages: tuple[Kept, ...]) -> None:
    """Make a home that holds *pages* as an older extractor read them."""
    settings = Settings(home=home, watchlist=ROOT / "sample" / "watchlist.toml")
    topics = read_watchlist(settings.watchlist).topics
    feed = files_feed(home)
    with recorded("ingest", settings) as run_id, open_archive(settings) as archive:
        items = []
        for number, kept in enumerate(pages):
            url = f"https://{kept.source}/{kept.name}"
            body = page(number, *kept.today)
            document = Document(
                sha256=sha256_hex(body), url=url, final_url=url, fetched_at=now(), content_type="text/html", body=body
            )
            warc_file, warc_offset = archive.write_document(document)
            entry = PendingEntry(
                entry_id=entry_id(feed.feed_id, url), feed_id=feed.feed_id, url=url, url_key=url,
                source=LOCAL_SOURCE, first_seen_at=now(),
            )  # fmt: skip
            reading = older(
                read(
                    replace(document, body=page(number, *kept.then)),
                    hints=Hints(source=LOCAL_SOURCE),
                    topics=topics,
                    now=now(),
                ),
                document,
                kept,
            )
            document = replace(document, warc_file=warc_file, warc_offset=warc_offset)
            items.append(
                CollectedEntry(
                    entry=entry, outcome=reading.outcome, document=document, reading=reading, collected_at=now()
                )
            )
        with open_writer(settings) as con:
            sync_topics(con, topics, now=now())
            add_entries(con, feed, [item.entry for item in items], run_id=run_id)
            load_batch(
                con,
                items,
                run_id=run_id,
                now=now(),
                archives={archive.warc_file: archive.sync()},
                assign=assign_stories,
            )
    publish(home, now=now())


def older(reading: Reading, document: Document, kept: Kept) -> Reading:
    """Return *reading* as that of an older extractor from *document*."""
    article = reading.article and replace(reading.article, extractor_version="0.0.1+1.0.0")
    return replace(reading, document_sha256=document.sha256, article=article, **kept.doctored)
