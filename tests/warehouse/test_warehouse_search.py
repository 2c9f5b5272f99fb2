"""Search finds what stands in the current texts, ranks it by BM25, and follows every change of them."""

import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import pytest
from desk import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.warehouse.newsroom import Newsroom, Warehouse
from warehouse import search
from warehouse.connection import writer
from warehouse.doctor import run_checks
from warehouse.migrate import migrate
from warehouse.search import catch_up
from warehouse.snapshot import publish

Texts = Sequence[tuple[str | None, str]]

ADD = """
insert into articles by name
select
    'a' || $1 as article_id, 'https://paper.example/' || $1 as url, url as canonical_url, 'paper.example' as source,
    $2 as title, [] as authors, now() as first_seen_at, now() as loaded_at, $1 as load_seq, $3 as text,
    'page' as text_from, sha256(text) as text_sha256, 1 as word_count, false as is_truncated, false as is_paywalled,
    [] as repaired, 1 as revision, 'd' as document_sha256, 'x' as extractor, '1' as extractor_version, 'r' as run_id,
    'e' as entry_id
"""


def add(con: duckdb.DuckDBPyConnection, texts: Texts, *, first: int = 1) -> None:
    for number, (title, text) in enumerate(texts, start=first):
        con.execute(ADD, [number, title, text])


@pytest.fixture(scope="module")
def shared_con() -> Iterator[duckdb.DuckDBPyConnection]:
    """Return a warehouse in memory; made once, since views take longer than what is tested."""
    with duckdb.connect() as con:
        migrate(con)
        yield con


