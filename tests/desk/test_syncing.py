"""`sync` between clones: what both did survives, what does not fit is kept, and what needs a person is left to one."""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gitdesk.desk import Step, Why, syncing
from gitdesk.desk.sync_steps import Stopped
from gitdesk.desk.syncing import DONE, HELD, ILLEGAL, OFFLINE, REFUSED, Wanted
from gitdesk.domain.edit import Assign, Move, Relate, Set, Several, Tag
from gitdesk.domain.format import attachment_dir, path_of
from gitdesk.domain.ticket import TicketId
from gitdesk.errors import Refused, SetupError, UsageError
from gitdesk.store import layout

from .clones import Clone, Clones

Two = tuple[Clones, Clone, Clone, TicketId]


@pytest.fixture
def two(tmp_path: Path) -> Two:
    """Returns a server, Iva's and Marko's clones, and a ticket that both have."""
    clones, (iva, marko) = Clones.of(tmp_path, "iva", "marko")
    ticket = iva.new(assignee="")
    assert iva.sync().state == DONE
    assert marko.sync().received == 1
    return clones, iva, marko, ticket


def in_order(clones: Clones, *them: Clone) -> None:
    """Asserts that clones have nothing open and that what is shared is sound."""
    assert clones.server.git("fsck", "--strict", "--no-dangling") == ""
    for one in them:
        assert one.plain.status() == ""
        assert one.plain.git("fsck", "--strict", "--no-dangling") == ""
        assert one.gitdesk("check", "--history").returncode == 0


# What goes through


def test_two_changes_of_one_ticket_are_both_there_in_the_end(two: Two) -> None:
    clones, iva, marko, ticket = two
    iva.note(ticket, "of Iva")
    iva.run(Tag(add=("bug",)), ticket)
    marko.run(Assign(assignee="marko"), ticket)
    marko.note(ticket, "of Marko")
    assert (iva.sync().pushed, marko.sync().pushed) == (2, 2)
    assert iva.sync().received == 2
    assert iva.plain.tip() == marko.plain.tip() == clones.server.tip("main")
    found = iva.ticket(ticket)
    assert {one.body for one in found.messages} == {"of Iva", "of Marko"}
    assert (found.tags, found.assignee) == (("bug",), "marko")
    in_order(clones, iva, marko)


def test_what_is_made_again_keeps_author_dates_message_and_trailers(two: Two) -> None:
    _, iva, marko, ticket = two
    marko.environ["GIT_AUTHOR_DATE"] = "2026-11-22T08:59:00+02:00"
    with marko.open() as desk:
        step = Step(ticket_id=ticket, edit=Assign(assignee="marko"))
        old = desk.change([step], Why(reason="He knows it.\n\nReally: he does.", via="chat")).commit
    assert old is not None
    del marko.environ["GIT_AUTHOR_DATE"]
    marko.environ["GITDESK_NOW"] = "2026-11-22T10:00:00Z"
    iva.note(ticket, "first")
    iva.sync()
    marko.sync()
    form = "--format=%an%n%ae%n%ad%n%B"
    assert marko.plain.git("log", "-1", form, "HEAD") == marko.plain.git("log", "-1", form, old)
    assert marko.plain.git("log", "-1", "--format=%ct") == "1795341600"
    assert marko.plain.tip() != old


def test_nothing_to_do_pushes_nothing_and_a_second_time_too(two: Two) -> None:
    _, iva, _, _ = two
    for _ in range(2):
        told = iva.sync()
        assert (told.state, told.attempts, told.received, told.pushed) == (DONE, 0, 0, 0)


def test_what_was_shared_by_another_way_is_not_made_twice(two: Two) -> None:
    clones, iva, marko, ticket = two
    marko.note(ticket, "once")
    iva.git("fetch", "-q", str(marko.path), "main")
    iva.git("cherry-pick", "FETCH_HEAD")
    iva.note(ticket, "and more")
    iva.sync()
    told = marko.sync()
    assert (len(told.repeated), told.pushed, told.state) == (1, 0, DONE)
    assert [one.body for one in marko.ticket(ticket).messages].count("once") == 1
    assert marko.plain.tip() == clones.server.tip("main")


