"""Read a page with rs-trafilatura; run in its environment by ``runner``."""

import rs_trafilatura


def read(body, markup, url):  # noqa: ANN001, ANN201, ARG001
    """Return what rs-trafilatura reads from the markup of a page, comments off (its default)."""
    found = rs_trafilatura.extract(markup, url=url)
    day = (found.date or "")[:10] or None
    return {
        "text": found.main_content,
        "title": found.title,
        "date": day,
        "authors": [found.author] if found.author else [],
    }
