"""Real pushes: what the hook of a server and that of a clone let pass and what they refuse."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Place
from .hooked import Hooked


@pytest.fixture
def desk(place: Place) -> Hooked:
    """Returns a desk with a ticket, on a server whose hook has judged the first push."""
    hooked = Hooked.of(place)
    hooked.ticket()
    hooked.serve()
    done = hooked.push("main")
    assert done.returncode == 0, done.stderr
    return hooked


def ticket(desk: Hooked) -> Path:
    return next((desk.path / "tickets").rglob("*.md"))


def test_what_keeps_the_rules_is_accepted(desk: Hooked) -> None:
    desk.ticket()
    done = desk.push("main")
    assert done.returncode == 0, done.stderr
    assert desk.tip() == desk.git("rev-parse", "main")


def test_a_refusal_tells_rule_place_and_what_to_do_on_the_terminal_of_who_pushes(desk: Hooked) -> None:
    before = desk.tip()
    commit = desk.edit(ticket(desk), "priority: normal", "priority: normla")
    done = desk.push("main")
    assert done.returncode != 0
    assert desk.tip() == before
    said = [line.removeprefix("remote: ").rstrip() for line in done.stderr.splitlines()]
    assert 'error: push refused: 1 commit for the branch "main" of the desk: 1 error' in said
    assert any("F041" in line and "normla" in line and commit[:10] in line for line in said), said
    assert any('did you mean "normal"' in line for line in said)


def test_a_bad_commit_in_the_middle_is_found_though_a_later_one_mends_it(desk: Hooked) -> None:
    bad = desk.edit(ticket(desk), "priority: normal", "priority: normla")
    desk.edit(ticket(desk), "priority: normla", "priority: normal")
    done = desk.push("main")
    assert done.returncode != 0
    assert bad[:10] in done.stderr


def test_the_branch_of_the_desk_cannot_be_deleted(desk: Hooked) -> None:
    desk.run("git", "config", "receive.denyDeleteCurrent", "ignore", cwd=desk.server)
    before = desk.tip()
    done = desk.push("--delete", "main")
    assert done.returncode != 0
    assert "cannot be deleted" in done.stderr
    assert desk.tip() == before


def test_what_is_there_cannot_be_rewritten(desk: Hooked) -> None:
    before = desk.tip()
    desk.git("commit", "-q", "--amend", "--allow-empty", "-m", "another story")
    done = desk.push("--force", "main")
    assert done.returncode != 0
    assert "cannot be taken away or rewritten" in done.stderr
    assert desk.tip() == before


def test_other_branches_and_tags_pass_whatever_they_hold(desk: Hooked) -> None:
    desk.git("switch", "-qc", "topic")
    desk.edit(ticket(desk), "priority: normal", "priority: normla")
    desk.git("tag", "v1")
    done = desk.push("topic", "v1")
    assert done.returncode == 0, done.stderr
    assert desk.push("--delete", "topic").returncode == 0


def test_one_bad_branch_of_two_refuses_the_whole_push(desk: Hooked) -> None:
    desk.git("branch", "topic")
    desk.edit(ticket(desk), "priority: normal", "priority: normla")
    assert desk.push("topic", "main").returncode != 0
    assert desk.tip("topic") == ""


def test_the_first_push_is_judged_from_the_first_commit_on(place: Place) -> None:
    hooked = Hooked.of(place)
    file = hooked.ticket()
    hooked.edit(file, "priority: normal", "priority: normla")
    hooked.serve()
    done = hooked.push("main")
    assert done.returncode != 0
    assert "F041" in done.stderr
    assert hooked.tip() == ""


def test_the_rules_are_those_of_the_server_not_those_that_are_pushed_along(desk: Hooked) -> None:
    desk.edit(desk.path / "gitdesk.yaml", "  - name: low\n", "  - name: whatever\n  - name: low\n")
    desk.edit(ticket(desk), "priority: normal", "priority: whatever")
    done = desk.push("main")
    assert done.returncode != 0
    assert "whatever" in done.stderr
    assert "let that land first" in done.stderr


def test_another_branch_does_not_become_the_desks_to_get_around_the_rules(desk: Hooked) -> None:
    desk.run("git", "symbolic-ref", "HEAD", "refs/heads/code", cwd=desk.server)
    desk.run("git", "branch", "-m", "main", "desk", cwd=desk.server)
    desk.git("branch", "code")
    assert desk.push("code").returncode == 0
    desk.edit(ticket(desk), "priority: normal", "priority: normla")
    assert desk.push("main:desk").returncode != 0


@pytest.mark.parametrize("file", ["tickets", "readme"])
def test_commits_of_the_future_are_refused(desk: Hooked, file: str) -> None:
    later = {"GIT_AUTHOR_DATE": "2099-11-23T09:00:00Z", "GIT_COMMITTER_DATE": "2099-11-23T09:00:00Z"}
    (desk.path / "readme").write_text("readme normal\n")
    target = ticket(desk) if file == "tickets" else desk.path / "readme"
    desk.edit(target, "normal", "high", **later)
    done = desk.push("main")
    assert done.returncode != 0
    assert "A006" in done.stderr
    assert "dated 2099-11-23T09:00:00Z, and it is " in done.stderr
    # GITDESK_NOW says so; a server does not listen to it.
    assert "it is 2026-11-22T09:00:00Z" not in done.stderr


def test_replacements_hide_nothing(desk: Hooked) -> None:
    good = desk.git("rev-parse", "main")
    bad = desk.edit(ticket(desk), "priority: normal", "priority: normla")
    made = desk.git("commit-tree", f"{good}^{{tree}}", "-p", good, "-m", "innocent")
    desk.git("replace", bad, made)
    assert desk.push(f"refs/replace/{bad}").returncode == 0
    assert desk.push("main").returncode != 0


def test_what_is_told_steers_no_terminal(desk: Hooked) -> None:
    file = ticket(desk)
    desk.edit(file, "priority: normal", 'priority: "no\\u001b[31mrmal"')
    done = desk.push("main")
    assert done.returncode != 0
    assert "\x1b[31m" not in done.stderr


def test_of_many_violations_twenty_are_told_and_the_rest_is_counted(desk: Hooked) -> None:
    files = [desk.ticket() for _ in range(24)]
    assert desk.push("main").returncode == 0
    for file in files:
        file.write_text(file.read_text().replace("priority: normal", "priority: normla"))
    desk.git("commit", "-qam", "by hand")
    done = desk.push("main")
    assert done.stderr.count("F041") == 20
    assert "and 4 more" in done.stderr


def test_a_server_without_gitdesk_refuses_and_a_clone_without_it_lets_pass(desk: Hooked) -> None:
    desk.ticket()
    done = desk.push("main", environ=desk.without)
    assert done.returncode != 0
    assert "there is no gitdesk on the PATH of this server" in done.stderr
    (desk.server / "hooks" / "pre-receive").unlink()
    assert desk.gitdesk("hooks", "install").returncode == 0
    done = desk.run("git", "push", "origin", "main", environ=desk.without)
    assert done.returncode == 0, done.stderr
    assert "what is pushed was not checked" in done.stderr


def test_a_gitdesk_yaml_that_cannot_be_read_is_not_let_in(desk: Hooked) -> None:
    desk.edit(desk.path / "gitdesk.yaml", "priorities: ", "priorities: [")
    done = desk.push("main")
    assert done.returncode != 0
    assert "gitdesk.yaml" in done.stderr


def test_the_clone_says_no_before_the_network_and_no_verify_goes_on(desk: Hooked) -> None:
    (desk.server / "hooks" / "pre-receive").unlink()
    assert desk.gitdesk("hooks", "install").returncode == 0
    desk.edit(ticket(desk), "priority: normal", "priority: normla")
    done = desk.run("git", "push", "origin", "main")
    assert done.returncode != 0
    assert "not pushed: 1 commit" in done.stderr
    *_, way, bypass = [line for line in done.stderr.splitlines() if line.startswith("hint: ")]
    assert way.startswith("hint: mend the commits that are named (git rebase -i origin/main, with edit")
    assert bypass == "hint: git push --no-verify goes on all the same; a server may refuse it"
    assert desk.push("main").returncode == 0


def test_the_clone_judges_every_branch_that_is_pushed_at_once(desk: Hooked) -> None:
    (desk.server / "hooks" / "pre-receive").unlink()
    assert desk.gitdesk("hooks", "install").returncode == 0
    desk.git("branch", "other")
    desk.edit(ticket(desk), "title: ", "title: My ")
    desk.git("switch", "-q", "other")
    desk.edit(ticket(desk), "priority: normal", "priority: normla")
    done = desk.run("git", "push", "origin", "main", "other")
    assert done.returncode != 0
    assert 'not pushed: 1 commit for the branch "other"' in done.stderr


def backdated(desk: Hooked, message: str = "by hand") -> None:
    """Commits what keeps the rules with a date before the last commit's."""
    old = {f"GIT_{who}_DATE": "2026-11-22T08:00:00Z" for who in ("AUTHOR", "COMMITTER")}
    desk.edit(ticket(desk), "title: ", "title: My ", message, **old)


