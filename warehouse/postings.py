"""
Keep the postings of the story index in files: which texts hold which numbers.

A folder holds runs, written once and never changed, and a manifest that names those that count. A run is on the disk
before the manifest that names it takes the place of the old one by rename, so that a process killed at any moment
leaves the old state or the new one. Runs are read through memory maps. Whatever is wrong with the files, the folder is
emptied: everything in it comes from the warehouse and can be written anew.
"""

import json
import logging
import mmap
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from itertools import takewhile
from pathlib import Path
from typing import IO

import numpy as np

from warehouse.durable import sync_folder
from warehouse.postings_runs import PAGE, Entries, Run, merged

#: The folder below the home folder.
INDEX_NAME = "index"

_log = logging.getLogger("newsdesk.stories")
_MANIFEST = "manifest.json"
_FORMAT = 1
#: A run takes in those before it while they are at most so many times as large as what comes after them.
_RATIO = 3
#: Entries of the largest run (134 MB; 620,000 texts of 27 numbers), so that no merge takes longer than that takes.
MOST_ENTRIES = 1 << 24
_WRAP = 2**64 - 1


class _DamagedError(Exception):
    """The files are not what was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """What the manifest says of a run."""

    file: str
    first_text_no: int
    text_count: int
    entry_count: int
    #: The sum of the entries modulo 2^64: that of a merged run is the sum of those of its sources.
    entry_sum: int

    @property
    def byte_count(self) -> int:
        """The size of the file: entries, directory, sizes."""
        return 8 * self.entry_count + 8 * -(-self.entry_count // PAGE) + 2 * self.text_count


class Postings:
    """
    The runs of one folder; one writer at a time, who holds the gate of the home.

    Args:
        folder: Created when something is written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._kept: tuple[_Kept, ...] = ()
        #: The runs, of ascending texts.
        self.runs: tuple[Run, ...] = ()
        #: What the last ``append`` was told about the newest text; None where there is none.
        self.mark: str | None = None
        self._open()

    @property
    def last_text_no(self) -> int:
        """The newest text that is in a run; -1 where there is none."""
        return self.runs[-1].last_text_no if self.runs else -1

    @property
    def byte_count(self) -> int:
        """The bytes of all runs."""
        return sum(kept.byte_count for kept in self._kept)

    def append(self, run: Run, *, mark: str) -> bool:
        """
        Keep *run*, merged with those before it that are not much larger; on the disk when this returns.

        Args:
            run: Of texts newer than all that are held.
            mark: By which its newest text is recognised.

        Raises:
            OSError: It cannot be written; the old state stays.

        Returns:
            False where what is held turned out to be damaged: nothing is held now, *run* neither.
        """
        try:
            kept, taken = self._write(run)
        except _DamagedError as error:
            self.drop(str(error))
            return False
        runs = (*self._kept[: len(self._kept) - taken], kept)
        manifest = {"format": _FORMAT, "mark": mark, "runs": [asdict(each) for each in runs]}
        _written(self.folder / f".{_MANIFEST}", json.dumps(manifest, indent=1).encode())
        (self.folder / f".{_MANIFEST}").replace(self.folder / _MANIFEST)
        sync_folder(self.folder)
        self._open()
        self._tidy()
        return True

    def drop(self, why: str) -> None:
        """Forget everything, and say *why* in one line where there was something."""
        if self.folder.is_dir() and any(self.folder.iterdir()):
            _log.warning("%s: %s; written anew from the warehouse", self.folder, why)
        self._kept, self.runs, self.mark = (), (), None
        # What cannot be removed is found wrong again the next time. The manifest goes first: it names whole runs only.
        with suppress(OSError):
            (self.folder / _MANIFEST).unlink(missing_ok=True)
            self._tidy()

    def _open(self) -> None:
        """Map the runs that the manifest names."""
        path = self.folder / _MANIFEST
        try:
            if path.exists():
                self._kept, self.mark = _parsed(path.read_bytes())
                self.runs = _mapped(self.folder, self._kept)
        except (_DamagedError, OSError) as error:
            self.drop(str(error))

    def _write(self, run: Run) -> tuple[_Kept, int]:
        """Write *run* with the last of the others merged into it; return it, and how many those are."""
        taken = _mergeable(self.runs, run)
        sources = [*self.runs[len(self.runs) - taken :], run]
        self.folder.mkdir(parents=True, exist_ok=True)
        temporary = self.folder / ".run"
        temporary.unlink(missing_ok=True)
        with temporary.open("wb") as file:
            kept = _write_merged(file, sources)
            file.flush()
            os.fsync(file.fileno())
        expected = sum(kept.entry_sum for kept in self._kept[len(self._kept) - taken :]) + _sum(run.entries)
        if kept.entry_sum != expected & _WRAP or kept.entry_count != sum(len(source.entries) for source in sources):
            raise _DamagedError("a run is not what was written")
        temporary.replace(self.folder / kept.file)
        return kept, taken

    def _tidy(self) -> None:
        """Remove the files that the manifest does not name; maps of them stay good."""
        named = {_MANIFEST, *(kept.file for kept in self._kept)}
        for path in self.folder.iterdir() if self.folder.is_dir() else ():
            if path.name not in named and (path.suffix == ".run" or path.name.startswith(".")):
                path.unlink()


