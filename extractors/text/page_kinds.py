"""Tell what a document is before and after its text was read: page, plain text, feed, wall, index."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from extractors.text.page import Page, Segment, parse_page

#: First bytes of what is never read as text.
_MAGIC = (
    (b"%PDF-", "a PDF"),
    (b"\x89PNG", "an image (PNG)"),
    (b"\xff\xd8\xff", "an image (JPEG)"),
    (b"GIF8", "an image (GIF)"),
    (b"PK\x03\x04", "a ZIP archive or office document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"ID3", "audio (MP3)"),
    (b"OggS", "audio or video (Ogg)"),
    (b"\x00\x00\x01\x00", "an icon"),
    (b"\xd0\xcf\x11\xe0", "an office document"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"wOF", "a font"),
)
_RIFF, _RIFF_KINDS = b"RIFF", {b"WEBP": "an image (WebP)", b"WAVE": "audio (WAV)", b"AVI ": "video (AVI)"}
_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml"})
_PLAIN_TYPES = frozenset({"text/plain", "text/markdown", "text/x-markdown"})
_VAGUE_TYPES = frozenset(
    {
        "",
        "application/octet-stream",
        "binary/octet-stream",
        "application/x-unknown-content-type",
        "unknown/unknown",
        "text/xml",
        "application/xml",
    }
)
_FEED = re.compile(
    r"^\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*|<\?[^>]*>\s*|<!DOCTYPE (?:rss|rdf)[^>]*>\s*)*<(rss|"
    r"feed|rdf:RDF|urlset|sitemapindex|opml|channel)[\s>]",
    re.IGNORECASE | re.DOTALL,
)
_HTML = re.compile(
    r"<(?:!doctype\s+html|html|head|body|article|main|div|p|section|table|meta|title|h1)\b", re.IGNORECASE
)
_SNIFFED_CHARS = 4096

# Bot walls by their own marks (titles, hosts and ids of the vendors' pages). They accuse only pages without text: alone
# they would accuse 8 of 181 real articles.
_BOT = re.compile(
    r"cf-browser-verification|cf_chl_|challenge-platform|Attention Required! \| Cloudflare|"
    r"<title>\s*Just a moment|captcha-delivery\.com|geo\.captcha|px-captcha|perimeterx|"
    r"_Incapsula_Resource|Incapsula incident|"
    r"<title>\s*Access Denied|Reference&#32;&#35;|<title>\s*(?:403|401) |are you a (?:robot|human)|"
    r"g-recaptcha|h-captcha|hcaptcha|verify(?:ing)? (?:that )?you are (?:a )?human|unusual traffic|"
    r"pardon our interruption|DDoS protection by|bot detection",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"sourcepoint|didomi|onetrust|consent\.|consentmanager|usercentrics|quantcast|trustarc|"
    r"cookie-?wall|cookie(?:s)? (?:zustimmen|akzeptieren|consent|policy)|privacy-mgmt|gdpr|"
    r"we (?:and our partners )?(?:use|store) .{0,40}cookies|datenschutz|einwilligung|accept all|"
    r"alle akzeptieren|tout accepter|aceptar todo",
    re.IGNORECASE,
)
_CONSENT_TEXT = re.compile(
    r"\b(?:cookies?|consent|privacy|partners?|tracking|datenschutz|einwilligung|werbung)\b", re.IGNORECASE
)
_LOGIN = re.compile(r"<input[^>]+type=[\"']?password", re.IGNORECASE)
_SCRIPT_ONLY = re.compile(
    r"(?:enable|activate|requires?|need) (?:to enable )?javascript|javascript (?:is )?(?:disabled|"
    r"required|aktivieren)|<div id=[\"'](?:root|app|__next)[\"']>\s*</div>",
    re.IGNORECASE,
)
_VIDEO = re.compile(r"\"@type\"\s*:\s*\"VideoObject\"|property=[\"']og:video|<video\b", re.IGNORECASE)
_CONSENT_HOST = re.compile(r"^(?:consent|cmp|cookie|privacy|myprivacy|choices)[.-]")

CONSENT_WALL = "a consent wall stands in the place of the article"
# What the walls of the common consent platforms say (IAB TCF 2.2's purposes, and the buttons), in five languages.
_WALL_WORDS = re.compile(
    r"cookies?|partners?|consent|personal(?:ised|ized) (?:ads|advertising|content)|ip[- ]address|withdraw|"
    r"tracking|werbung|einverstanden|einwilligung|personenbezogene|ip-adresse|pur-abo|werbetracking|"
    r"verarbeitungszwecke|datenschutz\w*|publicité|consentement|partenaires|données personnelles|"
    r"consentimiento|socios|datos personales|publicidad|consenso|dati personali|pubblicità",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?;:]\s|\n")
_WALL_CHARS = 3_000
_WALL_TERMS = 4
_WALL_SHARE = 0.4
_LIST_TYPES = frozenset({"CollectionPage", "SearchResultsPage", "ProfilePage", "ContactPage", "AboutPage"})

#: A page is an index where so much of its text is links and its blocks are so short.
_INDEX_LINK_SHARE = 0.55
_INDEX_BLOCKS = 20
_INDEX_LONG_WORDS = 35
_INDEX_LONG_SHARE = 0.2
_LINKED = 0.5


def unreadable(body: bytes) -> str | None:
    """Return what *body* is where its first bytes say that it is no text, else None."""
    for mark, name in _MAGIC:
        if body.startswith(mark):
            return name
    if body.startswith(_RIFF):
        return _RIFF_KINDS.get(body[8:12], "a RIFF file")
    return "video (MP4)" if body[4:8] == b"ftyp" else None


def media_type(content_type: str | None) -> str:
    """Return the media type of a Content-Type header in lower case, an empty string for none."""
    return (content_type or "").split(";", 1)[0].strip().lower()


def form_of(text: str, content_type: str | None) -> str | None:
    """
    Return ``html``, ``plain`` or ``feed``, or None where the type is one that is not read.

    Args:
        text: The decoded body.
        content_type: The header as sent; what the text itself shows is believed before ``text/plain``.
    """
    kind = media_type(content_type)
    head = text[:_SNIFFED_CHARS]
    is_xml = kind.endswith(("+xml", "/xml")) and kind not in _HTML_TYPES
    if _FEED.match(head):
        return "feed"
    if kind in _HTML_TYPES or (kind in _PLAIN_TYPES | _VAGUE_TYPES and _looks_like_html(head)):
        return "html"
    if kind in _PLAIN_TYPES or kind in {"", "application/octet-stream"}:
        return "plain"
    return "feed" if is_xml else None


def _looks_like_html(head: str) -> bool:
    """Tell whether a text starts as a page does."""
    start = head.lstrip("\ufeff \t\r\n")
    return start.startswith("<") and _HTML.search(head) is not None


def wall(page: Page, text: str, *, final_url: str) -> tuple[str, str] | None:
    """
    Return what stands in the place of an article on a page that gave almost no text.

    Args:
        page: The parsed page.
        text: The little text that was read.
        final_url: The address that answered.

    Returns:
        (``blocked`` or ``not_article``, the reason in words), or None where the page is only short.
    """
    host = urlsplit(final_url).hostname or ""
    markup = page.markup
    speaks_of_consent = _CONSENT_TEXT.search(text) is not None or not text
    if _BOT.search(markup[:60_000]):
        return "blocked", "a bot wall stands in the place of the article"
    if _CONSENT_HOST.match(host) or (speaks_of_consent and _CONSENT.search(_visible(page))):
        return "blocked", CONSENT_WALL
    if _LOGIN.search(markup):
        return "blocked", "a login stands in the place of the article"
    if _VIDEO.search(markup):
        return "not_article", "a video without a text"
    if _SCRIPT_ONLY.search(markup):
        return "not_article", "the page is empty without JavaScript"
    return None


def is_consent_text(text: str) -> bool:
    """
    Tell whether *text* is what a consent wall says, in full sentences of its own.

    Every third sentence or more must speak of consent in the words of such walls, and the whole be short: an article
    about cookies is longer, and tells of something else between.
    """
    if len(text) > _WALL_CHARS:
        return False
    sentences = [sentence for sentence in _SENTENCE_END.split(text) if sentence.strip()]
    spoken = {match.lower() for match in _WALL_WORDS.findall(text)}
    share = sum(_WALL_WORDS.search(sentence) is not None for sentence in sentences) / max(1, len(sentences))
    return len(spoken) >= _WALL_TERMS and share >= _WALL_SHARE


def declared_list(types: Sequence[str]) -> str | None:
    """Return the type by which a page calls itself a list of articles, None where it does not."""
    return next((name for name in types if name in _LIST_TYPES), None)


def _visible(page: Page) -> str:
    """Return the words of a page as a reader sees them, bounded."""
    # Extraction has cut up the page's own tree; few pages give so little text that they are looked at again.
    tree = parse_page(page.markup, url=page.url).tree
    body = tree.find("body")
    return " ".join((body if body is not None else tree).text_content().split())[:20_000]


def is_index(page: Page, found: Sequence[Segment], *, final_url: str, is_article: bool) -> bool:
    """
    Tell whether a page is a list of links to articles.

    Args:
        page: The parsed page.
        found: Its segments.
        final_url: The address that answered.
        is_article: Whether the page calls itself an article; then it is believed.
    """
    if is_article or len(found) < _INDEX_BLOCKS:
        return False
    chars = sum(len(segment.text) for segment in found)
    linked = sum(len(segment.text) * segment.link_density for segment in found)
    long_words = sum(
        len(segment.text.split())
        for segment in found
        if len(segment.text.split()) >= _INDEX_LONG_WORDS and segment.link_density < _LINKED
    )
    words = sum(len(segment.text.split()) for segment in found)
    is_site = (page.meta("og:type") or "website").lower() in {"website", "site"} or not urlsplit(final_url).path.strip(
        "/"
    )
    return is_site and linked > _INDEX_LINK_SHARE * chars and long_words < _INDEX_LONG_SHARE * words