@pytest.mark.parametrize("commits", [1, 2])
def test_a_commit_with_a_wrong_date_gets_the_present_by_the_call_that_is_told(
    desk: Hooked, commits: int
) -> None:
    assert desk.gitdesk("hooks", "install").returncode == 0
    for number in range(commits):
        backdated(desk, f"number {number}")
    done = desk.run("git", "push", "origin", "main")
    assert done.returncode != 0
    assert "A006" in done.stderr
    assert "git rebase -i" not in done.stderr  # which leaves commits that are only picked as they are
    calls = {1: "git commit --amend --no-edit --date=now", 2: "git rebase -f origin/main"}
    assert all(call in done.stderr for call in calls.values()), done.stderr
    environ = {key: value for key, value in desk.environ.items() if not key.endswith("_DATE")}
    assert desk.run(*calls[commits].split(), environ=environ).returncode == 0
    done = desk.run("git", "push", "origin", "main", environ={**environ, "GITDESK_NOW": ""})
    assert done.returncode == 0, done.stderr


def test_of_a_first_push_all_that_is_new_there_is_to_be_mended(place: Place) -> None:
    hooked = Hooked.of(place)
    hooked.serve()
    hooked.edit(hooked.ticket(), "priority: normal", "priority: normla")
    done = hooked.push("main")
    assert "(git rebase -i --root, with edit before each)" in done.stderr


