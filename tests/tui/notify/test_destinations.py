"""``tui.notify.destinations``: nothing is sent unless it is set; one clear error for each mistake."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.tui.notify.messages import change
from tui.health.checked import AlertSettingsError
from tui.notify.destinations import Destinations


def test_nothing_is_sent_unless_it_is_set() -> None:
    silent = Destinations.from_mapping({})
    assert silent.sinks({}) == []
    assert (silent.bell, silent.terminal) == (False, "off")


def test_what_is_set_is_sent_to() -> None:
    given = {"command": ["notify-send", "x"], "webhook": "https://hooks.slack.com/services/T0/secret"}
    names = [sink.name for sink in Destinations.from_mapping(given).sinks({})]
    assert names == ["command notify-send", "webhook hooks.slack.com"]


def test_an_address_may_come_from_the_environment() -> None:
    wanted = Destinations.from_mapping({"webhook_variable": "HOOK"})
    assert [sink.name for sink in wanted.sinks({"HOOK": "http://relay/x"})] == ["webhook relay"]
    for environ in ({}, {"HOOK": "file:///etc/passwd"}):
        with pytest.raises(
            AlertSettingsError, match="webhook_variable names HOOK, which holds no http or https address"
        ):
            wanted.sinks(environ)


def test_only_what_is_loud_enough_is_sent() -> None:
    wanted = Destinations.from_mapping({"level": "ERROR", "cleared": False})
    assert not wanted.wants(change(level="WARN"))
    assert wanted.wants(change(level="ERROR"))
    assert not wanted.wants(change("cleared", level="ERROR"))
    assert Destinations().wants(change("cleared"))
    assert not Destinations().wants(replace(change("cleared"), ended=True))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"webhok": "x"}, "there is no setting 'webhok'; there are bell, cleared"),
        ({"command": "notify-send x"}, "command takes a list of texts, not 'notify-send x'"),
        ({"webhook": "file:///etc/passwd"}, "webhook takes an http or https address"),
        ({"webhook": "http://a", "webhook_variable": "B"}, "webhook and webhook_variable are both set"),
        ({"level": "LOUD"}, "level knows INFO, WARN, ERROR, not 'LOUD'"),
        ({"terminal": True}, "terminal takes a text, not True"),
        ({"timeout": 0}, "timeout is from 0.1 to 300, not 0"),
        ({"retries": 1.5}, "retries takes a whole number, not 1.5"),
        ({"headers": {"a": 1}}, "headers takes a table of texts"),
    ],
)
def test_a_mistake_is_named(given: dict[str, object], says: str) -> None:
    with pytest.raises(AlertSettingsError, match=r"^config\.toml: \[notify\]: ") as caught:
        Destinations.from_mapping(given, "config.toml: [notify]")
    assert says in str(caught.value)
