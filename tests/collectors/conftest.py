"""What the tests of telemetry share: the fake driver as a library, and trees of files in place of /proc and /sys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.collectors.fake_nvml.fake_nvml import NEWEST, FakeNvml, compiler

MakeNvml = Callable[..., FakeNvml]
Tree = Callable[[dict[str, str]], Path]


@pytest.fixture(scope="session")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the fake libraries are compiled to, once a session."""
    return tmp_path_factory.mktemp("nvml")


@pytest.fixture
def make_nvml(libraries: Path) -> Iterator[MakeNvml]:
    """Makes fake drivers and takes them down; skips where there is no compiler."""
    if compiler() is None:
        pytest.skip("no C compiler here: the fake NVML library cannot be built")
    made: list[FakeNvml] = []

    def make(gpus: int = 1, driver: int = NEWEST) -> FakeNvml:
        made.append(FakeNvml(libraries, gpus, driver))
        return made[-1]

    yield make
    for nvml in made:
        nvml.close()


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """Makes a file system's root from paths and contents; called again, it changes the same root."""

    def make(files: dict[str, str]) -> Path:
        for name, text in files.items():
            path = tmp_path / name.lstrip("/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path

    return make
