"""`newsdesk stories rebuild` compares what is held and leaves what was right as it was."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from desk import rows

Newsdesk = Callable[..., subprocess.CompletedProcess[str]]

STORIES = "select story_id, article_id, relation from story_articles order by all"


def test_a_rebuild_of_the_sample_gives_the_stories_that_loading_gave(
    newsdesk: Newsdesk, sample_home: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    shutil.copytree(sample_home, home)

    done = newsdesk("stories", "rebuild", "--home", str(home))

    assert done.returncode == 0, done.stderr
    before = rows(sample_home, STORIES)
    assert rows(home, STORIES) == before
    assert done.stdout == f"{len({story for story, _, _ in before})} stories\n"
