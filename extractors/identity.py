"""
Derive the stable ids of feeds, entries, articles and runs.

An id is the first 16 hex digits (64 bits) of a sha256 over what names the thing, so that the same input gives the same
id on every machine and in every run. At 10 million articles the chance of one collision is about 3 in a million
(birthday bound, n**2 / 2**65).
"""

import hashlib

_ID_DIGITS = 16


def sha256_hex(data: bytes | str) -> str:
    """Return the sha256 of *data* (text as UTF-8, lone surrogates replaced) as 64 hex digits."""
    raw = data.encode("utf-8", "replace") if isinstance(data, str) else data
    return hashlib.sha256(raw).hexdigest()


def derived_id(*parts: str) -> str:
    """Return the id of what *parts* name; the parts are kept apart, so ("a", "bc") differs from ("ab", "c")."""
    return sha256_hex("\x1f".join(parts))[:_ID_DIGITS]


def feed_id(url: str) -> str:
    """Return the id of the feed at *url*."""
    return derived_id("feed", url.strip())


def entry_id(feed: str, key: str) -> str:
    """Return the id of the entry that *key* (its guid, else its URL key, else its title) names in feed *feed*."""
    return derived_id("entry", feed, key)


def article_id(url_key: str) -> str:
    """Return the id of the article whose canonical URL has *url_key* (``acquire.urls``): one for all its spellings."""
    return derived_id("article", url_key)
