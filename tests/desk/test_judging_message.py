"""commit-msg: what a message claims, and what a change by hand needs a reason for, judged as a branch is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from .conftest import Place
from .hooked import Done, Hooked

ANA = "Ana Horvat <ana@acme.example>"
IVA = "Iva Kralj <iva@acme.example>"
NEEDS_REASON = 'W002 error the way from "spam" to "open" needs a reason'


@pytest.fixture
def desk(place: Place) -> Hooked:
    """Returns a desk with hooks, two agents, and a ticket that is spam; what is committed by hand comes later."""
    place.new(status="spam")
    hooked = Hooked.of(place)
    config = hooked.path / "gitdesk.yaml"
    hooked.edit(
        config,
        "\n  agents:\n",
        f"\n  agents:\n    - {{id: ana, name: Ana Horvat, addresses: [{ANA[12:-1]}]}}\n",
    )
    later = {f"GIT_{who}_DATE": "2026-11-22T09:01:00Z" for who in ("AUTHOR", "COMMITTER")}
    hooked.environ |= later
    return hooked


def ticket(desk: Hooked) -> Path:
    return next((desk.path / "tickets").rglob("*.md"))


def change(desk: Hooked, old: str = "status: spam", new: str = "status: open") -> None:
    file = ticket(desk)
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))
    desk.git("add", "-A")


def commit(desk: Hooked, *paragraphs: str) -> Done:
    return desk.run("git", "commit", "-q", *(word for text in paragraphs for word in ("-m", text)))


def test_what_needs_a_reason_waits_for_the_message_and_is_refused_without_one(desk: Hooked) -> None:
    change(desk)
    done = commit(desk, "it was no spam")
    assert done.returncode == 1
    assert NEEDS_REASON in done.stderr
    assert "git commit -e -F .git/COMMIT_EDITMSG" in done.stderr
    assert commit(desk, "it was no spam", "The customer called.").returncode == 0


def once_more(desk: Hooked, done: Done, cwd: Path | None = None) -> Done:
    """Does in a shell what a refusal says, with an editor that adds a reason."""
    editor = desk.path.parent / "editor"
    editor.write_text('#!/bin/sh\nprintf "\\nThe customer called.\\n" >> "$1"\n')
    editor.chmod(0o755)
    call = done.stderr.partition("is kept: ")[2].partition(" goes on")[0]
    return desk.run("bash", "-c", call, cwd=cwd, environ={**desk.environ, "GIT_EDITOR": str(editor)})


def test_the_way_on_is_the_one_from_where_one_stands(desk: Hooked) -> None:
    change(desk)
    folder = ticket(desk).parent
    done = desk.run("git", "commit", "-qm", "it was no spam", cwd=folder)
    assert "git commit -e -F ../../.git/COMMIT_EDITMSG goes on with it" in done.stderr
    done = once_more(desk, done, cwd=folder)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            (f"--author={ANA}",),
            "git commit '--author=Ana Horvat <ana@acme.example>' -e",
        ),
        (("--date=2026-11-21T10:00:00+01:00",), "git commit --date=2026-11-21T10:00:00+01:00 -e"),
    ],
)
def test_who_wrote_it_and_when_is_told_along(desk: Hooked, words: tuple[str, ...], told: str) -> None:
    change(desk)
    done = desk.run("git", "commit", "-q", *words, "-m", "it was no spam")
    assert done.returncode == 1
    assert told in done.stderr
    assert once_more(desk, done).returncode == 0
    author = desk.git("log", "-1", "--format=%an %at")
    date = "1795338060" if "--author" in words[0] else "1795251600"
    assert author == f"{'Ana Horvat' if '--author' in words[0] else 'Iva Kralj'} {date}"


def test_paths_that_no_terminal_is_to_get_can_be_typed(desk: Hooked) -> None:
    change(desk)
    with open(os.fsencode(desk.path) + b"/\x1b'\xff.txt", "wb") as file:
        file.write(b"x")
    desk.git("add", "-A")
    done = desk.run("git", "commit", "-qm", "it was no spam", "--", ".")
    assert done.returncode == 1
    assert "\\033\\047\\377.txt'" in done.stderr
    assert once_more(desk, done).returncode == 0
    assert desk.git("status", "--porcelain") == ""


def test_it_is_told_in_the_words_in_which_a_branch_is_told(desk: Hooked) -> None:
    change(desk)
    said = commit(desk, "it was no spam").stderr
    desk.git("commit", "-qm", "it was no spam")
    judged = desk.gitdesk("check", "HEAD~1..HEAD").stdout
    for line in (NEEDS_REASON, "hint: --reason TEXT, or the text below the subject of a commit by hand"):
        assert line in said
        assert line in judged


@pytest.mark.parametrize(
    ("last", "said"),
    [
        (f"Approved-by: {ANA}", ""),
        (f"Approved-by: {IVA}", "nobody approves their own change"),
        ("approved-by: Somebody <who@acme.example>", "nobody on the desk is called so"),
        (f"Reviewed-by: x\nApproved-by:\n {IVA}", "nobody approves their own change"),
        ("On-behalf-of: Nobody", "nobody on the desk is called so"),
        (f"On-behalf-of: {ANA}", ""),
        ("Gitdesk-Automation: sweep", "iva is no robot of the desk"),
        (f"Approved-by: {IVA}\nand this makes it text", ""),
        ("Gitdesk-Via: web", ""),
    ],
)
def test_a_claim_has_to_be_true(desk: Hooked, last: str, said: str) -> None:
    change(desk, "priority: normal", "priority: high")
    config = desk.path / "gitdesk.yaml"  # two who may configure, so that nobody is alone
    desk.edit(config, f"[{ANA[12:-1]}]}}", f"[{ANA[12:-1]}], roles: [lead]}}")
    change(desk, "priority: high", "priority: low")
    done = commit(desk, "by hand", "A reason.", last)
    assert done.returncode == bool(said), done.stderr
    assert said in done.stderr
    assert ("A005 error the trailer" in done.stderr) == bool(said)
    if not said:
        assert desk.git("log", "-1", "--format=%B").strip().endswith(last)


def test_who_may_not_act_for_others_cannot_claim_to(desk: Hooked) -> None:
    desk.environ |= {"GIT_AUTHOR_NAME": "Ana Horvat", "GIT_AUTHOR_EMAIL": "ana@acme.example"}
    change(desk, "priority: normal", "priority: high")
    done = commit(desk, "by hand", f"On-behalf-of: {IVA}")
    assert "P004 error ana may not act for iva" in done.stderr
    assert commit(desk, "by hand").returncode == 0


def test_a_correction_needs_a_reason(desk: Hooked) -> None:
    change(desk, "created: 2026-11-22T09:00:00Z", "created: 2026-11-22T08:00:00Z")
    done = commit(desk, "it came earlier")
    assert "A002 error created is rewritten" in done.stderr
    assert "a correction needs a reason" in done.stderr
    assert commit(desk, "it came earlier", "Typed in from a letter.").returncode == 0


def test_what_was_told_before_the_message_is_not_told_again(desk: Hooked) -> None:
    desk.environ |= {"GIT_AUTHOR_EMAIL": "stranger@acme.example", "GIT_AUTHOR_NAME": "A Stranger"}
    change(desk, "priority: normal", "priority: high")
    done = commit(desk, "by hand")
    assert done.returncode == 0
    assert done.stderr.count("P002") == 1


def test_a_warning_lets_the_commit_through(desk: Hooked) -> None:
    config = desk.path / "gitdesk.yaml"
    text = config.read_text()
    config.write_text(text[: text.index("\nrules:\n")] + "\nrules:\n  checks: {W002: warn}\n")
    desk.git("commit", "-qam", "milder")
    change(desk)
    done = commit(desk, "it was no spam")
    assert done.returncode == 0, done.stderr
    assert "W002 warn" in done.stderr
    assert "the message is kept" not in done.stderr


def test_the_message_stays_as_it_is(desk: Hooked) -> None:
    change(desk)
    commit(desk, "it was no spam")
    kept = desk.path / ".git" / "COMMIT_EDITMSG"
    assert kept.read_text() == "it was no spam\n"
    change(desk, "priority: normal", "priority: high")
    assert commit(desk, "it was no spam", "Really.", f"Approved-by: {ANA}").returncode == 0
    assert desk.git("log", "-1", "--format=%B") == f"it was no spam\n\nReally.\n\nApproved-by: {ANA}"


def test_comments_are_no_reason_and_no_claim(desk: Hooked) -> None:
    change(desk)
    script = desk.path.parent / "editor"
    script.write_text(
        '#!/bin/sh\n{ printf "it was no spam\\n\\n# Because.\\n"; cat "$1"; } > x && mv x "$1"\n'
    )
    script.chmod(0o755)
    done = desk.run("git", "commit", "-v", environ={**desk.environ, "GIT_EDITOR": str(script)})
    assert done.returncode == 1
    assert NEEDS_REASON in done.stderr


def test_nothing_is_judged_when_no_file_of_the_desk_is_staged(desk: Hooked) -> None:
    (desk.path / "notes.txt").write_text("x\n")
    desk.git("add", "notes.txt")
    assert commit(desk, "by hand", "Approved-by: Nobody").returncode == 0
    assert desk.calls() == []


def test_a_message_that_is_left_empty_is_gits_business(desk: Hooked) -> None:
    change(desk)
    script = desk.path.parent / "editor"
    script.write_text('#!/bin/sh\nprintf "# nothing\\n" > "$1"\n')
    script.chmod(0o755)
    done = desk.run("git", "commit", environ={**desk.environ, "GIT_EDITOR": str(script)})
    assert "empty commit message" in done.stderr
    assert "W002" not in done.stderr


def test_commands_of_gitdesk_do_not_run_it(desk: Hooked) -> None:
    name = ticket(desk).stem
    done = desk.gitdesk("reopen", name, "--reason", "It was no spam.")
    assert done.returncode == 0, done.stderr
    assert desk.calls() == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), 'gitdesk hook commit-msg "$1"'),
        (("no-such-file",), "no-such-file: cannot be read: no such file or directory"),
    ],
)
def test_a_call_without_the_message_says_how_it_is_called(
    desk: Hooked, words: tuple[str, ...], said: str
) -> None:
    done = desk.gitdesk("hook", "commit-msg", *words)
    assert done.returncode == 2
    assert said in done.stderr


def again(done: Done) -> list[str]:
    """Returns the call that the hint tells."""
    import shlex

    return shlex.split(done.stderr.partition("is kept: ")[2].partition(" goes on")[0])


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (("-a",), "git commit -a -e -F .git/COMMIT_EDITMSG"),
        (("--", "TICKET"), "git commit -e -F .git/COMMIT_EDITMSG -- TICKET"),
        (("-i", "TICKET"), "git commit -i -e -F .git/COMMIT_EDITMSG -- TICKET"),
        ((), "git commit -e -F .git/COMMIT_EDITMSG"),
    ],
)
def test_the_way_on_commits_what_the_refused_call_would_have(
    desk: Hooked, call: tuple[str, ...], told: str
) -> None:
    (desk.path / "other.txt").write_text("one")
    desk.git("add", "-A")
    desk.git("commit", "-qm", "more")
    desk.environ |= {f"GIT_{who}_DATE": "2026-11-22T09:02:00Z" for who in ("AUTHOR", "COMMITTER")}
    change(desk)
    if call:
        desk.git("reset", "-q")
    if call[:1] in (("--",), ("-i",)):
        (desk.path / "other.txt").write_text("two")
    name = str(ticket(desk).relative_to(desk.path))
    done = desk.run(
        "git", "commit", "-qm", "it was no spam", *(word.replace("TICKET", name) for word in call)
    )
    assert NEEDS_REASON in done.stderr
    assert f"is kept: {told.replace('TICKET', name)} goes on" in done.stderr
    editor = desk.path.parent / "editor"
    editor.write_text('#!/bin/sh\nprintf "\\nThe customer called.\\n" >> "$1"\n')
    editor.chmod(0o755)
    done = desk.run(*again(done), environ={**desk.environ, "GIT_EDITOR": str(editor)})
    assert done.returncode == 0, done.stderr
    assert desk.git("diff", "--name-only", "HEAD~1", "HEAD") == name


def test_the_way_on_of_an_amended_commit_amends(desk: Hooked) -> None:
    change(desk, "title:", "title: My")
    desk.git("commit", "-qm", "more")
    change(desk)
    environ = {key: value for key, value in desk.environ.items() if key != "GIT_AUTHOR_DATE"}
    environ["GIT_COMMITTER_DATE"] = "2026-11-22T09:02:00Z"
    done = desk.run("git", "commit", "-q", "--amend", "-am", "it was no spam", environ=environ)
    assert again(done)[:3] == ["git", "commit", "--amend"], done.stderr