def test_files_beside_the_desk_come_along_whatever_they_are(two: Two) -> None:
    clones, iva, marko, ticket = two
    marko.write("tool.sh", "#!/bin/sh\n")
    (marko.path / "tool.sh").chmod(0o755)
    (marko.path / "link").symlink_to("tool.sh")
    name = os.fsdecode(b"odd-\xff.bin")
    marko.write(name, bytes(range(256)))
    marko.git("add", "-A")
    marko.git("commit", "-qm", "beside")
    iva.note(ticket, "x")
    iva.write("code.py", "a\nb\nc\nd\ne\n")
    iva.git("add", "code.py")
    iva.git("commit", "-qm", "code")
    iva.sync()
    assert marko.sync().state == DONE
    iva.sync()
    assert os.access(iva.path / "tool.sh", os.X_OK)
    assert os.readlink(iva.path / "link") == "tool.sh"
    assert (iva.path / name).read_bytes() == bytes(range(256))
    marko.write("code.py", "A\nb\nc\nd\ne\n")
    marko.git("commit", "-qam", "top")
    iva.write("code.py", "a\nb\nc\nd\nE\n")
    iva.git("commit", "-qam", "end")
    marko.sync()
    iva.sync()
    assert (iva.path / "code.py").read_text() == "A\nb\nc\nd\nE\n"
    in_order(clones, iva, marko)


def test_settings_changed_on_both_sides_are_joined_by_lines(two: Two) -> None:
    _, iva, marko, _ = two
    text = (iva.path / "gitdesk.yaml").read_text()
    iva.write("gitdesk.yaml", text.replace("name: acme", "name: Acme Help"))
    iva.git("commit", "-qam", "desk: a name")
    iva.sync()
    marko.git("config", "user.email", "iva@acme.example")  # who may configure
    marko.write("gitdesk.yaml", text + "# the end\n")
    marko.git("commit", "-qam", "desk: a remark")
    assert marko.sync().state == DONE
    assert "name: Acme Help" in (marko.path / "gitdesk.yaml").read_text()
    assert (marko.path / "gitdesk.yaml").read_text().endswith("# the end\n")


def in_two_steps(clone: Clone, ticket: TicketId) -> None:
    """Makes two commits that take two pushes: a status that the desk gets, and a ticket that goes there."""
    text = (clone.path / "gitdesk.yaml").read_text()
    clone.write(
        "gitdesk.yaml",
        text.replace("    - name: spam\n", "    - {name: parked, category: external}\n    - name: spam\n")
        .replace("on-hold, snoozed]", "on-hold, snoozed, parked]")
        .replace("snoozed, resolved, closed]", "snoozed, resolved, closed, parked]"),
    )
    clone.git("commit", "-qam", "desk: parked")
    clone.run(Move(status="parked"), ticket)


def test_a_right_given_first_is_shared_before_it_is_used(two: Two) -> None:
    """The law reads rules from the old tip, so that one push could not do both."""
    clones, iva, _, ticket = two
    clones.hook(f'cd "$PWD" && exec {sys.executable} -m gitdesk hook pre-receive')
    in_two_steps(iva, ticket)
    told = iva.sync()
    assert (told.state, told.attempts, told.pushed) == (DONE, 2, 2)
    assert clones.server.tip("main") == iva.plain.tip()


# Ids and names that two clones have chosen


def twin(clone: Clone, ticket: TicketId, monkeypatch: pytest.MonkeyPatch, **given: object) -> None:
    """Creates a ticket of a given id."""
    with monkeypatch.context() as patch:
        patch.setattr(layout, "new_id", lambda *_: ticket)
        assert clone.new(**given) == ticket


