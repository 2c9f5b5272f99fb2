"""`newsdesk new` and `newsdesk read --edits`, as a person meets them."""

import csv
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from desk import newsdesk_command
from hypothesis import given
from hypothesis import strategies as st

from extractors.errors import WarehouseBusyError
from extractors.identity import sha256_hex
from extractors.model import CollectedEntry, PendingEntry
from flows.cli import main
from flows.cursors import held_cursor, read_cursor
from flows.wording import Fate, changed_words
from tests.warehouse.newsroom import TEXT, Newsroom, Warehouse
from warehouse.connection import writer
from warehouse.coverage import sync_topics
from warehouse.feeds import sync_feeds
from warehouse.reextraction import Rereading, load_rereadings
from warehouse.runs import start_run
from warehouse.snapshot import publish
from warehouse.verdicts import Change

NOTHING = "Nothing that anybody looks for is named in these words."
ROOM = Newsroom()


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the home of a warehouse with four articles, the last of them without coverage; only to be copied."""
    home = tmp_path_factory.mktemp("watched") / "newsdesk-data"
    with writer(home) as con:
        sync_feeds(con, [ROOM.feed], now=ROOM.now)
        sync_topics(con, [ROOM.topic], now=ROOM.now)
        start_run(con, run_id="run-1", flow="collect", now=ROOM.now, newsdesk_version="0", extractor_version="1")
        warehouse = Warehouse(con=con, room=ROOM)
        *covered, last = warehouse.found(4)
        warehouse.loaded(*map(ROOM.collected, covered), ROOM.collected(last, text=NOTHING, title="A title"))
    publish(home, now=ROOM.now)
    return home


@pytest.fixture
def desk(watched: Path, home: Path) -> Path:
    """Return a home with four articles published, three of them with coverage."""
    shutil.copytree(watched, home, dirs_exist_ok=True)
    return home


@dataclass(frozen=True)
class Told:
    code: int
    out: str
    err: str

    @property
    def urls(self) -> list[str]:
        return [line.strip().removeprefix("https://paper.example/") for line in self.out.splitlines() if "//" in line]


@pytest.fixture
def say(desk: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Told]:
    """Run the command line in this process."""

    def run(*arguments: str) -> Told:
        with pytest.raises(SystemExit) as ended:
            main(["--home", str(desk), *arguments])
        said = capsys.readouterr()
        return Told(ended.value.code, said.out, said.err)

    return run


@pytest.fixture(autouse=True)
def _unchanged_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take back what the command line sets for its own process."""
    monkeypatch.setenv("NEWSDESK_HOME", "")
    monkeypatch.setattr("sys.excepthook", lambda *_: None)


def load(home: Path, *items: CollectedEntry) -> None:
    with writer(home) as con:
        warehouse = Warehouse(con=con, room=ROOM)
        warehouse.polled(ROOM.poll(*map(ROOM.listed, (7, 8, 9)), at=ROOM.later(8)))
        warehouse.loaded(*items, now=ROOM.later(9))
    publish(home, now=ROOM.later(9))


def pending(number: int) -> PendingEntry:
    listed = ROOM.listed(number)
    return PendingEntry(
        entry_id=listed.entry_id, feed_id=ROOM.feed.feed_id, url=listed.url, url_key=listed.url_key,
        source=ROOM.feed.source, title=listed.title, published_at=listed.published_at, first_seen_at=ROOM.now,
    )  # fmt: skip


def test_a_cursor_reads_everything_once_and_then_nothing(say: Callable[..., Told]) -> None:
    first, again, other = say("new"), say("new"), say("new", "--cursor", "anna")

    assert (first.code, first.urls) == (0, ["00000", "00001", "00002"])
    assert "2026-01-05 06:00  paper.example  DeepSeek and Article 0\n" in first.out
    assert "deepseek: DeepSeek cut its prices 🙂 and DeepSeek grew.\n" in first.out
    assert first.err == "cursor default: 3 new articles\n"
    assert (again.code, again.out, again.err) == (0, "", "cursor default: nothing new\n")
    assert other.urls == first.urls


def test_a_limit_advances_over_what_was_shown_alone(say: Callable[..., Told]) -> None:
    told = [say("new", "DeepSeek", "--limit", "2") for _ in range(3)]

    assert [one.urls for one in told] == [["00000", "00001"], ["00002"], []]
    assert told[0].err == "cursor default: 2 new articles, 1 more wait\n"


