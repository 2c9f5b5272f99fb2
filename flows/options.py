"""Options that commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from flows.settings import Settings


def home_option(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the option ``--home``."""
    return click.option(
        "--home",
        type=click.Path(path_type=Path),
        envvar="NEWSDESK_HOME",
        help="Folder of the data [newsdesk-data].",
    )(function)


def watchlist_option(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the option ``--watchlist``."""
    return click.option(
        "--watchlist",
        type=click.Path(path_type=Path),
        envvar="NEWSDESK_WATCHLIST",
        help="The watchlist file [watchlist.toml].",
    )(function)


def json_option(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the option ``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")(function)


def settings_of(home: Path | None, watchlist: Path | None) -> "Settings":
    """
    Build the settings: the command line wins over the environment.

    Raises:
        UsageError: A value of the environment cannot be used.
    """
    from pydantic import ValidationError

    from flows.settings import Settings

    given: dict[str, Any] = {"home": home, "watchlist": watchlist}
    try:
        return Settings(**{key: value for key, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(["NEWSDESK", *(str(part).upper() for part in first["loc"])])
        raise click.UsageError(f"{name}: {first['msg']}") from error
