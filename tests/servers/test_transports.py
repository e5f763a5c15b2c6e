"""However people push, the law is the same: what lands, what is refused, what they read and what the server keeps."""

from __future__ import annotations

import shutil
from random import Random

import pytest

from .conftest import Pushing, said

ELSEWHERE = {"GIT_AUTHOR_NAME": "Iva", "GIT_AUTHOR_EMAIL": "iva@laptop.local"}


def test_a_push_that_keeps_the_rules_lands_and_shows_what_is_warned_of(desk: Pushing) -> None:
    assert desk.accepted("main") == []
    made = desk.good(**ELSEWHERE)
    lines = desk.accepted("main")
    assert desk.tip() == made
    assert lines[0] == '1 commit for the branch "main" of the desk: 1 warning'
    assert any("P002 warn" in line and made[:10] in line for line in lines), lines


def test_a_push_that_breaks_them_is_told_whole_and_leaves_nothing(desk: Pushing) -> None:
    desk.good()
    made = desk.bad()
    path = desk.ticket_file.relative_to(desk.path)
    lines = desk.refused("main")
    assert lines[0] == 'error: push refused: 2 commits for the branch "main" of the desk: 1 error'
    assert lines[1] == f'{path}:6:9: F040 error unknown status "nwe" (commit {made[:10]})'
    assert lines[2] == '    hint: did you mean "new"?'
    base = desk.tip()[:10]
    way = f"git rebase -i {base}, with edit before each"
    assert lines[3:] == [f"hint: mend the commits that are named ({way}), then push again"]
    assert desk.run("git", "fsck", "--no-dangling", cwd=desk.server).returncode == 0


def test_branches_and_tags_go_along_with_the_desk_or_not_at_all(desk: Pushing) -> None:
    desk.git("tag", "-a", "v1", "-m", "one")
    desk.git("branch", "topic")
    desk.git("branch", "other", "HEAD~1")
    desk.bad()
    for options in ((), ("--atomic",)):
        lines = desk.refused(*options, "main", "topic", "other", "v1")
        assert "F040" in "".join(lines)
    desk.git("reset", "-q", "--hard", "HEAD~1")
    desk.good()
    desk.accepted("--atomic", "main", "topic", "other", "v1")
    assert desk.tip() == desk.git("rev-parse", "main")
    assert all(map(desk.tip, ("topic", "other", "v1")))


def test_the_branch_goes_forward_only_and_stays(desk: Pushing) -> None:
    desk.run("git", "config", "receive.denyDeleteCurrent", "ignore", cwd=desk.server)
    desk.git("commit", "-q", "--amend", "--allow-empty", "-m", "another story")
    assert any("cannot be taken away or rewritten" in line for line in desk.refused("--force", "main"))
    assert any("cannot be deleted" in line for line in desk.refused("--delete", "main"))


def test_of_eight_at_once_one_wins_and_the_others_are_told_to_fetch(desk: Pushing) -> None:
    old, new = desk.git("rev-parse", "HEAD"), desk.good()
    made = [desk.git("commit-tree", f"{new}^{{tree}}", "-p", old, "-m", f"by {one}") for one in range(8)]
    racing = [desk.start_push(f"{commit}:refs/heads/main") for commit in made]
    texts = [one.communicate(timeout=120)[1] for one in racing]
    ended = [(one.returncode, text) for one, text in zip(racing, texts, strict=True)]
    won = [commit for commit, (status, _) in zip(made, ended, strict=True) if status == 0]
    assert len(won) == 1, ended
    assert desk.tip() == won[0]
    for status, text in ended:
        assert status in (0, 1)
        late = ("fetch first", "non-fast-forward", "failed to update ref", "cannot lock ref", "taken away")
        assert status == 0 or any(words in text for words in late), text
    assert desk.run("git", "fsck", "--no-dangling", cwd=desk.server).returncode == 0


def test_a_server_that_lost_its_gitdesk_refuses_everything(desk: Pushing) -> None:
    program = desk.transport.folder.parent / f"bin-{desk.transport.name}" / "gitdesk"
    environ = None
    if desk.transport.name == "file":  # the hook has the environment of who pushes
        environ = {**desk.environ, "PATH": f"{program.parent}:/usr/bin:/bin"}
    if shutil.which("gitdesk", path="/usr/local/bin:/usr/bin:/bin"):
        pytest.skip("there is another gitdesk on every PATH here")
    desk.good()
    before = desk.standing()
    away = program.rename(program.with_name("away"))
    try:
        done = desk.push("main", environ=environ)
    finally:
        away.rename(program)
    assert done.returncode == 1
    (line,) = said(done)
    assert line.startswith("push refused: there is no gitdesk on the PATH of this server")
    assert line.endswith("tell its administrator")
    assert desk.standing() == before


def test_a_push_larger_than_the_buffers_on_its_way_lands(desk: Pushing) -> None:
    desk.git("config", "http.postBuffer", "4096")
    folder = desk.ticket_file.with_suffix("")
    folder.mkdir()
    (folder / "log.bin").write_bytes(Random(1).randbytes(200_000))
    desk.git("add", "-A")
    desk.git("commit", "-qm", "a file")
    desk.accepted("main")
    assert desk.tip() == desk.git("rev-parse", "HEAD")
