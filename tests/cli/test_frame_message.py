"""Message text: from options, files, standard input and the editor; checked, and never lost."""

from __future__ import annotations

import io
import stat
import sys
from pathlib import Path

import pytest
from conversation import at_terminal, environ, piped

from gitdesk.cli.editor import Draft, editor_command
from gitdesk.cli.editor import drafts as kept
from gitdesk.cli.message import LIMIT, clean
from gitdesk.cli.options import with_input
from gitdesk.errors import Refused, SetupError, UsageError


def editor(folder: Path, script: str) -> str:
    path = folder / "my editor"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return f"'{path}'"


def drafts(home: Path) -> list[Path]:
    return sorted((home / "state" / "gitdesk" / "drafts").glob("*"))


def test_paragraphs_files_and_standard_input_give_the_same_text(tmp_path: Path) -> None:
    (tmp_path / "text.md").write_bytes("\ufeff\r\nHello\r\n\r\nAna  \r\n".encode())
    wanted = repr("Hello\n\nAna") + "\n"
    assert piped(tmp_path, "say", "-m", "Hello", "-m", "Ana").stdout == wanted
    assert piped(tmp_path, "say", "-F", str(tmp_path / "text.md")).stdout == wanted
    assert piped(tmp_path, "say", "-F", "-", given="Hello\n\nAna\n").stdout == wanted
    assert piped(tmp_path, "say", given="Hello\n\nAna\n").stdout == wanted


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"ok\nna\xefve", "t.md:2:3: the text is not UTF-8"),
        (b"a\n\nb\0c", "t.md:3:2: the text has a NUL character"),
        (b"x" * (LIMIT + 1), f"t.md: the text has more than {LIMIT:,} bytes"),
    ],
)
def test_what_is_no_text_is_refused_with_its_place(data: bytes, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        clean(data, "t.md")
    assert str(caught.value) == message


def test_indentation_and_inner_blank_lines_stay() -> None:
    assert clean(b"\n  \n    code\n\n\n  more \n\n", "x") == "    code\n\n\n  more"


def test_bytes_that_are_no_utf_8_in_an_argument_are_refused(tmp_path: Path) -> None:
    import subprocess
    import sys

    from conversation import FAKE

    done = subprocess.run(
        [sys.executable, str(FAKE), "say", "-m", b"\xff"],
        env=environ(tmp_path),
        capture_output=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (2, b"error: -m:1:1: the text is not UTF-8\n")


def test_an_empty_text_a_missing_file_and_two_texts_are_refused(tmp_path: Path) -> None:
    done = piped(tmp_path, "say", given=" \n\n")
    assert (done.returncode, done.stderr.splitlines()[0]) == (
        1,
        "error: the text is empty; nothing was changed",
    )
    done = piped(tmp_path, "say", "-F", "nowhere.md")
    assert done.stderr == "error: nowhere.md: cannot read the text: no such file or directory\n"
    done = piped(tmp_path, "say", "-F", str(tmp_path))
    assert done.stderr == f"error: {tmp_path}: cannot read the text: is a directory\n"
    done = piped(tmp_path, "say", "-m", "a", "-F", "-")
    assert (done.returncode, done.stderr) == (2, "error: -m and -F are two texts; give one\n")


def test_the_editor_gives_the_text_and_the_draft_is_removed(tmp_path: Path) -> None:
    command = editor(tmp_path, 'printf "# Ana\\n" | cat - "$1" > "$1.new" && mv "$1.new" "$1"')
    code, sent = at_terminal(tmp_path, "say", GIT_EDITOR=command)
    assert (code, sent) == (0, repr("# Ana\nHello,") + "\n")
    assert drafts(tmp_path) == []


def test_a_refusal_after_the_editor_keeps_the_text_and_says_where(tmp_path: Path) -> None:
    code, sent = at_terminal(
        tmp_path, "--color", "never", "say", "--refuse", EDITOR=editor(tmp_path, 'echo typed > "$1"')
    )
    (draft,) = drafts(tmp_path)
    assert code == 1
    assert sent == f"error: not allowed\nhint: ask somebody; your text is kept in {draft}\n"
    assert draft.read_text() == "typed\n"
    assert draft.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("end", "code", "message"),
    [
        ("exit 3", 1, "the editor ended with status 3; nothing was changed"),
        ("kill -INT $$", 130, "the editor was interrupted; nothing was changed"),
    ],
)
def test_an_editor_that_fails_keeps_the_text(tmp_path: Path, end: str, code: int, message: str) -> None:
    found, sent = at_terminal(
        tmp_path, "--color", "never", "say", EDITOR=editor(tmp_path, f'echo typed > "$1"; {end}')
    )
    (draft,) = drafts(tmp_path)
    assert found == code
    assert sent == f"error: {message}\nhint: your text is kept in {draft}\n"


def test_an_editor_left_without_a_word_changes_nothing_and_leaves_nothing(tmp_path: Path) -> None:
    code, sent = at_terminal(tmp_path, "say", EDITOR=editor(tmp_path, ': > "$1"'))
    assert code == 1
    assert "the text is empty" in sent
    assert drafts(tmp_path) == []
    assert at_terminal(tmp_path, "say", EDITOR="false")[0] == 1
    assert drafts(tmp_path) == []


def test_a_missing_editor_is_told(tmp_path: Path) -> None:
    code, sent = at_terminal(tmp_path, "--color", "never", "say", EDITOR="no-such-editor")
    assert code == 6
    assert sent.startswith('error: the editor "no-such-editor" is not installed\nhint: set EDITOR')
    assert drafts(tmp_path) == []


def test_the_editor_is_the_persons_choice_and_never_the_repositorys(tmp_path: Path) -> None:
    import subprocess

    base = environ(tmp_path)
    subprocess.run(["git", "init", "-q", str(tmp_path / "repo")], env=base, check=True)
    subprocess.run(
        ["git", "-C", str(tmp_path / "repo"), "config", "core.editor", "evil"], env=base, check=True
    )
    (tmp_path / "config").write_text("[core]\n\teditor = sh -x\n")
    inside = {**base, "GIT_DIR": str(tmp_path / "repo" / ".git")}
    assert editor_command({**inside, "EDITOR": "cat"}) == ["cat"]
    assert editor_command({**inside, "EDITOR": "cat", "VISUAL": "ls"}) == ["ls"]
    chosen = {**inside, "VISUAL": "ls", "GIT_CONFIG_GLOBAL": str(tmp_path / "config")}
    assert editor_command(chosen) == ["sh", "-x"]
    assert editor_command({**chosen, "GIT_EDITOR": "cat"}) == ["cat"]
    with pytest.raises(SetupError):
        editor_command({**inside, "EDITOR": "no-such-editor"})


def test_a_draft_is_never_written_over_that_of_an_earlier_process_with_the_same_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.getpid", lambda: 7)
    command = editor(tmp_path, 'echo "$$" > "$1"; exit 3')
    given = environ(tmp_path, EDITOR=command)
    said = []
    for _ in range(3):
        with pytest.raises(Refused) as raised, Draft("reply GD-1", given) as draft:
            draft.edit("")
        said.append(raised.value.hint)
    assert said == [f"your text is kept in {path}" for path in sorted(drafts(tmp_path), key=len_then_name)]
    assert len({path.read_text() for path in drafts(tmp_path)}) == 3
    assert len(kept("reply GD-1", given)) == 3


def len_then_name(path: Path) -> tuple[int, str]:
    return len(path.name), path.name


def test_a_call_without_a_draft_of_its_own_removes_nobody_elses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.getpid", lambda: 7)
    given = environ(tmp_path, EDITOR=editor(tmp_path, 'echo typed > "$1"; exit 3'))
    with pytest.raises(Refused), Draft("reply GD-1", given) as draft:
        draft.edit("")
    with Draft("reply GD-1", given):
        pass
    assert len(drafts(tmp_path)) == 1


def test_ids_without_end_on_standard_input_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Endless(io.TextIOBase):
        asked = 0

        def readline(self, most: int | None = -1, /) -> str:
            Endless.asked += 1
            assert most is not None
            assert most >= 0  # a line without end must not be read whole
            return "GD-7K3QX4M2\n" if Endless.asked % 2 else " " * most

    monkeypatch.setattr(sys, "stdin", Endless())
    monkeypatch.setattr("gitdesk.cli.options._MOST_INPUT", 1000)
    with pytest.raises(UsageError, match="standard input has more than 1,000 characters"):
        with_input(["-"])
    assert Endless.asked < 10
