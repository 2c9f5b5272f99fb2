"""What counts as a spike."""

from hypothesis import given
from hypothesis import strategies as st

from extractors.alerting.spikes import spike_of

COUNTS = st.lists(st.integers(0, 500), min_size=14, max_size=14)


def test_a_day_far_above_its_fortnight_is_a_spike_that_says_its_numbers() -> None:
    spike = spike_of([31, 8, 7, 9, 8, 8, 7, 9, 8, 10, 6, 8, 8, 7, 9])

    assert spike is not None
    assert (spike.count, spike.mean, spike.day_count) == (31, 8.0, 14)
    assert 19 < spike.bar < 20


def test_a_busy_day_among_busy_days_is_none() -> None:
    assert spike_of([120, 100, 95, 110, 105, 90, 100, 98, 102, 97, 103, 99, 101, 100, 100]) is None


def test_a_few_articles_after_a_silent_fortnight_are_none() -> None:
    assert spike_of([9, *[0] * 14]) is None
    assert spike_of([10, *[0] * 14]) is not None


def test_less_than_a_week_says_nothing() -> None:
    assert spike_of([500, *[1] * 6]) is None
    assert spike_of([500, *[1] * 7]) is not None


@given(before=COUNTS, today=st.integers(0, 2_000))
def test_more_is_never_less_of_a_spike(before: list[int], today: int) -> None:
    if spike_of([today, *before]):
        assert spike_of([today + 1, *before])


@given(before=COUNTS, today=st.integers(0, 2_000))
def test_a_day_like_the_busiest_of_the_fortnight_is_no_spike_unless_that_stood_alone(
    before: list[int], today: int
) -> None:
    spike = spike_of([today, *before])

    if spike:
        assert today > sum(before) / 14
        assert sorted(before)[-2] < today or before.count(max(before)) == 1
