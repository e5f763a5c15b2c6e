"""Names that look like options: branches, ids, remotes, files and revisions that begin with a dash."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitdesk.desk import pushes
from gitdesk.errors import GitdeskError

from .attacking import PATH, Desk, attack, said, silent, stamp, text

ODD = (
    "--output=sprung",
    "-osprung",
    "-x",
    "--upload-pack=touch sprung",
    "--exec=touch sprung",
    "--help",
    "--git-dir=x",
)


@pytest.fixture
def clean(desk: Desk) -> Desk:
    yield desk
    assert not list(desk.path.glob("*sprung*"))


@attack("`--output=…` as BASE or HEAD of a range, or in the variables of a CI server")
@pytest.mark.parametrize("name", ODD[:4])
def test_a_revision_is_no_option(clean: Desk, name: str) -> None:
    for words in ([f"{name}..main"], [f"main...{name}"], ["--", name]):
        done = clean.gitdesk("check", *words)
        assert done.returncode in (2, 6), (words, done.stdout, done.stderr)
        assert "commit judged" not in done.stderr


@attack("`--output=…` as a time or a commit of `--at`, `--as-of`, `--since`")
@pytest.mark.parametrize("name", ODD[:2])
def test_a_moment_is_no_option(clean: Desk, name: str) -> None:
    for words in (["list", "--at", name], ["show", "7k3", "--at", name], ["sla", "report", "--as-of", name]):
        done = clean.gitdesk(*words)
        assert done.returncode in (1, 2, 4), (words, done.stderr)
        assert done.stderr.startswith("error: "), done.stderr


@attack("`-x` or `--output=…` as the id of a ticket")
@pytest.mark.parametrize("name", ["--output=sprung", "-x", "../../etc/passwd", "*", "$(touch sprung)", "\n"])
def test_an_id_is_no_option_and_no_path(clean: Desk, name: str) -> None:
    for words in (["show", "--", name], ["reply", "-m", "x", "--", name]):
        done = clean.gitdesk(*words, GITDESK_NOW=stamp(clean.at + 60))
        assert done.returncode in (2, 3), (words, done.stderr)
        assert "Traceback" not in done.stderr
        assert PATH not in done.stdout


@attack("`--upload-pack=…` as the name of a remote, in the lines of a hook")
@pytest.mark.parametrize("remote", [*ODD, "*", "../..", "a/../../b", "\x1b[31m"])
def test_the_name_of_a_remote_is_no_option(clean: Desk, remote: str) -> None:
    new = clean.commit({PATH: text(said(clean.at), priority="normla")})
    line = f"refs/heads/main {new} refs/heads/main {'0' * 40}"
    verdicts = list(pushes.outgoing(str(clean.path), clean.environ, silent, remote, [line]))
    assert any(one.code == "F041" for verdict in verdicts for one in verdict.shown)


@attack("An option in place of an id in what Git tells a hook")
@pytest.mark.parametrize("word", [*ODD[:4], "main..main", ":/x"])
def test_a_line_of_a_push_is_no_command_line(clean: Desk, word: str) -> None:
    from datetime import UTC, datetime

    line = f"{clean.base} {word.replace(' ', '_')} refs/heads/main"
    with pytest.raises(GitdeskError):
        list(
            pushes.incoming(
                str(clean.path), clean.environ, silent, [line], now=datetime.fromtimestamp(clean.at, UTC)
            )
        )


@attack("`--output=…` as the name of a branch")
@pytest.mark.parametrize("name", ["--output=sprung", "-", "a..b", "@{-1}", "refs/heads/-x", "a\nb"])
def test_a_branch_is_no_option(clean: Desk, name: str) -> None:
    done = clean.gitdesk("new", "Hello", "-m", "x", GITDESK_BRANCH=name, GITDESK_NOW=stamp(clean.at + 60))
    assert done.returncode in (2, 6), (done.stdout, done.stderr)
    (clean.path / "x.jsonl").write_text("")
    assert clean.gitdesk("import", "jsonl", "x.jsonl", f"--branch={name}").returncode != 0


@attack("A branch that Git lets begin with a dash")
def test_a_branch_with_a_dash_is_only_data(own: Desk) -> None:
    (own.path / ".git" / "refs" / "heads" / "--output=sprung").write_text(own.base + "\n")
    own.git("symbolic-ref", "HEAD", "refs/heads/--output=sprung")
    for words in (
        ["list"],
        ["log"],
        ["check"],
        ["new", "Hello", "-m", "x"],
        ["doctor"],
        ["check", "main..HEAD"],
    ):
        done = own.gitdesk(*words, GITDESK_NOW=stamp(own.at + 60))
        assert "Traceback" not in done.stderr
        assert done.returncode in (0, 2, 6), (words, done.stderr)
    assert not list(own.path.glob("*sprung*"))


@attack("A file that is called like an option")
def test_a_file_is_no_option(own: Desk, tmp_path: Path) -> None:
    for name in ("--output=sprung", "-rf"):
        (own.path / name).write_text("x")
        done = own.gitdesk("attach", "7k3", "--", name, GITDESK_NOW=stamp(own.at + 60))
        assert done.returncode in (0, 2), done.stderr
    kept = own.git("ls-tree", "-r", "--name-only", "main", "tickets").splitlines()
    assert not [one for one in kept if one.rpartition("/")[2].startswith("-")], kept


@attack("A person who is called like an option: `user.name`, `--as`")
@pytest.mark.parametrize(
    "name", ["--output=sprung", "-S", "Eve\nApproved-by: Iva <iva@acme.example>", "Eve <a@b> x"]
)
def test_a_name_is_no_option_and_no_trailer(own: Desk, name: str) -> None:
    own.environ |= {"GIT_AUTHOR_NAME": name, "GIT_COMMITTER_NAME": name}
    done = own.gitdesk("set", "7k3", "priority=high", GITDESK_NOW=stamp(own.at + 60))
    assert done.returncode == 0, done.stderr
    assert own.git("log", "-1", "--format=%(trailers)", "main") == ""
    assert len(own.git("cat-file", "commit", "main").partition("\n\n")[0].splitlines()) == 4
    own.gitdesk("set", "7k3", "priority=low", "--as", name, GITDESK_NOW=stamp(own.at + 120))
    assert own.git("log", "-1", "--format=%(trailers:key=Approved-by)", "main") == ""
