"""``tui.settings``: defaults without a file, one clear error for each mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.settings import Settings, SettingsError, default_path, from_mapping, load


def test_no_file_means_the_defaults(tmp_path: Path) -> None:
    assert load(tmp_path / "config.toml") == Settings()


def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('theme = "runwatch-light"\nsmoothing = 0\n[keys]\n"table.mark" = "m"\n')
    settings = load(path)
    assert (settings.theme, settings.smoothing, settings.keys) == ("runwatch-light", 0.0, {"table.mark": "m"})


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"colour": "red"}, "there is no setting 'colour'"),
        ({"fps": "fast"}, "fps takes a whole number, not 'fast'"),
        ({"fps": 0}, "fps is from 1 to 60, not 0"),
        ({"memory_mb": 1}, "memory_mb is from 16 to 1e+06, not 1"),
        ({"gpu": 1}, "gpu takes true or false, not 1"),
        ({"keys": {"a": 1}}, "keys takes a table of texts"),
    ],
)
def test_a_mistake_is_named(given: dict[str, object], says: str) -> None:
    with pytest.raises(SettingsError, match=r"^here: ") as caught:
        from_mapping(given, "here")
    assert says in str(caught.value)


def test_broken_toml_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("theme =")
    with pytest.raises(SettingsError, match="is not TOML") as caught:
        load(path)
    assert str(path) in str(caught.value)


def test_the_path_follows_xdg() -> None:
    assert default_path({"XDG_CONFIG_HOME": "/x"}) == Path("/x/runwatch/config.toml")
