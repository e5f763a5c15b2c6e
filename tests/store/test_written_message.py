"""What Git keeps of the file of a message: our reading against the commit that Git made of it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from gitdesk.store.git import Repo
from gitdesk.store.written_message import reduced

RECORDING = '#!/bin/sh\ncp "$1" "$OUT/file"\nprintf %s "${GIT_EDITOR-none}" > "$OUT/editor"\n'
SCISSORS = "# ------------------------ >8 ------------------------"
WRITTEN = "subject  \n\n\n# a remark\nbody \n\n   \n; other\n\nApproved-by: Ana\n# end\n"


class Repository:
    """A repository whose commit-msg hook keeps what it was given."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.kept = folder / "repo", folder / "kept"
        self.kept.mkdir()
        self.environ = {
            **os.environ,
            "OUT": str(self.kept),
            "TEXT": str(folder / "text"),
            "GIT_EDITOR": "touch",
        }
        self.git("init", "-q", str(self.folder), cwd=folder)
        hook = self.folder / ".git" / "hooks" / "commit-msg"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(RECORDING)
        hook.chmod(0o755)
        (self.folder / "file").write_text("one\n")
        self.git("add", "file")

    def git(self, *words: str, cwd: Path | None = None) -> str:
        done = subprocess.run(
            ["git", *words], cwd=cwd or self.folder, env=self.environ, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode("utf-8", "replace")

    def edited(self, text: str, *words: str, before: bool = False) -> None:
        """Commits with an editor that writes a text, over what Git has prepared or before it."""
        Path(self.environ["TEXT"]).write_text(text)
        script = self.folder.parent / "editor"
        rest = 'cat "$1"' if before else ":"
        script.write_text(f'#!/bin/sh\nnew=$(cat "$TEXT"; {rest}; echo .)\nprintf %s "${{new%.}}" > "$1"\n')
        script.chmod(0o755)
        self.environ["GIT_EDITOR"] = str(script)
        self.git("commit", "-q", *words)

    def ours(self) -> str:
        environ = {**self.environ, "GIT_EDITOR": (self.kept / "editor").read_text()}
        with Repo.discover(str(self.folder), environ) as repo:
            return reduced(repo, environ, (self.kept / "file").read_bytes())

    def gits(self) -> str:
        raw = subprocess.run(
            ["git", "cat-file", "commit", "HEAD"], cwd=self.folder, capture_output=True, check=True
        )
        return raw.stdout.partition(b"\n\n")[2].decode("utf-8", "replace")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


@pytest.mark.parametrize("mode", ["", "strip", "whitespace", "verbatim", "scissors", "default"])
@pytest.mark.parametrize("way", ["-m", "-F", "editor", "editor before", "verbose", "template", "amend"])
def test_the_message_is_what_git_makes_of_it(repository: Repository, mode: str, way: str) -> None:
    if mode:
        repository.git("config", "commit.cleanup", mode)
    text = WRITTEN
    if way == "-m":
        repository.git("commit", "-qm", text)
    elif way == "-F":
        file = repository.folder.parent / "message"
        file.write_text(text)
        repository.git("commit", "-q", "-F", str(file))
    elif way == "template":
        template = repository.folder.parent / "template"
        template.write_text("# which ticket?\n")
        repository.git("config", "commit.template", str(template))
        repository.edited(text, before=True)
    elif way == "verbose":
        repository.git("config", "commit.verbose", "true")
        repository.edited(text, before=True)
    elif way == "amend":
        repository.git("commit", "-qm", "first", "--no-verify")
        repository.edited(text, "--amend", before=True)
    else:
        repository.edited(text, before=way == "editor before")
    assert repository.ours() == repository.gits()


@pytest.mark.parametrize("verbose", ["2", "0", "false"])
def test_verbosity_is_a_number_too(repository: Repository, verbose: str) -> None:
    repository.git("config", "commit.verbose", verbose)
    repository.edited("subject\n\nbody\n", before=True)
    assert repository.ours() == repository.gits() == "subject\n\nbody\n"


def test_verbose_on_the_command_line_is_known_by_its_scissors(repository: Repository) -> None:
    repository.edited("subject\n\nbody\n", "-v", before=True)
    assert "diff --git" in (repository.kept / "file").read_text()
    assert repository.ours() == repository.gits() == "subject\n\nbody\n"


@pytest.mark.parametrize("verbose", ["true", "false"])
def test_scissors_in_a_message_that_nobody_edits_cut_only_when_git_is_verbose(
    repository: Repository, verbose: str
) -> None:
    repository.git("config", "commit.verbose", verbose)
    repository.git("commit", "-qm", f"subject\n\n{SCISSORS}\nbelow\n")
    assert repository.ours() == repository.gits()
    assert ("below" in repository.ours()) == (verbose == "false")


@pytest.mark.parametrize(
    "keys", [("core.commentString", "core.commentChar"), ("core.commentChar", "core.commentString")]
)
def test_of_both_keys_for_the_sign_of_comments_the_one_counts_that_does_for_this_git(
    repository: Repository, keys: tuple[str, str]
) -> None:
    for key in keys:
        repository.git("config", key, "//" if key.endswith("String") else ";")
    repository.edited("subject\n\n# no comment\n; perhaps\n// perhaps\n", before=True)
    assert repository.ours() == repository.gits()


@pytest.mark.parametrize("sign", [";", "%", "auto"])
def test_comments_begin_with_the_sign_that_git_goes_by(repository: Repository, sign: str) -> None:
    repository.git("config", "core.commentChar", sign)
    repository.edited("subject\n\n# no comment\n; perhaps\n", before=True)
    assert repository.ours() == repository.gits()


def test_a_chosen_sign_is_another_when_the_message_began_with_the_usual_one(repository: Repository) -> None:
    repository.git("config", "core.commentChar", "auto")
    repository.git("commit", "-qm", "subject\n\n# 1 is a heading\n", "--no-verify")
    repository.edited("again\n\n", "--amend", "-v", before=True)
    assert repository.ours() == repository.gits()
    assert "# 1 is a heading" in repository.ours()


def test_a_message_in_another_encoding_is_read_in_it(repository: Repository) -> None:
    repository.git("config", "i18n.commitEncoding", "ISO-8859-2")
    file = repository.folder.parent / "message"
    file.write_bytes("subject\n\nApproved-by: Marko Babić\n".encode("iso-8859-2"))
    repository.git("commit", "-q", "-F", str(file))
    assert repository.ours() == "subject\n\nApproved-by: Marko Babić\n"


def test_an_encoding_nobody_knows_is_taken_for_the_usual_one(repository: Repository) -> None:
    repository.git("commit", "-qm", "naïve")
    repository.git("config", "i18n.commitEncoding", "nonsense")
    assert repository.ours() == "naïve\n"


def test_trailers_that_git_adds_itself_are_there(repository: Repository) -> None:
    repository.git("commit", "-qm", "subject", "--trailer", "Approved-by: Ana", "--signoff")
    assert repository.ours() == repository.gits()
    assert "Approved-by: Ana" in repository.ours()


def test_an_empty_message_leaves_nothing(repository: Repository) -> None:
    repository.git("commit", "-q", "--allow-empty-message", "-m", "")
    assert repository.ours() == ""
