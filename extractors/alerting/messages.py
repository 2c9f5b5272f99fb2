"""Put alerts into words: a short title, a body that names its reason and shows the passage."""

import html
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from extractors.alerting.words import folded, folded_lines
from extractors.model import AlertItem, AlertKind, DueMessage, MessageText

_HEADLINE_CHARS: Final = 140
_PASSAGE_CHARS: Final = 600
#: In a message of many.
_SHORT_PASSAGE_CHARS: Final = 200
#: Of a message of many, whatever the channel takes: more is not read, and stands in the table.
_MOST_ITEMS: Final = 20
#: Left of a channel's limit for marks that it, or Apprise on the way, adds.
_USABLE_SHARE: Final = 0.8

_ONE: Final = {
    AlertKind.NEW_STORY: "new story", AlertKind.EDIT: "edited", AlertKind.SPIKE: "spike",
    AlertKind.FEED_FAILING: "feed failing",
}  # fmt: skip
_MANY: Final = {
    AlertKind.NEW_STORY: "new stories", AlertKind.EDIT: "edits", AlertKind.SPIKE: "spikes",
    AlertKind.FEED_FAILING: "feeds failing",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A part of the body; every field is one line but the passage, and only what is there is shown."""

    heading: str = ""
    line: str = ""
    passage: str = ""
    url: str = ""


def message_text(
    message: DueMessage, *, title_limit: int, body_limit: int, zone: ZoneInfo | None = None
) -> MessageText:
    """
    Return *message* in words, as plain text and as HTML.

    Args:
        message: What is told.
        title_limit: Most code points of the title that the channel takes; 0: it has no titles.
        body_limit: Most code points of the body that the channel takes.
        zone: Of the rule; instants are told in it, too.
    """
    usable = round(body_limit * _USABLE_SHARE)
    title = folded(title_of(message), limit=title_limit or 2 * _HEADLINE_CHARS)
    if len(message.items) == 1:
        paragraphs = list(_alone(message, title=title, usable=usable, zone=zone))
    else:
        paragraphs = list(_together(message, usable=usable, zone=zone))
    return MessageText(
        title=title,
        plain="\n\n".join(map(_plain, paragraphs)),
        html="\n".join(map(_html, paragraphs)),
    )


def title_of(message: DueMessage) -> str:
    """Return the title of *message*: the topic, what happened, and of a single alert the headline."""
    first, count = message.items[0], len(message.items)
    topics = {item.topic_id: item.topic_title or item.topic_id for item in message.items}
    if count == 1:
        words = f"{_ONE[first.kind]} - {folded(first.headline, limit=_HEADLINE_CHARS)}"
    else:
        words = f"{count} {_MANY[first.kind]}"
    if first.topic_id is None:
        return f"newsdesk: {words}"
    if len(topics) > 1:
        return f"newsdesk: {words} on {len(topics)} topics"
    return f"{folded(topics[first.topic_id] or '', limit=_HEADLINE_CHARS // 2)}: {words}"


def _alone(message: DueMessage, *, title: str, usable: int, zone: ZoneInfo | None) -> Iterator[Paragraph]:
    """Give the parts of a message about one thing; the passage takes what room the rest leaves."""
    item = message.items[0]
    headline = folded(item.headline, limit=_HEADLINE_CHARS)
    top = [Paragraph(line=_where(item, zone))]
    if headline not in title:
        top.insert(0, Paragraph(line=headline))
    rest = [Paragraph(url=item.url or ""), Paragraph(line=_why(message)), Paragraph(line=_mark(message))]
    room = usable - sum(len(_plain(part)) + 2 for part in (*top, *rest)) - 2
    yield from top
    passage = folded_lines(item.passage or "", limit=max(0, min(_PASSAGE_CHARS, room)))
    if passage and passage != headline:
        yield Paragraph(passage=passage)
    yield from (part for part in rest if _plain(part))


def _together(message: DueMessage, *, usable: int, zone: ZoneInfo | None) -> Iterator[Paragraph]:
    """Give the parts of a message about many things, as many as the channel takes."""
    bottom = (Paragraph(line=_why(message)), Paragraph(line=_mark(message)))
    room = usable - sum(len(_plain(part)) + 2 for part in bottom) - _HEADLINE_CHARS
    shown = 0
    for item in message.items[:_MOST_ITEMS]:
        part = _entry(item, number=shown + 1, zone=zone)
        room -= len(_plain(part)) + 2
        if room < 0:
            break
        shown += 1
        yield part
    if left := len(message.items) - shown:
        yield Paragraph(line=f"… {'and ' if shown else ''}{left} more: `newsdesk alerts list`")
    yield from bottom


def _entry(item: AlertItem, *, number: int, zone: ZoneInfo | None) -> Paragraph:
    """Return the part of *item* in a message of many."""
    headline = folded(item.headline, limit=_HEADLINE_CHARS)
    passage = folded_lines(item.passage or "", limit=_SHORT_PASSAGE_CHARS)
    return Paragraph(
        heading=f"{number}. {headline}",
        line=_where(item, zone),
        passage="" if passage == headline else passage,
        url=item.url or "",
    )


def _where(item: AlertItem, zone: ZoneInfo | None) -> str:
    """Say who had it, when, and how many have it."""
    who = folded(item.source or "", limit=_HEADLINE_CHARS)
    when = instant_words(item.seen_at, zone)
    many = ""
    if item.article_count > 1:
        outlets = "1 outlet" if item.source_count == 1 else f"{item.source_count} outlets"
        many = f"{item.article_count} articles at {outlets}"
    return "; ".join(filter(None, [", ".join(filter(None, [who, when])), many]))


def instant_words(instant: datetime, zone: ZoneInfo | None) -> str:
    """Return *instant* (aware UTC) in UTC, before it in *zone* where there is one."""
    utc = f"{instant:%Y-%m-%d %H:%M} UTC"
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M} {zone.key} ({utc})" if zone else utc


def _why(message: DueMessage) -> str:
    """Say why this is told."""
    first = message.items[0]
    if len(message.items) == 1:
        return f"Why: rule {message.rule}, {folded(first.reason, limit=_PASSAGE_CHARS)}"
    topics = ", ".join(sorted({item.topic_id for item in message.items if item.topic_id}))
    return folded(
        f"Why: rule {message.rule}, {_MANY[first.kind]}" + (f" on {topics}" if topics else ""), limit=_PASSAGE_CHARS
    )


def _mark(message: DueMessage) -> str:
    """Return the line by which a receiver knows a message that is sent again."""
    return f"newsdesk alert {message.message_id}"


def _plain(part: Paragraph) -> str:
    passage = f"“{part.passage}”" if part.passage else ""
    return "\n".join(filter(None, [part.heading, part.line, passage, part.url]))


def _html(part: Paragraph) -> str:
    if part.passage and not part.heading:
        return f"<blockquote>{_escaped(part.passage)}</blockquote>"
    lines = [
        f"<b>{_escaped(part.heading)}</b>" if part.heading else "",
        _escaped(part.line),
        _escaped(f"“{part.passage}”") if part.passage else "",
        _link(part.url),
    ]
    return f"<p>{'<br>'.join(filter(None, lines))}</p>"


def _link(url: str) -> str:
    """Return *url* as a link, where it is one of the web's."""
    words = html.escape(url)
    return f'<a href="{words}">{words}</a>' if urlsplit(url).scheme in {"http", "https"} else words


def _escaped(text: str) -> str:
    return "<br>".join(html.escape(line) for line in text.splitlines())