def test_a_fresh_ticket_whose_id_met_its_twin_is_drawn_again(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    clones, iva, marko, ticket = two
    same = TicketId("ACM-7K3QX4M2") if ticket.startswith("ACM") else TicketId(ticket[:-8] + "7K3QX4M2")
    twin(iva, same, monkeypatch, title="Of Iva", requester="Ana <ana@example.com>")
    twin(
        marko, same, monkeypatch, title="Of Marko", requester="Bo <bo@example.com>", files=(("a.txt", b"a"),)
    )
    marko.note(same, f"see {same}", files=(("b.txt", b"b"),))
    marko.run(Relate(kind="relates", target=same), ticket)
    iva.sync()
    told = marko.sync()
    ((old, new),) = told.renamed
    assert (old, told.state) == (same, DONE)
    assert marko.ticket(same).title == "Of Iva"
    mine = marko.ticket(TicketId(new))
    assert (mine.title, mine.id, mine.messages[0].body) == ("Of Marko", new, f"see {new}")
    folder = attachment_dir(TicketId(new))
    assert marko.plain.file(folder + "a.txt") == "a"
    assert marko.plain.file(folder + "b.txt") == "b"
    assert [str(link) for link in marko.ticket(ticket).links] == [f"relates {new}"]
    assert not any(same in line for line in marko.log("HEAD~3"))
    in_order(clones, marko)


def test_two_attachments_of_one_name_are_both_kept(two: Two) -> None:
    clones, iva, marko, ticket = two
    iva.note(ticket, "of Iva", files=(("shot.png", b"iva"),))
    marko.run(Several(edits=()), ticket, files=(("shot.png", b"marko"), ("same.txt", b"same")))
    marko.note(ticket, "again", files=(("other.txt", b"o"),))
    iva.run(Several(edits=()), ticket, files=(("same.txt", b"same"),))
    iva.sync()
    assert marko.sync().state == DONE
    folder = attachment_dir(ticket)
    assert marko.plain.file(folder + "shot.png") == "iva"
    assert marko.plain.file(folder + "shot-2.png") == "marko"
    assert marko.plain.file(folder + "same.txt") == "same"
    in_order(clones, marko)


# What does not fit


def test_what_does_not_fit_is_kept_on_a_branch_and_the_rest_goes_on(two: Two) -> None:
    clones, iva, marko, ticket = two
    other = iva.new("Another")
    iva.sync()
    marko.sync()
    iva.run(Set(values=(("priority", "high"),)), ticket)
    iva.sync()
    bad = marko.run(Set(values=(("priority", "low"),)), ticket)
    marko.note(other, "fine")
    last = marko.note(ticket, "builds on it")
    told = marko.sync()
    assert told.state == HELD
    (kept,) = told.held
    assert kept.branch == f"gitdesk/outbox/{ticket}"
    assert kept.commits == (bad, last)
    assert kept.reason == 'priority is "high" there and "low" here'
    assert marko.plain.tip(kept.branch) == last
    assert (told.pushed, marko.ticket(other).messages[0].body) == (1, "fine")
    assert (marko.ticket(ticket).priority, marko.ticket(ticket).messages) == ("high", ())
    assert clones.server.tip("main") == marko.plain.tip()
    assert marko.sync().state == DONE
    in_order(clones, marko)


def test_a_step_that_is_no_longer_legal_is_kept_with_the_rule_that_says_so(two: Two) -> None:
    _, iva, marko, ticket = two
    iva.run(Move(status="spam"), ticket)
    iva.sync()
    marko.run(Tag(add=("bug",)), ticket)
    text = (iva.path / "gitdesk.yaml").read_text()
    iva.write("gitdesk.yaml", text.replace("    - name: bug", "    - name: fault"))
    iva.git("commit", "-qam", "desk: another word")
    iva.sync()
    told = marko.sync()
    assert told.state == HELD
    assert told.held[0].reason == 'would be refused: T001 unknown tag "bug"'
    assert "bug" not in marko.ticket(ticket).tags


def test_all_that_is_refused_is_held_in_one_round_and_the_rest_is_shared(two: Two) -> None:
    clones, iva, marko, ticket = two
    others = [iva.new(f"Number {number}") for number in range(8)]
    iva.sync()
    marko.sync()
    for other in others:
        marko.run(Tag(add=("bug",)), other)
        marko.note(other, "builds on it")
    marko.note(ticket, "good")
    text = (iva.path / "gitdesk.yaml").read_text()
    iva.write("gitdesk.yaml", text.replace("    - name: bug", "    - name: fault"))
    iva.git("commit", "-qam", "desk: another word")
    iva.sync()
    rounds: list[int] = []

    @contextmanager
    def counting(task: str) -> Iterator[Callable[[int, int | None], None]]:
        yield lambda done, _: rounds.append(done) if task == "bringing changes together" else None

    told = syncing.sync(str(marko.path), marko.environ, counting, Wanted())
    assert rounds == [0, 8]
    assert told.state == HELD
    assert [len(one.commits) for one in told.held] == [2] * 8
    assert {one.reason for one in told.held} == {'would be refused: T001 unknown tag "bug"'}
    assert marko.log(iva.plain.tip()) == [f"{ticket}: note by Marko Babić"]
    assert clones.server.tip("main") == marko.plain.tip()


def test_what_links_to_a_fresh_ticket_that_is_held_is_held_with_it(two: Two) -> None:
    _, iva, marko, ticket = two
    fresh = marko.new("Fresh", tags=("bug",))
    marko.run(Relate(kind="relates", target=fresh), ticket)
    marko.note(ticket, "and so does this")
    other = marko.new("Beside it")
    text = (iva.path / "gitdesk.yaml").read_text()
    iva.write("gitdesk.yaml", text.replace("    - name: bug", "    - name: fault"))
    iva.git("commit", "-qam", "desk: another word")
    iva.sync()
    told = marko.sync()
    assert [(one.tickets, len(one.commits)) for one in told.held] == [((fresh, ticket), 3)]
    assert told.pushed == 1
    assert marko.ticket(ticket).links == ()
    assert marko.ticket(other).title == "Beside it"
    assert marko.gitdesk("check").returncode == 0


def test_a_branch_of_the_outbox_is_never_written_over(two: Two) -> None:
    _, iva, marko, ticket = two
    for value, mine in (("high", "low"), ("urgent", "low")):
        iva.run(Set(values=(("priority", value),)), ticket)
        iva.sync()
        marko.run(Set(values=(("priority", mine),)), ticket)
        assert marko.sync().state == HELD
    names = marko.plain.git("for-each-ref", "--format=%(refname:short)", "refs/heads/gitdesk/").splitlines()
    assert names == [f"gitdesk/outbox/{ticket}", f"gitdesk/outbox/{ticket}-2"]


def test_what_was_never_legal_stays_where_it_is_and_what_stands_before_it_is_shared(two: Two) -> None:
    clones, iva, _, ticket = two
    good = iva.note(ticket, "good")
    iva.write(path_of(ticket), iva.text(ticket).replace("status: new", "status: nonsense") + "\n")
    iva.git("commit", "-qam", "by hand")
    bad = iva.plain.tip()
    told = iva.sync()
    assert (told.state, told.ahead) == (ILLEGAL, 1)
    assert told.illegal[0].commit == bad
    assert (clones.server.tip("main"), iva.plain.tip()) == (good, bad)


def test_all_that_stands_before_an_illegal_commit_is_shared_in_one_sync(two: Two) -> None:
    clones, iva, _, ticket = two
    iva.write("gitdesk.yaml", (iva.path / "gitdesk.yaml").read_text() + "# later\n")
    iva.git("commit", "-qam", "desk: a word")
    good = iva.note(ticket, "good")
    iva.write(path_of(ticket), iva.text(ticket).replace("status: new", "status: nonsense") + "\n")
    iva.git("commit", "-qam", "by hand")
    told = iva.sync()
    assert (told.state, told.ahead, told.pushed) == (ILLEGAL, 1, 2)
    assert clones.server.tip("main") == good


def test_a_commit_that_breaks_a_rule_by_itself_is_held_with_the_rule_when_others_were_faster(
    two: Two,
) -> None:
    _, iva, marko, ticket = two
    marko.write(path_of(ticket), marko.text(ticket).replace("status: new", "status: nonsense"))
    marko.git("commit", "-qam", "by hand")
    iva.new("Another")
    iva.sync()
    done = marko.gitdesk("sync")
    assert done.returncode == 1
    assert "    would be refused: " in done.stdout
    assert "error: 1 commit of yours would be refused by the rules of origin/main\n" in done.stderr


# What only a person may decide


def test_a_rewritten_branch_is_told_and_nothing_is_guessed(two: Two) -> None:
    clones, iva, marko, ticket = two
    iva.note(ticket, "lost")
    iva.sync()
    marko.sync()
    mine = marko.note(ticket, "mine")
    iva.git("reset", "-q", "--hard", "HEAD~1")
    iva.note(ticket, "instead")
    iva.git("push", "-q", "--force")
    for _ in range(2):  # the second time the fetch brings nothing new
        with pytest.raises(Stopped, match="was rewritten"):
            marko.sync()
        assert marko.plain.tip() == mine
    assert clones.server.tip("main") == iva.plain.tip()


@pytest.mark.parametrize("options", [(), ("--bare",)])
@pytest.mark.parametrize("instead", [False, True])
def test_what_was_taken_off_is_not_put_back_by_a_fresh_clone_however_often_it_syncs(
    two: Two, instead: bool, options: tuple[str, ...]
) -> None:
    clones, iva, _, ticket = two
    iva.note(ticket, "a secret")
    iva.sync()
    fresh = clones.clone("marko-again", *options)
    if options:  # a bare clone keeps track of nothing until it is told to
        fresh.git("fetch", "-q", "origin", "refs/heads/main:refs/remotes/origin/main")
    had = fresh.plain.tip("main")
    iva.git("reset", "-q", "--hard", "HEAD~1")
    if instead:
        iva.note(ticket, "without it")
    iva.git("push", "-q", "--force")
    purged = clones.server.tip("main")
    for _ in range(3):
        with pytest.raises(Stopped, match="was rewritten"):
            fresh.sync()
        assert (clones.server.tip("main"), fresh.plain.tip("main")) == (purged, had)


def test_what_was_taken_off_is_not_put_back_after_a_fetch_by_hand(two: Two) -> None:
    clones, iva, _, ticket = two
    iva.note(ticket, "a secret")
    iva.sync()
    fresh = clones.clone("marko-again")
    iva.git("reset", "-q", "--hard", "HEAD~1")
    iva.git("push", "-q", "--force")
    fresh.git("fetch", "-q")
    with pytest.raises(Stopped, match="was rewritten"):
        fresh.sync()


def test_a_branch_that_is_gone_over_there_is_not_made_again(two: Two) -> None:
    clones, iva, marko, ticket = two
    clones.server.git("branch", "-m", "main", "elsewhere")
    iva.note(ticket, "x")
    for _ in range(2):
        with pytest.raises(Stopped, match="is gone from origin"):
            iva.sync()
    assert clones.server.git("branch", "--list", "main") == ""
    assert marko.plain.status() == ""


@pytest.mark.parametrize("is_chosen", [True, False])
@pytest.mark.parametrize("is_empty", [True, False])
def test_what_is_gone_stays_gone_however_often_it_is_synced(
    two: Two, is_chosen: bool, is_empty: bool
) -> None:
    clones, iva, _, ticket = two
    if not is_chosen:
        iva.git("config", "--unset", "branch.main.remote")
        iva.git("config", "--unset", "branch.main.merge")
    iva.note(ticket, "x")
    if not is_empty:
        clones.server.git("branch", "elsewhere", "main")
    clones.server.git("update-ref", "-d", "refs/heads/main")
    for wanted in ({"dry_run": True}, {}, {"push": False}, {}):
        with pytest.raises(Stopped, match="is gone from origin"):
            iva.sync(**wanted)
    assert clones.server.git("branch", "--list", "main") == ""
    iva.git("push", "-q", "origin", "main:main")
    iva.note(ticket, "y")
    assert iva.sync().pushed == 1


@pytest.mark.parametrize("is_deleted", [True, False])
def test_a_gitdesk_yaml_that_is_broken_over_there_is_said_to_be_theirs_and_the_way_out_works(
    two: Two, is_deleted: bool
) -> None:
    clones, iva, marko, ticket = two
    if is_deleted:
        marko.git("rm", "-q", "gitdesk.yaml")
    else:
        marko.write("gitdesk.yaml", (marko.path / "gitdesk.yaml").read_text() + "x: [\n")
    marko.git("commit", "-qam", "desk: oops")
    marko.git("push", "-q")
    bad = marko.plain.tip()
    iva.note(ticket, "mine")
    for call in (("sync", "--dry-run"), ("sync",)):
        done = iva.gitdesk(*call)
        assert done.returncode == 5
        assert f"(in origin/main, commit {bad[:7]} by Marko Babić, not in your file)" in done.stderr
        assert "git rebase origin/main" in done.stderr
    iva.git("rebase", "-q", "origin/main")
    iva.git("checkout", "-q", f"{bad}^", "--", "gitdesk.yaml")
    iva.git("commit", "-qam", "desk: mended")
    assert iva.gitdesk("sync").returncode == 0
    assert clones.server.tip("main") == iva.plain.tip()
    assert marko.sync().state == DONE


def test_two_desks_with_nothing_in_common_are_left_alone(two: Two, tmp_path: Path) -> None:
    _, iva, _, ticket = two
    (tmp_path / "other").mkdir()
    other, (alien,) = Clones.of(tmp_path / "other", "alien")
    root = alien.git("commit-tree", "HEAD^{tree}", "-m", "another beginning").strip()
    alien.git("push", "-q", "--force", "origin", f"{root}:refs/heads/main")
    iva.git("remote", "set-url", "origin", str(other.server.path))
    iva.git("update-ref", "-d", "refs/remotes/origin/main")
    iva.note(ticket, "x")
    tip = iva.plain.tip()
    with pytest.raises(Stopped, match="two desks"):
        iva.sync()
    assert (iva.plain.tip(), other.server.tip("main")) == (tip, root)


def test_uncommitted_work_is_kept_and_in_the_way_it_is_refused_before_anything(two: Two) -> None:
    clones, iva, marko, ticket = two
    other = iva.new("Another")
    iva.sync()
    marko.sync()
    iva.note(ticket, "theirs")
    iva.sync()
    marko.note(other, "mine")
    before, shared = marko.plain.tip(), clones.server.tip("main")
    marko.write(path_of(ticket), marko.text(ticket) + "\nhalf a thought\n")
    for dry in (True, False):
        with pytest.raises(
            Refused, match=r'cannot follow: "tickets/.*" has changes that are not committed'
        ) as it:
            marko.sync(dry_run=dry)
        assert "git stash push -- tickets/" in (it.value.hint or "")
    assert (marko.plain.tip(), clones.server.tip("main")) == (before, shared)
    assert "half a thought" in (marko.path / path_of(ticket)).read_text()
    marko.git("checkout", "-q", "--", path_of(ticket))
    marko.write("notes.txt", "of my own")
    marko.write("gitdesk.yaml", (marko.path / "gitdesk.yaml").read_text() + "# later\n")
    assert marko.sync().state == DONE
    assert marko.plain.status().split() == ["M", "gitdesk.yaml", "??", "notes.txt"]


def test_a_file_that_git_does_not_have_is_not_written_over_and_a_dry_run_says_so_too(two: Two) -> None:
    _, iva, marko, _ = two
    iva.write("notes.txt", "shared")
    iva.git("add", "notes.txt")
    iva.git("commit", "-qm", "notes")
    iva.sync()
    marko.write("notes.txt", "of my own")
    tip, status = marko.plain.tip(), marko.plain.status()
    for dry in (True, False):
        with pytest.raises(Refused, match=r'"notes\.txt" is in the way'):
            marko.sync(dry_run=dry)
        assert (marko.plain.tip(), marko.plain.status()) == (tip, status)
    (marko.path / "notes.txt").unlink()
    assert marko.sync(dry_run=True).state == DONE
    assert (marko.plain.tip(), marko.plain.status()) == (tip, "")


def test_in_the_middle_of_a_merge_a_dry_run_refuses_as_a_sync_does(two: Two) -> None:
    _, iva, marko, ticket = two
    iva.run(Set(values=(("priority", "high"),)), ticket)
    iva.sync()
    marko.run(Set(values=(("priority", "low"),)), ticket)
    marko.git("fetch", "-q")
    marko.plain.git("merge", "origin/main", check=False)
    for dry in (True, False):
        with pytest.raises(Refused, match="in the middle of a merge"):
            marko.sync(dry_run=dry)


def test_a_work_tree_that_cannot_be_written_is_put_back_and_the_next_sync_goes_through(two: Two) -> None:
    clones, iva, marko, ticket = two
    marko.write("sub/kept.txt", "old\n")
    marko.write("removed.txt", "old\n")
    marko.git("add", "sub", "removed.txt")
    marko.git("commit", "-qm", "beside")
    marko.sync()
    iva.sync()
    iva.write("aaa", "first")
    iva.write("sub/kept.txt", "new\n")
    iva.write("fresh/zeros", "0" * 3_000_000)
    iva.git("rm", "-q", "removed.txt")
    iva.git("add", "-A")
    iva.git("commit", "-qm", "large")
    iva.sync()
    marko.note(ticket, "mine")
    marko.write("notes.txt", "of my own")
    before = marko.plain.tip()
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, hard[1]))
    try:
        for _ in range(2):
            with pytest.raises(SetupError, match="zeros"):
                marko.sync()
            assert marko.plain.status().split() == ["??", "notes.txt"]
            assert marko.plain.tip() == before
            assert not (marko.path / "fresh").exists()
            assert not (marko.path / ".git" / "gitdesk" / "journal").exists()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, hard)
    assert marko.sync().state == DONE
    assert marko.plain.status().split() == ["??", "notes.txt"]
    assert (marko.path / "fresh" / "zeros").stat().st_size == 3_000_000
    assert clones.server.tip("main") == marko.plain.tip()


