from importlib import metadata

import pytest

from tui.checks.versions import LIBRARIES, check

VERSIONS = dict.fromkeys(LIBRARIES, "1.0") | {"textual": "8.2.8", "plotext": "6.1.0", "runwatch": "0.1.0"}


def findings(**changed: str | None) -> dict[str, tuple[str, str]]:
    versions: dict[str, str | None] = {**VERSIONS, **changed}

    def version_of(name: str) -> str:
        version = versions.get(name)
        if version is None:
            raise metadata.PackageNotFoundError(name)
        return version

    return {each.name: (each.status, each.what) for each in check(version_of)}


def test_what_is_installed_here_is_what_is_needed() -> None:
    assert {each.status for each in check()} == {"ok"}


def test_a_missing_library_fails() -> None:
    assert findings(orjson=None)["orjson"] == ("fail", "not installed")


@pytest.mark.parametrize(("name", "version"), [("textual", "9.0.0"), ("textual", "7.5"), ("plotext", "5.3.2")])
def test_another_major_version_fails(name: str, version: str) -> None:
    assert findings(**{name: version})[name] == ("fail", version)


def test_a_checkout_that_is_not_installed_is_said() -> None:
    status, what = findings(runwatch=None)["runwatch"]
    assert status == "ok"
    assert what.startswith("not installed")
