"""Files for a moment: what is left of them, and what a full disk comes to."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from gitdesk.errors import SetupError
from gitdesk.store import passing

# No file may get a byte, which is how a full disk looks to whoever looks for a folder for temporary files.
FULL = ("sh", "-c", 'ulimit -f 0; exec "$@"', "sh", sys.executable, "-c")


def on_a_full_disk(code: str, folder: Path) -> str:
    done = subprocess.run([*FULL, code], cwd=folder, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize("call", ["passing.folder().__enter__()", "passing.file()"])
def test_a_full_disk_is_told_in_words(call: str, tmp_path: Path) -> None:
    code = (
        "from gitdesk.store import passing\nfrom gitdesk.errors import SetupError\n"
        f"try:\n    {call}\nexcept SetupError as error:\n    print(error.message, error.hint, sep='|')"
    )
    said = on_a_full_disk(code, tmp_path)
    assert said.startswith(
        "no temporary file can be made: no usable temporary directory found|make room on the disk"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_bug_on_a_full_disk_is_still_told_in_its_three_lines(tmp_path: Path) -> None:
    call = "crash.report(ValueError('x'), [], {'XDG_STATE_HOME': '/proc'})"
    code = f"from gitdesk.cli import crash\nprint(*{call}, sep='\\n')"
    said = on_a_full_disk(code, tmp_path).splitlines()
    assert said[0] == "error: this is a bug in gitdesk: ValueError: x"
    assert said[1] == "report: it could not be saved anywhere"


def test_a_folder_is_gone_afterwards_whatever_happened() -> None:
    folder = ""

    def use() -> None:
        nonlocal folder
        with passing.folder() as folder:
            Path(folder, "file").write_text("x")
            raise KeyError

    with pytest.raises(KeyError):
        use()
    assert folder
    assert not os.path.exists(folder)


def test_a_file_is_replaced_with_its_mode_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    file, left = tmp_path / "file", tmp_path / "file.gitdesk"
    file.write_text("old")
    file.chmod(0o640)
    left.write_text("of one that was killed")
    passing.replace(str(file), b"new")
    assert file.read_text() == "new"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_that_cannot_be_replaced_is_as_it_was_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    (folder / "inner").mkdir(parents=True)
    with pytest.raises(SetupError, match="cannot write"):
        passing.replace(str(folder), b"new")
    assert list(tmp_path.iterdir()) == [folder]
