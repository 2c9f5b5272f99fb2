"""Read a page with newspaper4k; run in its environment by ``runner``."""

from newspaper import Article


def read(body, markup, url):  # noqa: ANN001, ANN201, ARG001
    """Return what newspaper4k reads from the markup of a page; nothing is downloaded."""
    found = Article(url, fetch_images=False)
    found.download(input_html=markup)
    found.parse()
    day = found.publish_date.date().isoformat() if found.publish_date else None
    return {"text": found.text, "title": found.title, "date": day, "authors": list(found.authors)}
