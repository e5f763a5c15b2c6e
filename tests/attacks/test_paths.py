"""Files and names: what a tree can hold that no file system should follow."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from .attacking import CONFIG, ID, PATH, Desk, attack, said, stamp, text

FOLDER = f"tickets/7K/{ID}"


@attack("A link in place of a ticket, a folder of tickets or an attachment")
@pytest.mark.parametrize("path", [PATH, "tickets", "tickets/7K", "tickets/8M", f"{FOLDER}/log.txt"])
def test_nothing_below_tickets_is_a_link(desk: Desk, path: str) -> None:
    assert "F050" in desk.refused(desk.commit({path: ("120000", "/etc/passwd")}))


@attack("An executable below `tickets/`")
@pytest.mark.parametrize("path", [PATH, f"{FOLDER}/run.sh"])
def test_nothing_below_tickets_can_be_run(desk: Desk, path: str) -> None:
    assert desk.refused(desk.commit({path: ("100755", text(said(desk.at)))})) == ["F050"]


@attack("A submodule below `tickets/`")
@pytest.mark.parametrize("path", [PATH, "tickets", f"{FOLDER}/sub", "tickets/sub"])
def test_nothing_below_tickets_is_a_submodule(desk: Desk, path: str) -> None:
    assert "F050" in desk.refused(desk.commit({path: ("160000", "1" * 40)}))


@attack("A folder in place of a ticket, folders in folders")
@pytest.mark.parametrize(
    "path", [f"{PATH}/x.md", "tickets/7K/a/b/c.md", f"{FOLDER}/deep/er.txt", "tickets/x"]
)
def test_there_are_no_other_files_than_tickets_and_attachments(desk: Desk, path: str) -> None:
    files = {PATH: None} if path.startswith(f"{PATH}/") else {}
    assert "F053" in desk.refused(desk.commit({**files, path: "x"}))


@attack("Paths that lead out: `..`, `.`, a slash in a name")
@pytest.mark.parametrize("name", [b"..", b".", b"../../x", b"a/b", b"/etc/passwd"])
def test_no_path_leads_out(desk: Desk, name: bytes) -> None:
    blob = ("100644", desk.blob(b"x"))
    assert desk.refused(desk.beside_the_ticket({name: blob})) == ["F053", "F054"]
    inner = ("40000", desk.tree({name: blob}))
    assert (
        set(desk.refused(desk.beside_the_ticket({ID.encode(): inner}))) <= {"F051", "F053", "F054"} != set()
    )


@attack("A tree with a name that is empty")
def test_a_tree_that_git_cannot_read_is_refused(desk: Desk) -> None:
    from gitdesk.errors import Unreadable

    with pytest.raises(Unreadable, match="cannot be read to its end"):
        desk.judged(desk.beside_the_ticket({b"": ("100644", desk.blob(b"x"))}))


@attack("Names that look like `.git` on some system")
@pytest.mark.parametrize(
    "name", [".git", ".GIT", "GIT~1", "git~1", ".g\u200cit", ".git ", ".git.", ".git::$DATA"]
)
def test_no_name_passes_for_gits_own_folder(desk: Desk, name: str) -> None:
    blob = ("100644", desk.blob(b"x"))
    forged = ["F054"] if name == ".git" else []
    assert desk.refused(desk.beside_the_ticket({name.encode(): blob})) == ["F053", *forged]
    inner = ("40000", desk.tree({name.encode(): blob}))
    assert desk.refused(desk.beside_the_ticket({ID.encode(): inner})) == ["F051", *forged]


@attack("Names that Windows keeps for itself: `CON`, `aux.md`, a dot or a blank at the end, `\\`, `:`")
@pytest.mark.parametrize(
    "name", ["CON", "aux.md", "nul.txt", "COM1", "a.", "a ", "a\\b", "a:b", "C:x", 'a"b', "a?b", "a*b", "a|b"]
)
def test_every_name_can_be_checked_out_everywhere(desk: Desk, name: str) -> None:
    inner = ("40000", desk.tree({name.encode(): ("100644", desk.blob(b"x"))}))
    assert desk.refused(desk.beside_the_ticket({ID.encode(): inner})) == ["F051"]


@attack("Names with control characters, a line break, or no Unicode")
@pytest.mark.parametrize(
    "name", [b"\x1b[31m", b"a\nb", b"a\rb", b"\x7f", "\u202etxt.exe".encode(), b"\xff\xfe", b"\xc3"]
)
def test_no_name_steers_a_terminal(desk: Desk, name: bytes) -> None:
    inner = ("40000", desk.tree({name: ("100644", desk.blob(b"x"))}))
    (found,) = desk.judged(desk.beside_the_ticket({ID.encode(): inner}))
    assert found.code == "F051"
    assert found.message.isprintable()


@attack("Twins by case")
def test_a_ticket_has_no_twin_by_case(desk: Desk) -> None:
    blob = ("100644", desk.git("rev-parse", f"{desk.base}:{PATH}"))
    for name in (f"{ID.lower()}.md", f"{ID}.MD", f"{ID}.Md"):
        assert "F053" in desk.refused(desk.beside_the_ticket({name.encode(): blob})), name
    # Of attachments such twins are let in: nothing is lost, since the files are what Git has.
    twins = {b"a.txt": ("100644", desk.blob(b"1")), b"A.txt": ("100644", desk.blob(b"2"))}
    made = desk.beside_the_ticket({ID.encode(): ("40000", desk.tree(twins))})
    assert desk.refused(made) == []


@attack("Twins by Unicode form (NFC, NFD)")
def test_an_attachment_has_no_twin_by_its_unicode_form(desk: Desk) -> None:
    twins = {name.encode(): ("100644", desk.blob(b"x")) for name in ("\u00e9.txt", "e\u0301.txt")}
    made = desk.beside_the_ticket({ID.encode(): ("40000", desk.tree(twins))})
    assert desk.refused(made) == ["F051"]


@attack("The folder of tickets once more: `Tickets/`, `tickets /`")
def test_what_only_looks_like_the_folder_of_tickets_is_none(own: Desk) -> None:
    tip = own.commit({f"Tickets/7K/{ID}.md": text(status="closed"), "GitDesk.yaml": "desk: evil"})
    assert own.refused(tip) == []
    own.git("update-ref", "refs/heads/main", tip)
    assert own.gitdesk("list", "-q").stdout == f"{ID}\n"


@attack("A ticket whose header names another one's path")
def test_a_ticket_is_the_one_of_its_path(desk: Desk) -> None:
    other = "AC-8M3QX4M2"
    assert desk.refused(desk.commit({f"tickets/8M/{other}.md": text()})) == ["F026"]


@attack("A link among the folders of a work tree, so that a command writes elsewhere")
def test_no_command_writes_through_a_link(own: Desk, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    own.git("mv", "tickets", "kept")
    (own.path / "tickets").symlink_to(outside)
    (own.path / "kept").rename(outside)
    before = sorted(outside.rglob("*")), (outside / "7K" / f"{ID}.md").read_bytes()
    for words in (
        ["new", "Hello", "-m", "x"],
        ["set", "7k3", "priority=high"],
        ["attach", "7k3", "gitdesk.yaml"],
    ):
        done = own.gitdesk(*words, GITDESK_NOW=stamp(own.at + 60))
        assert done.returncode == 1, (words, done.stderr)
        assert "symbolic link" in done.stderr
    assert before == (sorted(outside.rglob("*")), (outside / "7K" / f"{ID}.md").read_bytes())


@attack("A work tree below a folder that is a link")
def test_a_desk_below_a_link_is_the_same_desk(own: Desk, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(own.path.parent)
    done = own.gitdesk(
        "-C", str(tmp_path / "link" / "desk"), "set", "7k3", "priority=high", GITDESK_NOW=stamp(own.at + 60)
    )
    assert done.returncode == 0, done.stderr
    assert own.git("status", "--porcelain") == ""


@attack("`core.worktree` set to somebody's home")
def test_a_command_writes_no_file_where_no_desk_is_checked_out(own: Desk, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.mkdir()
    own.git("config", "core.worktree", str(victim))
    own.gitdesk("new", "Hello", "-m", "x", GITDESK_NOW=stamp(own.at + 60))
    own.gitdesk("list")
    assert list(victim.iterdir()) == []


@attack("Links among gitdesk's own files in `.git`, planted by an archive")
def test_files_of_gitdesks_own_are_not_written_through_links(own: Desk, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("kept")
    own.gitdesk("list")
    folder = own.path / ".git" / "gitdesk"
    planted = [path for path in folder.rglob("*") if path.is_file()]
    assert planted
    for path in [*planted, folder / "commits", folder / "mark"]:
        path.unlink(missing_ok=True)
        path.symlink_to(victim)
    for words in (["list"], ["new", "Hello", "-m", "x"], ["log"], ["sla", "report"]):
        own.gitdesk(*words, GITDESK_NOW=stamp(own.at + 60))
    assert victim.read_text() == "kept"
    assert set(os.listdir(tmp_path)) == {"victim", "desk"}


@attack("A desk inside a desk: a bare repository among its files")
def test_a_repository_among_the_files_is_read_as_data(own: Desk, tmp_path: Path) -> None:
    inner = own.path / "inner"
    own.git("init", "-q", "--bare", "-b", "main", str(inner))
    own.git("push", "-q", str(inner), "main")
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o755)
    for key in ("core.fsmonitor", "core.pager", "diff.external", "core.sshCommand", "core.editor"):
        own.git("-C", str(inner), "config", key, str(trap))
    (inner / "hooks" / "reference-transaction").write_text(trap.read_text())
    (inner / "hooks" / "reference-transaction").chmod(0o755)
    for words in (["list"], ["log"], ["check"], ["new", "Hello", "-m", "x"]):
        done = own.gitdesk("-C", str(inner), *words, GITDESK_NOW=stamp(own.at + 60))
        assert done.returncode == 0, done.stderr
    assert not (tmp_path / "sprung").exists()
    own.git("-C", str(inner), "-c", f"core.hooksPath={inner}/hooks", "update-ref", "refs/heads/x", "main")
    assert (tmp_path / "sprung").exists()


@attack("`.gitattributes` below `tickets/`, or one that names a merge driver or a filter")
def test_attributes_name_no_program(own: Desk) -> None:
    assert own.refused(own.commit({"tickets/.gitattributes": "* merge=evil\n"})) == ["F053"]
    tip = own.commit({".gitattributes": "* merge=evil filter=evil diff=evil\n"})
    assert own.refused(tip) == []
    trap = own.path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {own.path}/sprung\n")
    trap.chmod(0o755)
    own.git("config", "merge.evil.driver", str(trap))
    topic = own.commit({PATH: text(said(own.at), priority="high")}, parents=(tip,), at=own.at + 120)
    more = text(said(own.at), said(own.at + 120, "More."))
    base = own.commit({PATH: more}, parents=(tip,), at=own.at + 120)
    done = own.gitdesk("check", f"{base}..{topic}")
    assert done.returncode == 0, done.stderr + done.stdout
    assert not (own.path / "sprung").exists()
    own.git("checkout", "-q", base)
    own.git("merge", "-q", topic, check=False)
    assert (own.path / "sprung").exists()


@attack("`gitdesk.yaml` as an executable")
def test_a_gitdesk_yaml_is_read_and_never_run(desk: Desk) -> None:
    assert desk.refused(desk.commit({"gitdesk.yaml": ("100755", CONFIG)})) == ["P005"]