def test_a_look_leaves_the_cursor_where_it_is_and_makes_nothing(say: Callable[..., Told], desk: Path) -> None:
    assert say("new", "--peek").urls == ["00000", "00001", "00002"]
    assert not (desk / "cursors").exists()
    assert say("new").urls == ["00000", "00001", "00002"]


def test_a_cursor_that_skips_reads_on_after_what_is_published(say: Callable[..., Told], desk: Path) -> None:
    assert (say("new", "--skip").out, say("new").out) == ("", "")

    load(desk, ROOM.collected(pending(7)))
    assert say("new").urls == ["00007"]
    assert say("new", "--peek", "--skip").code == 2


def test_the_articles_of_one_story_stand_together(say: Callable[..., Told], desk: Path) -> None:
    with writer(desk) as con:
        con.execute("update articles set story_id = 'one' where load_seq in (1, 3)")
        con.execute("update articles set story_id = 'two' where load_seq in (2)")
    publish(desk, now=ROOM.now)

    told = say("new")

    assert told.urls == ["00000", "00002", "00001"]
    assert "\n    https://paper.example/00002\n" in told.out, "further in than the first of its story"


def test_json_and_csv_carry_every_column(say: Callable[..., Told]) -> None:
    told = json.loads(say("new", "--json", "--limit", "1").out)
    table = list(csv.DictReader(say("new", "--format", "csv").out.splitlines()))

    assert (told["cursor"], told["left_count"]) == ("default", 2)
    assert [row["title"] for row in told["coverage"]] == ["DeepSeek and Article 0"]
    assert {"topic_id", "story_id", "url", "load_seq", "relevance", "passage"} <= set(told["coverage"][0])
    assert [row["load_seq"] for row in table] == ["2", "3"]


def test_an_edit_is_new_where_it_brings_the_topic_and_only_there(say: Callable[..., Told], desk: Path) -> None:
    say("new")
    load(desk, ROOM.collected(pending(0), text=f"{TEXT}\nDeepSeek again.", at=ROOM.later(8)))
    assert say("new").urls == []

    load(desk, ROOM.collected(pending(3), title="A title", text=f"{NOTHING}\nDeepSeek!", at=ROOM.later(8)))
    assert say("new").urls == ["00003"]
    assert say("new").urls == []


def test_what_another_extractor_finds_in_an_old_article_is_not_new(say: Callable[..., Told], desk: Path) -> None:
    # The article without coverage has the highest number: one above all that the cursor was shown.
    say("new")
    item = ROOM.collected(pending(3), title="A title", text=f"{NOTHING}\nDeepSeek!")
    rereading = Rereading(
        entry=item.entry, reading=item.reading, revision=1, text_sha256=sha256_hex(NOTHING), change=Change.REEXTRACTED
    )
    with writer(desk) as con:
        assert load_rereadings(con, [rereading], extractor_version="2", run_id="run-1", now=ROOM.later(8)) == 1
    publish(desk, now=ROOM.later(8))

    assert say("new").urls == []
    assert say("new", "--cursor", "anna").urls == ["00000", "00001", "00002", "00003"]


def test_a_snapshot_that_went_back_is_said_and_nothing_is_repeated(
    say: Callable[..., Told], desk: Path, watched: Path
) -> None:
    load(desk, ROOM.collected(pending(7)))
    assert say("new").urls == ["00000", "00001", "00002", "00007"]
    for name in ("newsdesk.duckdb", "warehouse.duckdb"):
        (desk / f"{name}.wal").unlink(missing_ok=True)
        shutil.copy(watched / name, desk / name)
    shorter = say("new")
    # Grown beyond the number again, by other articles.
    load(desk, ROOM.collected(pending(8)), ROOM.collected(pending(9)))
    grown = say("new")

    assert [(told.code, told.out, told.err.count("\n")) for told in (shorter, grown)] == [(1, "", 1)] * 2
    assert "was an older copy put back?" in grown.err
    assert say("new", "--skip").code == 0
    assert say("new").urls == []


