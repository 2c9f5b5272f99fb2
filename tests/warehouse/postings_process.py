"""Append a run to an index again and again, killed one step later each time; say what is held afterwards."""

import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from warehouse.postings import Postings
from warehouse.postings_runs import Run, near, runs_of

OLD = [(place, [place, place + 1, 900]) for place in range(1, 20)]
NEW = [(place, [place, place + 1, 900]) for place in range(20, 30)]


def runs(texts: Sequence[tuple[int, Sequence[int]]]) -> Iterator[Run]:
    """Give the runs of *texts*: pairs of text number and sketch."""
    return runs_of(
        np.array([text_no for text_no, _ in texts], dtype=np.int64),
        np.array([len(sketch) for _, sketch in texts], dtype=np.int64),
        np.array([number for _, sketch in texts for number in sketch], dtype=np.uint64),
    )


def held(folder: Path) -> list[list[tuple[int, int]]]:
    """Return what a process that starts finds near all texts."""
    return near([sketch for _, sketch in OLD + NEW], Postings(folder).runs, least_shared=1, most=64, most_holders=100)


def killed_after(step: int) -> None:
    """Let this process be killed before the call number *step* that changes files."""
    left = [step]

    def counting(call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **kwargs: Any) -> Any:
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*args, **kwargs)

        return counted

    for owner, name in ((os, "fsync"), (Path, "open"), (Path, "replace"), (Path, "unlink")):
        setattr(owner, name, counting(getattr(owner, name)))


def main(folder: Path) -> None:
    """Go on until an append is over before it is killed."""
    before, after = folder / "before", folder / "after"
    for texts, into in ((OLD, before), (OLD + NEW, after)):
        Postings(into).append(*runs(texts), mark="made")
    answers = {str(held(before)): "old", str(held(after)): "new"}
    for step in range(100):
        tried = folder / f"tried-{step}"
        shutil.copytree(before, tried)
        child = os.fork()
        if not child:
            killed_after(step)
            Postings(tried).append(*runs(NEW), mark="made")
            os._exit(0)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{step} {answers.get(str(held(tried)), 'wrong')}\n")
        sys.stdout.flush()
        if not status:
            return


if __name__ == "__main__":
    main(Path(sys.argv[1]))
