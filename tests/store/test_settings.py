"""Reading Git's plain configuration in process: whatever is read, Git reads the same."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitdesk.store.merge_setup import SETTINGS
from gitdesk.store.settings import parse_file, parse_list

LETTERS = st.sampled_from('ab "\\#;=n\t\r\f%$|{}[]\u2028')
VALUES = st.text(LETTERS, max_size=12)


def as_git_reads(folder: Path, data: bytes) -> dict[str, str] | None:
    """Returns what Git makes of a configuration file, None for one that it refuses."""
    file = folder / "config"
    file.write_bytes(data)
    words = ["git", "config", "--file", str(file), "-z", "--list"]
    done = subprocess.run(words, capture_output=True, check=False)
    return parse_list(done.stdout) if done.returncode == 0 else None


@settings(max_examples=150)
@given(st.lists(VALUES, max_size=4))
def test_what_is_read_here_is_what_git_reads(
    tmp_path_factory: pytest.TempPathFactory, values: list[str]
) -> None:
    lines = [f"\tkey{number} = {value}" for number, value in enumerate(values)]
    data = "\n".join(["[core]", "\tbare = false", '[a "B c"]', *lines, ""]).encode()
    mine = parse_file(data)
    assert mine is None or mine == as_git_reads(tmp_path_factory.mktemp("config"), data)


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("plain words", "plain words"),
        ('"a # b"', "a # b"),
        ('"a" ; a remark', "a"),
        ('one "two  three" four', "one two  three four"),
        (r'"say \"so\"\n"', 'say "so"\n'),
        ("", ""),
    ],
)
def test_quotes_remarks_and_escapes_are_read(value: str, meant: str, tmp_path: Path) -> None:
    data = f"[a]\n\tkey = {value}\n".encode()
    assert parse_file(data) == {"a.key": meant} == as_git_reads(tmp_path, data)


@pytest.mark.parametrize("value", ['"open', "a \\", '"a\\q"', "a\tb ;"])
def test_what_only_git_should_read_is_left_to_it(value: str) -> None:
    assert parse_file(f"[a]\n\tkey = {value}\n".encode()) is None


def test_a_clone_with_our_own_settings_needs_no_git_to_be_read(tmp_path: Path) -> None:
    """The merge driver is written with quotes: every command would ask Git where it is, for that alone."""
    file = tmp_path / "config"
    for key, value in SETTINGS.items():
        subprocess.run(["git", "config", "--file", str(file), key, value], check=True)
    assert parse_file(file.read_bytes()) == SETTINGS
