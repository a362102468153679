import subprocess
import sys
from collections.abc import Callable
from types import SimpleNamespace

import click
import pytest
from click.testing import CliRunner, Result

from logstore.errors import RunNotFoundError
from tui import cli

Invoke = Callable[..., Result]


@pytest.fixture
def invoke() -> Invoke:
    return lambda *arguments: CliRunner().invoke(cli.tui, arguments, prog_name="tui")


@pytest.fixture
def raising(monkeypatch: pytest.MonkeyPatch, invoke: Invoke) -> Callable[[BaseException], Result]:
    """Runs a command that raises what it is given."""

    def run(error: BaseException) -> Result:
        @click.command()
        def boom() -> None:
            raise error

        monkeypatch.setitem(cli.COMMANDS, "boom", cli.Lazy("a_module_that_booms:boom", "Raise."))
        monkeypatch.setitem(sys.modules, "a_module_that_booms", SimpleNamespace(boom=boom))
        return invoke("boom")

    return run


def test_help_names_every_command_and_its_summary(invoke: Invoke) -> None:
    result = invoke("--help")
    assert result.exit_code == 0
    for name, lazy in cli.COMMANDS.items():
        assert f"  {name} " in result.output
        assert lazy.summary.split()[0] in result.output


def test_no_command_is_a_request_for_help(invoke: Invoke) -> None:
    assert invoke().output == invoke("--help").output == invoke("-h").output


def test_help_imports_no_screen_no_array_and_no_chart() -> None:
    script = (
        "import sys; from tui.cli import tui\n"
        "try: tui(['--help'], prog_name='tui')\n"
        "except SystemExit as ended: assert ended.code == 0\n"
        "heavy = {'textual', 'numpy', 'plotext', 'psutil', 'watchfiles', 'pynvml', 'logstore.model.runs'}\n"
        "print('heavy:', sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.endswith("heavy: []\n")


def test_version_is_the_installed_one(invoke: Invoke) -> None:
    assert invoke("--version").output == f"runwatch {cli.version()}\n"
    assert cli.version()[0].isdigit()


def test_python_m_tui_is_the_same_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tui", "--version"], capture_output=True, text=True, timeout=30, check=True
    )
    assert done.stdout == f"runwatch {cli.version()}\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--bogus"], "tui: No such option '--bogus'. Try 'tui --help'.\n"),
        (["wach"], "tui: no command 'wach'; did you mean watch?\n"),
        (["status", "x"], f"tui: no command 'status'; there are {', '.join(cli.COMMANDS)}\n"),
        (["ls", "--zzz"], "tui ls: No such option '--zzz'. Try 'tui ls --help'.\n"),
    ],
)
def test_a_command_line_that_is_not_understood_is_one_line_and_two(
    invoke: Invoke, arguments: list[str], message: str
) -> None:
    result = invoke(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith(message)
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (RunNotFoundError("no run 'otter' in runs"), "tui: no run 'otter' in runs\n"),
        (PermissionError(13, "Permission denied", "/x/run.json"), "tui: /x/run.json: Permission denied\n"),
        (OSError("the disk went away"), "tui: the disk went away\n"),
        (RunNotFoundError("no run '\x1b[2Jx\n'"), "tui: no run '␛[2Jx␊'\n"),
        (click.ClickException("not today"), "tui: not today\n"),
    ],
)
def test_what_the_world_refuses_is_one_line_and_one(
    raising: Callable[[BaseException], Result], error: BaseException, message: str
) -> None:
    result = raising(error)
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", message)


def test_to_be_stopped_by_the_keyboard_is_no_error_to_tell(raising: Callable[[BaseException], Result]) -> None:
    result = raising(KeyboardInterrupt())
    assert (result.exit_code, result.output) == (130, "")


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_a_stream_that_is_closed_is_written_to_in_vain(closed: str) -> None:
    done = subprocess.run(
        f"{sys.executable} -m tui --version {closed}", shell=True, capture_output=True, timeout=30, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_full_disk_is_named_without_its_number() -> None:
    done = subprocess.run(
        f"{sys.executable} -m tui --help >/dev/full", shell=True, capture_output=True, timeout=30, check=False
    )
    assert (done.returncode, done.stderr) == (1, b"tui: No space left on device\n")


def test_a_mistake_of_the_program_is_not_hidden(raising: Callable[[BaseException], Result]) -> None:
    assert isinstance(raising(ZeroDivisionError("ours")).exception, ZeroDivisionError)


def test_a_pipe_that_closes_is_no_error_to_tell() -> None:
    script = f"{sys.executable} -m tui --help | true"
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, timeout=30, check=False)
    assert done.stderr == ""


def test_a_terminal_without_unicode_gets_a_question_mark_and_no_traceback() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from tui.cli import main; import sys; sys.argv[1:] = ['\\u2026']; main()"],
        env={"PYTHONIOENCODING": "ascii", "PATH": ""},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("tui: no command '?'; there are ")
