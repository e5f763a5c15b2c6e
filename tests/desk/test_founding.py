"""Making a desk: where it goes, what it never overwrites, and that a failure leaves nothing behind."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gitdesk.desk import Desk
from gitdesk.desk.founding import Founded, found_desk
from gitdesk.errors import GitdeskError, Refused, SetupError, UsageError

from .conftest import NOW, silent


def make(path: Path, **given: str | None) -> Founded:
    words = {"prefix": None, "name": None, "branch": None, "template": None, **given}
    environ = {
        **os.environ,
        **{key: value for key, value in words.items() if key.isupper() and value is not None},
    }
    plain = {key: value for key, value in words.items() if key.islower()}
    return found_desk(str(path), environ, now=NOW, **plain)  # type: ignore[arg-type]


def test_a_desk_works_at_once(tmp_path: Path) -> None:
    made = make(tmp_path / "acme")
    assert (made.name, made.branch) == ("acme", "main")
    with Desk.open(str(tmp_path / "acme"), os.environ, silent) as desk:
        assert list(desk.check()) == []
        assert desk.me.addresses == ("iva@acme.example",)


def test_a_second_desk_is_refused(tmp_path: Path) -> None:
    make(tmp_path)
    with pytest.raises(Refused, match="there is a desk"):
        make(tmp_path)


def test_a_gitdesk_yaml_that_lies_there_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "gitdesk.yaml").write_text("mine")
    with pytest.raises(GitdeskError):
        make(tmp_path)
    assert (tmp_path / "gitdesk.yaml").read_text() == "mine"


def test_lines_of_an_existing_gitattributes_are_kept(tmp_path: Path, repo) -> None:  # type: ignore[no-untyped-def]
    code = repo("code")
    (code.path / ".gitattributes").write_text("*.png binary\n")
    code.git("add", "-A")
    code.git("commit", "-qm", "code")
    make(code.path)
    lines = (code.path / ".gitattributes").read_text().splitlines()
    assert lines[0] == "*.png binary"
    assert lines[1].startswith("tickets/**/*.md ")


def test_beside_code_the_work_tree_is_not_touched(repo) -> None:  # type: ignore[no-untyped-def]
    code = repo("code")
    (code.path / "main.c").write_text("int main;")
    code.git("add", "-A")
    code.git("commit", "-qm", "code")
    made = make(code.path, branch="desk")
    assert made.branch == "desk"
    assert sorted(path.name for path in code.path.iterdir()) == [".git", "main.c"]


@pytest.mark.parametrize(
    ("prefix", "error"), [("x", GitdeskError), ("TOOLONGPREFIX", GitdeskError), ("1A", GitdeskError)]
)
def test_a_bad_prefix_leaves_nothing_behind(tmp_path: Path, prefix: str, error: type[GitdeskError]) -> None:
    with pytest.raises(error):
        make(tmp_path / "acme", prefix=prefix)
    assert not (tmp_path / "acme").exists()


def test_without_an_identity_nothing_is_left_behind(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="Git does not know"):
        make(tmp_path / "acme", GIT_CONFIG_GLOBAL="/dev/null")
    assert not (tmp_path / "acme").exists()


def test_a_desk_can_be_made_from_a_file_which_is_checked_first(tmp_path: Path) -> None:
    template = tmp_path / "mine.yaml"
    make(tmp_path / "one")
    template.write_text((tmp_path / "one" / "gitdesk.yaml").read_text().replace("prefix: GD", "prefix: HD"))
    make(tmp_path / "two", template=str(template))
    with Desk.open(str(tmp_path / "two"), os.environ, silent) as desk:
        assert desk.config.prefix == "HD"
    template.write_text("nonsense: true\n")
    with pytest.raises(GitdeskError):
        make(tmp_path / "three", template=str(template))
    with pytest.raises(UsageError):
        make(tmp_path / "four", template=str(tmp_path / "missing.yaml"))
    assert not (tmp_path / "four").exists()
