"""Build the environments that ``peers.toml`` describes, once each."""

import json
import subprocess
import sys
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
#: Environments and answers of the tools; ignored by git, may be deleted at any time.
CACHE = _HERE.parent.parent / ".peers"
_INSTALL_SECONDS = 900


class PeerError(Exception):
    """A tool cannot be installed or started; the message is one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """One tool of ``peers.toml``; made by ``load_peers``, taken by ``asking``."""

    name: str
    environment: str
    #: Pinned requirements, the tool's own first.
    requirements: tuple[str, ...]
    #: The file of ``readers/`` that calls the tool.
    reader: str
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def version(self) -> str:
        """Return the tool's own pin, e.g. ``2.3.1``."""
        return self.requirements[0].partition("==")[2]

    @property
    def script(self) -> Path:
        """Return the path of the reader."""
        return _HERE / "readers" / f"{self.reader}.py"


def load_peers() -> dict[str, Peer]:
    """Return the tools of ``peers.toml`` by name, in its order."""
    tables = tomllib.loads((_HERE / "peers.toml").read_text(encoding="utf-8"))
    return {
        name: Peer(name=name, **{**table, "requirements": tuple(table["requirements"])})
        for name, table in tables.items()
    }


def python_of(peer: Peer, *, cache: Path) -> Path:
    """
    Return the interpreter of the environment of *peer*, built first where it is not there or has other pins.

    Raises:
        PeerError: It cannot be built; the message ends with the last line that the installer said.
    """
    folder = cache / "environments" / peer.environment
    ready, wanted = folder / "ready.json", json.dumps(peer.requirements)
    python = folder / "bin" / "python"
    if ready.is_file() and ready.read_text() == wanted:
        return python
    print(f"building {folder}", file=sys.stderr)
    _run(sys.executable, "-m", "venv", "--clear", str(folder), name=peer.environment)
    pip = (str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    _run(*pip, *peer.requirements, name=peer.environment)
    ready.write_text(wanted)
    return python


def _run(*command: str, name: str) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_INSTALL_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise PeerError(f"{name}: installing took longer than {_INSTALL_SECONDS} s") from error
    if done.returncode:
        lines = [line.strip() for line in done.stderr.splitlines()]
        said = [line for line in lines if line.lower().startswith("error: ")] or lines or ["no reason given"]
        raise PeerError(f"{name}: not installed ({said[-1][len('error: ') :]})")
