"""Names that outlive a loss of power."""

import os
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """
    Wait until the disk has the names in *folder*: a file that was renamed there is found again under its new name.

    Raises:
        OSError: The folder cannot be read, or the disk does not take it.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
