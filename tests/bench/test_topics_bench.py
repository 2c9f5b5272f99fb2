"""bench.topics measures what it says: every article is asked, and those that hold a term are covered."""

from bench.topics import measure_backfill, measure_terms


def test_every_held_article_is_asked() -> None:
    found = measure_backfill(1_000)

    assert found["articles"] == 1_000
    assert 100 < found["covered"] < 900
    assert found["articles_per_second"] > 0


def test_terms_are_matched_with_few_and_with_many() -> None:
    found = measure_terms(200, common_share=0.5)

    assert found["found"] > 0
    assert found["cost_ratio"] > 0
