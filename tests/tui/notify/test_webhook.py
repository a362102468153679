"""``tui.notify.webhook`` against a real HTTP server on loopback."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.tui.notify.messages import HOSTILE, change, message
from tui.notify.sink import DeliveryError
from tui.notify.webhook import Webhook


class Server(ThreadingHTTPServer):
    """Answers with ``statuses`` one after the other, then 200, and keeps what it was sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.statuses: list[int] = []
        self.headers: dict[str, str] = {}
        self.got: list[tuple[str, dict[str, str], Any]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/services/T0/secret"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, dict(self.headers), json.loads(content)))
        self.send_response(self.server.statuses.pop(0) if self.server.statuses else 200)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self) -> None:
        self.server.got.append((self.path, {}, None))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Keep quiet."""


@contextmanager
def serving() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as made:
        yield made


def test_a_message_arrives_as_slack_and_scripts_expect_it(server: Server) -> None:
    Webhook(server.address, {"X-Team": "ml"}).send(message())
    (path, headers, content) = server.got[0]
    assert path == "/services/T0/secret"
    assert headers["Content-Type"] == "application/json; charset=utf-8"
    assert headers["X-Team"] == "ml"
    assert content["text"] == message().line
    assert content["alert"]["rule"] == "stall"
    assert content["alert"]["seconds"] == 72.0
    assert content["more"] == 0


def test_a_name_neither_mentions_a_channel_nor_forges_a_link(server: Server) -> None:
    Webhook(server.address).send(message("<!channel> <https://evil|here> & co"))
    text = server.got[0][2]["text"]
    assert "&lt;!channel&gt; &lt;https://evil|here&gt; &amp; co" in text
    assert "<" not in text


def test_hostile_text_is_plain_when_it_arrives(server: Server) -> None:
    Webhook(server.address).send(message(HOSTILE, change(title=HOSTILE, evidence=HOSTILE)))
    content = server.got[0][2]
    assert content["text"].isprintable()
    assert all(value.isprintable() for value in content["alert"].values() if isinstance(value, str))


@pytest.mark.parametrize(("status", "passing"), [(404, False), (403, False), (429, True), (500, True), (503, True)])
def test_a_refusal_names_the_host_and_no_more(server: Server, status: int, passing: bool) -> None:
    server.statuses = [status]
    with pytest.raises(DeliveryError) as caught:
        Webhook(server.address).send(message())
    assert str(caught.value) == f"webhook 127.0.0.1: answered {status}"
    assert caught.value.passing is passing


def test_the_other_side_may_ask_for_a_pause_but_not_for_ever(server: Server) -> None:
    for asked, waited in (("7", 7.0), ("86400", 60.0), ("Fri, 31 Dec 1999 23:59:59 GMT", None)):
        server.statuses, server.headers = [429], {"Retry-After": asked}
        with pytest.raises(DeliveryError) as caught:
            Webhook(server.address).send(message())
        assert caught.value.after == waited


def test_an_address_that_takes_no_fields_of_ours_gets_the_text_alone(server: Server) -> None:
    server.statuses = [400]
    hook = Webhook(server.address)
    hook.send(message())
    hook.send(message())
    assert [sorted(content) for _, _, content in server.got] == [["alert", "more", "text"], ["text"], ["text"]]


def test_what_is_refused_either_way_is_refused(server: Server) -> None:
    server.statuses = [400, 400]
    with pytest.raises(DeliveryError, match="answered 400"):
        Webhook(server.address).send(message())


def test_a_redirect_is_not_followed(server: Server) -> None:
    server.statuses, server.headers = [302], {"Location": server.address + "/elsewhere"}
    with pytest.raises(DeliveryError, match="answered 302"):
        Webhook(server.address).send(message())
    assert len(server.got) == 1


def test_nobody_there_may_pass() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(DeliveryError, match=r"webhook 127\.0\.0\.1: Connection refused$") as caught:
        Webhook(f"http://127.0.0.1:{port}/secret").send(message())
    assert caught.value.passing
    assert "secret" not in str(caught.value)


def test_one_that_never_answers_is_given_up() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        hook = Webhook(f"http://127.0.0.1:{listener.getsockname()[1]}/", timeout=0.2)
        with pytest.raises(DeliveryError, match="timed out") as caught:
            hook.send(message())
    assert caught.value.passing


def test_one_that_speaks_no_http_is_told() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        thread = threading.Thread(target=_babble, args=(listener,))
        thread.start()
        with pytest.raises(DeliveryError, match=r"webhook 127\.0\.0\.1: ") as caught:
            Webhook(f"http://127.0.0.1:{listener.getsockname()[1]}/", timeout=5).send(message())
        thread.join()
    assert str(caught.value).isprintable()


def _babble(listener: socket.socket) -> None:
    client, _ = listener.accept()
    with client:
        client.recv(1 << 16)
        client.sendall(b"\x1b]0;owned\x07\r\n\r\n")


def test_a_header_that_cannot_be_sent_is_told(server: Server) -> None:
    with pytest.raises(DeliveryError, match="the address or a header cannot be used"):
        Webhook(server.address, {"X-Odd": "a\r\nb"}).send(message())
