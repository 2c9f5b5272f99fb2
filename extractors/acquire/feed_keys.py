"""Say under which keys an entry of a feed is known again at the next poll."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from extractors.acquire.feed_items import FeedItem
from extractors.acquire.urls import clean_url, distinct_keys


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryKeys:
    """What names one entry within its feed; made by ``entry_keys``, taken by ``feeds``."""

    #: What its id is derived from where it is seen for the first time; no two entries of a document share it
    #: unless they say the same.
    name: str
    #: The guid as it is compared; empty: it has none.
    guid_key: str
    #: The link as it is compared, its fragment included; empty: no link, or one to a home page, which names nothing.
    link_key: str


def entry_keys(items: Sequence[FeedItem], *, links: Sequence[str], keys: Sequence[str]) -> list[EntryKeys]:
    """
    Return the keys of the entries of one document, in their order.

    A guid that is an address is compared as one: publishers change http to https and add tracking. Whether a guid or
    a link that stands on several entries may name them is decided where they are compared (``warehouse.recognition``).

    Args:
        items: As the feed gives them.
        links: Their http(s) links, "" where there is none.
        keys: ``urls.distinct_keys`` of *links*.
    """
    guids = [item.guid or "" for item in items]
    by_address = dict(zip(guids, distinct_keys(guids), strict=True))
    names = _names(items, [by_address[guid] for guid in guids], keys)
    return [
        EntryKeys(name=name, guid_key=by_address[guid], link_key=_link_key(link, key))
        for guid, link, key, name in zip(guids, links, keys, names, strict=True)
    ]


def _names(items: Sequence[FeedItem], guids: Sequence[str], keys: Sequence[str]) -> list[str]:
    """
    Return what names each entry: guid, else URL key, else title, else whatever it has.

    A guid that stands on several entries names none of them: it is told apart by the link, then by the title.
    """
    counts = Counter(guids)
    names = []
    for item, guid, key in zip(items, guids, keys, strict=True):
        if guid and counts[guid] == 1:
            names.append(guid)
        elif guid:
            names.append("\x1f".join((guid, key or _title(item))))
        else:
            # RSS requires a title or a description; what has neither is named by whatever it has.
            names.append(key or _title(item) or item.summary or repr(item))
    shared = Counter(names)
    return [
        name if shared[name] == 1 else "\x1f".join((name, _title(item)))
        for name, item in zip(names, items, strict=True)
    ]


def _title(item: FeedItem) -> str:
    return " ".join((item.title or "").split())


def _link_key(link: str, key: str) -> str:
    """Return *key* with the fragment of *link*, which tells the postings of a live blog apart; tracking is none."""
    parts = urlsplit(clean_url(link))
    if not key or not (parts.path.strip("/") or parts.query or parts.fragment):
        return ""
    return key if not parts.fragment or "#" in key else f"{key}#{parts.fragment}"
