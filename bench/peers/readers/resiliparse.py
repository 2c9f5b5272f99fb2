"""Read a page with resiliparse; run in its environment by ``runner``."""

from resiliparse.extract.html2text import extract_plain_text


def read(body, markup, url):  # noqa: ANN001, ANN201, ARG001
    """Return what resiliparse takes for the main content."""
    return {"text": extract_plain_text(markup, main_content=True, alt_texts=False, comments=False)}
