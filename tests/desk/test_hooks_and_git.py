"""What Git does with hooks of ours in a clone: each of its ways to make a commit, and what is judged in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from .conftest import Place
from .hooked import Done, Hooked

CLAIM = "Approved-by: Nobody <who@acme.example>"
BOTH = ["pre-commit", "commit-msg"]


@dataclass
class Clone(Hooked):
    """A desk with hooks, and the priority that is written by hand into its ticket: one there is not."""

    priority: str = "urgnet"


@pytest.fixture
def desk(place: Place) -> Clone:
    """Returns a desk with three hooks and a ticket, pushed to a server without any, and commits by hand a minute on."""
    hooked = Clone.of(place)
    hooked.ticket()
    hooked.git("branch", "-M", "main")
    hooked.git("init", "-q", "--bare", "-b", "main", str(hooked.server))
    hooked.git("remote", "add", "origin", str(hooked.server))
    hooked.git("push", "-q", "origin", "main")
    done = hooked.gitdesk("hooks", "install")
    assert done.returncode == 0, done.stderr
    later(hooked, 1)
    return hooked


def later(desk: Clone, minutes: int) -> None:
    """Sets the clock of commits by hand."""
    desk.environ |= {f"GIT_{who}_DATE": f"2026-11-22T09:0{minutes}:00Z" for who in ("AUTHOR", "COMMITTER")}


def ticket(folder: Path) -> Path:
    return next((folder / "tickets").rglob("*.md"))


def edit(desk: Clone, priority: str = "", folder: Path | None = None) -> Path:
    """Writes a priority into the ticket of a work tree."""
    file = ticket(folder or desk.path)
    lines = file.read_text().split("\n")
    at = next(index for index, line in enumerate(lines) if line.startswith("priority:"))
    lines[at] = f"priority: {priority or desk.priority}"
    file.write_text("\n".join(lines))
    return file


def side(desk: Clone) -> str:
    """Makes a branch with an edited ticket past the hooks and a commit on main beside it; returns the branch's tip."""
    desk.git("switch", "-qc", "side")
    edit(desk)
    desk.git("commit", "-qam", "on the side")
    tip = desk.git("rev-parse", "HEAD")
    desk.git("switch", "-q", "main")
    (desk.path / "notes.txt").write_text("x\n")
    desk.git("add", "notes.txt")
    later(desk, 2)
    desk.git("commit", "-qm", "notes")
    later(desk, 3)
    return tip


# What a person commits by hand


def staged(desk: Clone, *words: str) -> Done:
    edit(desk)
    desk.git("add", "-A")
    return desk.run("git", "commit", "-qm", "by hand", *words)


def amended(desk: Clone, *words: str) -> Done:
    edit(desk, "high")
    desk.git("commit", "-qam", "by hand")
    later(desk, 2)
    edit(desk)
    return desk.run("git", "commit", "-q", "--amend", *words)


def only_a_path(desk: Clone) -> Done:
    file = edit(desk)
    (desk.path / "notes.txt").write_text("x\n")
    desk.git("add", "notes.txt")
    return desk.run("git", "commit", "-qm", "by hand", "--", str(file))


def from_a_file(desk: Clone) -> Done:
    edit(desk)
    (desk.path.parent / "message").write_text("by hand\n")
    return desk.run("git", "commit", "-qa", "-F", "../message")


def from_a_folder(desk: Clone) -> Done:
    return desk.run("git", "commit", "-qam", "by hand", cwd=edit(desk).parent)


def with_variables(desk: Clone) -> Done:
    edit(desk)
    where = {"GIT_DIR": str(desk.path / ".git"), "GIT_WORK_TREE": str(desk.path)}
    return desk.run(
        "git", "commit", "-qam", "by hand", cwd=desk.path.parent, environ={**desk.environ, **where}
    )


def with_options(desk: Clone) -> Done:
    edit(desk)
    words = ("--git-dir", str(desk.path / ".git"), "--work-tree", str(desk.path))
    return desk.run("git", *words, "commit", "-qam", "by hand", cwd=desk.path.parent)


def in_another_desk_than_usual(desk: Clone) -> Done:
    other = desk.path.parent / "other desk"
    done = desk.gitdesk("init", str(other))
    assert done.returncode == 0, done.stderr
    desk.environ["GITDESK_DIR"] = str(other)
    return staged(desk)


