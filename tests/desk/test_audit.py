"""The audit trail through the door: it is told from history alone, and `updated` follows it whatever Git did."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gitdesk.desk import Step, Why
from gitdesk.domain.edit import Move, Tag
from gitdesk.domain.ticket import TicketId
from gitdesk.errors import UsageError

from .conftest import Place


def trail(place: Place, ticket: TicketId | None = None, **filters: object) -> list[str]:
    with place.open() as desk:
        return [entry.phrase for entry in desk.log([ticket] if ticket else None, **filters).entries]


def move(place: Place, ticket: TicketId, status: str, **why: str) -> None:
    with place.open() as desk:
        desk.change([Step(ticket_id=ticket, edit=Move(status=status))], Why(**why))


def test_the_trail_tells_what_changed_from_what_to_what_newest_first(place: Place) -> None:
    ticket = place.new()
    move(place, ticket, "open")
    move(place, ticket, "waiting")
    assert trail(place, ticket) == ["status open → waiting", "status new → open", 'created "Cannot log in"']
    assert trail(place, ticket, limit=2, oldest_first=True) == ["status new → open", "status open → waiting"]


def test_a_limit_counts_commits_and_never_cuts_one_in_half(place: Place) -> None:
    tickets = [place.new(f"ticket {number}") for number in range(3)]
    with place.open() as desk:
        desk.change([Step(ticket_id=one, edit=Tag(add=("login",))) for one in tickets], Why())
    assert trail(place, limit=1) == ["tag +login"] * 3


def test_a_day_counts_from_its_beginning(place: Place) -> None:
    ticket = place.new()
    assert (
        trail(place, ticket, since="2026-11-22")
        == trail(place, ticket, since="today")
        == trail(place, ticket)
    )
    assert trail(place, ticket, until="2026-11-22") == []
    assert trail(place, ticket, until="2026-11-23", since="7d") == trail(place, ticket)


def test_a_deleted_ticket_keeps_its_trail(place: Place) -> None:
    from gitdesk.desk.naming import recall

    ticket = place.new()
    place.git("rm", "-qr", "tickets")
    place.git("-c", "core.hooksPath=/dev/null", "commit", "-qm", "gone")
    with place.open() as desk:
        assert recall(desk, ticket) == recall(desk, ticket[3:7].lower()) == ticket
        assert desk.show(ticket, at="HEAD~1").document.ticket is not None
    assert trail(place, ticket)[0].startswith("deleted")


def test_a_field_that_never_changes_is_a_mistake(place: Place) -> None:
    with pytest.raises(UsageError, match="statsu"):
        trail(place, field="statsu")


def test_a_hand_edit_counts_as_much_as_a_command(place: Place) -> None:
    ticket = place.new()
    file = next((place.path / "tickets").rglob("*.md"))
    file.write_text(file.read_text().replace("status: new", "status: open"))
    place.git("-c", "user.name=Ana", "-c", "user.email=ana@acme.example", "commit", "-qam", "anything at all")
    with place.open() as desk:
        entry = next(iter(desk.log([ticket]).entries))
    assert (entry.phrase, entry.commit.author_name) == ("status new → open", "Ana")


def test_reason_and_via_are_told(place: Place) -> None:
    ticket = place.new()
    move(place, ticket, "open", reason="because\n\nApproved-by: nobody", via="email")
    with place.open() as desk:
        commit = next(iter(desk.log([ticket]).entries)).commit
    assert (commit.reason, commit.via, commit.approved_by) == ("because\n\nApproved-by: nobody", "email", "")


def test_what_a_merge_brought_in_names_who_approved_the_merge(place: Place) -> None:
    ticket = place.new()
    main = place.git("symbolic-ref", "--short", "HEAD").strip()
    silent = ("-c", "core.hooksPath=/dev/null")

    def land(status: str, *words: str) -> None:
        place.git("switch", "-qc", status)
        move(place, ticket, status)
        place.git("switch", "-q", main)
        place.git(*silent, "merge", "-q", "--no-ff", "-m", f"land {status}", *words, status)

    def approved() -> list[tuple[str, str]]:
        with place.open() as desk:
            return [(one.phrase, one.commit.approved_by) for one in desk.log([ticket]).entries]

    land("open")
    assert {by for _, by in approved()} == {""}
    land("waiting", "-m", "Approved-by: Iva Kralj <iva@acme.example>")
    told = [("status open → waiting", "Iva Kralj <iva@acme.example>"), ("status new → open", "")]
    assert approved()[:2] == told
    move(place, ticket, "resolved")
    assert approved()[:3] == [("status waiting → resolved", ""), *told]


def test_the_trail_can_be_narrowed(place: Place) -> None:
    ticket = place.new()
    move(place, ticket, "open")
    assert trail(place, ticket, field="status") == ["status new → open"]
    assert (
        trail(place, ticket, actor="iva")
        == trail(place, ticket, actor="IVA@acme.example")
        == trail(place, ticket)
    )
    assert trail(place, ticket, actor="somebody else") == []
    assert trail(place, ticket, since="2026-11-23T00:00:00Z") == []
    with pytest.raises(UsageError):
        trail(place, ticket, since="someday")


def test_a_reset_takes_back_what_the_trail_told(place: Place) -> None:
    ticket = place.new()
    move(place, ticket, "open")
    assert len(trail(place, ticket)) == 2
    place.git("reset", "-q", "--hard", "HEAD~1")
    assert trail(place, ticket) == ['created "Cannot log in"']


STEPS = st.lists(st.sampled_from(["open", "waiting", "tag", "untag", "revert", "amend", "back"]), max_size=6)
LOOKS = st.lists(st.sampled_from(["list", "log", "updated", "rebuild", ""]), min_size=6, max_size=6)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, looks=LOOKS)
def test_updated_is_the_time_of_the_last_commit_that_changed_the_ticket(
    place: Place, steps: list[str], looks: list[str]
) -> None:
    ticket, other = place.new(), place.new("other")
    base = place.git("rev-parse", "HEAD")
    clock = 1_800_000_000
    for step, look in zip(steps, looks, strict=False):
        clock += 60
        place.environ["GIT_COMMITTER_DATE"] = f"@{clock} +0000"
        _do(place, ticket, step, base)
        _look(place, look)
    expected = place.git("log", "-1", "--format=%ct", "--", f"tickets/{ticket[3:5]}/{ticket}.md").strip()
    with place.open() as desk:
        rows = dict(desk.find(columns=("id", "updated"), everything=True).rows)
    from datetime import UTC, datetime

    assert rows[ticket] == datetime.fromtimestamp(int(expected), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert rows[other] is not None
    place.environ.pop("GIT_COMMITTER_DATE", None)


def _do(place: Place, ticket: TicketId, step: str, base: str) -> None:
    if step in ("open", "waiting"):
        move(place, ticket, step)
    elif step in ("tag", "untag"):
        names = ("login",)
        edit = Tag(add=names) if step == "tag" else Tag(remove=names)
        with place.open() as desk:
            desk.change([Step(ticket_id=ticket, edit=edit)], Why())
    elif step == "revert":
        place.git("-c", "core.hooksPath=/dev/null", "commit", "-q", "--allow-empty", "-m", "nothing")
    elif place.git("rev-parse", "HEAD") == base:
        return  # nothing of this example's to amend or to take back
    elif step == "amend":
        place.git("-c", "core.hooksPath=/dev/null", "commit", "-q", "--amend", "--no-edit", "--allow-empty")
    else:
        place.git("reset", "-q", "--hard", "HEAD~1")


def _look(place: Place, look: str) -> None:
    with place.open() as desk:
        if look == "list":
            list(desk.find(columns=("id",)).rows)
        elif look == "log":
            list(desk.log().entries)
        elif look == "updated":
            list(desk.find(columns=("id", "updated")).rows)
        elif look == "rebuild":
            import shutil

            shutil.rmtree(place.path / ".git" / "gitdesk" / "index", ignore_errors=True)
