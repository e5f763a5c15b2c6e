"""Pushes for real: what a clone can do to the references of a server, and what it cannot."""

from __future__ import annotations

import pytest

from .attacking import PATH, Desk, H, Server, attack, said, text

pytestmark = pytest.mark.xdist_group("attacks-pushes")


@pytest.fixture(scope="module")
def served(shared: Desk, tmp_path_factory: pytest.TempPathFactory) -> Server:
    """Returns the server of the module."""
    return Server.of(shared, tmp_path_factory.mktemp("served") / "desk.git")


@pytest.fixture
def server(served: Server, desk: Desk) -> Server:
    return served


def bad(desk: Desk) -> str:
    """Returns a commit that the desk's rules refuse."""
    return desk.commit({PATH: text(said(desk.at), priority="normla")})


@attack("Hooks of the clone skipped: `--no-verify`, a rebase, another program")
def test_the_server_judges_what_no_hook_of_a_clone_has_seen(server: Server) -> None:
    done = server.push("--no-verify", f"{bad(server.desk)}:refs/heads/main")
    assert done.returncode != 0
    assert "F041" in done.stderr
    assert server.has("refs/heads/main") == server.desk.base


@attack("A forced push")
def test_history_is_not_rewritten(server: Server) -> None:
    again = server.desk.commit({PATH: text(said(server.desk.at), priority="high")}, parents=())
    done = server.push("--force", f"{again}:refs/heads/main")
    assert "cannot be taken away or rewritten" in done.stderr
    assert server.has("refs/heads/main") == server.desk.base


@attack("The desk's branch deleted by a push")
def test_the_branch_is_not_deleted(server: Server) -> None:
    server.desk.git("-C", str(server.path), "config", "receive.denyDeleteCurrent", "ignore")
    done = server.push("--delete", "refs/heads/main")
    assert "cannot be deleted" in done.stderr
    assert server.has("refs/heads/main") == server.desk.base


@attack("A mirror push that takes everything away")
def test_a_mirror_of_an_empty_clone_takes_nothing(server: Server) -> None:
    done = server.push("--mirror", "--dry-run")
    assert done.returncode == 0
    done = server.push("--force", "--prune", "refs/none/*:refs/heads/*")
    assert server.has("refs/heads/main") == server.desk.base


@attack("`HEAD` of the server pointed elsewhere")
def test_a_push_does_not_move_the_head_of_a_server(server: Server) -> None:
    for name in ("HEAD", "refs/HEAD"):
        server.push(f"{bad(server.desk)}:{name}")
    assert server.desk.git("-C", str(server.path), "symbolic-ref", "HEAD") == "refs/heads/main"
    assert server.has("refs/heads/main") == server.desk.base


@attack("Another name for the desk's branch")
def test_a_symbolic_reference_leads_to_the_same_rules(server: Server) -> None:
    server.desk.git("-C", str(server.path), "symbolic-ref", "refs/heads/alias", "refs/heads/main")
    done = server.push(f"{bad(server.desk)}:alias")
    server.desk.git("-C", str(server.path), "symbolic-ref", "--delete", "refs/heads/alias")
    assert done.returncode != 0
    assert server.has("refs/heads/main") == server.desk.base


@attack("A second desk, or a broken one, on another branch")
def test_another_branch_is_not_the_desks(server: Server) -> None:
    assert server.push(f"{bad(server.desk)}:refs/heads/x").returncode == 0
    assert server.push(f"{bad(server.desk)}:refs/heads/desk").returncode != 0
    assert server.has("refs/heads/main") == server.desk.base


@attack("A bad branch beside a good one in one push")
def test_one_bad_branch_refuses_the_whole_push(server: Server) -> None:
    done = server.push(f"{server.desk.base}:refs/heads/good", f"{bad(server.desk)}:refs/heads/main")
    assert done.returncode != 0
    assert server.has("refs/heads/good") == ""


@attack("A push into a branch that holds no desk")
def test_code_beside_a_desk_is_no_business_of_its_rules(server: Server) -> None:
    code = server.desk.commit({"main.py": "x"}, parents=())
    assert server.push(f"{code}:refs/heads/code").returncode == 0


@attack("A tag moved, or made of something else")
def test_nothing_of_a_desk_hangs_on_a_tag(server: Server) -> None:
    desk = server.desk
    assert server.push(f"{desk.base}:refs/tags/v1").returncode == 0
    assert server.push("--force", f"{bad(desk)}:refs/tags/v1").returncode == 0
    assert server.push(f"{bad(desk)}:refs/heads/main").returncode != 0


