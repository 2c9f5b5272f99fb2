"""Reading with what is known of the site: what goes, what stays, what is said of it."""

import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from generated_site import MadeArticle, Site, page

from extractors.identity import sha256_hex
from extractors.model import Document, Furniture, Hints, Reading, RemovalKind
from extractors.reading import read

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)


def look(made: MadeArticle, furniture: Furniture | None = None, *, url: str | None = None) -> Reading:
    body = page(made).encode()
    address = url or f"https://paper.example/{made.number}"
    document = Document(
        sha256=sha256_hex(body),
        url=address,
        final_url=address,
        fetched_at=NOW,
        http_status=200,
        content_type="text/html; charset=utf-8",
        body=body,
    )
    return read(document, hints=Hints(), topics=(), now=NOW, furniture=furniture or Furniture())


@pytest.fixture(scope="module")
def made() -> MadeArticle:
    return Site().articles()[10]


@pytest.fixture(scope="module")
def learnt(made: MadeArticle) -> Furniture:
    """Return every key of the blocks that are the site's."""
    texts = {block.text for block in made.blocks if not block.is_own}
    keys = frozenset(seen.block_key for seen in look(made).sightings if seen.text in texts)
    return Furniture(known=keys)


def words(*texts: str) -> Counter[str]:
    return Counter(word for text in texts for word in re.findall(r"\w+", text))


def test_what_is_known_goes_and_text_and_removals_hold_every_word(made: MadeArticle, learnt: Furniture) -> None:
    before, after = look(made), look(made, learnt)

    assert before.article is not None
    assert after.article is not None
    assert after.article.text == "\n".join(block.text for block in made.blocks if block.is_own)
    furniture = {block.text for block in made.blocks if not block.is_own and not block.is_linked}
    assert furniture <= {gone.text for gone in after.removals}
    learnt_here = {gone.text for gone in after.removals if gone.kind is RemovalKind.REPEATED_ON_SITE}
    # What a single page shows to be furniture (an author's note) goes by the rules for pages.
    assert learnt_here <= furniture
    assert len(learnt_here) >= len(furniture) - 1
    assert words(before.article.text, *(gone.text for gone in before.removals)) == words(
        after.article.text, *(gone.text for gone in after.removals)
    )


def test_what_may_be_learnt_does_not_depend_on_what_is_known(made: MadeArticle, learnt: Furniture) -> None:
    assert look(made, learnt).sightings == look(made).sightings


def test_the_text_that_is_left_loses_nothing_more(made: MadeArticle, learnt: Furniture) -> None:
    once = look(made, learnt)
    assert once.article is not None
    left = replace(made, blocks=tuple(block for block in made.blocks if block.text in once.article.text.splitlines()))

    again = look(left, learnt)

    assert again.article is not None
    assert again.article.text == once.article.text


def test_an_article_never_becomes_too_short_by_what_was_learnt(made: MadeArticle) -> None:
    keys = frozenset(seen.block_key for seen in look(made).sightings)
    everything = Furniture(known=keys, certain=keys | _keys_of_body(made))

    assert look(made, everything).outcome == look(made).outcome


def _keys_of_body(made: MadeArticle) -> frozenset[int]:
    alone = [replace(made, title="", blocks=(block, *Site(seed=9).articles()[0].blocks)) for block in made.blocks]
    return frozenset(seen.block_key for article in alone for seen in look(article).sightings)


def test_a_file_of_no_site_teaches_nothing(made: MadeArticle) -> None:
    assert look(made).sightings
    assert look(made, url="file:///articles/one.html").sightings == ()
