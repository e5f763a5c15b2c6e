"""How a call ends when the person or the disk stops it early or late."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from conversation import ROOT, environ

EARLY = """
import runpy, sys
class Stop:
    def find_spec(self, name, path=None, target=None):
        if name == {stop!r}:
            raise KeyboardInterrupt
sys.meta_path.insert(0, Stop())
{start}
"""
SCRIPT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]["gitdesk"]
STARTS = {
    "python -m": "runpy.run_module('gitdesk', run_name='__main__', alter_sys=True)",
    "the script": "from {} import {} as main; sys.exit(main())".format(*SCRIPT.split(":")),
}


@pytest.mark.parametrize("stop", ["gitdesk.cli", "gitdesk.cli.main", "gitdesk.cli.table", "gitdesk.cli.run"])
@pytest.mark.parametrize("start", STARTS)
def test_ctrl_c_while_the_program_is_being_read_ends_it_quietly(
    tmp_path: Path, start: str, stop: str
) -> None:
    code = EARLY.format(stop=stop, start=STARTS[start])
    done = subprocess.run(
        [sys.executable, "-c", code, "list"],
        env=environ(tmp_path),
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full")
@pytest.mark.parametrize("stdout", [">/dev/full", ">&-"])
def test_a_change_whose_answer_cannot_be_written_is_said_to_be_made(tmp_path: Path, stdout: str) -> None:
    given = environ(tmp_path, GIT_AUTHOR_NAME="Iva", GIT_AUTHOR_EMAIL="iva@a.example", PY=sys.executable)
    given |= {"GIT_COMMITTER_NAME": "Iva", "GIT_COMMITTER_EMAIL": "iva@a.example"}

    def run(line: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["sh", "-c", line], env=given, capture_output=True, text=True, cwd=tmp_path)

    assert run("$PY -m gitdesk init d").returncode == 0
    done = run(f"$PY -m gitdesk -C d new -m '' first {stdout}")
    tip = run("git -C d rev-parse HEAD").stdout
    assert done.returncode == 6
    assert done.stderr.splitlines()[1] == (
        f"hint: the change was made all the same, as commit {tip[:10]}: do not repeat the call"
    )
    assert "the change was made" not in run(f"$PY -m gitdesk -C d list {stdout}").stderr
    assert "the change was made" not in run(f"$PY -m gitdesk -C d new -m '' x --dry-run {stdout}").stderr