@attack("A tag that is called like the desk's branch, to be taken for BASE")
@pytest.mark.parametrize("name", ["main", "origin/main"])
def test_a_base_is_the_branch_and_not_a_tag_of_its_name(own: Desk, name: str) -> None:
    made = bad(own)
    own.git("update-ref", "refs/remotes/origin/main", own.base)
    own.git("update-ref", "refs/heads/topic", made)
    own.git("update-ref", f"refs/tags/{name}", made)
    assert own.git("rev-parse", name, check=False) == made  # so Git takes it
    for base in (name, f"{name}~0", f"{name}^{{commit}}"):
        done = own.gitdesk("check", f"{base}..topic")
        assert (done.returncode, "F041" in done.stdout) == (1, True), done.stderr
    own.git("update-ref", "-d", f"refs/tags/{name}")
    own.git("update-ref", "refs/tags/v1", own.base)
    assert own.gitdesk("check", "v1..topic").returncode == 1


@attack("A replacement that hides a commit: `refs/replace`")
def test_replacements_hide_nothing(server: Server) -> None:
    desk, made = server.desk, bad(server.desk)
    innocent = desk.with_tree(desk.git("rev-parse", f"{desk.base}^{{tree}}"))
    assert server.push(f"{innocent}:refs/replace/{made}").returncode == 0
    desk.git("update-ref", f"refs/replace/{made}", innocent)
    assert desk.refused(made) == ["F041"]
    done = server.push(f"{made}:refs/heads/main")
    assert desk.git("update-ref", "-d", f"refs/replace/{made}") == ""
    assert done.returncode != 0


@attack("Grafts that hide a commit: `info/grafts`")
def test_grafts_hide_nothing(desk: Desk) -> None:
    made = bad(desk)
    mended = desk.commit({PATH: text(said(desk.at))}, parents=(made,), at=desk.at + 120)
    grafts = desk.path / ".git" / "info" / "grafts"
    grafts.parent.mkdir(exist_ok=True)
    grafts.write_text(f"{mended} {desk.base}\n")
    try:
        assert desk.git("rev-list", "--count", f"{desk.base}..{mended}") == "1"  # Git itself is fooled
        assert desk.refused(mended) == ["F041"]
    finally:
        grafts.unlink()


@attack("A push from a shallow clone")
def test_history_without_its_beginning_is_not_taken(server: Server) -> None:
    shallow = server.path.parent / "shallow"
    server.desk.git("clone", "-q", "--depth=1", f"file://{server.path}", str(shallow))
    clone = Desk(shallow, base=server.desk.base, at=server.desk.at, environ=server.desk.environ)
    made = clone.commit({PATH: text(said(clone.at))}, parents=())
    (shallow / ".git" / "shallow").write_text(f"{made}\n")
    done = Server(clone, server.path).push("--force", f"{made}:refs/heads/main")
    assert done.returncode != 0
    assert server.has("refs/heads/main") == server.desk.base


@attack("The clock of the server, set by who pushes")
def test_a_server_goes_by_its_own_clock(server: Server) -> None:
    later = server.desk.commit({PATH: text(said(server.desk.at), priority="high")}, at=4_000_000_000)
    done = server.push(f"{later}:refs/heads/main", GITDESK_NOW="2096-12-01T00:00:00Z")
    assert "A006" in done.stderr


@attack("A message to the terminal of a colleague, in what a push is told")
def test_what_the_server_says_steers_no_terminal(server: Server) -> None:
    title = 'priority: "no\\e[31m\\e]8;;http://evil\\a\\u202ermal"'
    made = server.desk.commit({PATH: text(said(server.desk.at)).replace('priority: "normal"', title)})
    done = server.push(f"{made}:refs/heads/main")
    assert "F027" in done.stderr or "F041" in done.stderr
    assert not {"\x1b", "\x07", "\u202e"} & set(done.stderr)


@attack("A commit that lies in wait: pushed to another branch first")
def test_what_is_there_already_is_judged_when_it_comes_to_the_desk(server: Server) -> None:
    made = bad(server.desk)
    assert server.push(f"{made}:refs/heads/waiting").returncode == 0
    assert server.push(f"{made}:refs/heads/main").returncode != 0
    assert server.has("refs/heads/main") == server.desk.base


@attack("A good push")
def test_what_keeps_the_rules_goes_in(server: Server) -> None:
    good = server.desk.commit(
        {PATH: text(said(server.desk.at), said(server.desk.at + H, "Done."))}, at=server.desk.at + H
    )
    assert server.push(f"{good}:refs/heads/main").returncode == 0
    assert server.has("refs/heads/main") == good
