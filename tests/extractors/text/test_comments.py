"""A text is cut where a marker and the voice below it agree, and nowhere else."""

import pytest

from extractors.text.comments import find_seam, split_glued

ARTICLE = [
    (
        "The ministry published the figures on Tuesday, two weeks later than "
        "planned, and said that the delay had nothing to do with the vote."
    ),
    (
        "According to the report, exports rose by 4 per cent in the third "
        "quarter while imports were flat, which economists had expected."
    ),
    (
        "The central bank is due to decide on rates next month, and "
        "its governor said that the data left room for patience."
    ),
]
READERS = [
    "I don’t believe a word of this.",
    "You say that like you are surprised!",
    "Thanks for the article, but what about my pension?",
    "https://example.org/video",
    "Exports rose by 4 per cent in the third quarter while imports were flat, which economists had expected.",
    "lol",
]


def test_comments_are_found_below_a_marker() -> None:
    seam = find_seam([*ARTICLE, "12 Comments", *READERS])

    assert seam is not None
    assert (seam.start, seam.nags, seam.has_comments) == (3, (3, 4), True)


def test_an_invitation_to_subscribe_belongs_to_the_seam() -> None:
    nags = [
        "Join the discussion",
        "Join like minded readers by becoming a paid subscriber",
        "To join the discussion in the comments, become a paid subscriber.",
    ]

    seam = find_seam([*ARTICLE, *nags, *READERS])

    assert seam is not None
    assert seam.nags == (3, 6)


def test_a_form_without_comments_is_only_a_form() -> None:
    seam = find_seam([*ARTICLE, "Leave a Comment", "Required fields are marked *", "*", "*"])

    assert seam is not None
    assert not seam.has_comments
    assert seam.nags == (3, 7)


def test_readers_without_a_marker_are_left_in_the_text() -> None:
    assert find_seam([*ARTICLE, *READERS]) is None


def test_a_marker_without_readers_cuts_nothing() -> None:
    more = [line.replace("The", "Another").replace("exports", "prices").replace("rates", "taxes") for line in ARTICLE]

    assert find_seam([*ARTICLE, "Comments", *more]) is None


def test_a_text_in_the_first_person_is_not_cut_at_a_marker() -> None:
    column = [
        "I think that you and I know what my neighbours say, and we all have our reasons to laugh about it, don’t we?"
    ] * 4

    assert find_seam([*column, "Comments", *column]) is None


@pytest.mark.parametrize(
    "marker", ["Kommentare (7)", "Laisser un commentaire", "3 comentarios", "Комментарии", "评论", "コメント"]
)
def test_markers_are_known_in_other_languages(marker: str) -> None:
    seam = find_seam([*ARTICLE, marker, *READERS])

    assert seam is not None
    assert seam.start == 3


def test_a_button_glued_to_a_comment_is_split_off() -> None:
    assert split_glued("Subscribewhich economists had expected.", ARTICLE) == (
        "Subscribe",
        "which economists had expected.",
    )


@pytest.mark.parametrize(
    "line",
    ["Subscribers were told to wait.", "Subscribe now", "Registered users wrote to us.", "Replying to that is hard."],
)
def test_words_that_begin_like_a_button_are_not_split(line: str) -> None:
    assert split_glued(line, ARTICLE) is None
