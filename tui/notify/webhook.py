"""A web address that gets each message as JSON: ``{"text": …, "alert": {…}}``, as Slack's incoming webhooks take it.

``text`` is escaped as Slack asks (``&``, ``<`` and ``>``; https://api.slack.com/reference/surfaces/formatting), so that
a run's name can neither mention a channel nor forge a link. The address is a secret: no error names more than its host.
"""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import IO
from urllib.parse import urlsplit

from tui.notify.message import Message
from tui.notify.sink import DeliveryError
from tui.show.text import clean

LONGEST_WAIT = 60.0
"""Seconds that the other side may make us wait before the next try."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """An address that moved must be set anew: following would send the alert to somebody who was not configured."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> None:
        """Follow nothing."""


class Webhook:
    """Posts to ``address``."""

    def __init__(self, address: str, headers: Mapping[str, str] | None = None, timeout: float = 10.0) -> None:
        self._address = address
        self._plain = False
        self._headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "runwatch", **(headers or {})}
        self._timeout = timeout
        self._opener = urllib.request.build_opener(_NoRedirect())

    @property
    def name(self) -> str:
        """The host, since the rest of the address is a secret."""
        return f"webhook {clean(urlsplit(self._address).hostname or '?')}"

    def send(self, message: Message) -> None:
        """Post one message; to an address that does not take our fields, its text alone from then on.

        Raises:
            DeliveryError: the answer was no success; ``passing`` where another try may help.
        """
        code, after = self._post(body(message, plain=self._plain))
        if code == http.HTTPStatus.BAD_REQUEST and not self._plain:
            code, after = self._post(body(message, plain=True))
            self._plain = code < http.HTTPStatus.MULTIPLE_CHOICES
        if code >= http.HTTPStatus.MULTIPLE_CHOICES:
            passing = code == http.HTTPStatus.TOO_MANY_REQUESTS or code >= http.HTTPStatus.INTERNAL_SERVER_ERROR
            raise DeliveryError(f"{self.name}: answered {code}", passing=passing, after=after)

    def _post(self, content: bytes) -> tuple[int, float | None]:
        """The status of the answer, and after how many seconds it wants to be asked again."""
        try:
            request = urllib.request.Request(self._address, content, self._headers, method="POST")  # noqa: S310 - checked in Destinations
            with self._opener.open(request, timeout=self._timeout) as answer:
                return int(answer.status), None
        except urllib.error.HTTPError as error:
            with error:
                return error.code, _seconds(error.headers.get("Retry-After"))
        except (OSError, http.client.HTTPException) as error:
            raise DeliveryError(f"{self.name}: {_reason(error)}", passing=True) from None
        except ValueError:
            raise DeliveryError(f"{self.name}: the address or a header cannot be used") from None


def body(message: Message, *, plain: bool = False) -> bytes:
    """The JSON of a message; ``plain`` is the text alone."""
    alert = {key: value for key, value in message.fields.items() if value is not None}
    fields = {} if plain else {"alert": alert, "more": message.more}
    return json.dumps({"text": _escaped(message.line), **fields}).encode()


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _reason(error: OSError | http.client.HTTPException) -> str:
    """Why there was no answer, in words and without numbers of errors."""
    cause = getattr(error, "reason", None) or error
    return clean(getattr(cause, "strerror", None) or str(cause) or type(error).__name__)


def _seconds(text: str | None) -> float | None:
    """``Retry-After`` in seconds, at most ``LONGEST_WAIT``; a date is not understood."""
    return min(float(text), LONGEST_WAIT) if text is not None and text.isascii() and text.isdigit() else None