def in_a_linked_work_tree(desk: Clone) -> Done:
    linked = desk.path.parent / "a 'linked' träe"
    desk.git("worktree", "add", "-q", "-b", "topic", str(linked))
    edit(desk, folder=linked)
    return desk.run("git", "commit", "-qam", "by hand", cwd=linked)


def in_a_submodule(desk: Clone) -> Done:
    whole = desk.path.parent / "whole"
    desk.git("init", "-q", str(whole))
    words = ("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(desk.path), "sub")
    desk.run("git", *words, cwd=whole)
    done = desk.gitdesk("hooks", "install", cwd=whole / "sub")
    assert done.returncode == 0, done.stderr
    edit(desk, folder=whole / "sub")
    return desk.run("git", "commit", "-qam", "by hand", cwd=whole / "sub")


def under_an_odd_path(desk: Clone) -> Done:
    odd = desk.path.parent / 'it\'s "my" Dësk $(x) ‮'
    desk.path.rename(odd)
    edit(desk, folder=odd)
    return desk.run("git", "commit", "-qam", "by hand", cwd=odd)


def through_a_hooks_path(desk: Clone, path: str) -> Done:
    hooks = desk.path / ".git" / "hooks"
    hooks.rename(desk.path / ".git" / "own hooks")
    desk.git("config", "core.hooksPath", path or str(desk.path / ".git" / "own hooks"))
    return staged(desk)


def beside_code(desk: Clone) -> Done:
    desk.git("branch", "-m", "desk")
    desk.git("switch", "-q", "--orphan", "code")
    (desk.path / "main.c").write_text("int main;\n")
    desk.git("add", "-A")
    desk.git("commit", "-qm", "code")
    desk.git("config", "gitdesk.branch", "desk")
    linked = desk.path.parent / "the desk"
    desk.git("worktree", "add", "-q", str(linked), "desk")
    edit(desk, folder=linked)
    return desk.run("git", "commit", "-qam", "by hand", cwd=linked)


def squashed(desk: Clone) -> Done:
    side(desk)
    desk.git("merge", "-q", "--squash", "side")
    return desk.run("git", "commit", "-qm", "squashed")


JUDGED: dict[str, Callable[[Clone], Done]] = {
    "commit": staged,
    "commit -a": lambda desk: (edit(desk), desk.run("git", "commit", "-qam", "by hand"))[1],
    "commit -- PATH": only_a_path,
    "commit -F FILE": from_a_file,
    "commit --amend -m": lambda desk: amended(desk, "-a", "-m", "by hand"),
    "commit --amend --no-edit": lambda desk: amended(desk, "-a", "--no-edit"),
    "from a folder": from_a_folder,
    "GIT_DIR and GIT_WORK_TREE": with_variables,
    "--git-dir and --work-tree": with_options,
    "GITDESK_DIR names another desk": in_another_desk_than_usual,
    "a linked work tree": in_a_linked_work_tree,
    "a submodule": in_a_submodule,
    "an odd path": under_an_odd_path,
    "core.hooksPath, absolute": lambda desk: through_a_hooks_path(desk, ""),
    "core.hooksPath, relative": lambda desk: through_a_hooks_path(desk, ".git/own hooks"),
    "a desk beside code": beside_code,
    "merge --squash, then commit": squashed,
}


@pytest.mark.parametrize("way", JUDGED)
def test_a_commit_by_hand_is_judged_before_it_is_made(desk: Clone, way: str) -> None:
    done = JUDGED[way](desk)
    assert done.returncode == 1, done.stderr
    assert "F041 error unknown priority" in done.stderr
    assert desk.calls() == ["pre-commit"]


@pytest.mark.parametrize("way", JUDGED)
def test_and_passes_when_nothing_is_wrong(desk: Clone, way: str) -> None:
    desk.priority = "low"
    done = JUDGED[way](desk)
    assert done.returncode == 0, done.stderr
    assert desk.calls() == BOTH


def claiming(desk: Clone, *words: str) -> Done:
    edit(desk, "high")
    return desk.run("git", "commit", "-q", *words)


CLAIMING: dict[str, tuple[str, ...]] = {
    "-am": ("-a", "-m", "by hand", "-m", CLAIM),
    "-- PATH": ("-m", "by hand", "-m", CLAIM, "--", "tickets"),
    "--trailer": ("-am", "by hand", "--trailer", CLAIM),
    "-F": ("-a", "-F", "../message"),
    "an editor": ("-a",),
    "an editor, -v": ("-a", "-v"),
    "an editor, --cleanup=scissors": ("-a", "--cleanup=scissors"),
    "a template": ("-a", "-t", "../message"),
    "--amend": ("-a", "--amend", "-m", "by hand", "-m", CLAIM),
}


@pytest.mark.parametrize("way", CLAIMING)
def test_a_false_claim_is_refused_however_the_message_comes(desk: Clone, way: str) -> None:
    text = f"by hand\n\n{CLAIM}\n"
    (desk.path.parent / "message").write_text(text)
    editor = desk.path.parent / "editor"
    first = "" if way == "a template" else f"printf '%s\\n' '{text}'; "
    editor.write_text(f'#!/bin/sh\n{{ {first}cat "$1"; echo; }} > ../edited && cat ../edited > "$1"\n')
    editor.chmod(0o755)
    if way == "a template":
        editor.write_text('#!/bin/sh\nsed -i "s/^by hand/by my hand/" "$1"\n')
    desk.environ["GIT_EDITOR"] = str(editor)
    done = claiming(desk, *CLAIMING[way])
    assert done.returncode == 1, done.stderr
    assert "A005 error the trailer" in done.stderr
    assert desk.calls() == BOTH


# What is put together from commits that are there


def merged(desk: Clone) -> Done:
    side(desk)
    return desk.run("git", "merge", "-q", "--no-edit", "side")


def forwarded(desk: Clone) -> Done:
    desk.git("switch", "-qc", "side")
    edit(desk)
    desk.git("commit", "-qam", "on the side")
    desk.git("switch", "-q", "main")
    return desk.run("git", "merge", "-q", "side")


def rebased(desk: Clone, *words: str) -> Done:
    side(desk)
    desk.git("switch", "-q", "side")
    done = desk.run("git", "rebase", "-q", *words, "main", environ={**desk.environ, "GIT_EDITOR": "true"})
    desk.git("branch", "-f", "main", "side")
    return done


def reworded(desk: Clone) -> Done:
    desk.environ["GIT_SEQUENCE_EDITOR"] = "sed -i s/^pick/reword/"
    return rebased(desk, "-i")


def applied(desk: Clone) -> Done:
    side(desk)
    desk.git("format-patch", "-q", "-1", "-o", "..", "side")
    return desk.run("git", "am", "-q", str(next(desk.path.parent.glob("*.patch"))))


def reverted(desk: Clone) -> Done:
    edit(desk)
    desk.git("commit", "-qam", "by hand")
    edit(desk, "high")
    later(desk, 2)
    desk.git("commit", "-qam", "mended")
    later(desk, 3)
    return desk.run("git", "revert", "--no-edit", "HEAD")


def stashed(desk: Clone) -> Done:
    edit(desk)
    done = desk.run("git", "stash", "-q")
    return desk.run("git", "stash", "pop", "-q") if done.returncode == 0 else done


UNSEEN: dict[str, tuple[Callable[[Clone], Done], list[str]]] = {
    # Git asks commit-msg about a clean merge, and it leaves at once
    "merge": (merged, ["commit-msg"]),
    "merge, fast forward": (forwarded, []),
    "rebase": (rebased, []),
    "rebase --apply": (lambda desk: rebased(desk, "--apply"), []),
    "rebase -i, reword": (reworded, []),
    "cherry-pick": (lambda desk: desk.run("git", "cherry-pick", side(desk)), []),
    "revert": (reverted, []),
    "am": (applied, []),
    "commit --no-verify": (lambda desk: staged(desk, "--no-verify"), []),
}


@pytest.mark.parametrize("way", UNSEEN)
def test_what_git_makes_of_commits_that_are_there_is_judged_when_it_is_pushed(desk: Clone, way: str) -> None:
    act, calls = UNSEEN[way]
    done = act(desk)
    assert done.returncode == 0, done.stderr
    assert "F041" not in done.stderr
    assert desk.calls() == calls
    done = desk.run("git", "push", "origin", "main")
    assert done.returncode == 1
    assert "F041 error unknown priority" in done.stderr
    assert desk.calls() == ["pre-push"]
    assert desk.run("git", "push", "-q", "--no-verify", "origin", "main").returncode == 0


def test_a_message_alone_that_is_amended_is_judged_when_it_is_pushed(desk: Clone) -> None:
    edit(desk, "high")
    desk.git("commit", "-qam", "by hand")
    later(desk, 2)
    done = desk.run("git", "commit", "-q", "--amend", "-m", "by hand", "-m", CLAIM)
    assert (done.returncode, desk.calls()) == (0, [])
    assert "A005 error" in desk.run("git", "push", "origin", "main").stderr


def test_a_stash_is_no_commit_of_the_desk(desk: Clone) -> None:
    assert stashed(desk).returncode == 0
    assert desk.calls() == []


# What stops on the way, and is committed by hand


def conflict(desk: Clone, *words: str) -> None:
    """Brings Git to a stop with two priorities, and leaves one that is wrong in the file."""
    desk.git("switch", "-qc", "side")
    edit(desk, "low")
    desk.git(
        "commit", "-qam", "on the side", GIT_AUTHOR_NAME="A Stranger", GIT_AUTHOR_EMAIL="who@acme.example"
    )
    desk.git("switch", "-q", "main")
    edit(desk, "high")
    later(desk, 2)
    desk.git("commit", "-qam", "on main")
    later(desk, 3)
    done = desk.run("git", *words)
    assert done.returncode != 0
    file = ticket(desk.path)
    text = file.read_text()
    start, end = text.index("<<<<<<<"), text.index(">>>>>>>")
    file.write_text(f"{text[:start]}priority: normal\n{text[text.index(chr(10), end) + 1 :]}")


STOPPED: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "merge, commit": (("merge", "side"), ("commit", "--no-edit", "-q")),
    "merge --continue": (("merge", "side"), ("merge", "--continue")),
    "cherry-pick, commit": (("cherry-pick", "side"), ("commit", "--no-edit", "-q")),
    "cherry-pick --continue": (("cherry-pick", "side"), ("cherry-pick", "--continue")),
    "revert, commit": (("revert", "--no-edit", "side"), ("commit", "--no-edit", "-q")),
    "revert --continue": (("revert", "--no-edit", "side"), ("revert", "--continue")),
    "rebase, commit": (("rebase", "-q", "side"), ("commit", "--no-edit", "-q")),
    "rebase --continue": (("rebase", "-q", "side"), ("rebase", "--continue")),
    "rebase --apply --continue": (("rebase", "-q", "--apply", "side"), ("rebase", "--continue")),
}
UNASKED = ("rebase --continue", "rebase --apply --continue")  # Git runs no hook there