@pytest.mark.parametrize("name", [".env", "env/secret", "env"])
def test_an_ignored_file_is_in_the_way_as_any_other_and_not_written_over(two: Two, name: str) -> None:
    _, iva, marko, _ = two
    (marko.path / ".git" / "info").mkdir(exist_ok=True)
    (marko.path / ".git" / "info" / "exclude").write_text(".env\nenv\n")
    mine = "env/mine" if name == "env" else name.partition("/")[0]
    marko.write(mine, "SECRET=1\n")
    iva.write(name, "theirs\n")
    iva.git("add", "-f", name)
    iva.git("commit", "-qm", "env")
    iva.sync()
    before = marko.plain.tip()
    with pytest.raises(Refused, match="in the way"):
        marko.sync()
    assert (marko.path / mine).read_text() == "SECRET=1\n"
    assert (marko.plain.tip(), marko.plain.status()) == (before, "")
    (marko.path / mine).unlink()
    assert marko.sync().received == 1
    assert (marko.path / name).read_text() == "theirs\n"


@pytest.mark.parametrize("command", ["merge", "rebase"])
def test_in_the_middle_of_a_merge_or_rebase_nothing_moves(two: Two, command: str) -> None:
    _, iva, marko, ticket = two
    iva.run(Set(values=(("priority", "high"),)), ticket)
    iva.sync()
    marko.run(Set(values=(("priority", "low"),)), ticket)
    marko.git("fetch", "-q")
    marko.plain.git(command, "origin/main", check=False)
    with pytest.raises((Refused, SetupError)):
        marko.sync()
    marko.git(command, "--abort")
    assert marko.sync().state == HELD


