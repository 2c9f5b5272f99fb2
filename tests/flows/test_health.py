"""What keeps the service from doing its work is said, once when it begins and once when it is over."""

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from small_site import Site, rss, served_site

from flows.health import Disk, look_at_disk, problems_of
from flows.maintaining import look
from flows.settings import Settings
from warehouse.connection import writer
from warehouse.gate import Holding, held_gate, holding
from warehouse.health import Figures, Problem, SilentSource, health_figures, note_problems

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SETTINGS = Settings()


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


def told(figures: Figures | None = None, disk: Disk | None = None, **settings: float) -> list[tuple[str, str, str]]:
    wanted = SETTINGS.model_copy(update=settings)
    found = problems_of(figures or Figures(), disk or Disk(), settings=wanted, now=NOW)
    return [(problem.kind, problem.subject, problem.words) for problem in found]


def test_of_a_service_that_works_nothing_is_said() -> None:
    figures = Figures(
        feed_due_since=ago(minutes=5),
        last_loaded_at=ago(hours=20),
        due_count=900,
        due_since=ago(minutes=50),
        failed_in_a_row=(("poll", 2), ("ingest", 9)),
    )
    disk = Disk(
        written_at=ago(minutes=1),
        published_at=ago(minutes=50),
        writer=Holding(pid=7, since=ago(minutes=9)),
    )

    assert told(figures, disk) == []
    assert told() == []


@pytest.mark.parametrize(
    ("figures", "disk", "expected"),
    [
        (
            Figures(feed_due_since=ago(minutes=61)),
            Disk(),
            ("not polling", "", "a feed has been due for 61 minutes and nobody polled it: is it running?"),
        ),
        (Figures(last_loaded_at=ago(hours=25)), Disk(), ("no new rows", "", "no new article for 25 hours")),
        (
            Figures(silent_sources=(SilentSource(source="a.example", status="silent", newest_entry_at=ago(days=9)),)),
            Disk(),
            (
                "silent source",
                "a.example",
                "no feed of a.example works (silent), nothing new since 2026-11-13 12:00 UTC",
            ),
        ),
        (
            Figures(due_count=12, due_since=ago(hours=3)),
            Disk(),
            ("queue", "", "12 entries wait to be collected, the oldest for 3 hours"),
        ),
        (
            Figures(),
            Disk(written_at=ago(hours=1), published_at=ago(days=3)),
            ("old snapshot", "", "the snapshot is 2 days older than the warehouse"),
        ),
        (
            Figures(),
            Disk(writer=Holding(pid=7, since=ago(minutes=11))),
            ("waiting writer", "", "process 7 has held the warehouse for 11 minutes"),
        ),
        (
            Figures(failed_in_a_row=(("collect", 3),)),
            Disk(),
            ("failing runs", "collect", "the last 3 runs of collect failed; the runs table and Prefect's log say why"),
        ),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_each_problem_is_said_in_words(figures: Figures, disk: Disk, expected: tuple[str, str, str]) -> None:
    assert told(figures, disk) == [expected]


def test_how_long_a_desk_may_go_without_an_article_is_a_setting() -> None:
    quiet = Figures(last_loaded_at=ago(hours=25))

    assert told(quiet, stale_hours=48) == []
    assert told(quiet, stale_hours=0) == []
    assert len(told(quiet, stale_hours=1)) == 1


def test_a_problem_is_new_once_and_over_once(home: Path) -> None:
    queue, silent = (
        Problem(kind="queue", words="12 wait"),
        Problem(kind="silent source", subject="a", words="a is silent"),
    )
    more = Problem(kind="queue", words="90 wait")
    kinds = {"queue", "silent source"}
    with writer(home) as con:
        assert note_problems(con, [queue, silent], kinds=kinds, now=ago(hours=3)) == ([queue, silent], [])
        assert note_problems(con, [more, silent], kinds=kinds, now=ago(hours=2)) == ([], [])
        # What nobody looked for is not over.
        assert note_problems(con, [], kinds={"queue"}, now=ago(hours=1)) == ([], [more])
        assert note_problems(con, [queue, silent], kinds=kinds, now=NOW) == ([queue], [])
        rows = con.execute("select kind, words, ended_at is null from problems order by first_seen_at, kind").fetchall()

    assert rows == [("queue", "90 wait", False), ("silent source", "a is silent", True), ("queue", "12 wait", True)]


def test_the_figures_are_those_of_the_tables(tmp_path: Path) -> None:
    with served_site(tmp_path) as site:
        site.put("feed.rss", rss(("one", 1), ("two", 2)))
        site.watch('[[feeds]]\nurl = "http://desk.example/feed.rss"\n[[feeds]]\nurl = "http://gone.example/feed.rss"\n')
        site.poll()
        later = datetime.now(UTC) + timedelta(days=3)
        with writer(site.settings.home) as con:
            con.execute("update feeds set status = 'dead' where url like '%gone%'")
            con.execute(
                "insert into runs select 'r' || i, 'collect', now() - to_hours(i), now(),"
                " if(i = 3, 'completed', 'failed'), '', '', null, 0, 0, 0, '' from range(1, 5) t (i)"
            )
            figures = health_figures(con, now=later)
            first_seen_at, next_poll_at = con.execute(
                "select (select min(first_seen_at) from entries), (select min(next_poll_at) from feeds where is_active)"
            ).fetchone() or (None, None)

        assert (figures.due_count, figures.due_since) == (2, first_seen_at)
        assert figures.feed_due_since == next_poll_at
        assert [source.source for source in figures.silent_sources] == ["gone.example"]
        assert figures.failed_in_a_row == (("collect", 2),)
        assert figures.last_loaded_at is None

        begun = look(site.settings, now=later, is_thorough=False).begun
        again = look(site.settings, now=later, is_thorough=False)

    assert [problem.kind for problem in begun] == ["not polling", "silent source", "queue"]
    assert (again.begun, again.over, again.due_count) == ((), (), 2)


def test_who_holds_the_warehouse_and_since_when(home: Path) -> None:
    assert holding(home) is None
    program = (
        "import sys; from pathlib import Path; from warehouse.gate import held_gate\n"
        "with held_gate(Path(sys.argv[1]), wait_seconds=5): print('in', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"in\n"
        held = look_at_disk(home).writer
        holder.communicate()

    assert held
    assert held.pid == holder.pid
    assert abs(held.since.timestamp() - time.time()) < 30
    # Looking takes nothing away.
    assert holding(home) is None
    with held_gate(home, wait_seconds=0):
        pass


def test_a_thorough_look_checks_the_invariants_of_the_snapshot(tmp_path: Path) -> None:
    from warehouse.snapshot import publish

    with served_site(tmp_path) as site:
        _polled(site)
        with writer(site.settings.home) as con:
            con.execute("update entries set outcome = 'stored'")
        publish(site.settings.home, now=datetime.now(UTC))
        brief = look(site.settings, now=datetime.now(UTC), is_thorough=False)
        thorough = look(site.settings, now=datetime.now(UTC), is_thorough=True)

    assert "doctor" not in {problem.kind for problem in brief.begun}
    assert ("doctor", "pending_is_open") in {(problem.kind, problem.subject) for problem in thorough.begun}


def _polled(site: Site) -> None:
    site.put("feed.rss", rss(("one", 1)))
    site.watch('[[feeds]]\nurl = "http://desk.example/feed.rss"\n')
    site.poll()
