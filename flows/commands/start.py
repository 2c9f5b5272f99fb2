"""The commands for the first minutes: init, demo."""

import shutil
import tempfile
import time
from pathlib import Path

from extractors.errors import InputError
from flows import console, scheduler
from flows.settings import ROOT, Settings

STARTER = ROOT / "watchlist.toml"
SAMPLE = ROOT / "sample"

#: The questions that the demo answers: what is new, which outlets carry it, why is something missing.
WHAT_IS_NEW = """
select source, title, relevance from new_coverage where topic_id = 'deepseek' order by published_at desc limit 5
"""
WHO_SAYS_IT = """
select source, sentence from mentions join articles using (article_id, revision)
where raw = 'DeepSeek' and zone = 'lede' order by published_at, char_start limit 4
"""
WHAT_IS_MISSING = "select outcome, reason, url from missing order by outcome, url"
QUESTIONS = (
    ("What is new about DeepSeek?", WHAT_IS_NEW),
    ("Who says what about it, at the top of the article?", WHO_SAYS_IT),
    ("Which pieces that the feeds announced are not there, and why?", WHAT_IS_MISSING),
)


def init(folder: Path) -> None:
    """
    Write the starter watchlist into *folder*.

    Raises:
        InputError: There is one already, or the folder cannot be written.
    """
    target = folder / "watchlist.toml"
    if not STARTER.is_file():
        raise InputError("the starter watchlist is missing from this installation", path=str(STARTER))
    if target.exists() and target.resolve() != STARTER:
        raise InputError("there already; remove it first, or edit it", path=str(target))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if target.resolve() != STARTER:
            shutil.copyfile(STARTER, target)
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror})", path=str(target)) from error
    console.say(f"wrote {target}: one topic, a list of public feeds. Next:")
    console.say("  newsdesk feeds check            ask every feed once, and see what it is")
    console.say("  newsdesk run                    poll, collect, publish")
    console.say('  newsdesk sql "from new_coverage"')


def demo(keep: Path | None) -> None:
    """Run poll, collect and publish over the sample newsroom on loopback, and answer three questions in SQL."""
    if not (SAMPLE / "watchlist.toml").is_file():
        raise InputError("the sample newsroom is missing from this installation", path=str(SAMPLE))
    if keep is not None:
        _demo_in(keep)
        return
    with tempfile.TemporaryDirectory(prefix="newsdesk-demo-") as folder:
        _demo_in(Path(folder))


def _demo_in(home: Path) -> None:
    from flows.commands.work import cycle, report
    from flows.newsroom import Newsroom

    started = time.monotonic()
    home.mkdir(parents=True, exist_ok=True)
    scheduler.prepare(home)
    with Newsroom() as newsroom:
        console.say(
            f"A newsroom of sample/ is served on 127.0.0.1:{newsroom.port}; starting Prefect in this process ..."
        )
        connect_to = ",".join(f"{host}={to}:{port}" for host, (to, port) in newsroom.connect_to.items())
        settings = Settings(home=home, watchlist=SAMPLE / "watchlist.toml", connect_to=connect_to)
        report(*cycle(settings, only_due=False), settings=settings, as_json=False)
    for words, query in QUESTIONS:
        _answer(settings, words, query)
    console.say(f"\nThat was the whole main job in {time.monotonic() - started:.0f} s. Next, on the real web:")
    console.say("  .venv/bin/newsdesk init my-desk && cd my-desk     a starter watchlist to edit")
    console.say("  newsdesk run                                      poll, collect, publish")
    console.say('  newsdesk sql "from new_coverage"                  the same questions, your subject')


def _answer(settings: Settings, words: str, query: str) -> None:
    from flows.commands.look import show_query
    from warehouse.connection import reader

    console.say(f"\n{words}")
    console.say(f'$ newsdesk sql "{" ".join(query.split())}"')
    with reader(settings.home) as con:
        show_query(con, query)