# Merges that are there already


def test_a_local_merge_stays_and_is_joined_with_what_came_by_a_merge(two: Two) -> None:
    clones, iva, marko, ticket = two
    marko.git("checkout", "-q", "-b", "side")
    side = marko.note(ticket, "beside")
    marko.git("checkout", "-q", "main")
    other = marko.new("Another")
    marko.git("merge", "-q", "--no-ff", "-m", "merge side", "side")
    merge = marko.plain.tip()
    iva.note(ticket, "meanwhile")
    iva.sync()
    assert marko.sync().state == DONE
    parents = marko.plain.git("log", "-1", "--format=%P").split()
    assert parents == [iva.plain.tip(), merge]
    for commit in (side, merge):
        clones.server.git("merge-base", "--is-ancestor", commit, "main")
    assert {one.body for one in marko.ticket(ticket).messages} == {"beside", "meanwhile"}
    assert marko.ticket(other).title == "Another"
    in_order(clones, marko)


def test_a_local_merge_that_does_not_fit_is_left_to_a_person(two: Two) -> None:
    clones, iva, marko, ticket = two
    marko.git("checkout", "-q", "-b", "side")
    marko.run(Set(values=(("priority", "low"),)), ticket)
    marko.git("checkout", "-q", "main")
    marko.git("merge", "-q", "--no-ff", "-m", "merge side", "side")
    tip = marko.plain.tip()
    iva.run(Set(values=(("priority", "high"),)), ticket)
    iva.sync()
    with pytest.raises(Stopped, match='priority is "high" there and "low" here') as told:
        marko.sync()
    assert "git merge origin/main" in (told.value.hint or "")
    assert (marko.plain.tip(), clones.server.tip("main")) == (tip, iva.plain.tip())