@pytest.fixture
def con(shared_con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Return a warehouse in memory that is empty."""
    return emptied(shared_con)


def emptied(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    for table in ("articles", "search_texts", "search_terms", "search_segments"):
        con.execute(f"delete from {table}")
    con.execute("update search_state set last_number = 0, last_segment = 0")
    return con


def found(con: duckdb.DuckDBPyConnection, query: str | None) -> list[int]:
    """Return the numbers of the articles found, best first."""
    return [row[0] for row in con.execute("select ltrim(article_id, 'a')::integer from search($1)", [query]).fetchall()]


def index(con: duckdb.DuckDBPyConnection) -> dict[tuple[object, ...], list[tuple[object, ...]]]:
    """Return what the index holds of current texts, whatever its numbers and segments."""
    rows = con.execute("""
        select term, is_title, load_seq, revision, list(position order by position)
        from (select term, is_title, unnest(numbers) as number, unnest(positions) as position from search_terms)
        join search_texts using (number)
        group by all
        order by all
    """).fetchall()
    assert [result for result in run_checks(con) if result.failed_count and result.name.startswith("search")] == []
    return {tuple(row[:4]): row[4] for row in rows}


MIXED: Texts = [
    ("DeepSeek cuts prices", "The lab 深度求索 spoke. The Café in Łódź was closed.\nIt cut its prices by 5.6 percent."),
    ("深度求索发布新模型", "深度求索（DeepSeek）今天发布了新的AI模型。该模型价格低廉。"),
    ("Thai", "บริษัทดีปซีคเปิดตัวโมเดลใหม่ในวันนี้ กรุงเทพฯ"),
    ("Japan", "東京のデータセンターはＡＩの需要で増えている。"),
    ("Deeper", "Deepening the port. A deep-sea dive into the prices of wheat, said Толсто́й."),
    (None, "The sea is deep, the court said. ΛΌΓΟΣ and İstanbul."),
]


@pytest.mark.parametrize(
    ("query", "articles"),
    [
        ("deepseek", {1, 2}),
        ("DEEPSEEK", {1, 2}),
        ("deep*", {1, 2, 5, 6}),
        ("d*", set()),
        ('"deep sea"', {5}),
        ("“deep sea”", {5}),
        ("deep-sea", {5}),
        ('"deep se*"', {5}),
        ('"sea deep"', set()),
        ('"sea is deep', {6}),
        ("title:deepseek", {1}),
        ("title:spoke", set()),
        ("prices -wheat", {1}),
        ('prices -"deep sea"', {1}),
        ("prices NOT wheat", {1}),
        ("-prices", set()),
        ("cafe", {1}),
        ("Lodz", {1}),
        ("CAFE\u0301", {1}),
        ("5.6", {1}),
        ("深度求索", {1, 2}),
        ("求索深度", set()),
        ("模型", {2}),
        ("型", {2}),
        ("AI模型", {2}),
        ("ai", {2, 4}),
        ("ａｉ", {2, 4}),
        ("データ", {4}),
        ("データー", set()),
        ("ดีปซีค", {3}),
        ("ดีปดีป", set()),
        ("толстой", {5}),
        ("λογος", {6}),
        ("istanbul", {6}),
        ("wheat OR istanbul", {5, 6}),
    ],
)
def test_a_query_finds_what_a_person_means(con: duckdb.DuckDBPyConnection, query: str, articles: set[int]) -> None:
    add(con, MIXED)
    catch_up(con)

    assert set(found(con, query)) == articles


def test_articles_with_all_words_come_first(con: duckdb.DuckDBPyConnection) -> None:
    add(con, [("Wheat wheat", "wheat wheat"), (None, "wheat in a long text about prices of other things " * 5)])
    catch_up(con)

    rows = con.execute("select article_id, missing_count from search('wheat prices')").fetchall()

    assert rows == [("a2", 0), ("a1", 1)]


def test_equals_are_ordered_newest_first(con: duckdb.DuckDBPyConnection) -> None:
    add(con, [("One", "same words")] * 40)
    catch_up(con)

    assert found(con, "same words") == list(range(40, 0, -1))


WORDS = st.lists(st.sampled_from(["alpha", "beta", "gamma", "delta", "eta"]), max_size=12)
CORPUS = st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=8)


def bm25(corpus: list[tuple[list[str], list[str]]], asked: set[str]) -> dict[int, float]:
    """Rank by the formula as it stands in the books, a word of the title counted as three."""
    bags = [[*title * 3, *text] for title, text in corpus]
    average = sum(map(len, bags)) / len(bags)
    scores: dict[int, float] = {}
    for word in asked:
        holders = sum(word in bag for bag in bags)
        weight = math.log(1 + (len(bags) - holders + 0.5) / (holders + 0.5))
        for number, bag in enumerate(bags, start=1):
            if count := bag.count(word):
                norm = count + 1.2 * (1 - 0.75 + 0.75 * len(bag) / average)
                scores[number] = scores.get(number, 0) + weight * count * 2.2 / norm
    return scores


@settings(max_examples=15, deadline=None)
@given(corpus=CORPUS, asked=st.sets(st.sampled_from(["alpha", "beta", "eta", "none"]), min_size=1))
def test_scores_are_those_of_bm25(
    shared_con: duckdb.DuckDBPyConnection, corpus: list[tuple[list[str], list[str]]], asked: set[str]
) -> None:
    con = emptied(shared_con)
    add(con, [(" ".join(title), " ".join(text)) for title, text in corpus])
    catch_up(con)
    rows = con.execute("select load_seq, score, missing_count from search_scores($1)", [" ".join(asked)]).fetchall()

    expected = bm25(corpus, asked)
    assert {row[0]: row[1] for row in rows} == pytest.approx(expected, abs=1e-6)
    for number, _, missing in rows:
        title, text = corpus[number - 1]
        assert missing == sum(word not in {*title, *text} for word in asked)


@settings(max_examples=15, deadline=None)
@given(text=st.text(alphabet="ab深度求ดี .", max_size=30), phrase=st.text(alphabet="ab深度求ดี ", min_size=1, max_size=6))
def test_a_phrase_is_found_exactly_where_its_words_stand_side_by_side(
    shared_con: duckdb.DuckDBPyConnection, text: str, phrase: str
) -> None:
    con = emptied(shared_con)
    add(con, [(None, text)])
    catch_up(con)
    is_found = bool(found(con, f'"{phrase}"'))
    words, wanted = (con.execute("select search_words($1)", [each]).fetchone()[0] for each in (text, phrase))

    at = range(len(words) - len(wanted) + 1)
    assert is_found is (bool(wanted) and any(words[place : place + len(wanted)] == wanted for place in at))


@pytest.mark.parametrize("size", [1, 5, 12])
def test_batches_of_any_size_give_the_same_index(con: duckdb.DuckDBPyConnection, size: int) -> None:
    texts = [
        (f"Title {number % 7}", f"word{number % 5} word{number % 3} 深度求索 and {number}") for number in range(24)
    ]
    add(con, texts)
    catch_up(con)
    expected = index(con), con.execute("from search('word1 深度 title:title')").fetchall()
    emptied(con)

    for start in range(0, 24, size):
        add(con, texts[start : start + size], first=start + 1)
        catch_up(con)

    assert index(con) == expected[0]
    answer = con.execute("from search('word1 深度 title:title')").fetchall()
    # All but the instants, which are those of the insertion.
    assert [row[:8] + row[9:] for row in answer] == [row[:8] + row[9:] for row in expected[1]]
    # Four of a size became one, again and again.
    assert con.execute("select count(*) from search_segments").fetchone()[0] <= 4


def test_an_edit_replaces_the_words_of_the_text_before(con: duckdb.DuckDBPyConnection) -> None:
    add(con, MIXED)
    catch_up(con)
    con.execute("update articles set text = 'Rye.', title = 'Bread', revision = 2 where load_seq = 5")
    con.execute("delete from articles where load_seq = 6")

    assert catch_up(con) == 1
    assert (found(con, "wheat"), found(con, "rye bread"), found(con, "court")) == ([], [5], [])
    assert {key[2:] for key in index(con)} == {(1, 1), (2, 1), (3, 1), (4, 1), (5, 2)}


def test_what_is_half_outdated_is_indexed_anew_and_its_old_words_are_gone(con: duckdb.DuckDBPyConnection) -> None:
    add(con, MIXED)
    catch_up(con)
    con.execute("update articles set text = 'Rye.', revision = 2 where load_seq > 3")

    assert catch_up(con) == 6
    assert con.execute("select count(*) from search_terms where term = 'wheat'").fetchone() == (0,)
    assert found(con, "deepseek") == [1, 2]


def test_catching_up_with_nothing_new_changes_nothing(con: duckdb.DuckDBPyConnection) -> None:
    add(con, MIXED)
    catch_up(con)
    before = con.execute("from search_terms").fetchall()

    assert catch_up(con) == 0
    assert con.execute("from search_terms").fetchall() == before


HOSTILE = [
    None, "", " ", '"', '""', '"""', "-", "--", '-"', "*", "**", "title:", "title:*", "-title:", "%_", "\x00",
    "'; drop table articles; --", "\\", "(", "[a-", "a\x00b", "🙂", "🙂🙂", "\u202eabc", "مرحبا", "שלום", "\u0301",
    "ﷺ" * 50, "a" * 10_000, "深" * 5_000, "word " * 2_000, '"' * 10_000, "NOT", "NOT NOT a", "AND OR", "a AND",
    "\n\t\u3000", "x*" * 400,
]  # fmt: skip


