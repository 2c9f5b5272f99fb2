"""
The table of all faults with their ends, for ``docs/reference/faults.md``.

``python tests/fault_table.py`` writes it into the page; a test compares the two.
"""

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "reference" / "faults.md"
_TABLES = re.compile(r"(?<=<!-- tables -->\n).*(?=<!-- end of tables -->)", re.DOTALL)

#: By status of the feed and what its error must name: the faults of servers that end so when a feed is asked for.
SERVER_FAULTS: dict[str, tuple[str, str]] = {
    name: (status, error)
    for (status, error), names in {
        ("working", ""): """
            good gzip gzip-twice gzip-with-junk gzip-undeclared gzip-declared-plain deflate-wrapped deflate-raw brotli
            encoding-is-a-charset length-absent chunked http-1.0 header-60-kb header-300 header-not-ascii
            line-feeds-only early-hints redirect-301 redirect-302 redirect-303 redirect-307 redirect-308
            redirect-scheme-relative hops cookie-wall conditional keep-alive-reset same-etag
            """,
        ("not_a_feed", "an HTML page, not a feed"): """
            html-as-feed soft-404 bot-wall consent-wall endless-pages nul-bytes utf-16-without-bom
            windows-1251-said-utf-8
            """,
        ("not_a_feed", "an empty answer, not a feed"): "empty no-content header-latin-1",
        ("not_a_feed", "not a feed"): "pdf",
        ("waiting", "HTTP 429"): "busy-seconds busy-date",
        ("waiting", "HTTP 503"): "down storm-503",
        ("leaving", "HTTP 410"): "gone",
        ("refused", "HTTP 401"): "unauthorised",
        ("refused", "HTTP 402"): "payment",
        ("refused", "HTTP 403"): "challenge",
        ("refused", "HTTP 451"): "teapot-legal",
        ("troubled", "HTTP 302"): "redirect-without-location",
        ("troubled", "HTTP 304 without having been asked"): "uninvited-304",
        ("troubled", "HTTP 404"): "missing redirect-not-ascii",
        ("troubled", "HTTP 429"): "busy-zero busy-garbage",
        ("troubled", "HTTP 500"): "server-error",
        ("troubled", "timeout"): "slow-headers slow-body stall silence",
        ("troubled", "connect"): "close-at-once",
        ("troubled", "too_large"): "gzip-bomb endless large large-undeclared",
        ("troubled", "truncated"): "truncated-gzip length-too-long chunked-cut reset-in-body",
        ("troubled", "redirect_loop"): "redirect-loop redirect-loop-back",
        ("troubled", "blocked_address"): "redirect-to-private redirect-to-metadata redirect-to-mapped",
        ("troubled", "bad_url"): "redirect-to-file redirect-to-data redirect-to-decimal redirect-unreadable",
        ("troubled", "protocol"): """
            encoding-unknown length-too-short length-bad length-twice chunk-size-bad http-0.9 status-garbage icy
            header-name-bad
            """,
    }.items()
    for name in names.split()
}


def page_outcomes() -> dict[str, tuple[str, str]]:
    """Return the expected outcome of every fault in place of a page, as the test of the ledger has it."""
    expected = _module(HERE / "flows" / "test_fault_outcomes.py").EXPECTED
    found = {name: end for end, names in expected.items() for name in names.split()}
    return found | {"gzip-bomb": ("failed", "too_large")}


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"of_{path.stem}", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def tables() -> str:
    """Return the tables of the page."""
    from feed_faults import FEED_FAULTS

    outcomes = page_outcomes()
    rows = ["", "| fault of a server | asked for as a feed | asked for as a page |", "| --- | --- | --- |"]
    rows += [f"| `{name}` | {_cell(SERVER_FAULTS.get(name))} | {_cell(outcomes[name])} |" for name in sorted(outcomes)]
    rows += ["", "| fault of a feed's document | what it is | status | entries read |", "| --- | --- | --- | --- |"]
    rows += [
        f"| `{name}` | {fault.what} | {_cell((fault.status, fault.error))} | {fault.entry_count:,} |"
        for name, fault in sorted(FEED_FAULTS.items())
    ]
    return "\n".join([*rows, "", ""])


def _cell(end: tuple[str, str] | None) -> str:
    if end is None:
        return "-"
    word, reason = end
    return f"`{word}`: {reason}" if reason else f"`{word}`"


def written() -> str:
    """Return the tables that the page has."""
    found = _TABLES.search(PAGE.read_text(encoding="utf-8"))
    return found[0] if found else ""


if __name__ == "__main__":
    sys.path[:0] = [str(HERE), str(HERE.parent)]
    PAGE.write_text(_TABLES.sub(lambda _: tables(), PAGE.read_text(encoding="utf-8")), encoding="utf-8")
