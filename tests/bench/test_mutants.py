"""The nastiest of the damaged pages end in an outcome, in the real pool, within its time and its memory."""

import subprocess
import sys
from datetime import UTC, datetime
from random import Random

import pytest

from bench.mutants import Read as MutantRead
from bench.mutants import base_pages, mutant, summarise
from bench.mutations import SMALL, Mutation
from bench.mutations_large import LARGE
from extractors.identity import sha256_hex
from extractors.model import Document, Hints, Outcome
from flows.readers import Readers

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
TIMEOUT_SECONDS = 60
# What takes less than a second of an idle processor.
_QUICK_LARGE = {"nested_and_closed", "huge_attribute", "deep_json_ld", "broken_json_ld", "many_attributes"}
QUICK = [*SMALL, *(mutation for mutation in LARGE if mutation.__name__ in _QUICK_LARGE)]


def document(body: bytes) -> Document:
    url = f"https://mutant.example/{sha256_hex(body)[:8]}.html"
    return Document(
        sha256=sha256_hex(body),
        url=url,
        final_url=url,
        fetched_at=NOW,
        http_status=200,
        content_type="text/html",
        body=body,
    )


@pytest.mark.slow
def test_no_damage_ends_a_reading_process_or_keeps_it() -> None:
    page = base_pages(None)[0]
    with Readers(workers=1, topics=(), timeout_seconds=TIMEOUT_SECONDS) as readers:
        answers = {
            mutation.__name__: readers.submit(document(mutation(page, Random(3))), hints=Hints(), now=NOW)
            for mutation in QUICK
        }
        found = {name: answer() for name, answer in answers.items()}

    assert {name: reading.reason for name, reading in found.items() if reading.outcome is Outcome.FAILED} == {}


@pytest.mark.slow
def test_a_reading_process_may_have_so_much_memory_and_no_more() -> None:
    probe = (
        "from flows.readers import _warm_up\n"
        "_warm_up((), 1 << 30)\n"
        "bytearray(1 << 28)\n"
        "try: bytearray(1 << 30)\n"
        "except MemoryError: print('refused')\n"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)

    assert done.stdout == "refused\n"


def test_a_number_stands_for_the_same_page_always() -> None:
    bases = base_pages(None)[:2]

    assert [mutant(number, bases) for number in range(1, 9)] == [mutant(number, bases) for number in range(1, 9)]


@pytest.mark.parametrize("mutation", SMALL, ids=lambda mutation: mutation.__name__)
def test_each_small_damage_changes_the_page(mutation: Mutation) -> None:
    page = base_pages(None)[0]

    assert mutation(page, Random(5)) != page


def test_the_counts_tell_a_hang_from_a_crash() -> None:
    def read(outcome: str, reason: str | None, seconds: float) -> MutantRead:
        return MutantRead(number=1, mutation="cut", megabytes=1.0, seconds=seconds, outcome=outcome, reason=reason)

    found = summarise(
        [
            read("stored", None, 0.1),
            read("failed", "reading took longer than 10 s and was ended", 10.0),
            read("failed", "the reading process ended by itself (exit code -11)", 2.0),
        ]
    )

    assert (found["pages"], found["hangs_ended"], found["crashed"]) == (3, 1, 1)
    assert found["slowest"][0]["seconds"] == 10.0
