"""Open the WARCs of an archive: the file itself, or those that a WACZ holds."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from extractors.errors import ArchiveError

WARCS = (".warc", ".warc.gz")
WACZ = ".wacz"
#: Where a WACZ keeps its WARCs (WACZ 1.1.1, section 4).
_FOLDER = "archive/"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivePart:
    """One WARC: a file, or a member of a WACZ."""

    path: Path
    #: Name inside the WACZ; None: the file itself.
    member: str | None = None
    #: Length in bytes, packed records as they are.
    byte_count: int

    @property
    def uri(self) -> str:
        """Names it for good."""
        uri = self.path.resolve().as_uri()
        return f"{uri}#{self.member}" if self.member else uri

    def place(self, offset: int) -> str:
        """Return what names the record that begins at *offset* for good."""
        return f"{self.uri}{':' if self.member else '#'}{offset}"

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """
        Give its bytes; a member is read in place, not unpacked first.

        Raises:
            ArchiveError: The WACZ is damaged.
            OSError: The file cannot be opened.
        """
        if self.member is None:
            with self.path.open("rb") as stream:
                yield stream
            return
        try:
            with zipfile.ZipFile(self.path) as wacz, wacz.open(self.member) as stream:
                yield cast("BinaryIO", stream)
        except (zipfile.BadZipFile, KeyError) as error:
            raise ArchiveError(f"damaged: {error}", path=str(self.path)) from error


def is_archive(path: Path) -> bool:
    """Say whether *path* is named like a WARC or a WACZ."""
    return path.name.lower().endswith((*WARCS, WACZ))


def parts_of(path: Path) -> tuple[ArchivePart, ...]:
    """
    Return the WARCs of the archive *path*, in order of their names.

    Raises:
        ArchiveError: It is a WACZ that cannot be read, or holds no WARC.
    """
    try:
        if not path.name.lower().endswith(WACZ):
            return (ArchivePart(path=path, byte_count=path.stat().st_size),)
        with zipfile.ZipFile(path) as wacz:
            members = sorted(wacz.infolist(), key=lambda member: member.filename)
    except zipfile.BadZipFile as error:
        raise ArchiveError(f"no WACZ: {error}", path=str(path)) from error
    except OSError as error:
        raise ArchiveError(f"cannot be read ({error.strerror})", path=str(path)) from error
    found = tuple(
        ArchivePart(path=path, member=member.filename, byte_count=member.file_size)
        for member in members
        if member.filename.startswith(_FOLDER) and member.filename.lower().endswith(WARCS)
    )
    if not found:
        raise ArchiveError("a WACZ without a WARC", path=str(path))
    return found
