"""
Where readers of new coverage stand: one small file a cursor, ``HOME/cursors/NAME.json``.

Not in the warehouse, which those who read may not write. The file is replaced by rename, so that a kill leaves the old
place or the new one; two readers of one cursor wait for each other.
"""

import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from extractors.errors import CursorError
from warehouse.durable import sync_folder
from warehouse.gate import held_gate
from warehouse.unread import Mark

FOLDER = "cursors"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """One reader's place in each topic, as it was when the file was read."""

    name: str
    path: Path
    #: By topic_id; a topic that was never read is not there.
    marks: Mapping[str, Mark]

    def mark(self, topic_id: str) -> Mark:
        """Return the place in *topic_id*; the beginning where it was never read."""
        return self.marks.get(topic_id, Mark())

    def advance(self, marks: Mapping[str, Mark]) -> None:
        """
        Put *marks* in the place of those of the same topics; on the disk when this returns.

        Raises:
            CursorError: The file cannot be written: what was read will come again.
        """
        wanted = {**self.marks, **marks}
        if wanted == self.marks:
            return
        try:
            _write(self.path, _as_text(self.name, wanted))
        except OSError as error:
            raise CursorError(
                f"{self.path}: {error.strerror}: its place was not kept, the next read shows the same again",
                cursor=self.name,
            ) from error


@contextmanager
def held_cursor(home: Path, name: str, *, wait_seconds: float = 5.0) -> Iterator[Cursor]:
    """
    Read the cursor *name* of *home* and hold it, alone among all processes.

    Args:
        home: The folder of newsdesk's data; must exist.
        name: Letters, digits, ``-`` and ``_``, 64 at most.
        wait_seconds: How long to wait for another reader of this cursor, in seconds.

    Raises:
        CursorError: The name is none, or the file is damaged, or there is no such home, or it cannot be written.
        WarehouseBusyError: Another process held it all that time.
    """
    folder = home / FOLDER
    path = _path(home, name)
    try:
        folder.mkdir(exist_ok=True)
    except FileNotFoundError as error:
        words = f"there is no folder {home}: name newsdesk's data with --home, or make it with `newsdesk run`"
        raise CursorError(words, cursor=name) from error
    except OSError as error:
        raise CursorError(f"{folder}: {error.strerror}; --peek reads without keeping a place", cursor=name) from error
    with held_gate(folder, wait_seconds=wait_seconds, name=name):
        yield Cursor(name=name, path=path, marks=_marks(path, name))


def read_cursor(home: Path, name: str) -> Cursor:
    """
    Read the cursor *name* of *home* without holding it; for looking only.

    Raises:
        CursorError: The name is none, or the file is damaged.
    """
    path = _path(home, name)
    return Cursor(name=name, path=path, marks=_marks(path, name))


def _path(home: Path, name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise CursorError("a name has letters, digits, - and _, 64 at most", cursor=name)
    return home / FOLDER / f"{name}.json"


def _marks(path: Path, name: str) -> dict[str, Mark]:
    """Return what the file says; nothing where there is none."""
    try:
        held = json.loads(path.read_text("utf-8"))["topics"]
        return {
            topic_id: Mark(
                load_seq=int(mark["load_seq"]),
                article_id=mark["article_id"],
                loaded_at=mark["loaded_at"] and datetime.fromisoformat(mark["loaded_at"]),
            )
            for topic_id, mark in held.items()
        }
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CursorError(f"{path} cannot be read; delete it to read everything again", cursor=name) from error


def _as_text(name: str, marks: Mapping[str, Mark]) -> str:
    topics = {
        topic_id: {
            "load_seq": mark.load_seq,
            "article_id": mark.article_id,
            "loaded_at": mark.loaded_at.isoformat() if mark.loaded_at else None,
        }
        for topic_id, mark in sorted(marks.items())
    }
    return json.dumps({"cursor": name, "topics": topics}, indent=1, ensure_ascii=False) + "\n"


def _write(path: Path, text: str) -> None:
    """Replace *path* by *text* in one step, and wait until the disk has it, name and all."""
    # One name, so that what a killed reader left is replaced; the cursor is held, nobody else writes it.
    temporary = path.with_suffix(".writing")
    with temporary.open("w", encoding="utf-8") as writing:
        writing.write(text)
        writing.flush()
        os.fsync(writing.fileno())
    temporary.replace(path)
    sync_folder(path.parent)
