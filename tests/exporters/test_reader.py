"""Neutral tickets out of histories that commands do not make: merges, hand edits, cut texts, files, strangers."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from histories import ANA, IVA, START, Stream, exported, facts_of, open_desk, text_of, versions

from gitdesk.domain.format import path_of
from gitdesk.domain.ticket import Message, Ticket, TicketId, timestamp
from gitdesk.errors import Refused, UsageError
from gitdesk.exporters import versions as versions_module
from gitdesk.exporters.attachments import INLINE, NAMES, Attachments
from gitdesk.exporters.reader import Reader
from gitdesk.value import replace

ONE, TWO = TicketId("GD-7K3QX4M2"), TicketId("GD-4F7K2M9T")
PATH = path_of(ONE)
AT = datetime.fromtimestamp(START, UTC)
TICKET = Ticket(id=ONE, title="Cannot log in", created=AT, status="new", requester=ANA)
REPLY = Message(at=AT + timedelta(hours=1), kind="reply", author=IVA, body="Hello")


def history(*tickets: Ticket) -> Stream:
    """Returns a stream with one commit a version."""
    stream = Stream()
    for ticket in tickets:
        stream.commit({path_of(ticket.id): text_of(ticket)})
    return stream


def test_a_plain_ticket_needs_no_look_at_its_versions(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    later = replace(TICKET, status="open", tags=("vip",), fields=(("skills", ("a", "b, c")),))
    history(TICKET, later, replace(later, status="waiting", tags=(), messages=(REPLY,))).run(desk)
    monkeypatch.setattr(versions_module.Versions, "ticket", None)
    (ticket,) = exported(desk)
    assert ticket["source"] == {"system": "gitdesk", "id": ONE}
    assert ticket["author"] == ticket["created_event"]["by"] == IVA
    assert [event.get("changes") for event in ticket["events"]] == [
        {
            "status": {"from": "new", "to": "open"},
            "tags": {"add": ["vip"], "remove": []},
            "fields.skills": {"from": None, "to": ["a", "b, c"]},
        },
        {"status": {"from": "open", "to": "waiting"}, "tags": {"add": [], "remove": ["vip"]}},
    ]
    said = {"kind": "reply", "text": "Hello", "at": timestamp(REPLY.at)}
    assert ticket["events"][1]["message"] == said


def test_texts_that_the_index_cut_are_whole(desk: Path) -> None:
    long = [
        replace(TICKET, description=word * 500, fields=(("log", word * 2_000),)) for word in ("x", "y", "z")
    ]
    history(*long).run(desk)
    (ticket,) = exported(desk)
    assert versions(ticket) == [facts_of(each) for each in long]


def test_a_text_that_merely_ends_in_dots_is_not_taken_for_cut(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    history(TICKET, replace(TICKET, title="And so on…")).run(desk)
    monkeypatch.setattr(versions_module.Versions, "ticket", None)
    assert exported(desk)[0]["title"] == "And so on…"


def test_several_messages_in_one_commit_are_told_as_the_thread_before_and_after(desk: Path) -> None:
    note = replace(REPLY, kind="note", body="Looks odd")
    tickets = [TICKET, replace(TICKET, messages=(REPLY, note)), replace(TICKET, messages=(note,))]
    history(*tickets).run(desk)
    (ticket,) = exported(desk)
    assert versions(ticket) == [facts_of(each) for each in tickets]
    assert [len(event["changes"]["messages"]["to"]) for event in ticket["events"]] == [2, 1]


def test_what_two_branches_did_comes_back_to_the_creation(desk: Path) -> None:
    stream, note = Stream(), replace(REPLY, kind="note", body="Looks odd")
    left, right = (
        replace(TICKET, status="open", messages=(REPLY,)),
        replace(TICKET, messages=(note,), tags=("vip",)),
    )
    both = replace(TICKET, status="open", messages=(REPLY, note), tags=("vip",), priority="high")
    first = stream.commit({PATH: text_of(TICKET)})
    one = stream.commit({PATH: text_of(left)}, parents=[first])
    other = stream.commit({PATH: text_of(right)}, parents=[first], branch="other")
    stream.commit({PATH: text_of(both)}, parents=[one, other])
    stream.run(desk)
    (ticket,) = exported(desk)
    assert ticket["priority"] == "high"
    assert len(ticket["events"]) == 3
    found = versions(ticket)
    assert (found[0], found[-1]) == (facts_of(TICKET), facts_of(both))


def test_who_when_and_why_of_a_commit_are_told(desk: Path) -> None:
    stream = history(TICKET)
    why = (
        "GD-7K3QX4M2: status new → open\n\nthe customer called\n\nGitdesk-Via: phone\nGitdesk-Automation: sweep\n"
        "On-behalf-of: Nikos <nikos@acme.example>\nApproved-by: Kralj, Iva <iva@acme.example>\n"
        "Approved-by: Marko <marko@acme.example>\n"
    )
    stream.commit(
        {PATH: text_of(replace(TICKET, status="open"))},
        by="Marko <marko@acme.example>", committer=IVA, message=why, zone="+0530", authored=START - 60,
    )  # fmt: skip
    stream.run(desk)
    event = exported(desk)[0]["events"][0]
    at = datetime.fromtimestamp(START + 2, UTC)
    assert datetime.fromisoformat(event["at"]) == at
    assert event["at"].endswith("+05:30")
    assert datetime.fromisoformat(event["authored_at"]) == at - timedelta(seconds=62)
    assert event["by"] == "Marko <marko@acme.example>"
    assert event["committer"] == IVA
    assert (event["reason"], event["via"], event["automation"]) == ("the customer called", "phone", "sweep")
    assert event["on_behalf_of"] == "Nikos <nikos@acme.example>"
    assert event["approved_by"] == ["Kralj, Iva <iva@acme.example>", "Marko <marko@acme.example>"]


def test_files_stand_where_they_came_from(desk: Path, tmp_path: Path) -> None:
    folder, sent = PATH[:-3], replace(REPLY, meta=(("via", "email"), ("attachments", "a.png, b.log")))
    told = replace(TICKET, messages=(sent,))
    stream = Stream()
    stream.commit({PATH: text_of(TICKET), f"{folder}/first.txt": b"one"})
    stream.commit(
        {PATH: text_of(told), f"{folder}/a.png": b"A", f"{folder}/b.log": b"B", f"{folder}/c": b"C"}
    )
    stream.commit({f"{folder}/first.txt": b"two", f"{folder}/c": None})
    stream.run(desk)
    with open_desk(desk) as opened:
        ((ticket, files),) = Reader(opened).tickets()
        Attachments(opened.repo.blob, INLINE).settle(ticket["id"], files)
    assert ticket["attachments"] == [{"name": "first.txt", "data": "b25l"}]
    said, changed = ticket["events"]
    assert said["message"]["meta"] == {"via": "email"}
    assert said["message"]["attachments"] == [
        {"name": "a.png", "data": "QQ=="},
        {"name": "b.log", "data": "Qg=="},
    ]
    assert said["attachments"] == [{"name": "c", "data": "Qw=="}]
    assert changed["attachments"] == [
        {"name": "c", "removed": True},
        {"name": "first.txt", "replaces": True, "data": "dHdv"},
    ]


def test_files_beside_the_output_never_share_a_name(tmp_path: Path) -> None:
    contents = {"1": b"one", "2": b"two", "3": b"three"}
    there = Attachments(contents.__getitem__, str(tmp_path / "files"), str(tmp_path / "out.jsonl"))
    there.prepare(force=False)
    names = ("a.txt", "A.TXT", "../../a.txt")
    files = [{"name": name, "blob": str(number)} for number, name in enumerate(names, 1)]
    there.settle(ONE, files)
    written = [tmp_path / file["path"] for file in files]
    assert [path.read_bytes() for path in written] == [b"one", b"two", b"three"]
    assert {path.parent for path in written} == {tmp_path / "files" / ONE}
    with pytest.raises(Refused, match="not empty"):
        there.prepare(force=False)


def test_the_folder_of_files_must_be_inside_that_of_the_output(tmp_path: Path) -> None:
    elsewhere = Attachments(lambda _: b"", str(tmp_path / "files"), str(tmp_path / "out" / "desk.jsonl"))
    with pytest.raises(UsageError, match="not inside"):
        elsewhere.prepare(force=False)


def test_names_alone_are_counted() -> None:
    names, files = (
        Attachments(lambda _: b"", NAMES),
        [{"name": "a", "blob": "1"}, {"name": "b", "removed": True}],
    )
    names.settle(ONE, files)
    assert (files, names.unwritten) == ([{"name": "a"}, {"name": "b", "removed": True}], 1)


def test_a_deleted_ticket_is_counted_and_told_when_asked(desk: Path) -> None:
    stream = history(TICKET, replace(TICKET, status="open"))
    stream.commit({PATH: None})
    stream.commit({path_of(TWO): text_of(replace(TICKET, id=TWO))})
    stream.run(desk)
    with open_desk(desk) as opened:
        reader = Reader(opened)
        assert [ticket["id"] for ticket, _ in reader.tickets()] == [TWO]
        assert reader.gone == 1
    gone = exported(desk, deleted=True)[1]
    assert (gone["id"], gone["status"]) == (ONE, "open")
    assert gone["events"][-1]["deleted"] is True


def test_an_unreadable_ticket_is_told_as_it_last_was_and_named(desk: Path) -> None:
    stream = history(TICKET, replace(TICKET, status="open"))
    stream.commit({PATH: b"---\nno end"})
    stream.commit({path_of(TWO): b"never a ticket"})
    stream.run(desk)
    with open_desk(desk) as opened:
        reader = Reader(opened)
        (found,) = reader.tickets()
        assert reader.unreadable == [path_of(TWO), PATH]
    assert (found[0]["id"], found[0]["status"]) == (ONE, "open")


def test_a_query_selects_and_ids_give_the_order(desk: Path) -> None:
    other = TicketId("AB-ZZZZZZZZ")
    tickets = [
        TICKET,
        replace(TICKET, id=TWO, status="closed"),
        replace(TICKET, id=other, source="zendesk:4711"),
    ]
    history(*tickets).run(desk)
    assert [ticket["id"] for ticket in exported(desk)] == [other, TWO, ONE]
    assert [ticket["id"] for ticket in exported(desk, "status:closed,new -source:zendesk:*")] == [TWO, ONE]
    assert exported(desk)[0]["source"] == {"system": "zendesk", "id": "4711"}


def test_a_shallow_clone_tells_what_it_has(desk: Path, tmp_path: Path) -> None:
    history(TICKET, replace(TICKET, status="open"), replace(TICKET, status="waiting")).run(desk)
    words = ["git", "clone", "-q", "--depth", "2", f"file://{desk}", str(tmp_path / "clone")]
    subprocess.run(words, check=True)
    with open_desk(tmp_path / "clone") as opened:
        reader = Reader(opened)
        ((ticket, _),) = reader.tickets()
    assert "created_event" not in ticket
    assert [event["changes"]["status"]["to"] for event in ticket["events"]] == ["waiting"]
    assert sum(reader.left.values()) == 1


def test_a_moved_file_keeps_its_story(desk: Path) -> None:
    stream, wrong = Stream(), f"tickets/ZZ/{ONE}.md"
    stream.commit({wrong: text_of(TICKET)})
    stream.commit({wrong: text_of(replace(TICKET, status="open", description="long " * 100))})
    stream.commit({wrong: None, PATH: text_of(replace(TICKET, status="open", description="short"))})
    stream.run(desk)
    (ticket,) = exported(desk)
    assert [one["status"] for one in versions(ticket)] == ["new", "open", "open"]