def test_no_query_is_an_error(con: duckdb.DuckDBPyConnection) -> None:
    add(con, MIXED)
    catch_up(con)

    assert [found(con, query) for query in HOSTILE[:16]] == [[]] * 16
    for query in HOSTILE[16:]:
        found(con, query)


@settings(max_examples=12, deadline=None)
@given(query=st.text(st.characters(exclude_categories=["Cs"])), text=st.text(st.characters(exclude_categories=["Cs"])))
def test_whatever_is_asked_and_held_the_passage_is_a_part_of_the_text(
    shared_con: duckdb.DuckDBPyConnection, query: str, text: str
) -> None:
    con = emptied(shared_con)
    add(con, [(None, text), (query, text + query), ("x", query)])
    catch_up(con)
    rows = con.execute(
        "select text, passage, char_start from search($1) join articles using (article_id)", [query]
    ).fetchall()

    for held, passage, start in rows:
        assert held[start : start + len(passage)] == passage


def test_the_passage_is_the_sentence_with_most_of_the_words(con: duckdb.DuckDBPyConnection) -> None:
    filler = "Nothing of it stands in these sentences, which only fill the page. " * 10
    add(con, [("Prices", f"Prices rose.\n{filler}\nThe lab (DeepSeek) cut its prices. Others did not.")])
    catch_up(con)

    rows = con.execute("select passage from search('deepseek prices')").fetchall()

    assert rows == [("The lab (DeepSeek) cut its prices.",)]


