"""
Speak WebSub: what a feed says of its hub, what to ask the hub, whether what arrives is genuine; pure.

Source:
    https://www.w3.org/TR/websub/, sections 4 (discovery), 5 (subscribing), 7 (distribution).
"""

import hmac
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from io import BytesIO
from typing import Final
from urllib.parse import urljoin

from lxml import etree

from extractors.acquire.urls import is_http_url
from extractors.model import FetchOutcome, FetchRequest, PolledFeed, PollResult, Subscription

#: Asked for; the hub decides. Ten days, as the hubs of large blog hosts grant.
LEASE_SECONDS: Final = 864_000
#: Of the lease that was granted, the part after which it is renewed.
RENEW_SHARE: Final = 0.8
#: The specification's list; sha1 is what the oldest hubs still send.
_METHODS: Final = ("sha1", "sha256", "sha384", "sha512")
_LINK: Final = re.compile(r"<([^<>]*)>((?:\s*;\s*[\w*-]+\s*=\s*(?:\"[^\"]*\"|[^\s;,\"]+))*)")
_REL: Final = re.compile(r"(?i);\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]+))")
_ENTRIES: Final = ("item", "entry")
_SUCCESS: Final = range(200, 300)
#: A hub that has not come back, one that failed, one that refused are asked again after so long.
_ASK_AGAIN: Final = {"asked": timedelta(hours=1), "failed": timedelta(days=1), "denied": timedelta(days=7)}
#: A renewal is asked for once an hour until it is granted.
_RENEW_AGAIN: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class HubLinks:
    """Where a feed says that it can be subscribed to."""

    hub_url: str
    #: The feed's own address as it names itself; the hub knows it by this one.
    topic_url: str


def hub_links(outcome: FetchOutcome) -> HubLinks | None:
    """
    Return the hub that a feed names, in the Link header or else in the document; None where there is none.

    Args:
        outcome: The answer to a poll. Without a link to itself the feed is known by the address that answered.
    """
    if outcome.error is not None or outcome.http_status not in _SUCCESS:
        return None
    for links in (dict(_header_links(outcome)), dict(_document_links(outcome.body))):
        hub = urljoin(outcome.final_url, links.get("hub", ""))
        topic = urljoin(outcome.final_url, links.get("self", outcome.final_url))
        if "hub" in links and is_http_url(hub) and is_http_url(topic):
            return HubLinks(hub_url=hub, topic_url=topic)
    return None


def with_hub(poll: PolledFeed, outcome: FetchOutcome) -> PolledFeed:
    """Return *poll* with the hub that its document names, where it brought a new one."""
    links = hub_links(outcome) if poll.result is PollResult.CHANGED else None
    return replace(poll, hub=(links.hub_url, links.topic_url)) if links else poll


def hub_request(links: HubLinks, *, mode: str, callback_url: str, secret: str) -> FetchRequest:
    """
    Return the request that asks a hub to push a feed, or to stop.

    Args:
        links: Of the feed.
        mode: ``subscribe`` or ``unsubscribe``.
        callback_url: Where to push; it names the subscription and nobody can guess it.
        secret: Less than 200 bytes. Left out where it would travel in the open although the feed does not: see
            ``is_secret_safe``.
    """
    form = [
        ("hub.mode", mode),
        ("hub.topic", links.topic_url),
        ("hub.callback", callback_url),
        ("hub.lease_seconds", str(LEASE_SECONDS)),
    ]
    if is_secret_safe(links):
        form.append(("hub.secret", secret))
    return FetchRequest(url=links.hub_url, form=tuple(form), limit_bytes=100_000)


def wanted_mode(subscription: Subscription, *, now: datetime) -> str | None:
    """
    Return what to ask the hub of *subscription* for: ``subscribe``, ``unsubscribe``, or None for nothing.

    Args:
        subscription: As it is held; one that is active is renewed after ``RENEW_SHARE`` of its lease.
        now: Aware UTC.
    """
    one = subscription
    if not one.is_watched:
        return "unsubscribe" if one.state in ("active", "asked") else None
    if one.state == "active" and one.lease_until is not None:
        left = timedelta(seconds=(one.lease_seconds or LEASE_SECONDS) * (1 - RENEW_SHARE))
        is_late = one.lease_until - now <= left
        return "subscribe" if is_late and _is_over(one.asked_at, _RENEW_AGAIN, now=now) else None
    return "subscribe" if _is_over(one.asked_at, _ASK_AGAIN.get(one.state, timedelta(0)), now=now) else None


def is_secret_safe(links: HubLinks) -> bool:
    """
    Return whether the hub may be told a secret.

    Over https it may. Over http whoever listens could forge pushes; where the feed itself is http, they could forge
    that as well. A push that cannot be checked is never read: it only makes the feed be polled at once.
    """
    return links.hub_url.startswith("https:") or not links.topic_url.startswith("https:")


def is_genuine(body: bytes, *, signature: str | None, secret: str) -> bool:
    """
    Return whether *body* was signed with *secret*; the comparison takes the same time whatever is wrong.

    Args:
        body: As received.
        signature: The X-Hub-Signature header, such as ``sha256=ab12...``.
        secret: The one the hub was told.
    """
    method, _, digest = (signature or "").strip().partition("=")
    if method.lower() not in _METHODS:
        return False
    expected = hmac.new(secret.encode(), body, method.lower()).hexdigest()
    return hmac.compare_digest(expected.encode(), digest.strip().lower().encode("utf-8", "replace"))


def _is_over(since: datetime | None, pause: timedelta, *, now: datetime) -> bool:
    return since is None or now - since >= pause


def _header_links(outcome: FetchOutcome) -> Iterator[tuple[str, str]]:
    """Yield (relation, address) of the Link headers, the first of a relation last, so that a dict keeps it."""
    values = [value for name, value in outcome.headers if name.lower() == "link"]
    found = [(match[1], match[2]) for value in values for match in _LINK.finditer(value)]
    for address, parameters in reversed(found):
        rel = _REL.search(parameters)
        for one in (rel[1] or rel[2] or "").lower().split() if rel else ():
            yield one, address.strip()


def _document_links(body: bytes) -> Iterator[tuple[str, str]]:
    """Yield (relation, address) of the links that stand before the first entry of a feed."""
    if body.lstrip()[:1] == b"{":
        yield from _json_links(body)
        return
    found: list[tuple[str, str]] = []
    try:
        for _, element in etree.iterparse(
            BytesIO(body.lstrip()), events=("start",), resolve_entities=False, no_network=True, load_dtd=False
        ):
            name = element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""
            if name in _ENTRIES:
                break
            if name == "link" and element.get("href"):
                found += [(one, (element.get("href") or "").strip()) for one in (element.get("rel") or "").split()]
    except etree.XMLSyntaxError:
        # What stands before the damage was read.
        pass
    yield from reversed(found)


def _json_links(body: bytes) -> Iterator[tuple[str, str]]:
    """Yield the same of a JSON Feed (https://www.jsonfeed.org/version/1.1/, ``hubs`` and ``feed_url``)."""
    try:
        feed = json.loads(body)
    except (ValueError, RecursionError):
        return
    if not isinstance(feed, dict):
        return
    if isinstance(feed.get("feed_url"), str):
        yield "self", feed["feed_url"]
    for hub in feed["hubs"] if isinstance(feed.get("hubs"), list) else ():
        if isinstance(hub, dict) and hub.get("type") == "WebSub" and isinstance(hub.get("url"), str):
            yield "hub", hub["url"]
            return
