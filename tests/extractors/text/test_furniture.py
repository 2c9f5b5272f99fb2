"""What of one article may be furniture, and what goes of it once it is known."""

from dataclasses import replace

from generated_site import Site
from hypothesis import given
from hypothesis import strategies as st

from extractors.model import Furniture, RemovalKind, Sighting
from extractors.text.article import Block, BlockKind
from extractors.text.clean import About
from extractors.text.furniture import strip, survey

ABOUT = About(titles=("Harbour master keeps the small model",), authors=("Anna Brigg",))
BODY = [
    Block(text=f"{start} the harbour master read the letters about mooring fees, and the model answered every one "
               "of them in three languages before the council had met.")
    for start in ("On Monday", "A year ago", "Since then")
]  # fmt: skip
APPEAL = "Our reporters go where the story is, in all weathers. If you value that, give what you can."
BACKGROUND = (
    "The council bought the model for its harbour office, where mooring fees had been counted by hand for years."
)


def keys(*texts: str) -> frozenset[int]:
    """Return every key under which *texts* are seen in an article about something else."""
    return frozenset(found.block_key for text in texts for found in survey([Block(text=text)], about=About()))


def kept(blocks: list[Block], furniture: Furniture, about: About = ABOUT) -> list[str]:
    return [block.text for block in strip(blocks, about=about, furniture=furniture).blocks]


def seen(blocks: list[Block], text: str, about: About = ABOUT) -> Sighting | None:
    found = [sighting for sighting in survey(blocks, about=about) if sighting.text == text]
    return found[0] if found else None


def test_a_known_block_goes_and_is_kept_as_a_removal() -> None:
    blocks = [*BODY, Block(text=APPEAL)]

    stripped = strip(blocks, about=ABOUT, furniture=Furniture(known=keys(APPEAL)))

    assert list(stripped.blocks) == BODY
    assert [(gone.kind, gone.text, gone.rule) for gone in stripped.removals] == [
        (RemovalKind.REPEATED_ON_SITE, APPEAL, "learnt_block"),
    ]


def test_another_spelling_of_a_known_block_goes_too() -> None:
    shouted = APPEAL.upper().replace(",", " -")

    assert kept([*BODY, Block(text=shouted)], Furniture(known=keys(APPEAL))) == [block.text for block in BODY]


def test_a_variant_goes_by_its_pattern_unless_its_names_stand_in_the_article() -> None:
    learnt = Furniture(known=keys("Follow Cleo Dunn on Quillpost"))
    stranger, subject = "Follow Dag Ewing on Quillpost", "Follow Mooring on Quillpost"

    assert stranger not in kept([*BODY, Block(text=stranger)], learnt)
    assert subject in kept([*BODY, Block(text=subject)], learnt)


def test_an_author_is_not_what_the_article_is_about() -> None:
    line = "Follow Anna Brigg on Quillpost"
    named = [*BODY, replace(BODY[0], text=BODY[0].text + " So says Anna Brigg.")]
    learnt = Furniture(known=keys("Follow Cleo Dunn on Quillpost"))

    assert line not in kept([*named, Block(text=line)], learnt)
    assert line in kept([*named, Block(text=line)], learnt, replace(ABOUT, authors=()))


def test_a_block_that_speaks_of_the_subject_stays_unless_most_articles_have_it() -> None:
    blocks = [*BODY, Block(text=BACKGROUND)]

    assert BACKGROUND in kept(blocks, Furniture(known=keys(BACKGROUND)))
    assert BACKGROUND not in kept(blocks, Furniture(known=keys(BACKGROUND), certain=keys(BACKGROUND)))


def test_a_heading_goes_only_with_all_that_stands_below_it() -> None:
    heading = Block(text="What comes next", kind=BlockKind.HEADING)
    learnt = Furniture(known=keys("What comes next", APPEAL), certain=keys("What comes next"))

    assert heading.text in kept([*BODY[:2], heading, Block(text=APPEAL), BODY[2]], learnt)
    assert heading.text not in kept([*BODY, heading, Block(text=APPEAL)], learnt)


def test_a_label_goes_only_with_what_follows_it_until_it_is_certain() -> None:
    label = Block(text="At a glance")
    learnt = Furniture(known=keys("At a glance", APPEAL))

    assert label.text in kept([*BODY[:2], label, BODY[2]], learnt)
    assert label.text not in kept([*BODY, label, Block(text=APPEAL)], learnt)
    assert label.text not in kept([*BODY[:2], label, BODY[2]], replace(learnt, certain=keys("At a glance")))


def test_code_and_long_blocks_are_never_furniture() -> None:
    code = Block(text=APPEAL, kind=BlockKind.CODE)
    long = Block(text=" ".join([APPEAL] * 10))
    learnt = Furniture(known=keys(APPEAL, long.text), certain=keys(APPEAL, long.text))

    assert kept([*BODY, code, long], learnt)[-2:] == [code.text, long.text]


def test_what_speaks_of_the_subject_is_seen_only_at_the_ends() -> None:
    middle = [*BODY, Block(text=BACKGROUND), *BODY, Block(text=APPEAL), *BODY]

    assert seen(middle, BACKGROUND) is None
    assert (found := seen(middle, APPEAL)) is not None
    assert (found.is_on_topic, found.is_edge, found.is_pattern) == (False, False, False)
    assert (found := seen([*BODY, Block(text=BACKGROUND)], BACKGROUND)) is not None
    assert (found.is_on_topic, found.is_edge) == (True, True)


def test_copies_of_an_article_share_a_context_and_other_articles_none() -> None:
    contexts = [
        set(survey([Block(text=block.text) for block in made.blocks], about=About(titles=(made.title,)))[0].contexts)
        for made in Site().articles()[:6]
    ]

    assert all(contexts[0] & copy for copy in contexts[1:3])
    assert not any(contexts[0] & other for other in contexts[3:])
    assert {context % 4 for context in contexts[0]} == {0, 1, 2, 3}


def test_the_same_is_seen_whatever_is_known() -> None:
    blocks = [*BODY, Block(text=APPEAL)]
    found = survey(blocks, about=ABOUT)

    assert {sighting.block_key for sighting in found} >= keys(APPEAL)
    assert len({sighting.block_key for sighting in found}) == len(found)


def test_without_knowledge_nothing_goes() -> None:
    assert strip(BODY, about=ABOUT, furniture=Furniture()).removals == ()


TEXTS = (
    *(block.text for block in BODY),
    *(APPEAL, BACKGROUND, "At a glance", "Follow Bo Carver on Quillpost", "速報", "…", "Written by nobody"),
    "Our reporters thank 12,345 readers of this paper.",
)
LINES = st.lists(st.sampled_from(TEXTS), max_size=12)


@given(lines=LINES, known=LINES, certain=LINES, headings=st.sets(st.integers(0, 11)))
def test_blocks_and_removals_hold_every_block_and_nothing_goes_that_is_not_known(
    lines: list[str], known: list[str], certain: list[str], headings: set[int]
) -> None:
    blocks = [
        Block(text=text, kind=BlockKind.HEADING if number in headings else BlockKind.PARAGRAPH)
        for number, text in enumerate(lines)
    ]
    learnt = Furniture(known=keys(*known, *certain), certain=keys(*certain))

    stripped = strip(blocks, about=ABOUT, furniture=learnt)

    left, gone = [block.text for block in stripped.blocks], [removal.text for removal in stripped.removals]
    assert sorted([*left, *gone]) == sorted(lines)
    assert all(keys(text) & learnt.known for text in gone)