# Which remote


def test_the_first_push_makes_the_branch_and_lets_ours_follow_it(tmp_path: Path) -> None:
    clones, (iva,) = Clones.of(tmp_path, "iva")
    clones.server.git("update-ref", "-d", "refs/heads/main")
    iva.git("config", "--remove-section", "branch.main")
    iva.git("update-ref", "-d", "refs/remotes/origin/main")
    told = iva.sync()
    assert (told.state, told.is_new) == (DONE, True)
    assert clones.server.tip("main") == iva.plain.tip()
    assert iva.plain.git("rev-parse", "--abbrev-ref", "main@{upstream}") == "origin/main"


def test_of_several_remotes_the_settings_say_which(two: Two, tmp_path: Path) -> None:
    clones, iva, _, ticket = two
    iva.git("clone", "-q", "--bare", str(clones.server.path), str(tmp_path / "second.git"))
    iva.git("remote", "add", "second", str(tmp_path / "second.git"))
    iva.note(ticket, "one")
    assert iva.sync(remote="second").remote.name == "second"
    assert iva.sync().remote.name == "origin"
    iva.git("config", "--remove-section", "branch.main")
    iva.git("config", "remote.pushDefault", "second")
    assert iva.sync().remote.name == "second"
    iva.git("config", "--unset", "remote.pushDefault")
    assert iva.sync().remote.name == "origin"
    with pytest.raises(UsageError, match="no remote"):
        iva.sync(remote="nowhere")


