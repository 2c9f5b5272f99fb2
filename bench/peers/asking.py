"""Ask a tool for its reading of each page, and keep the answers."""

import base64
import hashlib
import json
import select
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from bench.peers.environments import CACHE, Peer, PeerError, python_of
from bench.text import load_sample
from extractors.text.decode import decode

_RUNNER = Path(__file__).with_name("runner.py")
#: Seconds that a tool may take for one page, and to start.
PAGE_SECONDS = 20.0
_START_SECONDS = 120.0

Answer = dict[str, Any]


class Runner:
    """One tool in a process of its own, started again after every page that ended it; a context manager."""

    def __init__(self, peer: Peer, *, python: Path, page_seconds: float = PAGE_SECONDS) -> None:
        self._command = [str(python), "-I", str(_RUNNER), str(peer.script), json.dumps(peer.options)]
        self._name = peer.name
        self._page_seconds = page_seconds
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start the process."""
        self._start()
        return self

    def __exit__(self, *_error: object) -> None:
        """End the process."""
        self._end()

    def ask(self, page: dict[str, str]) -> Answer:
        """Return the answer for *page*, one with an ``error`` where the tool raised, crashed or hung."""
        process = self._process or self._start()
        try:
            _write(process, page)
            answer = _line(process, seconds=self._page_seconds)
        except OSError:
            answer = None
        if answer is not None:
            return answer
        was_ended = process.poll() is None
        self._end()
        reason = f"took longer than {self._page_seconds:g} s" if was_ended else "the process ended by itself"
        return {"id": page["id"], "error": reason, "ms": 1000 * self._page_seconds if was_ended else 0.0}

    def _start(self) -> subprocess.Popen[bytes]:
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0
        )
        if _line(self._process, seconds=_START_SECONDS) is None:
            self._end()
            raise PeerError(f"{self._name}: installed, but does not start")
        return self._process

    def _end(self) -> None:
        if self._process is None:
            return
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                with suppress(OSError):
                    pipe.close()
        self._process.wait()
        self._process = None


def _write(process: subprocess.Popen[bytes], page: dict[str, str]) -> None:
    """Send one page: a pipe takes what it has room for, and the rest when it was read."""
    assert process.stdin is not None
    rest = memoryview(json.dumps(page).encode() + b"\n")
    while rest:
        rest = rest[process.stdin.write(rest) or 0 :]


def _line(process: subprocess.Popen[bytes], *, seconds: float) -> Answer | None:
    """Return the next line of *process* as a record; None where it ended or said nothing for so long."""
    assert process.stdout is not None
    received = bytearray()
    while not received.endswith(b"\n"):
        readable, _writable, _broken = select.select([process.stdout], [], [], seconds)
        chunk = process.stdout.read(1 << 20) if readable else b""
        if not chunk:
            if readable:
                process.wait(timeout=seconds)
            return None
        received += chunk
    found: Answer = json.loads(received)
    return found


def answers(
    peer: Peer,
    records: Sequence[dict[str, Any]],
    *,
    corpus: Path,
    page_seconds: float = PAGE_SECONDS,
    cache: Path = CACHE,
) -> list[Answer]:
    """
    Return the answer of *peer* for each of *records*, in their order.

    What was answered before is not asked again: answers are kept by corpus, pins, options and reader.

    Raises:
        PeerError: The tool cannot be installed or started.
    """
    kept = _kept_file(peer, corpus=corpus, cache=cache)
    known = {answer["id"]: answer for answer in _read_lines(kept)}
    missing = [record for record in records if record["id"] not in known]
    if missing:
        python = python_of(peer, cache=cache)
        kept.parent.mkdir(parents=True, exist_ok=True)
        with Runner(peer, python=python, page_seconds=page_seconds) as runner, kept.open("a", encoding="utf-8") as file:
            for answer in _asked(runner, missing, corpus=corpus):
                known[answer["id"]] = answer
                file.write(json.dumps(answer) + "\n")
    return [known[record["id"]] for record in records]


def _asked(runner: Runner, records: Iterable[dict[str, Any]], *, corpus: Path) -> Iterator[Answer]:
    """Yield the answers for *records*; a plain text is its own reading."""
    for record in records:
        sample = load_sample(record, corpus=corpus)
        markup = decode(sample.body, sample.content_type).text
        if sample.is_plain:
            yield {"id": record["id"], "text": markup, "ms": 0.0}
            continue
        body = base64.b64encode(sample.body).decode("ascii")
        yield runner.ask({"id": record["id"], "url": sample.url, "body": body, "markup": markup})


def _kept_file(peer: Peer, *, corpus: Path, cache: Path) -> Path:
    """Return where the answers are kept: another pin, option, reader or list of pages is another file."""
    pages = hashlib.sha256((corpus / "pages.jsonl").read_bytes()).hexdigest()[:12]
    tool = json.dumps([peer.requirements, peer.options]).encode() + peer.script.read_bytes()
    return cache / "answers" / f"{corpus.name}-{pages}" / f"{peer.name}-{hashlib.sha256(tool).hexdigest()[:12]}.jsonl"


def _read_lines(path: Path) -> Iterator[Answer]:
    """Yield the records of *path*; a last line that a killed run left unfinished is no answer."""
    if not path.is_file():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            print(f"{path}: a line that was not finished is left out", file=sys.stderr)
