"""Every offset points at its words: texts of any script are read, loaded, edited, asked of the doctor."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractors.model import Hints, Outcome, PendingEntry, WatchedTopic
from extractors.reading import read
from tests.warehouse.newsroom import Newsroom, Warehouse
from warehouse.doctor import run_checks

QUERY = 'deepseek OR 深度求索 OR дипсик OR "ديب سيك"'
TOPIC = WatchedTopic(topic_id="deepseek", title="DeepSeek", query=QUERY, query_version="v1")
#: Sentences with a mention, a figure, a conversion, a quote, between characters of one, two, three and four bytes.
SENTENCES = (
    "DeepSeek 🙂 paid $5.6m (€5.4m) for R1 👩🏽‍🚀.",
    "“It is 🇨🇳 cheap,” said Anna Keller of DeepSeek̈.",
    "深度求索表示：“训练成本为557.6万美元，下降96%。”",
    "إن شركة ديب سيك دفعت 5 ملايين دولار 🙂 «وهذا كثير».",
    "ДипСик заплатил 5,6 млн долл. — «Это дёшево», — сказал Иван Иванов.",
    "„Das ist zu teuer“, sagte Анна 🙂 Keller über 3.000 Chips (2 600 €).",
    "e\u0301a\u0308 n\u0303 cost 12% \u200f more \u202eDeepSeek\u202c than “two” 𝔻𝕖𝕖𝕡𝕊𝕖𝕖𝕜 at ５００円.",
    "Ｄｅｅｐｓｅｅｋ İstanbul ﬁnally sold 7,000 🤖 at 5–10% or ₹24 lakh.",
)
CHARACTERS = st.text(st.sampled_from("🙂👩🏽‍🚀中é\u0301א\u200fس\u202e«»“”\"'„‘’.,!?$€%0123456789 aZß"), max_size=30)
NOISES = st.lists(CHARACTERS, min_size=len(SENTENCES), max_size=len(SENTENCES))
#: So that there is an article around them.
FILLER = (
    "The harbour town had talked of little else since the first boats came back without the men who had sailed in them."
)


def told(order: list[str], noises: list[str]) -> str:
    lines = [f"{noise} {sentence} {noise}" for sentence, noise in zip(order, noises, strict=True)]
    return "\n\n".join([FILLER, *lines])


@pytest.fixture
def entries(warehouse: Warehouse) -> Iterator[PendingEntry]:
    """Return entries that wait, one an example."""
    return iter(warehouse.found(60))


@settings(max_examples=4, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(orders=st.tuples(*[st.permutations(SENTENCES)] * 2), noises=st.tuples(NOISES, NOISES))
def test_every_offset_points_at_its_words_in_every_revision(
    warehouse: Warehouse,
    room: Newsroom,
    entries: Iterator[PendingEntry],
    orders: tuple[list[str], ...],
    noises: tuple[list[str], ...],
) -> None:
    entry = next(entries)
    for hour, (order, noise) in enumerate(zip(orders, noises, strict=True)):
        collected = room.collected(entry, text=told(order, noise), at=room.later(hour))
        assert collected.document is not None
        document = replace(collected.document, content_type="text/plain; charset=utf-8")
        reading = read(document, hints=Hints(), topics=(TOPIC,), now=room.later(hour))
        assert reading.outcome is Outcome.STORED, reading.reason
        assert reading.figures
        assert reading.quotes
        warehouse.loaded(replace(collected, document=document, reading=reading))

    broken = [(result.name, result.example) for result in run_checks(warehouse.con) if result.failed_count]
    assert [name for name, _example in broken if "offsets" in name or "conversions" in name] == [], broken