@pytest.mark.parametrize("way", STOPPED)
def test_what_stopped_is_judged_by_its_files_and_not_by_who_did_what(desk: Clone, way: str) -> None:
    stop, go_on = STOPPED[way]
    conflict(desk, *stop)
    desk.environ["GIT_EDITOR"] = "true"
    edit(desk)
    desk.git("add", "-A")
    done = desk.run("git", *go_on)
    if way in UNASKED:
        assert (done.returncode, desk.calls()) == (0, [])
        return
    assert done.returncode == 1, done.stderr
    assert "F041" in done.stderr
    assert desk.calls() == ["pre-commit"]
    edit(desk, "urgent")
    desk.git("add", "-A")
    done = desk.run("git", *go_on)
    assert done.returncode == 0, done.stderr
    assert "P002" not in done.stderr
    assert desk.calls() == BOTH


# Around the hooks


@pytest.mark.parametrize("what", ["is removed", "has lost its Python"])
def test_without_gitdesk_one_line_says_so_and_the_commit_is_made(desk: Clone, what: str) -> None:
    edit(desk)
    if what == "is removed":
        environ = desk.without
    else:
        environ = desk.environ
        (desk.path.parent / "bin" / "gitdesk").write_text("#!/no/such/python\n")
    done = desk.run("git", "commit", "-qam", "by hand", environ=environ)
    assert done.returncode == 0, done.stderr
    told = [line for line in done.stderr.splitlines() if "not found" not in line]
    assert told == ["gitdesk is not installed here: the staged tickets were not checked"]
    done = desk.run("git", "push", "-q", "origin", "main", environ=environ)
    assert done.returncode == 0, done.stderr
    told = [line for line in done.stderr.splitlines() if "not found" not in line]
    assert told == ["gitdesk is not installed here: what is pushed was not checked"]


