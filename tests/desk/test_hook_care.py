"""Hooks put in, refreshed, put before others and taken out again."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from gitdesk import resources

from .conftest import Place
from .hooked import Hooked

THEIRS = '#!/bin/sh\n# theirs\necho "theirs: $(cat | wc -l)" >&2\n[ ! -e refuse ]\n'


@pytest.fixture
def desk(place: Place) -> Hooked:
    """Returns a desk without any hook."""
    hooked = Hooked.of(place)
    for name in ("pre-commit", "commit-msg"):
        (place.path / ".git" / "hooks" / name).unlink()
    return hooked


def states(desk: Hooked, *words: str, cwd: Path | None = None) -> dict[str, str]:
    done = desk.gitdesk("hooks", *(words or ("status",)), "--json", cwd=cwd)
    assert done.returncode == 0, done.stderr
    return {one["name"]: one["state"] for one in json.loads(done.stdout)["items"]}


def their_hook(folder: Path, name: str = "pre-commit", mode: int = 0o754) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(THEIRS)
    path.chmod(mode)
    return path


def test_install_puts_all_in_and_a_second_time_changes_nothing(desk: Hooked) -> None:
    assert states(desk)["pre-commit"] == "none"
    assert states(desk, "install")["pre-push"] == "ours"
    done = desk.gitdesk("hooks", "install")
    assert done.stdout.count("unchanged") == 3
    found = states(desk)
    assert (found["pre-commit"], found["program"], found["attributes"]) == ("ours", "ok", "ok")


def test_a_hook_that_is_there_runs_first_and_its_exit_code_counts(desk: Hooked) -> None:
    their_hook(desk.path / ".git" / "hooks")
    assert states(desk, "install")["pre-commit"] == "chained"
    file = desk.ticket()
    file.write_text(file.read_text().replace("priority: normal", "priority: normla"))
    done = desk.run("git", "commit", "-qam", "by hand")
    assert done.returncode != 0
    assert "theirs: 0" in done.stderr
    assert "normla" in done.stdout + done.stderr
    file.write_text(file.read_text().replace("priority: normla", "priority: high"))
    (desk.path / "refuse").touch()
    assert desk.run("git", "commit", "-qam", "by hand").returncode != 0
    (desk.path / "refuse").unlink()
    assert desk.run("git", "commit", "-qam", "by hand").returncode == 0


@pytest.mark.parametrize("mode", [0o754, 0o640])
def test_uninstall_puts_back_what_was_there_byte_for_byte(desk: Hooked, mode: int) -> None:
    path = their_hook(desk.path / ".git" / "hooks", mode=mode)
    before = path.stat()
    states(desk, "install")
    assert states(desk, "uninstall") == {
        "pre-commit": "theirs",
        "commit-msg": "none",
        "pre-push": "none",
        "merge driver": "none",
    }
    assert path.read_text() == THEIRS
    assert (path.stat().st_mode, path.stat().st_mtime_ns) == (before.st_mode, before.st_mtime_ns)
    assert [one.name for one in path.parent.glob("*gitdesk*")] == []


def test_a_link_as_a_hook_is_kept_as_a_link(desk: Hooked) -> None:
    target = their_hook(desk.path.parent / "elsewhere", "hook")
    hooks = desk.path / ".git" / "hooks"
    (hooks / "pre-push").symlink_to(target)
    states(desk, "install")
    assert target.read_text() == THEIRS
    states(desk, "uninstall")
    assert (hooks / "pre-push").readlink() == target


def test_our_own_hook_of_old_is_refreshed_and_not_kept(desk: Hooked) -> None:
    path = desk.path / ".git" / "hooks" / "pre-commit"
    path.write_text(
        "#!/bin/sh\n# Judges staged ticket files by hand before they are committed; costs nothing.\nexit 0\n"
    )
    assert states(desk)["pre-commit"] == "outdated"
    states(desk, "install")
    assert path.read_text() == resources.read("hooks", "pre-commit")
    assert states(desk)["pre-commit"] == "ours"


def test_with_no_room_to_keep_a_hook_nothing_is_lost(desk: Hooked) -> None:
    hooks = desk.path / ".git" / "hooks"
    their_hook(hooks)
    their_hook(hooks, "pre-commit.before-gitdesk")
    done = desk.gitdesk("hooks", "install")
    assert done.returncode == 1
    assert "move one of them" in done.stderr
    assert (hooks / "pre-commit").read_text() == THEIRS


def test_the_hooks_path_of_the_clone_is_respected(desk: Hooked) -> None:
    own = desk.path.parent / "my own hooks"
    desk.git("config", "core.hooksPath", str(own))
    states(desk, "install")
    assert sorted(path.name for path in own.iterdir()) == ["commit-msg", "pre-commit", "pre-push"]


def test_a_hooks_path_for_all_repositories_is_left_alone(desk: Hooked) -> None:
    own = desk.path.parent / "everybodys"
    desk.environ |= {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.hooksPath",
        "GIT_CONFIG_VALUE_0": str(own),
    }
    done = desk.gitdesk("hooks", "install")
    assert done.returncode == 1
    assert f'to {own}/pre-push: gitdesk hook pre-push "$@" || exit' in done.stderr
    assert not own.exists()


MANAGED = {
    ".husky": ".husky/pre-commit: gitdesk hook pre-commit",
    "lefthook.yml": "pre-commit: {commands: {gitdesk: {run: gitdesk hook pre-commit}}}",
    ".lefthook.yaml": "add to .lefthook.yaml: ",
    ".pre-commit-config.yaml": "entry: gitdesk hook pre-commit",
    "in the tree": "in the tree/pre-commit: gitdesk hook pre-commit",
}


def managed(desk: Hooked, file: str) -> None:
    """Lets another program keep the hooks, or a folder in the work tree."""
    path = desk.path / file
    path.touch() if path.suffix else path.mkdir()
    if file == "in the tree":
        desk.git("config", "core.hooksPath", file)


@pytest.mark.parametrize("file", MANAGED)
def test_where_another_program_keeps_the_hooks_the_line_to_add_is_told(desk: Hooked, file: str) -> None:
    managed(desk, file)
    done = desk.gitdesk("hooks", "install")
    assert done.returncode == 1
    assert MANAGED[file] in done.stderr
    assert all(f"gitdesk hook {name}" in done.stderr for name in ("commit-msg", "pre-push"))
    assert list((desk.path / ".git" / "hooks").glob("*[!e]")) == []
    assert states(desk)["hooks"] == "elsewhere"


@pytest.mark.parametrize("file", ["lefthook.json", ".lefthook.toml"])
def test_what_lefthook_is_told_is_in_the_language_of_its_file(desk: Hooked, file: str) -> None:
    (desk.path / file).touch()
    said = desk.gitdesk("hooks", "install").stderr.partition(f" to {file}")[2].strip()
    if file.endswith(".json"):
        told = json.loads(f"{{{said.removeprefix(': ')}}}")
        run = "gitdesk hook pre-push {1}"
        assert told["pre-push"] == {"commands": {"gitdesk": {"run": run, "use_stdin": True}}}
        assert list(told) == ["pre-commit", "commit-msg", "pre-push"]
    else:
        assert "commands:" not in said
        assert "for pre-push: gitdesk hook pre-push {1} (with use_stdin)" in said


def add_told_lines(desk: Hooked) -> None:
    """Writes what `install` tells to write, as somebody does who reads it."""
    hint = desk.gitdesk("hooks", "install").stderr.partition("hint: add ")[2].strip()
    if hint.startswith("under repos in "):
        line = hint.partition(": ")[2].partition(", then call: ")[0]
        (desk.path / ".pre-commit-config.yaml").write_text(f"repos:\n{line}\n")
        return
    lines = hint.replace("; to ", "\nto ").split("\n")
    for line in lines:
        file, _, text = line.removeprefix("to ").partition(": ")
        (desk.path / file).write_text(text.replace("; ", "\n") + "\n")


@pytest.mark.parametrize("file", MANAGED)
def test_once_the_lines_are_there_nothing_is_asked_for_any_more(desk: Hooked, file: str) -> None:
    managed(desk, file)
    add_told_lines(desk)
    if file != "in the tree":
        done = desk.gitdesk("hooks", "status")
        assert "call once in this clone: " in done.stdout
        for name in ("pre-commit", "commit-msg", "pre-push"):
            their_hook(desk.path / ".git" / "hooks", name)
    assert states(desk)["hooks"] == "called"
    assert states(desk, "install")["hooks"] == "called"


def test_only_what_lacks_is_told(desk: Hooked) -> None:
    (desk.path / ".husky").mkdir()
    (desk.path / ".husky" / "pre-commit").write_text("npm test\ngitdesk hook pre-commit\n")
    (desk.path / ".husky" / "pre-push").write_text("# gitdesk hook pre-push\n")
    said = desk.gitdesk("hooks", "install").stderr
    assert ("hook pre-commit" in said, "hook commit-msg" in said, "hook pre-push" in said) == (
        False,
        True,
        True,
    )


HUSKY = (
    '#!/usr/bin/env sh\ns=$(dirname "$(dirname "$0")")/$(basename "$0")\n[ ! -f "$s" ] || sh -e "$s" "$@"\n'
)


@pytest.mark.parametrize("manager", ["husky", "a folder in the tree", "a folder for all repositories"])
def test_what_is_told_to_add_judges(desk: Hooked, manager: str) -> None:
    if manager == "husky":  # as it lays its files out: Git calls .husky/_/NAME, which calls .husky/NAME
        managed(desk, ".husky")
        add_told_lines(desk)
        desk.git("config", "core.hooksPath", ".husky/_")
        for name in ("pre-commit", "commit-msg", "pre-push"):
            their_hook(desk.path / ".husky" / "_", name).write_text(HUSKY)
        assert states(desk)["hooks"] == "called"
    else:
        folder = desk.path / "in the tree" if "tree" in manager else desk.path.parent / "everybody's"
        folder.mkdir()
        if "tree" in manager:
            desk.git("config", "core.hooksPath", "in the tree")
        else:
            config = desk.path.parent / "gitconfig"
            config.write_text((Path(desk.environ["GIT_CONFIG_GLOBAL"])).read_text())
            desk.environ["GIT_CONFIG_GLOBAL"] = str(config)
            desk.run("git", "config", "--global", "core.hooksPath", str(folder))
        add_told_lines(desk)
        for path in folder.iterdir():
            path.write_text(f"#!/bin/sh\n{path.read_text()}")
            path.chmod(0o755)
    judged_in_each_stage(desk)


def judged_in_each_stage(desk: Hooked) -> None:
    """Commits by hand what is wrong, claims what is not so, and pushes it: each is refused in its turn."""
    file = desk.ticket()
    desk.git("init", "-q", "--bare", str(desk.server))
    desk.git("remote", "add", "origin", str(desk.server))
    text = file.read_text()
    file.write_text(text.replace("priority: normal", "priority: normla"))
    done = desk.run("git", "commit", "-qam", "by hand")
    assert done.returncode == 1, done.stderr
    assert "F041 error" in done.stdout + done.stderr
    file.write_text(text.replace("priority: normal", "priority: high"))
    done = desk.run("git", "commit", "-qam", "by hand", "-m", "Approved-by: Nobody")
    assert done.returncode == 1, done.stderr
    assert "A005 error" in done.stdout + done.stderr
    assert desk.run("git", "commit", "-qam", "by hand").returncode == 0
    file.write_text(text.replace("priority: normal", "priority: normla"))
    desk.git("commit", "-qam", "by hand")
    done = desk.run("git", "push", "-q", "origin", "HEAD")
    assert done.returncode == 1, done.stderr
    assert "F041 error" in done.stdout + done.stderr


def test_a_folder_of_hooks_that_cannot_be_written_says_so_and_changes_nothing(desk: Hooked) -> None:
    hooks = desk.path / ".git" / "hooks"
    for sample in hooks.iterdir():
        sample.unlink()
    hooks.rmdir()
    hooks.write_text("no folder\n")
    done = desk.gitdesk("hooks", "install")
    assert done.returncode == 6
    assert f"{hooks}: cannot put a hook into" in done.stderr
    assert hooks.read_text() == "no folder\n"


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_read_only_folder_of_hooks_says_so_and_changes_nothing(desk: Hooked) -> None:
    hooks = desk.path / ".git" / "hooks"
    their_hook(hooks)
    hooks.chmod(0o555)
    try:
        done = desk.gitdesk("hooks", "install")
        assert (done.returncode, "permission denied" in done.stderr.lower()) == (6, True)
        assert (hooks / "pre-commit").read_text() == THEIRS
        assert desk.gitdesk("hooks", "status").returncode == 0
    finally:
        hooks.chmod(0o755)


def test_ours_renamed_by_another_program_still_runs_what_was_there_before(desk: Hooked) -> None:
    hooks = desk.path / ".git" / "hooks"
    their_hook(hooks)
    states(desk, "install")
    (hooks / "pre-commit").rename(hooks / "pre-commit.legacy")  # as pre-commit does, whose own calls it
    path = hooks / "pre-commit"
    path.write_text('#!/bin/sh\nexec "$0.legacy" "$@"\n')
    path.chmod(0o755)
    desk.ticket()
    (desk.path / "notes.txt").touch()
    desk.git("add", "notes.txt")
    done = desk.run("git", "commit", "-qm", "by hand")
    assert "theirs: 0" in done.stderr


def test_a_linked_work_tree_shares_the_hooks(desk: Hooked) -> None:
    linked = desk.path.parent / "linked tree"
    desk.git("worktree", "add", "-q", "-b", "topic", str(linked))
    assert states(desk, "install", cwd=linked)["pre-commit"] == "ours"
    assert states(desk)["pre-push"] == "ours"
    file = next(iter([linked / "tickets" / "x.md"]))
    file.parent.mkdir(exist_ok=True)
    file.write_text("no ticket\n")
    desk.run("git", "add", "-A", cwd=linked)
    assert desk.run("git", "commit", "-qm", "by hand", cwd=linked).returncode != 0


def test_a_hook_before_ours_on_a_server_is_given_the_same_lines(desk: Hooked) -> None:
    desk.git("branch", "-M", "main")
    desk.git("init", "-q", "--bare", "-b", "main", str(desk.server))
    their_hook(desk.server / "hooks", "pre-receive")
    desk.git("remote", "add", "origin", f"file://{desk.server}")
    assert states(desk, "install", "--server", cwd=desk.server)["pre-receive"] == "chained"
    done = desk.push("main", "main:other")
    assert done.returncode == 0, done.stderr
    assert "theirs: 2" in done.stderr
    (desk.server / "refuse").touch()
    desk.ticket()
    assert desk.push("main").returncode != 0


def test_server_and_clone_are_told_apart(desk: Hooked) -> None:
    done = desk.gitdesk("hooks", "install", "--server")
    assert (done.returncode, "--server is for the bare repository" in done.stderr) == (2, True)
    desk.git("init", "-q", "--bare", str(desk.server))
    done = desk.gitdesk("hooks", "install", cwd=desk.server)
    assert (done.returncode, "hooks install --server" in done.stderr) == (2, True)


def test_folders_of_code_that_are_called_as_the_desks_are_nobodys_business(desk: Hooked) -> None:
    states(desk, "install")
    desk.git("switch", "-q", "--orphan", "code")
    (desk.path / "calendars").mkdir(exist_ok=True)
    (desk.path / "calendars" / "x.yaml").write_text("no: holidays\n")
    desk.git("add", "-A")
    done = desk.run("git", "commit", "-qm", "code")
    assert done.returncode == 0, done.stderr
    (desk.path / "calendars" / "y.yaml").write_text("no: holidays\n")
    desk.git("add", "-A")
    assert desk.run("git", "commit", "-qm", "code").returncode == 0


def test_a_submodule_has_hooks_of_its_own(desk: Hooked) -> None:
    whole = desk.path.parent / "whole"
    desk.git("init", "-q", str(whole))
    desk.run(
        "git", "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(desk.path), "sub", cwd=whole
    )
    assert states(desk, "install", cwd=whole / "sub")["pre-push"] == "ours"
    assert (whole / ".git" / "modules" / "sub" / "hooks" / "pre-push").exists()
    assert not (whole / ".git" / "hooks" / "pre-push").exists()


def test_doctor_says_in_a_new_clone_what_is_missing_and_not_after_install(desk: Hooked) -> None:
    clone = desk.path.parent / "clone"
    desk.git("clone", "-q", str(desk.path), str(clone))
    done = desk.gitdesk("doctor", cwd=clone)
    assert done.returncode == 0
    lacking = "the hook pre-commit, the hook commit-msg, the merge driver"
    assert f"! hooks: this clone lacks {lacking}" in done.stdout
    assert "hint: gitdesk hooks install" in done.stdout
    assert states(desk, "install", cwd=clone)["merge driver"] == "ok"
    assert "hooks" not in desk.gitdesk("doctor", cwd=clone).stdout


def test_a_clone_whose_manager_calls_gitdesk_lacks_no_hook(desk: Hooked) -> None:
    managed(desk, "lefthook.yml")
    assert "lacks a call of gitdesk by lefthook" in desk.gitdesk("doctor").stdout
    add_told_lines(desk)
    (desk.path / ".git" / "hooks").mkdir(exist_ok=True)
    for name in ("pre-commit", "commit-msg", "pre-push"):
        (desk.path / ".git" / "hooks" / name).touch()
    assert "lacks" not in desk.gitdesk("doctor").stdout


def test_a_merge_driver_and_headers_of_somebody_s_own_are_kept_and_it_is_said(desk: Hooked) -> None:
    desk.git("config", "merge.gitdesk.driver", "my-driver %A %O %B")
    desk.git("config", "diff.gitdesk.xfuncname", "^mine$")
    for verb in ("install", "status", "uninstall"):
        found = {
            item["name"]: item for item in json.loads(desk.gitdesk("hooks", verb, "--json").stdout)["items"]
        }
        assert found["merge driver"]["state"] == "other"
        assert found["merge driver"]["done"] == ""
        assert "somebody's own, which is kept: my-driver" in found["merge driver"]["detail"]
        assert desk.git("config", "merge.gitdesk.driver") == "my-driver %A %O %B"
        assert desk.git("config", "diff.gitdesk.xfuncname") == "^mine$"
    assert desk.run("git", "config", "merge.gitdesk.name").returncode == 1  # that was ours


def test_the_merge_driver_of_another_version_is_renewed_and_taken_out_as_ours(desk: Hooked) -> None:
    desk.git("config", "merge.gitdesk.driver", "gitdesk merge-driver %A %O %B")
    assert "the merge driver of this version" in desk.gitdesk("doctor").stdout
    assert states(desk)["merge driver"] == "outdated"
    assert states(desk, "install")["merge driver"] == "ok"
    desk.git("config", "merge.gitdesk.driver", "gitdesk merge-driver %A %O %B")
    assert states(desk, "uninstall")["merge driver"] == "none"
    assert "gitdesk" not in (desk.path / ".git" / "config").read_text().replace("[gitdesk", "")


def test_a_refused_install_leaves_merges_as_they_are_and_one_beside_a_manager_tells_of_them(
    desk: Hooked,
) -> None:
    desk.git("config", "--remove-section", "merge.gitdesk")
    managed(desk, "in the tree")
    assert desk.gitdesk("hooks", "install").returncode == 1
    assert states(desk)["merge driver"] == "none"
    add_told_lines(desk)
    assert states(desk, "install")["merge driver"] == "ok"


@pytest.mark.parametrize("filled", [False, True])
def test_a_server_is_told_nothing_of_merging(desk: Hooked, filled: bool) -> None:
    desk.serve()
    if filled:
        assert desk.push("main").returncode == 0
    assert set(states(desk, cwd=desk.server)) == {"pre-receive", "program"}
