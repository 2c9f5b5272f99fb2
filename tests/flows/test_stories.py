"""Which articles carry one text, through the command line: the sample newsroom's copies, the seeds."""

import os
import subprocess
from pathlib import Path

import pytest
from desk import ROOT, newsdesk_command, rows

from flows.rebuilding import rebuild
from flows.settings import Settings

#: What whoever swapped the words of seed 004 wrote, and what stood there before.
SWAPPED = {
    "a brand new": "a new", "often known as": "known as", "assumptions": "beliefs", "easy methods": "how",
    "complex": "tricky", "worth of those": "cost of those", "because the most": "as the most",
    "likely to speed up": "set to accelerate", "At the identical time": "At the same time", "demolish": "upend",
    "all the US": "the entire US", "The query being": "The question being", "on the point of": "on the verge of",
    "the previous chief": "the former chief",
    "we’ll must proceed to speculate in": "we’ll have to continue to invest in",
    "not only outspend": "not just outspend", "just because the race": "just as the race",
    "to duplicate": "to replicate", "has since was considered one of": "has since become one of",
    "progressive": "innovative", "last 12 months": "last year", "got here out": "came out",
    "opted to deal with": "chose to focus on", "as an alternative": "instead", "a bigger role": "a larger role",
    "previously few": "in the past few", "distinctive amongst": "unique among",
    "external financing": "outside funding", "due to this fact": "therefore", "within the": "in the",
    "the sphere of": "the field of", "fairly than": "rather than", "earn money": "make money", "amongst": "among",
    "There isn’t any": "There is no", "a whole lot of thousands and thousands": "hundreds of millions",
    "the ultimate training": "the final training", "nevertheless": "however", "attract precise": "draw precise",
    "wasting costs": "costs", "widely utilized": "widely used", "try and hamper": "attempt to hobble",
    "the corporate": "the company", "seek out": "find", "grow to be": "become", "solid DeepSeek": "cast DeepSeek",
    "incontrovertible fact": "fact", "most recent": "latest", "constraints": "limits", "the perfect": "the best",
    "the associated fee of coaching": "the cost of training", "a pointy": "a sharp", "the cash to": "the money to",
    "status": "standing", "applications": "apps", "turn out to be": "become", "often present in": "often found in",
    "While the importance": "While the significance", "essential innovation": "key innovation",
    "essentially the most advanced": "the most advanced", "there isn’t any mistaking": "there is no mistaking",
    "is going on much": "is happening much", "it is going to make": "it will make", "for patrons": "for consumers",
    "In an indication": "In a sign", "permits anyone": "allows anyone", "attract a large": "attract a huge",
    "searching for": "looking for", "to construct": "to build", "is accessible at": "is available at",
    "one.4 cents": "1.4 cents", "akin to": "equivalent to", "a similar output": "the same output",
    "complete variety": "whole range", "isn’t the one option": "isn’t the only option",
    "poses a direct": "presents a direct", "in the marketplace for": "on the market for",
    "guarantees to have": "promises to have", "it will handicap": "it would handicap",
    "individuals around the globe": "people around the world", "evaluate": "assess",
    "various countries": "different countries", "on to an equal": "on to an even",
    "every part that": "everything that", "every part": "everything", "this might help": "this could help",
    "worldwide": "global", "identified that": "pointed out that", "has each positive": "has both positive",
    "more likely to hang": "set to hang", "inside the subsequent": "within the next", "to debate": "to discuss",
    "safety structure": "security framework", "may have the identical": "will have the same",
    "(constructing)": "(building)", "in all places on this planet": "everywhere in the world",
    "I feel is": "I think is", "A young person who got here": "A young person who came", "house in": "home in",
    "awesome one": "great one", "to inform how": "to tell how", "alter the": "change the",
    "in the event that they": "if they", "squeeze higher": "squeeze better", "in a position to": "able to",
    "low price": "low cost", "concerning": "about", "touched off": "sparked", "opposite big": "other big",
    "former training": "earlier training", "high-end": "top-end", "leading-edge": "cutting-edge",
    "at par with": "on a par with", "to unravel": "to solve", "it surely does": "it does",
    "pulling ahead": "moving ahead", "isn’t any longer nearly": "is no longer just about",
}  # fmt: skip


@pytest.fixture
def ingested(home: Path, tmp_path: Path, shared: Path) -> Path:
    """Return a home that read the five seeds, then a text made from seed 004 by swapping its words back."""
    folder = tmp_path / "later"
    folder.mkdir()
    (seed,) = (shared / "seeds").glob("004_*.txt")
    text = seed.read_text("utf-8")
    for swapped, before in SWAPPED.items():
        text = text.replace(swapped, before)
    (folder / "before.txt").write_text(text, "utf-8")
    for paths in (sorted((shared / "seeds").glob("00*.txt")), [folder]):
        done = subprocess.run(
            newsdesk_command("ingest", *map(str, paths)),
            env=os.environ
            | {"NEWSDESK_HOME": str(home), "NEWSDESK_WATCHLIST": str(ROOT / "sample" / "watchlist.toml")},
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )
        assert done.returncode == 0, done.stderr
    return home


@pytest.mark.shared
def test_of_the_seeds_two_are_one_story_and_the_text_before_the_swaps_joins_its_own(ingested: Path) -> None:
    found = rows(
        ingested,
        """
        select parse_filename(articles.url)[:3], parse_filename(firsts.url)[:3], relation, round(similarity, 1)
        from story_articles
        join articles using (article_id)
        join articles as firsts on firsts.article_id = story_articles.story_id
        order by 1
        """,
    )

    assert found == [
        ("000", "000", "first", None),
        ("001", "000", "copy", 1.0),
        ("002", "002", "first", None),
        ("003", "003", "first", None),
        ("004", "004", "first", None),
        ("bef", "004", "rewrite", 0.9),
    ]
    (told,) = rows(ingested, "select evidence from story_articles where relation = 'rewrite'")
    assert "in the same order" in str(told[0])
    assert rows(ingested, "select distinct article_count from new_coverage order by all") == [(1,), (2,)]

    before = rows(ingested, "from story_articles order by all")
    assert rebuild(Settings(home=ingested)) == 4
    assert rows(ingested, "from story_articles order by all") == before
    assert rows(ingested, "select state from runs where flow = 'stories'") == [("completed",)]


def test_the_copies_of_the_sample_newsroom_are_one_story_each(sample_home: Path) -> None:
    found = rows(
        sample_home,
        """
        select list(source order by source), list(relation order by source)
        from articles
        join story_articles using (article_id)
        group by articles.story_id
        having count(*) > 1
        order by 1
        """,
    )

    assert found == [
        (["courier.example", "gridpost.example", "noonbrief.example", "wireline.example"],
         ["copy", "excerpt", "copy", "first"]),
        (["courier.example", "wireline.example"], ["rewrite", "first"]),
    ]  # fmt: skip
