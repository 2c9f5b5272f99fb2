"""The settings of newsdesk, read from the environment (prefix NEWSDESK_), with units in their names."""

import os
import re
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

import extractors

#: The checkout: where the sample newsroom and the starter watchlist lie.
ROOT = Path(extractors.__file__).resolve().parent.parent
VERSION = "0.1.0"
#: Where somebody can be reached; it goes into a header, so nothing but plain ASCII without blanks and brackets.
_CONTACT = re.compile(r"https?://[!-'*-~]+\.[!-'*-~]+|(?:mailto:)?[!-'*-?A-~]+@[!-'*-~]+\.[!-'*-~]+")


class Settings(BaseSettings):
    """
    Everything that may differ between two machines.

    Each field is read from the environment variable ``NEWSDESK_`` + its name in capitals; the command line's options
    win over it. Functions below the flows take values, never this object.
    """

    model_config = SettingsConfigDict(env_prefix="NEWSDESK_", frozen=True)

    home: Path = Field(
        default=Path("newsdesk-data"), description="Folder of the warehouse, the snapshot, the raw documents."
    )
    watchlist: Path = Field(default=Path("watchlist.toml"), description="The watchlist file.")
    contact: str = Field(
        default="https://newsdesk.example/contact",
        description="Where a publisher can reach you; part of the User-Agent of every request.",
    )
    workers: int = Field(
        default_factory=lambda: os.cpu_count() or 2, ge=1, description="Processes that read documents."
    )
    fetch_concurrency: int = Field(
        default=64,
        ge=1,
        description="Requests under way at once; of those that take longer than a second twice as many more.",
    )
    fetch_per_host: int = Field(default=2, ge=1, description="Requests under way at once to one host.")
    host_delay_seconds: float = Field(
        default=0,
        ge=0,
        description="Pause between two requests to one host, where its robots.txt asks for none or a shorter one.",
    )
    host_wait_seconds: float = Field(
        default=60,
        ge=0,
        description="How long a run waits at its end for hosts that want a pause; what is left is for the next run.",
    )
    hold_scope: Literal["url", "host", "domain"] = Field(
        default="host",
        description="Who is left alone after 429 or 503 with Retry-After: the address, its host, or its whole domain.",
    )
    robots_exempt: str = Field(
        default="",
        description="Hosts whose robots.txt is not asked because their publisher allowed it: 'a.example,.b.example'.",
    )
    page_timeout_seconds: float = Field(default=20, gt=0, description="Limit of one page, redirects included.")
    page_limit_bytes: int = Field(default=5_000_000, gt=0, description="Largest page, decompressed.")
    read_timeout_seconds: float = Field(
        default=60,
        gt=0,
        description="A worker that reads one document for longer is ended; the outcome is failed.",
    )
    batch_entry_count: int = Field(
        # Opening the warehouse costs what loading 30 articles does: 217 a second in batches of 50, 825 of 200.
        default=100,
        ge=1,
        description="Entries of one task and one transaction.",
    )
    attempt_limit: int = Field(default=3, ge=1, description="Tries of a page whose failure may heal.")
    retry_minutes: float = Field(
        default=15, ge=0, description="Wait before the second try; the third waits four times as long."
    )
    relook: Literal["covered", "all", "none"] = Field(
        # What nobody asks about is not worth six more requests of its publisher.
        default="covered",
        description="Whose pages are looked at again for edits: of articles that a topic covers, of all, of none.",
    )
    relook_run_limit: int = Field(
        default=200,
        ge=0,
        description="Pages looked at again in one run, after all new ones; what is left is for the next.",
    )
    raw_retention_days: int = Field(
        default=0,
        ge=0,
        description="Days for which received pages are kept in raw/; what is read from them stays. 0: for ever.",
    )
    stale_hours: float = Field(
        default=24, ge=0, description="Hours without a new article after which that is a problem to be told; 0: never."
    )
    writer_wait_seconds: float = Field(
        default=120, ge=0, description="How long to wait for another process to let go of the warehouse."
    )
    websub_callback_url: str = Field(
        default="",
        description="Where hubs reach this machine from outside, as 'https://desk.example/websub'; empty: no WebSub.",
    )
    websub_listen: str = Field(
        default="127.0.0.1:8011",
        description="Address and port on which `newsdesk run --every` waits for hubs; a proxy leads there.",
    )
    connect_to: str = Field(
        default="",
        description="Where to connect for hosts of a suffix, as '.example=127.0.0.1:8080'; for tests and the demo.",
    )
    briefings: bool = Field(
        default=False,
        description="Write briefings/TOPIC.html below the home after each publication; a second or two for each topic.",
    )
    briefing_days: int = Field(default=30, ge=0, description="Days that these briefings look back. 0: everything held.")
    dispatch: str = Field(
        default_factory=lambda: "event" if os.environ.get("PREFECT_API_URL") else "inline",
        description="How follow-up work starts: 'inline' in this process, 'event' by Prefect's triggers.",
    )

    @field_validator("dispatch")
    @classmethod
    def _dispatch_is_known(cls, value: str) -> str:
        if value not in {"inline", "event"}:
            raise ValueError("must be 'inline' or 'event'")
        return value

    @field_validator("contact")
    @classmethod
    def _contact_can_be_used(cls, value: str) -> str:
        if not _CONTACT.fullmatch(value):
            raise ValueError("must be an http(s) address, mailto:NAME@HOST or NAME@HOST, without spaces")
        return value

    @field_validator("websub_callback_url")
    @classmethod
    def _callback_is_an_address(cls, value: str) -> str:
        if value and not re.fullmatch(r"https?://[^/?#\s]+(?:/[^?#\s]*)?", value):
            raise ValueError("must be an address that begins with https://, without ? and #")
        return value

    @field_validator("websub_listen")
    @classmethod
    def _listen_is_readable(cls, value: str) -> str:
        if not re.fullmatch(r"[^\s]*:\d{1,5}", value):
            raise ValueError("must be ADDRESS:PORT, as 127.0.0.1:8011")
        return value

    @field_validator("connect_to")
    @classmethod
    def _connect_to_is_readable(cls, value: str) -> str:
        parse_connect_to(value)
        return value

    @property
    def user_agent(self) -> str:
        """The User-Agent of every request: name, version and where to complain."""
        return f"newsdesk/{VERSION} (+{self.contact})"

    @property
    def exempt_hosts(self) -> tuple[str, ...]:
        """``robots_exempt`` as the fetcher takes it."""
        return tuple(part.strip().lower() for part in self.robots_exempt.split(",") if part.strip(" ."))

    @property
    def connections(self) -> dict[str, tuple[str, int]]:
        """``connect_to`` as the fetcher takes it: host suffix -> (address, port)."""
        return parse_connect_to(self.connect_to)


def parse_connect_to(value: str) -> dict[str, tuple[str, int]]:
    """
    Read ``.example=127.0.0.1:8080,.test=127.0.0.1:8081``.

    Raises:
        ValueError: An item has another form.
    """
    connections = {}
    for item in filter(None, (part.strip() for part in value.split(","))):
        suffix, equals, target = item.partition("=")
        address, colon, port = target.rpartition(":")
        if not (equals and colon and port.isdigit()):
            raise ValueError(f"{item!r} is not SUFFIX=ADDRESS:PORT")
        connections[suffix] = (address, int(port))
    return connections
