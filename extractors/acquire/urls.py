"""
Tell what a URL names: its key, its source, its form without tracking.

Nothing here is ever fetched: pages are asked for under the link as the publisher wrote it, because a server
may insist on the very parameter that says nothing to us. The normal forms only decide whether two links mean
one page.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote_plus, urlsplit

if TYPE_CHECKING:
    from tldextract import TLDExtract

#: What the local part of the disk is called where a source is asked for.
LOCAL_SOURCE = "local"

_HTTP = ("http", "https")
_DEFAULT_PORT = {"http": 80, "https": 443}

#: Parameters that say how a reader came, never what is read; by the vendor whose documentation names them.
#: Left alone on purpose: ``cid eid uid id source keyword`` (``article.php?eid=555`` names an article; a
#: widely used cleaner that strips them merged 282 of 7,459 real links).
_TRACKING = frozenset(
    name
    for names in (
        # Facebook, Instagram:
        # https://developers.facebook.com/docs/marketing-api/conversions-api/parameters/fbp-and-fbc
        "fbclid fb_action_ids fb_action_types fb_comment_id fb_ref fb_source igshid igsh",
        # Google Ads, Analytics, Merchant Center: https://support.google.com/google-ads/answer/9744275
        "gclid dclid gbraid wbraid gclsrc srsltid _ga _gl gad_source gad_campaignid",
        "campaign_id campaign_medium campaign_name campaign_source campaign_term campaign_content",
        "itm_campaign itm_medium itm_source itm_content itm_term",
        # Yandex, X, Microsoft, TikTok, LinkedIn click ids
        "yclid ysclid _openstat twclid msclkid ttclid li_fat_id",
        # Mailchimp, HubSpot, Marketo, Vero, Olytics, Wicked, beehiiv, Branch, Readwise: newsletters
        "mc_cid mc_eid mc_tc hsa_cam _hsenc _hsmi __hssc __hstc __hsfp hsctatracking mkt_tok vero_id",
        "vero_conv oly_anon_id oly_enc_id rb_clickid wickedid _bhlid _branch_match_id _branch_referrer",
        "__readwiselocation",
        # Adobe Analytics campaign codes as newspapers use them (The Guardian CMP, Bloomberg cmpid)
        "cmp cmpid sc_cid s_cid icid intcmp",
        # AT Internet / Piano: BBC, Le Monde: https://support.piano.io (xtor, at_*)
        "xtor",
        # The New York Times, MSN, CBS, Spiegel, heise, Yahoo
        "emc smid smtyp ocid cvid ftag wt_mc wt_zmc sara_ecid sara_ref",
        "guccounter guce_referrer guce_referrer_sig",
        # Session ids that servers append for readers without cookies
        "jsessionid phpsessid aspsessionid",
    )
    for name in names.split()
)

#: utm_: Google Analytics; mtm_, pk_: Matomo; at_: Piano; ns_: Comscore (BBC); hmb_: Humble; wt.: Webtrekk.
_TRACKING_PREFIXES = ("utm_", "mtm_", "pk_", "at_", "ns_", "hmb_", "wt.")

_FROM_FEED = re.compile(r"(?i)(?:rss[a-z]{0,3}|feeds?|atom)(?![a-z])")
_SESSION = re.compile(r"(?i)(?=[a-z]*\d)[0-9a-z]{16,}")

#: Names that are tracking only with such a value: ``?source=rss----2`` (Medium), ``?partner=rss`` (The New
#: York Times), ``?sid=9f86d081884c7d65`` but not ``?sid=555``, which names an article in PHP-Nuke.
#: ``?feed=rss2`` is not among them: it is where a WordPress keeps its feed.
_TRACKING_BY_VALUE: dict[str, Callable[[str], object]] = {
    **dict.fromkeys(("ref", "src", "source", "from", "partner", "traffic_source"), _FROM_FEED.match),
    "sid": _SESSION.fullmatch,
}

_PATH_SESSION = re.compile(r"(?i);(?:jsessionid|phpsessid)=[^/?#;]*")
_PERCENT = re.compile(r"%(?:([0-9A-Fa-f]{2}))?")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_UNSAFE = re.compile(r"""[^!-~]|["<>\\^`{|}]""")
_DEVICE_LABELS = ("www.", "m.", "amp.")
_HOST = re.compile(r"[0-9a-z_.:-]+")
_GAPS = re.compile(r"[\t\r\n]+")


