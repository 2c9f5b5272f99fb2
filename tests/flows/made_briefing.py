"""Records of a briefing made by hand: two publishers, a story with a copy, figures that disagree, a hostile title."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from warehouse.briefing import Briefing

UNTIL = datetime(2026, 1, 9, 6, 0, tzinfo=UTC)
FIRST_AT = datetime(2026, 1, 5, 8, 30, tzinfo=UTC)
HOSTILE = (
    "<script>document.title='owned'</script></script><img src=x onerror=\"document.title='owned'\">"
    " \u202eevil\u2028line ' \" & {{ 7 * 7 }} ${7*7} " + "x" * 10_000
)
RTL = "ديب سيك تخفض الأسعار 2026"
FIELDS = "articles steps stories spread follows sources figures quotes edits missing missing_counts"


def made(title: str = HOSTILE, *, articles: int = 3, topic_id: str = "deepseek", **changes: Any) -> Briefing:
    """Return a briefing of *articles* articles; the first of them has *title*."""
    rows = [article(number, title=title if number == 0 else f"{RTL} {number}") for number in range(articles)]
    stories = [story(row) for row in rows if row["relation"] == "first"][:2]
    values: dict[str, Any] = dict.fromkeys(FIELDS.split(), ())
    values |= {
        "articles": tuple(rows),
        "steps": tuple(step(rows, day) for day in sorted({row["starts_on"] for row in rows}, reverse=True)),
        "stories": tuple(stories),
        "spread": tuple(spread(rows, title)),
        "follows": ({"leader": "one.example", "follower": "two.example", "story_count": 1, "median_lag_hours": 2.5},),
        "sources": tuple(source(name, rows) for name in ("one.example", "two.example")),
        "figures": tuple(figure(rows[number % len(rows)], value) for number, value in enumerate((5.58e6, 5.6e6, 6e8))),
        "quotes": (quote(rows[0], title),),
        "edits": (edit(rows[0], title),),
        "missing": (lost(title),),
        "missing_counts": (
            {"outcome": "blocked", "entry_count": 1, "source_count": 1, "meaning": "The server refused us"},
        ),
    }
    values |= changes
    return Briefing(
        topic_id=topic_id,
        title=topic_id.title(),
        query="deepseek </code><b>",
        since=None,
        until=UNTIL,
        totals=totals(len(rows)),
        **values,
    )


def nothing(topic_id: str = "quiet") -> Briefing:
    """Return the briefing of a topic without coverage."""
    values: dict[str, Any] = dict.fromkeys(FIELDS.split(), ())
    return Briefing(
        topic_id=topic_id, title="Quiet", query="quiet", since=FIRST_AT, until=UNTIL, totals=totals(0), **values
    )


def totals(count: int) -> dict[str, object]:
    return {
        "article_count": count, "story_count": min(2, count), "new_story_count": min(2, count), "source_count": 2,
        "language_count": 1, "first_at": FIRST_AT if count else None, "last_at": FIRST_AT if count else None,
        "step": "day", "figure_count": 3, "quote_count": 1, "edit_count": 1, "snapshot_at": UNTIL, "load_seq": 9,
    }  # fmt: skip


def article(number: int, *, title: str | None) -> dict[str, Any]:
    at = FIRST_AT + timedelta(hours=20 * (number % 5))
    return {
        "article_id": f"a{number:04}", "story_id": "a0000" if number == 1 else f"a{number:04}", "title": title,
        "url": "javascript:alert(1)" if number == 2 else f"https://one.example/{number}?a=1&b=\"'",
        "source": "two.example" if number == 1 else "one.example", "published_at": at, "first_seen_at": at,
        "loaded_at": at, "load_seq": number, "relevance": 0.5, "mention_count": 2, "in_title": True, "language": "en",
        "word_count": 300, "is_paywalled": False, "is_truncated": True, "known_at": at, "step": "day",
        "starts_on": at.date(), "ends_on": at.date() + timedelta(days=1),
        "relation": "copy" if number == 1 else "first",
        "passage": f"The price number{number} of {title}",
    }  # fmt: skip


def step(rows: list[dict[str, Any]], day: date) -> dict[str, object]:
    of_day = [row for row in rows if row["starts_on"] == day]
    return {
        "starts_on": day, "ends_on": day + timedelta(days=1), "step": "day", "article_count": len(of_day),
        "first_count": sum(row["relation"] == "first" for row in of_day), "story_count": 1, "source_count": 1,
    }  # fmt: skip


def story(row: dict[str, Any]) -> dict[str, object]:
    return row | {
        "told_count": 2, "article_count": 2, "source_count": 2 if row["article_id"] == "a0000" else 1,
        "first_article_id": row["article_id"], "first_source": row["source"], "first_title": row["title"],
        "first_url": row["url"], "first_at": row["known_at"], "is_new": True,
    }  # fmt: skip


def spread(rows: list[dict[str, Any]], title: str) -> list[dict[str, object]]:
    return [
        row
        | {
            "story": title, "had_it_at": row["known_at"], "lag_hours": 2.5 * number, "is_first": number == 0,
            "source_count": 2, "is_listed": True,
        }
        for number, row in enumerate(rows[:2])
    ]  # fmt: skip


def source(name: str, rows: list[dict[str, Any]]) -> dict[str, object]:
    return {
        "source": name, "article_count": sum(row["source"] == name for row in rows), "story_count": 1, "led_count": 1,
        "followed_count": 0, "median_lag_hours": None, "mention_count": 4, "last_at": FIRST_AT, "missing_count": 1,
    }  # fmt: skip


def figure(row: dict[str, Any], value: float) -> dict[str, Any]:
    return row | {
        "subject": "DeepSeek", "kind": "money", "unit": None, "currency": "USD", "value": value, "value_max": None,
        "comparison": "=", "is_approximate": False, "per_value": None, "per_unit": None, "raw": f"${value / 1e6:g}m",
        "attributed_to": None, "sentence": f"It cost ${value / 1e6:g}m, says {row['title']}", "first_at": FIRST_AT,
        "first_source": "one.example", "has_mention": True,
    }  # fmt: skip


def quote(row: dict[str, Any], title: str) -> dict[str, object]:
    return row | {
        "speaker": title, "text": f"“Cheap, {title}”", "sentence": title, "said_count": 1, "source_count": 1,
        "place": 1,
    }  # fmt: skip


def edit(row: dict[str, Any], title: str) -> dict[str, object]:
    return row | {
        "seen_at": UNTIL, "previous_seen_at": FIRST_AT, "revision": 2, "title_before": title, "title_after": title,
        "is_retitled": True, "added_chars": 5, "removed_chars": 4, "added": [title], "removed": [title],
        "is_other_extractor": False, "is_listed": True,
    }  # fmt: skip


def lost(title: str) -> dict[str, object]:
    return {
        "entry_id": "e1", "source": "one.example", "title": title, "url": "https://one.example/x", "outcome": "blocked",
        "reason": title, "published_at": None, "first_seen_at": FIRST_AT, "outcome_at": FIRST_AT, "attempt_count": 1,
        "article_id": None, "feed_id": "f1",
    }  # fmt: skip
