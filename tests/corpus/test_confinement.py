"""What the program never does: unpickle, evaluate, start a shell, listen; and the modes of what it makes."""

from __future__ import annotations

import ast
import os
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
SOURCES = [path for room in ("logstore", "collectors", "tui") for path in sorted((ROOT / room).rglob("*.py"))]

CODE_FROM_DATA = {
    "pickle",
    "cPickle",
    "_pickle",
    "marshal",
    "shelve",
    "dill",
    "cloudpickle",
    "joblib",
    "code",
    "codeop",
}
SERVERS = {
    "http.server",
    "socketserver",
    "xmlrpc.server",
    "wsgiref",
    "aiohttp",
    "flask",
    "fastapi",
    "uvicorn",
    "tornado",
}
EVALUATES = {"eval", "exec", "compile", "__import__"}
SHELLS = {"os.system", "os.popen", "os.execl", "os.execlp", "subprocess.getoutput", "subprocess.getstatusoutput"}
SHELLS |= {"asyncio.create_subprocess_shell", "yaml.load", "yaml.unsafe_load", "yaml.full_load"}
LISTENS = {"bind", "listen", "create_server", "start_server", "start_unix_server", "serve_forever"}


def dotted(node: ast.expr) -> str:
    """``os.path.join`` as text; empty for what is no plain name."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def offences(tree: ast.AST) -> Iterator[str]:
    """Everything in a module that could run data, start a shell or listen."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names]
            yield from (f"import {name}" for name in names if name in CODE_FROM_DATA | SERVERS)
        if isinstance(node, ast.Call):
            name = dotted(node.func)
            method = name.rpartition(".")[2]
            if name in EVALUATES | SHELLS or (method in LISTENS and "." in name):
                yield f"{name}()"
            flags = {each.arg: each.value for each in node.keywords}
            for flag in ("shell", "allow_pickle"):
                value = flags.get(flag)
                if value is not None and not (isinstance(value, ast.Constant) and value.value is False):
                    yield f"{name}({flag}=…)"


def test_nothing_runs_data_or_listens() -> None:
    found = {path: list(offences(ast.parse(path.read_text("utf-8")))) for path in SOURCES}
    assert len(found) > 200
    assert {path: told for path, told in found.items() if told} == {}


def test_the_judge_sees_what_it_looks_for() -> None:
    bad = (
        "import pickle, os\nos.system('x')\neval('1')\nsubprocess.run('x', shell=True)\nnp.load(f, allow_pickle=True)\n"
    )
    bad += "s.bind(('', 1))\nasyncio.start_server(f)\nfrom http.server import HTTPServer\n"
    assert len(list(offences(ast.parse(bad)))) == 8


def listening(pid: int) -> set[str]:
    """Sockets of a process and its children that wait for somebody, by their inodes in /proc/net."""
    waiting = set()
    for name in ("tcp", "tcp6", "udp", "udp6", "raw"):
        table = Path(f"/proc/{pid}/net/{name}")
        rows = table.read_text().splitlines()[1:] if table.exists() else []
        waiting |= {row.split()[9] for row in rows if row.split()[3] in {"0A", "07"}}
    children = Path(f"/proc/{pid}/task/{pid}/children")
    pids = [pid, *map(int, children.read_text().split())] if children.exists() else [pid]
    links = [str(fd.readlink()) for each in pids for fd in Path(f"/proc/{each}/fd").iterdir() if fd.is_symlink()]
    return {link for link in links if link.removeprefix("socket:[").removesuffix("]") in waiting}


def test_a_guard_that_stands_listens_to_nobody(tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    guard = subprocess.Popen(
        [sys.executable, "-m", "tui", "guard", str(tmp_path / "runs")],
        cwd=ROOT,
        env={**os.environ, "HOME": str(tmp_path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        assert guard.stderr is not None
        assert b"guarding" in guard.stderr.readline()
        time.sleep(0.3)
        assert listening(guard.pid) == set()
    finally:
        guard.kill()
        guard.communicate()


@pytest.mark.parametrize(("mask", "file", "directory"), [(0o077, 0o600, 0o700), (0o022, 0o644, 0o755)])
def test_files_have_the_modes_that_the_umask_leaves(tmp_path: Path, mask: int, file: int, directory: int) -> None:
    code = """
import logstore, os, sys
run = logstore.init(project="p", id="r", system=0.2, git=False)
print("to the console")
run.log({"a": 1})
run.summary["b"] = 1
run.alert("x")
import time; time.sleep(0.8)
"""
    environ = {**os.environ, "LOGSTORE_DIR": str(tmp_path / "runs"), "LOGSTORE_SILENT": "1", "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", code], check=True, umask=mask, env=environ, cwd=tmp_path, timeout=50)
    made = [path for path in (tmp_path / "runs").rglob("*") if not path.name.startswith(".")]
    names = {path.name for path in made if path.is_file()}
    assert {"run.json", "config.json", "summary.json", "metrics.jsonl", "events.jsonl", "console.log"} <= names
    assert any(name.startswith("system.") for name in names)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in made}
    assert {name: oct(mode) for name, mode in modes.items() if mode not in {file, directory}} == {}