def test_an_interrupted_hook_lets_nothing_through(desk: Clone) -> None:
    (desk.path.parent / "bin" / "gitdesk").write_text("#!/bin/sh\nexit 130\n")
    edit(desk, "high")
    assert desk.run("git", "commit", "-qam", "by hand").returncode == 1
    assert desk.run("git", "push", "-q", "origin", "main:other").returncode == 1


@pytest.mark.parametrize("name", BOTH)
def test_a_hook_before_ours_that_fails_ends_the_commit(desk: Clone, name: str) -> None:
    theirs = desk.path / ".git" / "hooks" / f"{name}.before-gitdesk"
    theirs.write_text('#!/bin/sh\necho "theirs: $#" >&2\nexit 3\n')
    theirs.chmod(0o755)
    edit(desk, "high")
    done = desk.run("git", "commit", "-qam", "by hand")
    assert done.returncode == 1
    assert done.stderr == f"theirs: {int(name == 'commit-msg')}\n"
    assert desk.calls() == ([] if name == "pre-commit" else ["pre-commit"])


def test_a_message_that_a_hook_before_ours_changes_is_judged_as_it_is_then(desk: Clone) -> None:
    theirs = desk.path / ".git" / "hooks" / "commit-msg.before-gitdesk"
    theirs.write_text(f'#!/bin/sh\nprintf "\\n{CLAIM}\\n" >> "$1"\n')
    theirs.chmod(0o755)
    edit(desk, "high")
    done = desk.run("git", "commit", "-qam", "by hand")
    assert "A005 error" in done.stderr


