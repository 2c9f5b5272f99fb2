"""Read a page with trafilatura; run in its environment by ``runner``."""

from trafilatura import bare_extraction


def read(body, markup, url, **options):  # noqa: ANN001, ANN003, ANN201, ARG001
    """Return what trafilatura reads from the bytes of a page."""
    found = bare_extraction(body, url=url, **options)
    if found is None:
        return {}
    authors = [name.strip() for name in (found.author or "").split(";") if name.strip()]
    return {"text": found.text, "title": found.title, "date": found.date, "authors": authors}
