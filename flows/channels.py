"""Send messages to where a rule wants them: the one module that knows Apprise."""

import html
import logging
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from extractors.errors import ChannelError
from extractors.model import AlertRule, MessageText

_VARIABLE: Final = "env:"
#: Parts of an address that are shorter are no secrets, and would tear holes into words.
_SECRET_CHARS: Final = 5
_ERROR_CHARS: Final = 200
#: Both may name addresses; what Apprise says is told in its stead, without them.
_TALKERS: Final = ("apprise", "urllib3")


class Channel:
    """A service with its address, ready to take messages."""

    def __init__(self, rule: str, url: str, plugin: Any) -> None:  # noqa: ANN401 - Apprise has no types
        self.rule = rule
        #: Such as Slack, JSON, E-Mail.
        self.service = str(plugin.service_name)
        #: Most code points it takes; 0: it has no titles.
        self.title_limit = int(plugin.title_maxlen)
        self.body_limit = int(plugin.body_maxlen)
        self._plugin = plugin
        self._secrets = _secrets(url)

    def send(self, text: MessageText, *, message_id: str) -> None:
        """
        Have the service take *text*; returns when it has.

        Args:
            text: What is told.
            message_id: The same when it is sent again; plain webhooks get it as the header ``Idempotency-Key``.

        Raises:
            ChannelError: It did not take it; the message says what came back, without the address.
        """
        from apprise import Apprise, NotifyFormat

        is_plain = self._plugin.notify_format == NotifyFormat.TEXT
        title, body = text.title, text.plain if is_plain else text.html
        if not self.title_limit and not is_plain:
            # Apprise would put the title into the body without escaping it.
            title, body = "", f"<p><b>{html.escape(title)}</b></p>\n{body}"
        if isinstance(getattr(self._plugin, "headers", None), dict):
            self._plugin.headers["Idempotency-Key"] = message_id
        sender = Apprise(asset=self._plugin.asset)
        sender.add(self._plugin)
        with _overheard() as said:
            is_taken = sender.notify(
                title=title,
                body=body,
                # From HTML Apprise makes what the channel wants, Markdown with every mark of the text escaped.
                body_format=NotifyFormat.TEXT if is_plain else NotifyFormat.HTML,
                interpret_escapes=False,
            )
        if not is_taken:
            raise ChannelError(self._without_secrets(said) or f"{self.service} did not take it", rule=self.rule)

    def _without_secrets(self, said: list[str]) -> str:
        words = " ".join(" ".join(said).split())
        for secret in self._secrets:
            words = words.replace(secret, "***")
        return words[:_ERROR_CHARS]


def open_channel(rule: AlertRule, *, environment: Mapping[str, str]) -> Channel:
    """
    Return where *rule* sends; nothing is sent yet.

    Args:
        rule: Of the watchlist.
        environment: Variables by name; ``env:NAME`` is looked up here.

    Raises:
        ChannelError: The variable is not set, or no service has such an address.
    """
    name = rule.url.removeprefix(_VARIABLE)
    is_variable = rule.url.startswith(_VARIABLE)
    url = environment.get(name, "").strip() if is_variable else rule.url
    if not url:
        raise ChannelError(f"{name} is not set; put the address of its channel into that variable", rule=rule.name)
    plugin = _plugin(url)
    if plugin is None:
        where = f"what stands in {name}" if is_variable else rule.url
        raise ChannelError(f"{where} is no address that Apprise understands", rule=rule.name)
    return Channel(rule.name, url, plugin)


def _plugin(url: str) -> Any:  # noqa: ANN401
    """Return Apprise's service for *url*, None where it has none."""
    with warnings.catch_warnings(), _overheard():
        # Its mail service imports a module of the standard library that Python 3.13 drops; Apprise has its own then.
        warnings.simplefilter("ignore", DeprecationWarning)
        from apprise import Apprise, AppriseAsset, OverflowMode

        # Without its pictures, which every reader's client would fetch from somewhere else.
        asset = AppriseAsset(
            app_id="newsdesk", app_desc="news monitoring", app_url="", image_url_mask="", async_mode=False
        )
        plugin = Apprise.instantiate(url, asset=asset, suppress_exceptions=True)
    if plugin is not None and plugin.overflow_mode == OverflowMode.UPSTREAM:
        # What is too long for a service is refused by many; our texts are made to fit, this is the net below them.
        plugin.overflow_mode = OverflowMode.TRUNCATE
    return plugin


def _secrets(url: str) -> list[str]:
    """Return the parts of *url* that nobody may see, the longest first; a host that is a name or a number is none."""
    _, _, rest = url.partition("://")
    parts = {url, unquote(url), *re.split(r"[/:?&=@,;+]+", rest)}
    host = urlsplit(url).netloc.rpartition("@")[2].partition(":")[0]
    shown = {host} if "." in host or host == "localhost" else set()
    found = {form for part in parts - shown for form in (part, unquote(part))}
    return sorted((part for part in found if len(part) >= _SECRET_CHARS), key=len, reverse=True)


@contextmanager
def _overheard() -> Iterator[list[str]]:
    """Keep what Apprise and its HTTP client would log to ourselves; give Apprise's complaints."""
    said: list[str] = []
    ear = _Ear(said)
    loggers = [logging.getLogger(name) for name in _TALKERS]
    before = [logger.propagate for logger in loggers]
    for logger in loggers:
        logger.propagate = False
        logger.addHandler(ear)
    try:
        yield said
    finally:
        for logger, propagates in zip(loggers, before, strict=True):
            logger.removeHandler(ear)
            logger.propagate = propagates


class _Ear(logging.Handler):
    """Keeps warnings and worse."""

    def __init__(self, said: list[str]) -> None:
        super().__init__(level=logging.WARNING)
        self._said = said

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the words, not a traceback that may come with them."""
        self._said.append(record.getMessage())