def test_the_clone_judges_a_branch_that_is_new_there_by_what_the_remote_has(desk: Hooked) -> None:
    assert desk.gitdesk("hooks", "install").returncode == 0
    desk.edit(ticket(desk), "priority: normal", "priority: normla")
    assert desk.run("git", "push", "origin", "main:topic").returncode != 0
    desk.git("config", "gitdesk.branch", "main")
    done = desk.run("git", "push", "origin", "main:topic")
    assert done.returncode == 0, done.stderr


def test_a_clone_without_a_desk_pushes_as_ever(desk: Hooked, tmp_path: Path) -> None:
    assert desk.gitdesk("hooks", "install").returncode == 0
    desk.git("switch", "-q", "--orphan", "pages")
    desk.git("commit", "-q", "--allow-empty", "-m", "pages")
    done = desk.run("git", "push", "origin", "pages")
    assert done.returncode == 0, done.stderr


def test_an_administrator_brings_in_by_a_fetch_what_no_push_may(desk: Hooked) -> None:
    bad = desk.edit(ticket(desk), "priority: normal", "priority: normla")
    assert desk.push("main").returncode != 0
    done = desk.run("git", "fetch", str(desk.path), "main:main", cwd=desk.server)
    assert done.returncode == 0, done.stderr
    assert desk.tip() == bad


def test_the_desk_cannot_be_taken_away_by_a_push(desk: Hooked) -> None:
    desk.git("rm", "-q", "gitdesk.yaml")
    desk.git("commit", "-qm", "no more rules")
    assert desk.push("main").returncode != 0


def test_another_name_for_the_branch_is_no_way_around(desk: Hooked) -> None:
    desk.run("git", "symbolic-ref", "refs/heads/alias", "refs/heads/main", cwd=desk.server)
    before = desk.tip()
    desk.edit(ticket(desk), "priority: normal", "priority: normla")
    assert desk.push("main:alias").returncode != 0
    assert desk.tip() == before


def test_a_merge_that_brings_something_in_on_the_side_is_refused(desk: Hooked) -> None:
    desk.git("switch", "-qc", "topic")
    desk.ticket()
    desk.git("switch", "-q", "main")
    desk.git("merge", "-q", "--no-ff", "--no-commit", "topic")
    file = ticket(desk)
    file.write_text(file.read_text().replace("priority: normal", "priority: normla"))
    desk.git("commit", "-qam", "merge")
    done = desk.push("main")
    assert done.returncode != 0
    assert "F041" in done.stderr


def test_what_is_pushed_may_be_an_expression_with_blanks(desk: Hooked) -> None:
    assert desk.gitdesk("hooks", "install").returncode == 0
    made = desk.edit(ticket(desk), "priority: normal", "priority: high", message="it is high time")
    done = desk.run("git", "push", "origin", "HEAD^{/high time}:refs/heads/main")
    assert done.returncode == 0, done.stderr
    assert desk.tip() == made