def is_http_url(url: str) -> bool:
    """
    Return whether *url* is an absolute http(s) address with a host.

    Args:
        url: Anything that was found where a link belongs.
    """
    parts = _split(url)
    return parts is not None and parts.scheme in _HTTP and _HOST.fullmatch(_host_of(parts)) is not None


def host(url: str) -> str:
    """
    Return the host of *url*: lower case, in its ASCII form, without port; empty where it has none.

    Args:
        url: Any URL.
    """
    parts = _split(url)
    return _host_of(parts) if parts is not None else ""


def registrable_domain(url: str) -> str:
    """
    Return the domain that names the publisher of *url*.

    Args:
        url: An http(s) URL or a ``file:`` one.

    Returns:
        The registrable domain (``www.bbc.co.uk`` gives ``bbc.co.uk``), a whole subdomain where a host lends
        them out (``desk.github.io``), the host itself for an address or a single label, ``local`` for what
        has no host.

    Source:
        The Public Suffix List as packaged with tldextract, its private section included; never downloaded.
        A suffix that is not on the list counts as one label (https://publicsuffix.org/list, rule ``*``).
    """
    name = host(url)
    return _registrable(name) if name else LOCAL_SOURCE


def publisher(url: str, *, feed_source: str | None) -> str:
    """
    Return the publisher of the page that answered at *url*: the feed's where the page stayed with it, else its domain.

    Args:
        url: The address that answered; of a file, its ``file:`` URL.
        feed_source: The source that the feed is of, or that a file names; None: not known.
    """
    if not is_http_url(url):
        return feed_source or LOCAL_SOURCE
    domain = registrable_domain(url)
    has_stayed = feed_source and registrable_domain(f"https://{feed_source}/") == domain
    return feed_source if feed_source and has_stayed else domain


def clean_url(url: str) -> str:
    """
    Return *url* without tracking parameters and session ids, every other character as it was.

    Args:
        url: Any URL; what is not http(s) is returned unchanged.
    """
    parts = _split(url)
    if parts is None or parts.scheme not in _HTTP:
        return url
    kept = [field for field in parts.query.split("&") if not _is_tracking(field)]
    fragment = "" if _is_tracking_fragment(parts.fragment) else parts.fragment
    path = _PATH_SESSION.sub("", parts.path)
    if len(kept) == parts.query.count("&") + 1 and fragment == parts.fragment and path == parts.path:
        return url
    return parts._replace(path=path, query="&".join(kept), fragment=fragment).geturl()


@lru_cache(maxsize=4096)
def url_key(url: str) -> str:
    """
    Return the key under which all spellings of one address meet.

    The key is https, without ``www.``, ``m.`` or ``amp.``, without credentials, default port, trailing slash,
    fragment and tracking; the query is sorted and percent-encoding is normal. A key of a key is itself.

    Args:
        url: Any URL; what is not http(s) is returned unchanged.

    Source:
        RFC 3986 section 6.2.2 (case, percent-encoding); the rest is measured: what publishers vary.
    """
    return _key(url, with_tracking=False, with_fragment=False)


def distinct_keys(urls: Sequence[str]) -> list[str]:
    """
    Return the keys of the links of one document, never the same key for two different links.

    Publishers do tell articles apart by a fragment or by a parameter that elsewhere only tracks (124 links in
    7 of 353 measured feeds). So links that would meet keep their fragment, then their whole query, then stay
    as written.

    Args:
        urls: The links of one document as written, in any order; repeats are welcome.

    Returns:
        One key a link, in the order of *urls*; as many different keys as there are different links.
    """
    keys = {url: url_key(url) for url in urls}
    for refine in (_key_with_fragment, _key_with_everything, str):
        colliding = _colliding(keys)
        if not colliding:
            break
        keys.update((url, refine(url)) for url in colliding)
    return [keys[url] for url in urls] if not _colliding(keys) else list(urls)


def without_secrets(url: str) -> str:
    """
    Return *url* fit for logs and tables: without credentials, ``***`` where a parameter carries a key.

    Args:
        url: Any URL, possibly with ``user:password@`` or ``?token=...``.
    """
    if "@" not in url and "=" not in url:
        return url
    parts = _split(url)
    if parts is None or not ("@" in parts.netloc or _SECRET.search(parts.query)):
        return url
    query = _SECRET.sub(r"\1***", parts.query)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query=query).geturl()


