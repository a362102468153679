from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import pytest

from tui.checks.binding import NEW_ENOUGH, check, locate


def versions(**known: str) -> Callable[[str], str]:
    def version_of(name: str) -> str:
        version = known.get(name.replace("-", "_"))
        if version is None:
            raise metadata.PackageNotFoundError(name)
        return version

    return version_of


def test_the_binding_installed_here_is_the_right_one() -> None:
    assert [each.status for each in check()] == ["ok"]
    found = locate()
    assert found is not None
    assert found.name == "pynvml.py"


def test_none_at_all_fails() -> None:
    assert [(each.status, each.what) for each in check(lambda: None, versions())] == [("fail", "not installed")]


@pytest.mark.parametrize("shadow", ["pynvml/__init__.py", "pynvml.py"])
def test_an_old_binding_that_shadows_is_named_with_its_file(tmp_path: Path, shadow: str) -> None:
    file = tmp_path / shadow
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("def nvmlInit(): ...\n")
    (found,) = check(lambda: file, versions(nvidia_ml_py="13.0"))
    assert found.status == "fail"
    assert str(file) in found.what
    assert "pip uninstall" in (found.advice or "")


def test_a_package_directory_that_is_new_enough_is_fine(tmp_path: Path) -> None:
    (tmp_path / "__init__.py").touch()
    (tmp_path / "nvml.py").write_text(f"def {NEW_ENOUGH}(handle): ...\n")
    (found,) = check(lambda: tmp_path / "__init__.py", versions(nvidia_ml_py="13.0"))
    assert (found.status, found.what) == ("ok", "nvidia-ml-py 13.0")


def test_the_abandoned_package_beside_it_is_a_warning() -> None:
    found = check(locate, versions(nvidia_ml_py="13.0", pynvml="13.0.1"))
    assert [each.status for each in found] == ["ok", "warn"]
    assert "13.0.1" in found[1].what
