"""Lines at either end that speak of the text go with their kind; the same words inside it stay."""

import pytest

from extractors.model import RemovalKind
from extractors.text.article import Block
from extractors.text.clean import About, clean

BODY = [f"The council met for the {n} time on Tuesday and put off its vote on the harbour again." for n in range(9)]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("(Reporting by Ana Lopes; editing by Jon Berg)", RemovalKind.BYLINE),
        ("责任编辑：王小明", RemovalKind.BYLINE),
        ("Mit Informationen der Korrespondenten", RemovalKind.BYLINE),
        ("Síguenos en nuestras redes", RemovalKind.SHARE),
        ("Ana Lopes is our harbour correspondent.", RemovalKind.BYLINE),
    ],
)
def test_a_line_at_the_end_goes_with_its_kind(line: str, kind: RemovalKind) -> None:
    blocks = [Block(text=text) for text in [*BODY, line]]

    found = clean(blocks, about=About(authors=("Ana Lopes",)))

    assert [block.text for block in found.blocks] == BODY
    assert [removal.kind for removal in found.removals] == [kind]


def test_the_same_line_in_the_middle_stays() -> None:
    line = "Reporting by phone, she said that the pier was empty."
    blocks = [Block(text=text) for text in [*BODY[:4], line, *BODY[4:]]]

    assert line in [block.text for block in clean(blocks, about=About()).blocks]


def test_what_stands_below_the_publishers_own_end_goes() -> None:
    extra = "A course for harbour masters starts in May at the school of the town."
    blocks = [Block(text=text) for text in [*BODY, extra]]

    found = clean(blocks, about=About(claim="\n".join(BODY), is_news=True))

    assert [removal.rule for removal in found.removals] == ["below_claimed_end"]