def test_a_common_word_adds_to_the_score_and_lists_nothing_of_its_own(con: duckdb.DuckDBPyConnection) -> None:
    add(con, [(None, "the " * 20_000), (None, "the " * 20_000 + "rare"), (None, "the " * 20_000)])
    catch_up(con)

    assert found(con, "the rare") == [2]
    assert con.execute("select missing_count from search('the rare')").fetchone() == (0,)
    assert set(found(con, "the")) == {1, 2, 3}
    assert set(found(con, "the absent")) == {1, 2, 3}


def test_a_publication_makes_what_is_loaded_searchable_for_any_client(warehouse_of_one: Path, room: Newsroom) -> None:
    publish(warehouse_of_one, now=room.now)
    code = "import duckdb, sys; print(duckdb.connect(sys.argv[1], read_only=True).sql(sys.argv[2]).fetchall())"
    query = "select title, passage from search('prices 深度求索')"

    answer = subprocess.run(
        [sys.executable, "-c", code, str(warehouse_of_one / "newsdesk.duckdb"), query],
        capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert "DeepSeek and Article 0" in answer.stdout
    assert "深度求索 spoke" in answer.stdout


def test_the_doctor_sees_an_index_that_is_not_of_the_current_texts(warehouse: Warehouse) -> None:
    warehouse.loaded(*(warehouse.room.collected(entry) for entry in warehouse.found(3)))
    catch_up(warehouse.con)
    failed = {result.name for result in run_checks(warehouse.con) if result.failed_count}
    warehouse.con.execute("delete from search_texts where load_seq = 2")
    warehouse.con.execute("delete from search_terms where term = 'prices'")
    broken = {result.name for result in run_checks(warehouse.con) if result.failed_count}

    assert (failed, broken) == (set(), {"search_texts", "search_terms"})


_CATCH_UP = """
import sys
from pathlib import Path
from warehouse import search
from warehouse.connection import writer
search._SLICE = 20
with writer(Path(sys.argv[1])) as con:
    print("ready", flush=True)
    search.catch_up(con)
"""


@pytest.mark.slow
def test_killed_at_any_moment_it_goes_on_and_ends_as_if_undisturbed(home: Path) -> None:
    with writer(home) as con:
        add(con, [(f"Title {number}", f"word{number % 9} " * 40) for number in range(200)])
    kills = 0
    for number in range(5):
        process = subprocess.Popen(
            [sys.executable, "-c", _CATCH_UP, str(home)], stdout=subprocess.PIPE, text=True, cwd=ROOT, env=os.environ
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.06 * number)
        process.kill()
        process.communicate(timeout=30)
        kills += process.returncode == -signal.SIGKILL

    with writer(home) as con:
        catch_up(con)
        held = index(con)
        con.execute("delete from search_texts")
        assert catch_up(con) == 200
        assert index(con) == held
    assert kills >= 2


def test_a_slice_is_indexed_after_the_other(con: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "_SLICE", 4)
    add(con, MIXED)

    assert catch_up(con) == 6
    assert con.execute("select list(text_count order by segment) from search_segments").fetchone() == ([4, 2],)
