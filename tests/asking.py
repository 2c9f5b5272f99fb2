"""
A process that asks for addresses, sharing the pace of hosts with others: ``python asking.py FOLDER HOST:PORT JSON``.

The JSON object may have ``urls``, ``per_host``, ``patience``, ``robots``, ``scope``. It prints a line when it begins,
then for each address, in their order, what came of it.
"""

import json
import sys
from pathlib import Path
from typing import Any

from extractors.acquire.fetch import Fetcher
from extractors.acquire.pacing import Manners
from extractors.model import FetchRequest


def main(folder: Path, address: tuple[str, int], options: dict[str, Any]) -> None:
    """Ask for all of them at once."""
    manners = Manners(
        folder=folder, patience_seconds=options.get("patience", 0.0), hold_scope=options.get("scope", "host")
    )
    requests = [FetchRequest(url=url, obeys_robots=options.get("robots", False)) for url in options["urls"]]
    connect_to = {".example": address}
    per_host = options.get("per_host", 2)
    with Fetcher(user_agent="newsdesk/1", connect_to=connect_to, per_host=per_host, manners=manners) as fetcher:
        print("begins", flush=True)  # noqa: T201 - read by the test
        ended = dict(fetcher.fetch_all(requests))
    for number in range(len(requests)):
        outcome = ended[number]
        print(outcome.error.slug if outcome.error else outcome.http_status)  # noqa: T201


if __name__ == "__main__":
    host, _, port = sys.argv[2].partition(":")
    main(Path(sys.argv[1]), (host, int(port)), json.loads(sys.argv[3]))