_SECRET = re.compile(
    r"(?i)((?:^|(?<=&))(?:api_?key|access_token|auth|key|pass(?:word)?|secret|sig(?:nature)?|token)=)[^&]+"
)


def _split(url: str) -> SplitResult | None:
    """Return the parts of *url*, None where it cannot be read as one."""
    try:
        parts = urlsplit(_GAPS.sub("", url.strip()))
        parts.port  # noqa: B018 - reading it is the check: a port beyond 65535 raises
    except ValueError:
        return None
    return parts


def _host_of(parts: SplitResult) -> str:
    """Return the host in ASCII: ``BÜCHER.example.`` gives ``xn--bcher-kva.example``."""
    name = (parts.hostname or "").rstrip(".")
    if name.isascii():
        return name
    try:
        return name.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return name


def _key(url: str, *, with_tracking: bool, with_fragment: bool) -> str:
    parts = _split(url)
    if parts is None or parts.scheme not in _HTTP:
        return url
    name = _host_of(parts)
    if not name:
        return url
    path = _normal_encoding(_PATH_SESSION.sub("", parts.path)).rstrip("/")
    query = _normal_query(parts.query, with_tracking=with_tracking)
    tail = f"?{query}" if query else ""
    if with_fragment and parts.fragment:
        tail += f"#{parts.fragment}"
    return f"https://{_bare_host(name)}{_port(parts)}{path}{tail}"


def _key_with_fragment(url: str) -> str:
    return _key(url, with_tracking=False, with_fragment=True)


def _key_with_everything(url: str) -> str:
    return _key(url, with_tracking=True, with_fragment=True)


def _colliding(keys: dict[str, str]) -> list[str]:
    """Return the links that share their key with another link."""
    by_key: dict[str, list[str]] = {}
    for url, key in keys.items():
        by_key.setdefault(key, []).append(url)
    return [url for group in by_key.values() if len(group) > 1 for url in group]


def _port(parts: SplitResult) -> str:
    return "" if parts.port in (None, _DEFAULT_PORT[parts.scheme], 443) else f":{parts.port}"


@lru_cache(maxsize=4096)
def _bare_host(name: str) -> str:
    """Return *name* without ``www.``, ``m.`` and ``amp.``, but never less than its registrable domain."""
    shortest = len(_registrable(name))
    while name.startswith(_DEVICE_LABELS):
        shorter = name.partition(".")[2]
        if len(shorter) < shortest:
            break
        name = shorter
    return name if ":" not in name else f"[{name}]"


@lru_cache(maxsize=4096)
def _registrable(name: str) -> str:
    if _is_address(name) or "." not in name:
        return name
    found = _public_suffixes().extract_str(name)
    if found.suffix:
        return found.top_domain_under_public_suffix or name
    return ".".join(name.split(".")[-2:])


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=1)
def _public_suffixes() -> "TLDExtract":
    from tldextract import TLDExtract

    # Without these arguments the first call downloads the list and writes a cache into the environment.
    return TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


def _is_tracking(field: str) -> bool:
    raw_name, _, raw_value = field.partition("=")
    name = unquote_plus(raw_name).lower()
    if name in _TRACKING or name.startswith(_TRACKING_PREFIXES):
        return True
    test = _TRACKING_BY_VALUE.get(name)
    return test is not None and bool(test(unquote_plus(raw_value)))


def _is_tracking_fragment(fragment: str) -> bool:
    """Return whether *fragment* only tracks (``#xtor=RSS-1``) or points at words (``#:~:text=``)."""
    if fragment.startswith(":~:text="):
        return True
    return "=" in fragment and all(_is_tracking(field) for field in fragment.split("&"))


def _normal_query(query: str, *, with_tracking: bool) -> str:
    fields = (field for field in query.split("&") if field and (with_tracking or not _is_tracking(field)))
    return "&".join(sorted(_normal_encoding(field.replace("+", "%20")) for field in fields))


def _normal_encoding(text: str) -> str:
    """Return *text* with only what must be percent-encoded encoded (RFC 3986 6.2.2.2)."""
    if _UNSAFE.search(text):
        text = _UNSAFE.sub(_escape, text)
    return _PERCENT.sub(_normal_escape, text) if "%" in text else text


def _escape(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "replace"))


def _normal_escape(match: re.Match[str]) -> str:
    digits = match[1]
    if not digits:
        return "%25"
    character = chr(int(digits, 16))
    return character if character in _UNRESERVED else f"%{digits.upper()}"