def test_without_a_remote_it_says_so(two: Two) -> None:
    _, iva, _, _ = two
    iva.git("remote", "remove", "origin")
    with pytest.raises(SetupError, match="has no remote"):
        iva.sync()


def test_a_remote_that_does_not_answer_is_offline_and_all_is_kept(two: Two) -> None:
    clones, iva, _, ticket = two
    made = iva.note(ticket, "kept")
    clones.server.path.rename(clones.folder / "away")
    told = iva.sync()
    assert (told.state, told.ahead, iva.plain.tip()) == (OFFLINE, 1, made)
    (clones.folder / "away").rename(clones.server.path)
    assert iva.sync().pushed == 1


def test_a_server_that_refuses_is_believed_and_not_asked_again(two: Two) -> None:
    clones, iva, _, ticket = two
    clones.hook("echo 'not on a Sunday \033[31m' >&2; echo x >> asked; exit 1")
    made = iva.note(ticket, "kept")
    told = iva.sync()
    assert (told.state, told.attempts, told.ahead) == (REFUSED, 1, 1)
    assert told.said == ("not on a Sunday \033[31m",)
    assert iva.plain.tip() == made
    assert (clones.server.path / "asked").read_text() == "x\n"
    done = iva.gitdesk("sync")
    assert done.returncode == 1
    assert "origin: not on a Sunday" in done.stderr
    assert "\033" not in done.stderr


def test_a_race_that_is_lost_is_run_again(two: Two) -> None:
    clones, iva, marko, ticket = two
    marko.note(ticket, "won")
    marko.git("push", "-q", "origin", "main:refs/heads/winner")
    winner = marko.plain.tip()
    clones.hook(
        f"[ -e raced ] || {{ touch raced; unset GIT_QUARANTINE_PATH; git update-ref refs/heads/main {winner}; }}"
    )
    iva.note(ticket, "lost")
    told = iva.sync()
    assert (told.state, told.attempts, told.pushed) == (DONE, 2, 1)
    assert {one.body for one in iva.ticket(ticket).messages} == {"won", "lost"}
    assert clones.server.tip("main") == iva.plain.tip()


