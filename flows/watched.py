"""Read the watchlist file."""

from pathlib import Path

from extractors.errors import WatchlistError
from extractors.model import Watchlist
from extractors.watchlist import parse_watchlist


def read_watchlist(path: Path) -> Watchlist:
    """
    Return what the watchlist at *path* says.

    Raises:
        WatchlistError: The file is missing, cannot be opened, is no UTF-8, or says something wrong.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise WatchlistError("no such file; `newsdesk init` writes one", path=str(path)) from error
    except OSError as error:
        raise WatchlistError(f"cannot be read ({error.strerror})", path=str(path)) from error
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise WatchlistError("is not UTF-8", path=str(path), line=line) from error
    return parse_watchlist(text, path=str(path))
