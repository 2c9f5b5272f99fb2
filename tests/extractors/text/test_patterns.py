"""What two blocks have in common when names, numbers and addresses are taken out."""

import pytest

from extractors.text.patterns import pattern_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Follow Anna Smith on X", "Follow Bo Birch on X"),
        ("Friday Letter: 12,345 neighbours read our round-up.", "Friday Letter: 9,871 neighbours read our round-up."),
        ("Agency man Bob Smith in Paris helped with this.", "Agency man Bo Vries in Rome helped with this."),
        ("Our story was amended on 12 May 2024 to add a name.", "Our story was amended on 3 June 2025 to add a name."),
        ("Cet article a été modifié le 12 mai 2024 par nous.", "Cet article a été modifié le 3 juin 2025 par nous."),
        ("Letters reach the desk at a@paper.example or here.", "Letters reach the desk at www.paper.example or here."),
    ],
)  # fmt: skip
def test_blocks_that_differ_in_names_numbers_and_addresses_have_one_pattern(one: str, other: str) -> None:
    first, second = pattern_of(one), pattern_of(other)

    assert first is not None
    assert second is not None
    assert first.words == second.words


@pytest.mark.parametrize(
    "text",
    [
        "Nothing here is a name or a number.",
        "Shares of the firm fell 3% to $20 in early trading in the port.",
        "The rate is 4 percent for all who saved with the bank that year.",
        "Rating: 4 out of 5",
        "Anna Smith, Paris",
        "CLICK HERE TO GET THE PAPER NEWS APP",
        "2024",
        "",
    ],
)
def test_a_figure_that_is_stated_and_a_block_of_little_else_give_no_pattern(text: str) -> None:
    assert pattern_of(text) is None


def test_what_was_taken_out_is_named_but_for_addresses_and_years() -> None:
    found = pattern_of("Agency writer Bob Smith, bob@agency.example, contributed 12 lines to this report in 2024.")

    assert found is not None
    assert found.slots == {"bob", "smith", "12"}