def test_an_answer_that_got_lost_is_no_second_push(two: Two) -> None:
    """The push was taken, and the connection broke before that was said."""
    clones, iva, _, ticket = two
    path = clones.server.path / "hooks" / "post-receive"
    path.write_text("#!/bin/sh\nkill -9 $PPID\n")
    path.chmod(0o755)
    iva.note(ticket, "once")
    told = iva.sync()
    assert (told.state, told.attempts, told.pushed) == (DONE, 1, 1)
    assert clones.server.tip("main") == iva.plain.tip()


def test_an_answer_that_got_lost_after_a_first_step_counts_what_that_one_shared_once(two: Two) -> None:
    clones, iva, _, ticket = two
    path = clones.server.path / "hooks" / "post-receive"
    path.write_text("#!/bin/sh\n[ -e first ] && kill -9 $PPID\ntouch first\n")
    path.chmod(0o755)
    in_two_steps(iva, ticket)
    told = iva.sync()
    assert (told.state, told.attempts, told.pushed) == (DONE, 2, 2)
    assert clones.server.tip("main") == iva.plain.tip()


def test_a_server_that_refuses_the_second_step_is_believed_too(two: Two) -> None:
    """What our own first step has moved there is no race that was lost."""
    clones, iva, _, ticket = two
    clones.hook("[ -e first ] && { echo 'not on a Sunday' >&2; exit 1; }; touch first")
    in_two_steps(iva, ticket)
    told = iva.sync()
    assert (told.state, told.attempts, told.pushed, told.ahead) == (REFUSED, 2, 1, 1)
    assert told.said == ("not on a Sunday",)


# Clones of other kinds


@pytest.mark.parametrize(
    "options", [("--depth=1",), ("--filter=blob:none",), ("--bare",), ("--single-branch",)]
)
def test_a_shallow_partial_or_bare_clone_syncs_too(two: Two, options: tuple[str, ...]) -> None:
    clones, iva, _, ticket = two
    clones.server.git("config", "uploadpack.allowFilter", "true")
    clones.server.git("config", "uploadpack.allowAnySHA1InWant", "true")
    for number in range(3):
        iva.note(ticket, f"note {number}")
    iva.sync()
    other = clones.clone("marko-other", *options)
    iva.note(ticket, "of Iva")
    iva.sync()
    other.note(ticket, "of the other")
    told = other.sync()
    assert (told.state, told.pushed) == (DONE, 1)
    assert iva.sync().state == DONE
    assert {"of Iva", "of the other"} <= {one.body for one in iva.ticket(ticket).messages}


def test_a_desk_beside_code_leaves_the_code_alone(two: Two) -> None:
    clones, iva, marko, ticket = two
    marko.git("checkout", "-q", "--orphan", "code")
    marko.git("rm", "-rq", "--cached", ".")
    marko.git("clean", "-fdq")
    marko.write("main.c", "int main;\n")
    marko.git("add", "main.c")
    marko.git("commit", "-qm", "code")
    marko.git("config", "gitdesk.branch", "main")
    iva.note(ticket, "of Iva")
    iva.sync()
    marko.note(ticket, "of Marko")
    assert marko.sync().state == DONE
    assert marko.plain.status() == ""
    assert sorted(os.listdir(marko.path)) == [".git", "main.c"]
    assert clones.server.tip("main") == marko.plain.tip("main")


def test_a_dry_run_tells_and_changes_nothing(two: Two) -> None:
    clones, iva, marko, ticket = two
    iva.run(Set(values=(("priority", "high"),)), ticket)
    iva.sync()
    tip = marko.run(Set(values=(("priority", "low"),)), ticket)
    told = marko.sync(dry_run=True)
    assert (told.received, told.ahead, len(told.held), told.dry_run) == (1, 0, 1, True)
    assert marko.plain.tip() == tip
    assert marko.plain.git("branch", "--list", "gitdesk/*") == ""
    assert clones.server.tip("main") == iva.plain.tip()


def test_without_a_push_it_only_takes_in(two: Two) -> None:
    clones, iva, marko, ticket = two
    iva.note(ticket, "theirs")
    iva.sync()
    marko.note(ticket, "mine")
    told = marko.sync(push=False)
    assert (told.received, told.pushed, told.ahead, told.attempts) == (1, 0, 1, 0)
    assert clones.server.tip("main") == iva.plain.tip()
    assert len(marko.ticket(ticket).messages) == 2


def test_a_mirror_keeps_its_own_commits(two: Two) -> None:
    """Its settings would have every fetch overwrite its branches."""
    clones, iva, _, ticket = two
    mirror = clones.clone("marko-mirror", "--mirror")
    iva.note(ticket, "of Iva")
    iva.sync()
    mirror.note(ticket, "of the mirror")
    assert mirror.sync().state == DONE
    assert clones.server.tip("main") == mirror.plain.tip("main")
