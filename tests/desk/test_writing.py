"""Writing through the door: one commit or nothing, files beside it, and what others did meanwhile."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

from gitdesk.desk import Fresh, Rewrite, Step, Why
from gitdesk.desk.reading import document
from gitdesk.domain.edit import Assign, Move, Several, Tag, Take
from gitdesk.domain.format import path_of
from gitdesk.domain.ticket import Message, Ticket, TicketId
from gitdesk.errors import Conflict, NotFound, Refused, SetupError, UsageError

from .conftest import NOW, Place

NOTHING = Several(edits=())


def test_a_change_is_one_commit_that_names_ticket_and_change(place: Place) -> None:
    ticket = place.new()
    with place.open() as desk:
        outcome = desk.change([Step(ticket_id=ticket, edit=Move(status="open"))], Why(reason="on it"))
    assert (
        place.git("log", "-1", "--format=%H%n%B").strip()
        == f"{outcome.commit}\n{ticket}: status new → open\n\non it"
    )
    assert place.git("status", "--porcelain") == ""


def test_a_change_touches_only_its_line(place: Place) -> None:
    ticket = place.new()
    with place.open() as desk:
        desk.change([Step(ticket_id=ticket, edit=Assign(assignee="iva"))], Why())
    assert (
        place.git("diff", "HEAD~1", "--stat").splitlines()[-1].strip()
        == "1 file changed, 1 insertion(+), 1 deletion(-)"
    )


def test_what_is_so_already_makes_no_commit(place: Place) -> None:
    ticket = place.new()
    before = place.git("rev-parse", "HEAD")
    with place.open() as desk:
        outcome = desk.change([Step(ticket_id=ticket, edit=Move(status="new"))], Why())
    assert (outcome.commit, outcome.unchanged) == (None, (ticket,))
    assert place.git("rev-parse", "HEAD") == before


def test_a_dry_run_shows_the_lines_and_writes_nothing(place: Place) -> None:
    ticket = place.new()
    before = place.git("rev-parse", "HEAD")
    with place.open() as desk:
        outcome = desk.change([Step(ticket_id=ticket, edit=Move(status="open"))], Why(), dry_run=True)
    changed = [
        line for line in outcome.diff.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")
    ]
    assert changed == ["-status: new", "+status: open"]
    assert place.git("rev-parse", "HEAD") == before


def test_a_bulk_change_is_all_or_nothing(place: Place) -> None:
    one = place.new()
    before = place.git("rev-parse", "HEAD")
    steps = [Step(ticket_id=ticket, edit=Move(status="open")) for ticket in (one, TicketId("GD-00000000"))]
    with place.open() as desk, pytest.raises(NotFound):
        desk.change(steps, Why())
    assert place.git("rev-parse", "HEAD") == before


def test_a_bulk_change_is_one_commit(place: Place) -> None:
    tickets = [place.new(f"ticket {number}") for number in range(3)]
    with place.open() as desk:
        desk.change([Step(ticket_id=ticket, edit=Tag(add=("login",))) for ticket in tickets], Why())
    assert place.git("log", "-1", "--format=%s").strip() == "3 tickets: tag +login"


def test_what_the_rules_refuse_is_not_written(place: Place) -> None:
    ticket = place.new()
    before = place.git("rev-parse", "HEAD")
    with place.open() as desk, pytest.raises(Refused, match="F040"):
        desk.change([Step(ticket_id=ticket, edit=Move(status="opne"))], Why())
    assert place.git("rev-parse", "HEAD") == before


def test_attachments_get_safe_free_names_and_the_same_file_is_kept_once(place: Place) -> None:
    ticket = place.new(files=(("log.txt", b"one"),))
    with place.open() as desk:
        outcome = desk.change(
            [
                Step(
                    ticket_id=ticket,
                    edit=NOTHING,
                    files=(("log.txt", b"one"), ("LOG.txt", b"two"), ("a b?.txt", b"x")),
                )
            ],
            Why(),
        )
    stored = {path.rsplit("/", 1)[-1]: wanted for path, wanted in outcome.files}
    assert stored["LOG-2.txt"] == "LOG.txt"
    assert "log.txt" not in stored
    with place.open() as desk:
        again = desk.change([Step(ticket_id=ticket, edit=NOTHING, files=(("log.txt", b"one"),))], Why())
    assert (again.commit, again.unchanged) == (None, (ticket,))


def test_a_message_names_the_files_sent_with_it(place: Place) -> None:
    message = Message(
        at=NOW, kind="reply", author="Iva <iva@acme.example>", body="see", meta=(("attachments", ""),)
    )
    ticket = place.new()
    from gitdesk.domain.edit import Say

    with place.open() as desk:
        desk.change(
            [Step(ticket_id=ticket, edit=Say(message=message), files=(("a.txt", b"x"), ("b.txt", b"y")))],
            Why(),
        )
    with place.open() as desk:
        assert desk.ticket(ticket).messages[0].attachments == ("a.txt", "b.txt")


def test_an_attachment_over_the_limit_is_refused_with_both_sizes(place: Place) -> None:
    ticket = place.new()
    with place.open() as desk, pytest.raises(Refused, match=r"11,000,000 bytes.*10,000,000"):
        desk.change([Step(ticket_id=ticket, edit=NOTHING, files=(("big", b"0" * 11_000_000),))], Why())


def test_two_agents_never_take_the_same_ticket(place: Place) -> None:
    ticket = place.new()
    with place.open() as desk:
        desk.change([Step(ticket_id=ticket, edit=Take(assignee="iva"))], Why())
    with place.open() as desk, pytest.raises(Conflict, match="taken by iva"):
        desk.change([Step(ticket_id=ticket, edit=Take(assignee="marko"))], Why())


def test_an_edit_is_applied_to_what_others_wrote_meanwhile(place: Place) -> None:
    ticket = place.new()
    early = place.open()
    assert early.ticket(ticket).status == "new"
    with place.open() as desk:
        desk.change([Step(ticket_id=ticket, edit=Tag(add=("login",)))], Why())
    early.change([Step(ticket_id=ticket, edit=Move(status="open"))], Why())
    early.close()
    with place.open() as desk:
        found = desk.ticket(ticket)
    assert (found.status, found.tags) == ("open", ("login",))


def test_a_whole_file_written_on_an_old_version_is_a_conflict(place: Place) -> None:
    ticket = place.new()
    with place.open() as desk:
        old, base, _ = document(desk, ticket)
    with place.open() as desk:
        desk.change([Step(ticket_id=ticket, edit=Move(status="open"))], Why())
    with place.open() as desk, pytest.raises(Conflict, match="in the meantime"):
        desk.change([Rewrite(ticket_id=ticket, data=old.data + b"\nmore\n", base=base)], Why())


def test_a_whole_file_that_cannot_be_read_is_refused_with_its_place(place: Place) -> None:
    ticket = place.new()
    with place.open() as desk:
        old, base, _ = document(desk, ticket)
        with pytest.raises(Refused) as raised:
            desk.change(
                [Rewrite(ticket_id=ticket, data=old.data.replace(b"status: new\n", b""), base=base)], Why()
            )
    assert raised.value.place is not None
    assert raised.value.place.path == old.path


def test_trouble_that_was_in_a_file_before_does_not_stop_other_changes(place: Place) -> None:
    ticket = place.new()
    with place.open() as desk:
        path = document(desk, ticket)[0].path
    file = place.path / path
    file.write_text(
        file.read_text().replace("channel:", "chanel:").replace("status: new", "chanel: x\nstatus: new")
    )
    place.git("-c", "core.hooksPath=/dev/null", "commit", "-qam", "by hand")
    with place.open() as desk:
        desk.change([Step(ticket_id=ticket, edit=Move(status="open"))], Why())
        assert any("chanel" in one.message for one in desk.check())


def test_uncommitted_work_in_the_file_stops_the_change_and_is_kept(place: Place) -> None:
    ticket = place.new()
    with place.open() as desk:
        path = document(desk, ticket)[0].path
    file = place.path / path
    file.write_text(file.read_text() + "\nhalf a thought\n")
    with place.open() as desk, pytest.raises(Refused) as raised:
        desk.change([Step(ticket_id=ticket, edit=Move(status="open"))], Why())
    assert path in str(raised.value)
    assert file.read_text().endswith("half a thought\n")


def test_staged_and_changed_files_of_others_are_left_alone(place: Place) -> None:
    ticket = place.new()
    (place.path / "staged.txt").write_text("s")
    place.git("add", "staged.txt")
    (place.path / "gitdesk.yaml").write_text((place.path / "gitdesk.yaml").read_text() + "# mine\n")
    with place.open() as desk:
        desk.change([Step(ticket_id=ticket, edit=Move(status="open"))], Why())
    assert place.git("status", "--porcelain").splitlines() == [" M gitdesk.yaml", "A  staged.txt"]


def test_ids_are_the_same_again_where_a_demonstration_asks_for_it(place: Place) -> None:
    ticket = Ticket(id=TicketId(""), title="x", created=NOW, status="new")
    with place.open(GITDESK_SEED="demo") as desk:
        first = desk.change([Fresh(ticket=ticket)], Why(), dry_run=True)
    with place.open(GITDESK_SEED="demo") as desk:
        second = desk.change([Fresh(ticket=replace(ticket, title="y"))], Why(), dry_run=True)
    assert first.ids == second.ids


def test_without_an_identity_nothing_is_written(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = place.new()
    before = place.git("rev-parse", "HEAD")
    with (
        place.open(GIT_CONFIG_GLOBAL="/dev/null") as desk,
        pytest.raises(SetupError, match="Git does not know"),
    ):
        desk.change([Step(ticket_id=ticket, edit=Move(status="open"))], Why())
    assert place.git("rev-parse", "HEAD") == before


def test_a_merged_ticket_is_not_moved_but_unmerged(place: Place) -> None:
    from gitdesk.desk.merging import merge_steps

    source, target = place.new("double"), place.new("first")
    with place.open() as desk:
        desk.change(merge_steps(desk, source, target), Why())
    with place.open() as desk, pytest.raises(Refused, match="is merged into"):
        desk.change([Step(ticket_id=source, edit=Move(status="open"))], Why())


@pytest.mark.parametrize(
    "header", ["", "links:\n  - blocks GD-4F7K2M9T\n", "\nfields:\n  region: eu # here\n\n\n"]
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_merge_taken_back_leaves_both_files_as_they_were(place: Place, header: str, end: str) -> None:
    from gitdesk.desk.merging import merge_steps, unmerge_steps

    source, target = place.new("double"), place.new("first")
    file = place.path / path_of(source)
    text = file.read_text().replace("tags:\n", f"tags:\n{header}").replace("\n", end)
    file.write_bytes(text.encode())
    place.git("commit", "-nqam", "by hand", "--allow-empty")
    other = (place.path / path_of(target)).read_bytes()
    with place.open() as desk:
        desk.change(merge_steps(desk, source, target), Why())
    assert b"merged_into" in file.read_bytes()
    with place.open() as desk:
        desk.change(unmerge_steps(desk, source), Why())
    assert file.read_bytes() == text.encode()
    assert (place.path / path_of(target)).read_bytes() == other


def test_line_ends_changed_by_hand_are_told(place: Place) -> None:
    ticket = place.new()
    with place.open() as desk:
        found, base, _ = document(desk, ticket)
        data = found.data.replace(b"\n", b"\r\n")
        desk.change([Rewrite(ticket_id=ticket, data=data, base=base)], Why())
    assert place.git("log", "-1", "--format=%s").strip() == f"{ticket}: line ends LF → CRLF"


def test_a_draft_is_brought_together_with_what_others_wrote_meanwhile(place: Place) -> None:
    from gitdesk.desk.reading import together

    ticket = place.new()
    with place.open() as desk:
        old, base, _ = document(desk, ticket)
        desk.change([Step(ticket_id=ticket, edit=Move(status="open"))], Why())
    with place.open() as desk:
        new, _, _ = document(desk, ticket)
        draft = old.data.replace(b"title: Cannot log in", b"title: Cannot log in at all")
        both = together(desk, base, new.data, draft)
        assert b"status: open" in both
        assert b"at all" in both
        assert b"<<<<<<<" in together(
            desk, base, new.data, old.data.replace(b"status: new", b"status: closed")
        )
        assert together(desk, "0" * 40, new.data, draft) == draft


def test_a_query_for_a_bulk_change_selects_what_a_list_shows(place: Place) -> None:
    place.new("done", status="closed")
    open_ = place.new("open")
    with place.open() as desk:
        assert desk.select("priority:normal") == [open_]
        assert len(desk.select("priority:normal is:closed,new")) == 2
        with pytest.raises(UsageError, match="empty"):
            desk.select("  ")


def test_the_first_change_of_a_clone_makes_no_index(place: Place) -> None:
    ticket = place.new()
    folder = place.path / ".git" / "gitdesk"
    shutil.rmtree(folder)
    with place.open() as desk:
        desk.change([Step(ticket_id=ticket, edit=Assign(assignee="iva"))], Why())
    assert (folder / "config.json").exists()
    assert not (folder / "index").exists()


def test_other_rules_are_in_force_as_soon_as_they_are_committed(place: Place) -> None:
    ticket = place.new()
    tag = Step(ticket_id=ticket, edit=Tag(add=("brand-new",)))
    with place.open() as desk, pytest.raises(Refused, match="unknown tag"):
        desk.change([tag], Why())
    file = place.path / "gitdesk.yaml"
    file.write_text(file.read_text().replace("  open: false ", "  open: true "))
    place.git("commit", "-qam", "any tag")
    with place.open() as desk:
        assert desk.change([tag], Why()).commit
    place.git("revert", "--no-edit", "HEAD~1")
    with place.open() as desk, pytest.raises(Refused, match="unknown tag"):
        desk.change([Step(ticket_id=ticket, edit=Tag(add=("another",)))], Why())