def test_a_snapshot_from_before_an_edit_that_was_read_is_said(
    say: Callable[..., Told], desk: Path, watched: Path
) -> None:
    load(desk, ROOM.collected(pending(3), title="A title", text=f"{NOTHING}\nDeepSeek!", at=ROOM.later(8)))
    assert say("new").urls == ["00000", "00001", "00002", "00003"]
    # It has the same articles.
    shutil.copy(watched / "newsdesk.duckdb", desk / "newsdesk.duckdb")

    assert (say("new").code, say("new", "--cursor", "anna").code) == (1, 0)


@pytest.mark.parametrize("held", ["", "[]", '{"topics": {"deepseek": 3}}', "\x00"])
def test_a_damaged_cursor_is_one_line_with_its_mend(say: Callable[..., Told], desk: Path, held: str) -> None:
    (desk / "cursors").mkdir()
    (desk / "cursors" / "default.json").write_text(held)

    told = say("new")

    assert (told.code, told.out, told.err.count("\n")) == (1, "", 1)
    assert "default.json cannot be read; delete it to read everything again" in told.err


@pytest.mark.parametrize("name", ["", "../x", "a.b", "a/b", "-x", "ä", "x" * 65])
def test_a_name_that_could_leave_its_folder_is_refused(say: Callable[..., Told], name: str) -> None:
    told = say("new", f"--cursor={name}")

    assert (told.code, told.out, told.err.count("\n")) == (1, "", 1)
    assert "letters, digits" in told.err


def test_an_unknown_topic_and_an_empty_home_are_one_line(say: Callable[..., Told], tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    assert "topics there: deepseek" in say("new", "nope").err
    assert "nothing published yet" in say("new", "--home", str(tmp_path / "empty")).err
    assert "there is no folder" in say("new", "--home", str(tmp_path / "absent")).err


def test_what_could_not_be_written_is_not_marked_as_read(desk: Path) -> None:
    command = newsdesk_command("--home", str(desk), "new", "--json")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=240,
            env=os.environ | {"PYTHONUNBUFFERED": ""},
        )

    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert read_cursor(desk, "default").marks == {}


def test_a_place_that_could_not_be_kept_is_said(desk: Path, say: Callable[..., Told]) -> None:
    (desk / "cursors" / "default.writing").mkdir(parents=True)

    told = say("new")

    assert (told.code, told.urls) == (1, ["00000", "00001", "00002"])
    assert "the next read shows the same again" in told.err


def test_one_cursor_has_one_reader_at_a_time(desk: Path) -> None:
    with (
        held_cursor(desk, "anna"),
        held_cursor(desk, "ben", wait_seconds=0.05),
        pytest.raises(WarehouseBusyError, match="anna"),
        held_cursor(desk, "anna", wait_seconds=0.05),
    ):
        pass


def test_the_edits_of_an_article_are_shown_word_by_word(say: Callable[..., Told], desk: Path) -> None:
    edited = TEXT.replace("prices", "fees").replace("求索", "学习")
    load(desk, ROOM.collected(pending(0), title="Cheaper", text=edited, at=ROOM.later(8)))

    told = say("read", "--edits", "https://paper.example/00000")

    assert told.code == 0
    assert "revision 2  2026-01-05 14:00  edited by publisher: " in told.out
    assert "  title: [-DeepSeek and Article 0-]{+Cheaper+}\n" in told.out
    assert "The lab 深度[-求索-]{+学习+} spoke." in told.out
    assert "DeepSeek cut its [-prices-]{+fees+} 🙂 and DeepSeek grew.\n" in told.out
    shown = json.loads(say("read", "--edits", "https://paper.example/00000", "--json").out)
    assert [revision["change"] for revision in shown["revisions"]] == ["first", "edited by publisher"]
    assert {"fate": "added", "text": "fees"} in shown["revisions"][1]["changes"][0]
    assert "no article of the snapshot" in say("read", "--edits", "https://paper.example/nothing").err


WORDS = st.text(alphabet="ab 1.,\n深求“é", max_size=40)


@given(before=WORDS, after=WORDS)
def test_kept_and_removed_words_make_the_text_before_kept_and_added_the_one_after(before: str, after: str) -> None:
    passages = changed_words(before, after)

    assert "".join(one.text for one in passages if one.fate is not Fate.ADDED) == before
    assert "".join(one.text for one in passages if one.fate is not Fate.REMOVED) == after
    assert before != after or {one.fate for one in passages} <= {Fate.SAME}
