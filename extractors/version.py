"""Say which extractor read a text, as every row records it."""

import importlib.metadata
from functools import cache

EXTRACTOR = "newsdesk+trafilatura"


@cache
def extractor_version() -> str:
    """Return the versions of newsdesk and of trafilatura, joined by a plus; imports neither."""
    return "+".join(_version(name) for name in ("newsdesk", "trafilatura"))


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "0"
