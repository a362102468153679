"""stdout and stderr in ``console.log``: nothing changes for the program, and a line is there when it ends."""

from __future__ import annotations

import contextlib
import io
import logging
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logstore.writing.appender import Appender
from logstore.writing.capture.console import Console
from logstore.writing.folder import Folder
from logstore.writing.notices import Notices
from tests.logstore.written import Writing


class Program:
    """stdout and stderr as a program finds them, and consoles that copy them."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.out, self.err = io.StringIO(), io.StringIO()
        self._patch = patch

    def start(self, path: Path) -> Console:
        # Not before the test itself runs: pytest changes the streams between set-up and call.
        self._patch.setattr(sys, "stdout", self.out)
        self._patch.setattr(sys, "stderr", self.err)
        return start(path)


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> Program:
    return Program(monkeypatch)


def start(path: Path) -> Console:
    return Console(Appender(Folder(path), "console.log", Notices()))


def log(path: Path) -> str:
    return (path / "console.log").read_text()


def test_lines_are_copied_in_order(program: Program, tmp_path: Path) -> None:
    console = program.start(tmp_path)
    print("one")
    print("two", file=sys.stderr)
    sys.stdout.writelines(["three\n", "four\n"])
    assert log(tmp_path) == "one\ntwo\nthree\nfour\n"
    console.stop()
    print("five")
    assert log(tmp_path) == "one\ntwo\nthree\nfour\n"
    assert program.out.getvalue() == "one\nthree\nfour\nfive\n"
    assert program.err.getvalue() == "two\n"


def test_the_streams_stay_what_they_were(program: Program, tmp_path: Path) -> None:
    write = program.out.write
    console = program.start(tmp_path)
    assert sys.stdout is program.out
    assert sys.stdout.write("abc") == 3
    console.stop()
    assert sys.stdout.write == write
    assert log(tmp_path) == "abc\n"


def test_whoever_holds_the_stream_is_heard(program: Program, tmp_path: Path) -> None:
    handler = logging.StreamHandler(program.err)
    console = program.start(tmp_path)
    handler.handle(logging.LogRecord("x", logging.INFO, "", 0, "from a logger", None, None))
    console.stop()
    assert log(tmp_path) == "from a logger\n"


def test_a_line_is_written_when_it_ends(program: Program, tmp_path: Path) -> None:
    console = program.start(tmp_path)
    print("loss", end="")
    print(" = ", end="", flush=True)
    assert log(tmp_path) == ""
    print(3)
    assert log(tmp_path) == "loss = 3\n"
    console.stop()


def test_a_progress_bar_leaves_its_last_state(program: Program, tmp_path: Path) -> None:
    console = program.start(tmp_path)
    for percent in range(101):
        print(f"\r{percent}%", end="", file=sys.stderr)
    print(file=sys.stderr)
    print("dos\r\nline\r\n", end="")
    console.stop()
    assert log(tmp_path) == "100%\ndos\nline\n"
    assert program.err.getvalue().count("\r") == 101


def test_a_long_progress_bar_shows_now_and_then(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    console = program.start(tmp_path)
    for percent in range(31):
        print(f"\r{percent}%", end="")
        now += 1
    console.stop()
    assert log(tmp_path) == "11%\n22%\n30%\n"


def test_standing_aside_for_a_stream_that_was_wrapped_again(program: Program, tmp_path: Path) -> None:
    console = program.start(tmp_path)
    ours = sys.stdout.write

    def shouting(text: str) -> int:
        return ours(text.upper())

    sys.stdout.write = shouting  # type: ignore[method-assign]
    console.stop()
    print("kept")
    assert program.out.getvalue() == "KEPT\n"
    assert log(tmp_path) == ""


def test_two_consoles_leave_in_any_order(program: Program, tmp_path: Path) -> None:
    first, second = program.start(tmp_path / "a"), program.start(tmp_path / "b")
    print("both")
    first.stop()
    print("second")
    second.stop()
    print("none")
    assert (log(tmp_path / "a"), log(tmp_path / "b")) == ("both\n", "both\nsecond\n")
    assert program.out.getvalue() == "both\nsecond\nnone\n"


class Sealed:
    """A stream that lets nothing be set, as those of some embedding programs."""

    __slots__ = ("text",)

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        self.text += text
        return len(text)

    def flush(self) -> None:
        return None


def test_a_stream_that_cannot_be_wrapped_is_left_alone(tmp_path: Path) -> None:
    sealed = Sealed()
    with contextlib.redirect_stdout(sealed), contextlib.redirect_stderr(None):
        console = start(tmp_path)
        print("seen by nobody else")
        console.stop()
    assert sealed.text == "seen by nobody else\n"
    assert log(tmp_path) == ""


def test_an_error_of_the_stream_is_the_programs(program: Program, tmp_path: Path) -> None:
    console = program.start(tmp_path)
    with pytest.raises(TypeError):
        sys.stdout.write(3)  # type: ignore[arg-type]
    program.out.close()
    with pytest.raises(ValueError, match="closed"):
        print("x")
    console.stop()


def test_threads_print_whole_lines(program: Program, tmp_path: Path) -> None:
    console = program.start(tmp_path)

    def work(number: int) -> None:
        for i in range(200):
            sys.stdout.write(f"{number}:{i}\n")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    console.stop()
    assert sorted(log(tmp_path).split()) == sorted(f"{number}:{i}" for number in range(4) for i in range(200))


@given(pieces=st.lists(st.text(alphabet="ab\n", max_size=5), max_size=20))
def test_any_pieces_make_the_same_lines(pieces: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("console")
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        console = start(path)
        for piece in pieces:
            sys.stdout.write(piece)
        console.stop()
    whole = "".join(pieces)
    assert log(path) == (whole if whole.endswith("\n") or not whole else whole + "\n")


def test_text_of_any_kind_is_written_as_utf8(program: Program, tmp_path: Path) -> None:
    console = program.start(tmp_path)
    print("grün \udc80 \x1b[31mred")
    console.stop()
    assert (tmp_path / "console.log").read_bytes() == "grün \\udc80 \x1b[31mred\n".encode()


def test_the_output_of_a_run_is_in_its_directory(writing: Writing) -> None:
    done = writing.run("""
run = logstore.init(**{**QUIET, "console": True}, project="p", id="r")
print("working")
os.write(1, b"not seen\\n")
if os.fork() == 0:
    print("child")
    sys.stdout.flush()
    os._exit(0)
os.wait()
raise ValueError("at last")
""")
    text = (writing.root / "p" / "r" / "console.log").read_text()
    assert text.startswith("working\nchild\nTraceback (most recent call last):\n")
    assert text.endswith("ValueError: at last\n")
    assert done.stderr.endswith("ValueError: at last\n")
    assert "working" in done.stdout


def test_the_last_words_before_a_signal_are_kept(writing: Writing) -> None:
    done = writing.run("""
logstore.init(**{**QUIET, "console": True}, project="p", id="r")
print("no newline", end="", flush=True)
os.kill(os.getpid(), signal.SIGTERM)
""")
    assert done.returncode == -15
    assert (writing.root / "p" / "r" / "console.log").read_text() == "no newline\n"
