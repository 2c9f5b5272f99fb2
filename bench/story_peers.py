"""Run the tools that find copies, each in an environment of its own, over the stream that newsdesk is measured on."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.peers.environments import CACHE, Peer, PeerError, python_of
from bench.story_figures import POSTING_BYTES, Result

_RUNNER = Path(__file__).parent / "story_runner.py"
_SECONDS = 1800
#: By tool, what must be installed for it; the first two need nothing.
PEERS: dict[str, tuple[str, ...]] = {
    "exact": (),
    "simhash": (),
    "datasketch": ("datasketch==2.0.0",),
    "rensa": ("rensa==0.5.0",),
}


def run_peer(name: str, rows: Sequence[Mapping[str, Any]], *, cache: Path = CACHE) -> Result:
    """
    Return what the tool *name* makes of the stream.

    Raises:
        PeerError: It cannot be installed, or fails; the message is one line.
    """
    requirements = PEERS[name]
    peer = Peer(name=name, environment=name, requirements=requirements, reader="")
    python = python_of(peer, cache=cache) if requirements else Path(sys.executable)
    lines = "\n".join(json.dumps({"id": row["id"], "text": row["text"]}) for row in rows)
    try:
        done = subprocess.run(
            [str(python), str(_RUNNER), name],
            input=lines,
            capture_output=True,
            text=True,
            check=False,
            timeout=_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise PeerError(f"{name}: took longer than {_SECONDS} s") from error
    if done.returncode:
        raise PeerError(f"{name}: failed ({(done.stderr.strip().splitlines() or ['no reason given'])[-1]})")
    found = json.loads(done.stdout)
    return Result(
        story_of=found["story_of"],
        seen_as_new=found["seen_as_new"],
        seconds=found["seconds"],
        index_bytes=POSTING_BYTES * found["postings"],
    )
