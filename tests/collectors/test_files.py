from __future__ import annotations

from pathlib import Path

from collectors.files import names, read_int, read_line, read_pairs, read_text, read_word
from tests.collectors.conftest import Tree


def test_what_cannot_be_read_is_absent(tmp_path: Path) -> None:
    missing = tmp_path / "none"
    assert read_text(missing) is None
    assert read_word(missing) is None
    assert read_line(missing) is None
    assert read_int(missing) is None
    assert read_pairs(missing) == {}
    assert names(missing) == []
    assert read_text(tmp_path) is None


def test_numbers_words_and_lines(tree: Tree) -> None:
    root = tree({"limit": "max\n", "count": " 42 kB\n", "odd": "a1\n", "empty": "", "line": " two words \nnext\n"})
    assert read_int(root / "limit") is None
    assert read_word(root / "limit") == "max"
    assert read_int(root / "count") == 42
    assert read_int(root / "odd") is None
    assert read_int(root / "empty") is None
    assert read_line(root / "line") == "two words"
    assert read_line(root / "empty") is None


def test_pairs_with_and_without_colon(tree: Tree) -> None:
    root = tree({"pairs": "MemTotal:  100 kB\noom_kill 3\nname text\n\nalone\n"})
    assert read_pairs(root / "pairs") == {"MemTotal": 100, "oom_kill": 3}


def test_bytes_that_are_no_text_are_replaced(tmp_path: Path) -> None:
    (tmp_path / "raw").write_bytes(b"ab\xffc")
    assert read_text(tmp_path / "raw") == "ab�c"
