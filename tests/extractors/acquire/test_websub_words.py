"""What feeds say of their hubs, and what hubs sign."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.acquire.websub import HubLinks, hub_links, hub_request, is_genuine, wanted_mode
from extractors.model import FetchOutcome, Subscription

NOW = datetime(2026, 11, 22, tzinfo=UTC)
URL = "https://desk.example/feeds/rss"
HUB, SELF = "https://hub.example/", "https://desk.example/rss"
SIGNED_WITH = "s"
ATOM = (
    f'<feed xmlns="http://www.w3.org/2005/Atom"><link rel="self" href="{SELF}"/><link rel="hub" href="{HUB}"/>'
    "<entry/></feed>"
)


def answer(body: str | bytes = b"", *links: str, status: int = 200) -> FetchOutcome:
    return FetchOutcome(
        url=URL, final_url=URL, fetched_at=NOW, duration_seconds=0, http_status=status,
        headers=tuple(("link", link) for link in links), body=body if isinstance(body, bytes) else body.encode(),
    )  # fmt: skip


@pytest.mark.parametrize(
    "outcome",
    [
        answer(ATOM),
        answer(ATOM.replace(HUB, "https://other.example/"), f'<{HUB}>; rel="hub", <{SELF}>; rel=self'),
        answer("", f'<{HUB}>;title="a, b";rel=\'x\'; rel="hub"'.replace("rel='x'; ", ""), "</rss>; rel=self"),
        answer(ATOM.replace('rel="hub"', 'rel="other hub"')[:-7]),
        answer(
            f'<?xml version="1.0"?><rss xmlns:a="http://www.w3.org/2005/Atom"><channel><link>/</link>'
            f'<a:link rel="hub" href="{HUB}"/><a:link rel="self" href="/rss"/><item/></channel></rss>'
        ),
        answer(
            f'{{"feed_url": "{SELF}", "hubs": [{{"type": "rssCloud", "url": "x"}}, '
            f'{{"type": "WebSub", "url": "{HUB}"}}]}}'
        ),
    ],
)
def test_a_hub_is_found_wherever_a_feed_may_name_it(outcome: FetchOutcome) -> None:
    assert hub_links(outcome) == HubLinks(hub_url=HUB, topic_url=SELF)


@pytest.mark.parametrize(
    "outcome",
    [
        answer(ATOM, status=404),
        answer("<feed><entry><link rel='hub' href='https://x.example/'/></entry></feed>"),
        answer("", f"<{HUB}>; rel=preload"),
        answer("<feed><link rel='hub' href='javascript:alert(1)'/></feed>"),
        answer('{"hubs": "x"}'),
        answer("[1"),
    ],
)
def test_where_no_hub_is_named_none_is_found(outcome: FetchOutcome) -> None:
    assert hub_links(outcome) is None


def test_of_two_hubs_the_first_is_taken() -> None:
    second = '<link rel="hub" href="https://second.example/"/><entry/>'

    assert hub_links(answer(ATOM.replace("<entry/>", second))) == HubLinks(hub_url=HUB, topic_url=SELF)
    headers = (f"<{HUB}>; rel=hub", "<https://second.example/>; rel=hub, </rss>; rel=self")
    assert hub_links(answer("", *headers)) == HubLinks(hub_url=HUB, topic_url=SELF)


def test_a_feed_that_does_not_name_itself_is_known_by_the_address_that_answered() -> None:
    assert hub_links(answer("", f"<{HUB}>; rel=hub")) == HubLinks(hub_url=HUB, topic_url=URL)


@given(st.binary(max_size=200), st.text(max_size=60))
def test_any_feed_and_any_header_can_be_read(body: bytes, link: str) -> None:
    hub_links(answer(body, link))


@given(
    st.binary(max_size=50), st.text(min_size=1, max_size=20), st.sampled_from(["sha1", "sha256", "sha384", "sha512"])
)
def test_only_the_right_signature_of_the_right_bytes_is_genuine(body: bytes, secret: str, method: str) -> None:
    digest = hmac.new(secret.encode(), body, getattr(hashlib, method)).hexdigest()

    assert is_genuine(body, signature=f"{method}={digest}", secret=secret)
    assert is_genuine(body, signature=f" {method.upper()}={digest.upper()} ", secret=secret)
    assert not is_genuine(body + b"x", signature=f"{method}={digest}", secret=secret)
    assert not is_genuine(body, signature=f"{method}={digest}", secret=secret + "x")
    assert not is_genuine(body, signature=f"{method}={digest[:-1]}", secret=secret)


@pytest.mark.parametrize(
    "signature", [None, "", "sha256", "sha256=", "md5=d41d8cd98f00b204e9800998ecf8427e", "sha256=é"]
)
def test_no_signature_is_no_signature(signature: str | None) -> None:
    assert not is_genuine(b"", signature=signature, secret=SIGNED_WITH)


def test_the_secret_goes_only_where_it_is_no_easier_to_read_than_the_feed() -> None:
    def asked(hub: str, topic: str) -> dict[str, str]:
        links = HubLinks(hub_url=hub, topic_url=topic)
        return dict(hub_request(links, mode="subscribe", callback_url="https://me.example/t", secret=SIGNED_WITH).form)

    assert asked("https://hub.example/", "https://desk.example/")["hub.secret"] == "s"
    assert asked("http://hub.example/", "http://desk.example/")["hub.secret"] == "s"
    assert "hub.secret" not in asked("http://hub.example/", "https://desk.example/")


def held(state: str, *, asked: float | None = None, left: float | None = None, is_watched: bool = True) -> Subscription:
    """Return a subscription asked for so many hours ago, with so many hours of ten left."""
    return Subscription(
        feed_id="f", hub_url=HUB, topic_url=SELF, state=state, is_watched=is_watched, lease_seconds=36_000,
        asked_at=NOW - timedelta(hours=asked) if asked is not None else None,
        lease_until=NOW + timedelta(hours=left) if left is not None else None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("subscription", "mode"),
    [
        (held("found"), "subscribe"),
        (held("asked", asked=0.5), None),
        (held("asked", asked=2), "subscribe"),
        (held("failed", asked=2), None),
        (held("failed", asked=25), "subscribe"),
        (held("denied", asked=25), None),
        (held("denied", asked=200), "subscribe"),
        (held("active", asked=5, left=5), None),
        (held("active", asked=9, left=1.9), "subscribe"),
        (held("active", asked=0.5, left=1.9), None),
        (held("ended", asked=9), "subscribe"),
        (held("active", asked=1, left=9, is_watched=False), "unsubscribe"),
        (held("ended", asked=1, is_watched=False), None),
        (held("found", is_watched=False), None),
    ],
)
def test_a_hub_is_asked_when_there_is_something_to_ask(subscription: Subscription, mode: str | None) -> None:
    assert wanted_mode(subscription, now=NOW) == mode