def _mergeable(runs: Sequence[Run], new: Run) -> int:
    """Return how many of the last of *runs* are to be merged with *new*."""
    total = len(new.entries)
    taken = 0
    for run in takewhile(lambda run: run.window == new.window, reversed(runs)):
        if len(run.entries) > min(_RATIO * total, MOST_ENTRIES - total):
            break
        total += len(run.entries)
        taken += 1
    return taken


def _write_merged(file: IO[bytes], sources: Sequence[Run]) -> _Kept:
    """Write the entries of *sources* as one run, in bounded memory."""
    directory: list[Entries] = []
    count = total = 0
    for block in merged([source.entries for source in sources]):
        file.write(block.data)
        directory.append(block[-count % PAGE :: PAGE])
        count, total = count + len(block), total + _sum(block)
    for part in directory:
        file.write(part.tobytes())
    first, last = sources[0].first_text_no, sources[-1].last_text_no
    sizes = np.zeros(last - first + 1, dtype=np.uint16)
    for source in sources:
        sizes[source.first_text_no - first : source.last_text_no - first + 1] = source.sizes
    file.write(sizes.data)
    return _Kept(
        file=f"{first:012}-{last:012}.run",
        first_text_no=first,
        text_count=len(sizes),
        entry_count=count,
        entry_sum=total & _WRAP,
    )


def _sum(entries: Entries) -> int:
    return int(entries.sum(dtype=np.uint64))


def _parsed(manifest: bytes) -> tuple[tuple[_Kept, ...], str]:
    """Return what *manifest* says."""
    try:
        told = json.loads(manifest)
        if told["format"] != _FORMAT:
            raise _DamagedError(f"of format {told['format']}, this newsdesk writes {_FORMAT}")
        return tuple(_Kept(**kept) for kept in told["runs"]), str(told["mark"])
    except (ValueError, KeyError, TypeError) as error:
        raise _DamagedError("the manifest cannot be read") from error


def _mapped(folder: Path, kept: Sequence[_Kept]) -> tuple[Run, ...]:
    """Return the runs that *kept* describe, mapped anew only where they were not at the last call."""
    maps = {}
    for each in kept:
        path = folder / each.file
        found = path.stat()
        if found.st_size != each.byte_count:
            raise _DamagedError(f"{each.file} has {found.st_size} bytes, not {each.byte_count}")
        # A file that was written anew is another file.
        key = (path, each, found.st_ino, found.st_mtime_ns)
        maps[key] = _maps.get(key) or _map(path, each)
    _maps.clear()
    _maps.update(maps)
    return tuple(maps.values())


# The maps of the folder opened last: a process loads batch after batch, and to map a page costs more than to read it.
_maps: dict[tuple[Path, _Kept, int, int], Run] = {}


def _map(path: Path, kept: _Kept) -> Run:
    """Return the run that *kept* describes."""
    if not kept.byte_count:
        raise _DamagedError(f"{kept.file} is of no text")
    with path.open("rb") as file:
        content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    # The kernel's read-ahead stays on: after a restart the first batch brings the file into the page cache, in 2.4 s at
    # 10 million texts. Told that reads are random it brings page by page, 8 s for each of the first batches.
    pages = -(-kept.entry_count // PAGE)
    return Run(
        first_text_no=kept.first_text_no,
        entries=np.frombuffer(content, dtype=np.uint64, count=kept.entry_count),
        directory=np.frombuffer(content, dtype=np.uint64, count=pages, offset=8 * kept.entry_count).copy(),
        sizes=np.frombuffer(content, dtype=np.uint16, count=kept.text_count, offset=8 * (kept.entry_count + pages)),
    )


def _written(path: Path, content: bytes) -> None:
    """Write *content* to *path* and wait until the disk has it."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