def test_the_first_commit_of_a_desk_by_hand_is_not_judged(desk: Clone) -> None:
    desk.git("switch", "-q", "--orphan", "fresh")
    (desk.path / "gitdesk.yaml").write_text("nonsense: [\n")
    desk.git("add", "-A")
    assert desk.run("git", "commit", "-qm", "found a desk").returncode == 0


# Commits that replace the last one


def answered(desk: Clone, text: str) -> None:
    file = ticket(desk.path)
    file.write_text(
        f"{file.read_text().rstrip()}\n\n### 2026-11-22T09:01:00Z · reply · Iva Kralj <iva@acme.example>\n\n{text}\n"
    )


def test_a_typing_mistake_in_the_answer_of_the_last_commit_may_be_mended(desk: Clone) -> None:
    config = desk.path / "gitdesk.yaml"
    config.write_text(config.read_text().replace("        - correct ", "        # - correct "))
    desk.git("commit", "-qam", "nobody corrects")
    later(desk, 2)
    answered(desk, "It wroks again.")
    assert desk.run("git", "commit", "-qam", "answered").returncode == 0
    later(desk, 4)
    file = ticket(desk.path)
    file.write_text(file.read_text().replace("wroks", "works"))
    done = desk.run("git", "commit", "-qam", "mended")
    assert done.returncode == 1
    assert "A001 error the reply" in done.stderr
    done = desk.run("git", "commit", "-qa", "--amend", "--no-edit")
    assert done.returncode == 0, done.stderr
    done = desk.gitdesk("check", "origin/main..HEAD")
    assert done.returncode == 0, done.stdout


def test_a_step_that_is_taken_back_in_the_commit_that_took_it_needs_no_reason(desk: Clone) -> None:
    file = ticket(desk.path)
    file.write_text(file.read_text().replace("status: new", "status: spam"))
    done = desk.run("git", "commit", "-qam", "spam")
    assert done.returncode == 0, done.stderr
    later(desk, 2)
    file.write_text(file.read_text().replace("status: spam", "status: open"))
    assert "W002 error" in desk.run("git", "commit", "-qam", "no spam").stderr
    done = desk.run("git", "commit", "-qa", "--amend", "-m", "open")
    assert done.returncode == 0, done.stderr


def test_a_commit_in_the_second_of_the_last_one_is_no_amendment_of_it(desk: Clone) -> None:
    file = ticket(desk.path)
    file.write_text(file.read_text().replace("status: new", "status: spam"))
    assert desk.run("git", "commit", "-qam", "spam").returncode == 0
    file.write_text(file.read_text().replace("status: spam", "status: open"))
    done = desk.run("git", "commit", "-qam", "no spam")
    assert (done.returncode, "W002 error" in done.stderr) == (1, True)
