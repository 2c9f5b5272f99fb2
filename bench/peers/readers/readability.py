"""Read a page with readability-lxml; run in its environment by ``runner``."""

from lxml import etree
from lxml.html import fromstring
from readability import Document

_BLOCKS = ("p", "div", "li", "br", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "tr", "td", "pre", "section")


def read(body, markup, url):  # noqa: ANN001, ANN201, ARG001
    """Return the text of the HTML that readability-lxml keeps, a line a block, and its short title."""
    found = Document(markup)
    tree = fromstring(found.summary())
    # It answers in HTML: without line ends between blocks, the last word of one would grow onto the next.
    for element in tree.iter(*_BLOCKS):
        element.tail = "\n" + (element.tail or "")
    etree.strip_tags(tree, etree.Comment)
    return {"text": tree.text_content(), "title": found.short_title()}
