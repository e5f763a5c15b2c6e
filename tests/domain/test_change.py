"""Events tell every difference, phrases say it, and no reason passes for a trailer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gitdesk.domain import change_message, change_words
from gitdesk.domain.change import (
    KINDS,
    Change,
    Event,
    clean_reason,
    events,
    owner_of,
    parse_message,
    phrase,
    quiet,
    render_message,
    subject,
    told,
    value_text,
)
from gitdesk.domain.document import Document
from gitdesk.domain.event_sequence import align
from gitdesk.domain.format import check_title, path_of
from gitdesk.domain.ticket import FieldValue, Link, Message, Ticket, TicketId, timestamp
from gitdesk.domain.violation import Violation
from gitdesk.errors import UsageError

AT = datetime(2026, 11, 22, 9, 14, 3, tzinfo=UTC)
ID = TicketId("GD-7K3QX4M2")
BASE = Ticket(id=ID, title="Cannot log in", created=AT, status="open", tags=("login", "vip"))
REPLY = Message(at=AT, kind="reply", author="Marko Babić <marko@acme.example>", body="Hello Ana")
NOTE = Message(at=AT + timedelta(hours=1), kind="note", author="Iva Kralj <iva@acme.example>", body="LDAP")

short = st.text(alphabet='ab[]", ', max_size=3)
times = st.integers(min_value=0, max_value=9).map(lambda hours: AT + timedelta(hours=hours))
messages = st.builds(
    Message,
    at=times,
    kind=st.sampled_from(("reply", "note")),
    author=st.sampled_from(("A <a@x>", "B <b@x>")),
    body=short,
    meta=st.sampled_from(((), (("via", "email"),), (("via", "chat"),))),
)
values: st.SearchStrategy[FieldValue] = st.one_of(short, st.lists(short, max_size=2).map(tuple))
tickets = st.builds(
    Ticket,
    id=st.sampled_from((ID, TicketId("GD-4F7K2M9T"))),
    title=short,
    created=times,
    status=st.sampled_from(("open", "waiting")),
    requester=short,
    channel=short,
    source=short,
    snoozed_until=st.none() | times,
    priority=short,
    type=short,
    group=short,
    assignee=short,
    merged_into=st.sampled_from(("", "GD-4F7K2M9T", "GD-5F7K2M9T")),
    tags=st.lists(st.sampled_from("abcd"), max_size=4).map(tuple),
    watchers=st.lists(st.sampled_from("ab"), max_size=2).map(tuple),
    links=st.lists(
        st.builds(Link, kind=st.sampled_from(("blocks", "relates")), target=st.just(ID)), max_size=2
    ).map(tuple),
    fields=st.lists(st.tuples(st.sampled_from("xyz"), values), max_size=3).map(tuple),
    description=short,
    messages=st.lists(messages, max_size=4).map(tuple),
)


def rebuilt(before: Iterable[object], found: list[Event], value: dict[Event, object]) -> tuple[object, ...]:
    """Makes the newer list: what the events place goes there, the rest of the older one fills up in order."""
    gone = {event.was for event in found if event.was is not None}
    placed = {event.index: value[event] for event in found if event.index is not None}
    rest = iter([entry for place, entry in enumerate(before) if place not in gone])
    out: list[object] = []
    while True:
        if len(out) in placed:
            out.append(placed[len(out)])
            continue
        try:
            out.append(next(rest))
        except StopIteration:
            return tuple(out)


def replay(before: Ticket | None, found: tuple[Event, ...], after: Ticket) -> Ticket:
    """Applies events to the older version; `after` only turns texts back into links, times and values."""
    texts = {
        "created-at": "created",
        "snoozed": "snoozed_until",
        "merged": "merged_into",
        "unmerged": "merged_into",
    }
    now = before
    if found and found[0].kind == "created":
        now = Ticket(id=TicketId(found[0].ticket_id), title=found[0].after, created=AT, status="")
        found = found[1:]
    assert now is not None
    changes: dict[str, object] = {}
    for event in found:
        name = texts.get(event.kind, event.kind)
        if name in ("created", "snoozed_until"):
            changes[name] = datetime.fromisoformat(event.after) if event.after else None
        elif name in Ticket.__slots__ and name not in ("tags", "watchers", "links", "fields", "messages"):
            changes[name] = event.after
    for kind, name in (("tag", "tags"), ("watcher", "watchers"), ("link", "links")):
        some = [event for event in found if event.kind == kind]
        back = {str(entry): entry for entry in (*getattr(now, name), *getattr(after, name))}
        changes[name] = rebuilt(getattr(now, name), some, {event: back.get(event.after) for event in some})
    some = [event for event in found if event.kind == "field"]
    back = {value_text(value): value for _, value in (*now.fields, *after.fields)}
    changes["fields"] = rebuilt(
        now.fields, some, {event: (event.field, back.get(event.after)) for event in some}
    )
    some = [event for event in found if event.kind.startswith("message")]
    changes["messages"] = rebuilt(now.messages, some, {event: event.message for event in some})
    return replace(now, **changes)  # type: ignore[arg-type]


@given(tickets)
def test_equal_tickets_have_no_events(ticket: Ticket) -> None:
    assert events(ticket, replace(ticket)) == ()
    assert events(None, None) == ()


@given(tickets, tickets)
def test_events_say_everything_that_changed(before: Ticket, after: Ticket) -> None:
    found = events(before, after)
    assert bool(found) == (before != after)
    assert replay(before, found, after) == after


@given(tickets)
def test_the_events_of_a_new_ticket_say_everything_it_has(ticket: Ticket) -> None:
    found = events(None, ticket)
    assert found[0].kind == "created"
    assert all(event.initial for event in found[1:])
    assert replay(None, found, ticket) == ticket


@given(tickets, tickets)
def test_every_event_has_a_known_kind_and_a_phrase(before: Ticket, after: Ticket) -> None:
    for event in (*events(before, after), *events(None, after), *events(before, None)):
        assert event.kind in KINDS
        assert phrase(event)


@given(st.lists(st.integers(0, 5), max_size=8), st.lists(st.integers(0, 5), max_size=8))
def test_an_alignment_accounts_for_every_entry(before: list[int], after: list[int]) -> None:
    found = align(before, after)
    kept = list(found.kept(len(before), len(after)))
    assert [before[i] for i, _ in kept] == [after[j] for _, j in kept]
    assert all(before[i] == after[j] for i, j in found.moved)
    assert sorted([i for i, _ in kept] + list(found.removed) + [i for i, _ in found.moved]) == [
        *range(len(before))
    ]
    assert sorted([j for _, j in kept] + list(found.added) + [j for _, j in found.moved]) == [
        *range(len(after))
    ]


@given(values, values)
def test_different_values_of_a_field_have_different_texts(one: FieldValue, other: FieldValue) -> None:
    assert (value_text(one) == value_text(other)) == (one == other)
    assert value_text(one) != value_text(None)


def test_a_hundred_thousand_equal_messages_are_compared_at_once() -> None:
    many = replace(BASE, messages=(NOTE,) + (REPLY,) * 100_000)
    fewer = replace(BASE, messages=(REPLY,) * 100_000 + (NOTE,))
    assert [event.kind for event in events(many, fewer)] == ["message-moved"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"status": "waiting"}, ["status open → waiting"]),
        ({"assignee": "marko"}, ["assignee nobody → marko"]),
        ({"priority": "high"}, ["priority none → high"]),
        ({"title": "Login"}, ['title "Cannot log in" → "Login"']),
        ({"tags": ("billing", "login", "vip")}, ["tag +billing"]),
        ({"tags": ("billing", "vip")}, ["tag -login", "tag +billing"]),
        ({"tags": ("vip", "login")}, ["tag vip moved"]),
        ({"fields": (("region", "eu"),)}, ["region none → eu"]),
        ({"description": "x"}, ["description added"]),
        ({"messages": (REPLY,)}, ["reply by Marko Babić"]),
        ({"messages": (replace(REPLY, kind="customer"),)}, ["message from Marko Babić"]),
        ({"snoozed_until": AT}, ["snoozed until 2026-11-22T09:14:03Z"]),
        ({"merged_into": "GD-4F7K2M9T"}, ["merged into GD-4F7K2M9T"]),
        ({"links": (Link(kind="blocks", target=ID),)}, ["link +blocks GD-7K3QX4M2"]),
        ({"requester": "Ana <a@x>"}, ['requester none → "Ana <a@x>"']),
        (
            {"created": AT + timedelta(days=1)},
            ["time of creation 2026-11-22T09:14:03Z → 2026-11-23T09:14:03Z"],
        ),
    ],
)
def test_a_change_is_said_in_words(changes: dict[str, object], said: list[str]) -> None:
    after = replace(BASE, **changes)  # type: ignore[arg-type]
    assert [phrase(event) for event in events(BASE, after)] == said


def test_unsetting_is_said_in_words() -> None:
    full = replace(BASE, assignee="marko", merged_into="GD-4F7K2M9T", snoozed_until=AT, description="x")
    assert [phrase(event) for event in events(full, BASE)] == [
        "no longer snoozed until 2026-11-22T09:14:03Z",
        "assignee marko → nobody",
        "unmerged from GD-4F7K2M9T",
        "description removed",
    ]


def test_a_message_put_between_two_others_is_one_message() -> None:
    both, three = (
        replace(BASE, messages=(REPLY, NOTE)),
        replace(BASE, messages=(REPLY, replace(NOTE, at=AT), NOTE)),
    )
    (event,) = events(both, three)
    assert (event.kind, event.index, event.message) == ("message", 1, replace(NOTE, at=AT))


def test_a_past_message_that_was_changed_or_removed_is_told_as_such() -> None:
    both = replace(BASE, messages=(REPLY, NOTE))
    (changed,) = events(both, replace(BASE, messages=(replace(REPLY, body="No"), NOTE)))
    assert (changed.kind, changed.field, changed.before, changed.after, changed.index) == (
        "message-changed", "body", "Hello Ana", "No", 0,
    )  # fmt: skip
    (signed,) = events(both, replace(BASE, messages=(replace(REPLY, author="Eve <e@x>"), NOTE)))
    assert phrase(signed) == "reply by Eve: author Marko Babić <marko@acme.example> → Eve <e@x>"
    (removed,) = events(both, replace(BASE, messages=(NOTE,)))
    assert (removed.kind, removed.before, removed.was) == ("message-removed", "Hello Ana", 0)
    (moved,) = events(both, replace(BASE, messages=(NOTE, REPLY)))
    assert moved.kind == "message-moved"


# ---- changes


def document(ticket: Ticket | None, path: str = path_of(ID), data: bytes = b"") -> Document:
    problems = () if ticket else (Violation(code="F010", message="not YAML", path=path),)
    return Document(path=path, data=data or repr(ticket).encode(), ticket=ticket, problems=problems)


def change(before: Ticket | None, after: Ticket | None) -> Change:
    ticket = after or before
    assert ticket is not None
    path = path_of(ticket.id)
    return Change(
        path=path,
        before=document(before, path) if before else None,
        after=document(after, path) if after else None,
    )


def test_a_file_that_becomes_unreadable_and_is_mended_is_told() -> None:
    broken = Change(path=path_of(ID), before=document(BASE), after=document(None))
    assert [phrase(event) for event in told([broken])] == ["file cannot be read: not YAML"]
    mended = Change(path=path_of(ID), before=document(None), after=document(BASE))
    assert [event.kind for event in told([mended])] == ["mended"]
    still = Change(path=path_of(ID), before=document(None, data=b"a"), after=document(None, data=b"b"))
    assert [event.kind for event in told([still])] == ["unreadable"]
    gone = Change(path=path_of(ID), before=document(None), after=None)
    assert [event.kind for event in told([gone])] == ["deleted"]


def test_a_file_moved_by_hand_stays_the_same_ticket() -> None:
    elsewhere = "tickets/old/GD-7K3QX4M2.md"
    moved = told(
        [
            Change(path=path_of(ID), before=document(BASE)),
            Change(path=elsewhere, after=document(replace(BASE, status="waiting"), elsewhere)),
        ]
    )
    assert [(event.ticket_id, phrase(event)) for event in moved] == [
        (ID, "file moved tickets/7K/GD-7K3QX4M2.md → tickets/old/GD-7K3QX4M2.md"),
        (ID, "status open → waiting"),
    ]


def test_an_id_changed_in_the_header_is_told_under_the_id_of_the_path() -> None:
    (event,) = told(
        [Change(path=path_of(ID), before=document(BASE), after=document(replace(BASE, id="GD-4F7K2M9T")))]
    )
    assert (event.ticket_id, event.kind, event.before, event.after) == (ID, "id", ID, "GD-4F7K2M9T")


def test_attachments_and_the_configuration_are_told_by_path() -> None:
    folder = "tickets/7K/GD-7K3QX4M2/"
    found = told(
        [
            Change(path=folder + "a.png", new="1"),
            Change(path=folder + "b.md", old="1"),
            Change(path=folder + "c.log", old="1", new="2"),
            Change(path=folder + "d.log", old="1", new="1"),
            Change(path="gitdesk.yaml", old="1", new="2"),
            Change(path="src/main.c", old="1", new="2"),
            Change(path="tickets/README.md", after=document(None, "tickets/README.md")),
        ]
    )
    assert [(event.ticket_id, phrase(event)) for event in found] == [
        (ID, "attachment +a.png"),
        (ID, "attachment -b.md"),
        (ID, "attachment c.log replaced"),
        ("", "gitdesk.yaml changed"),
    ]


def test_a_path_belongs_to_one_ticket_or_to_none() -> None:
    assert owner_of("tickets/7K/GD-7K3QX4M2.md") == ID
    assert owner_of("tickets/7K/GD-7K3QX4M2/deep/a.png") == ID
    assert owner_of("tickets/ZZ/GD-7K3QX4M2.md") == ""
    assert owner_of("tickets/7K/GD-7K3QX4M2") == ""
    assert owner_of("gitdesk.yaml") == ""


# ---- subjects


def test_a_subject_names_the_ticket_and_what_changed() -> None:
    waiting = replace(BASE, status="waiting", messages=(REPLY,))
    assert subject([change(BASE, waiting)]) == "GD-7K3QX4M2: status open → waiting, reply by Marko Babić"
    assert subject([change(None, waiting)]) == 'GD-7K3QX4M2: created "Cannot log in"'
    assert subject([Change(path="gitdesk.yaml", old="1", new="2")]) == "gitdesk.yaml changed"
    assert subject([]) == "nothing changed"


def test_several_steps_on_one_ticket_are_one_change() -> None:
    waiting, back = replace(BASE, status="waiting"), replace(BASE, assignee="marko")
    assert subject([change(BASE, waiting), change(waiting, back)]) == "GD-7K3QX4M2: assignee nobody → marko"


def test_a_subject_of_several_tickets_says_what_they_share() -> None:
    other = replace(BASE, id=TicketId("GD-4F7K2M9T"), status="new")
    tagged = [change(one, replace(one, tags=("billing", *one.tags))) for one in (BASE, other)]
    assert subject(tagged) == "2 tickets: tag +billing"
    closed = [change(one, replace(one, status="closed")) for one in (BASE, other)]
    assert subject(closed) == "2 tickets: status → closed"
    mixed = [change(BASE, replace(BASE, status="closed")), change(other, replace(other, priority="high"))]
    assert subject(mixed) == "2 tickets: status, priority"


@given(st.text(max_size=200))
@example("\n\x1b[31mnew\r\nline")
@example("チケット" * 40)
@example("e\u0301" * 100)
def test_a_subject_is_one_short_line_whatever_the_title(title: str) -> None:
    line = subject([change(BASE, replace(BASE, title=title))])
    assert line.isprintable() or not any(char in line for char in "\n\r\x00\x1b")
    assert sum(change_words._columns(char) for char in line) <= change_words.SUBJECT_WIDTH


# ---- messages

reasons = st.text(max_size=80) | st.lists(
    st.sampled_from(
        ["", " ", "Approved-by: Eve <e@x>", " Approved-by: x", "# comment", "---", "plain", "Gitdesk-Via: x", "\ttab",
         "(cherry picked from commit 1234567)", "a: b", "\r", "\x00", "  indented", "Signed-off-by : me"]
    ),
    max_size=6,
).map("\n".join)  # fmt: skip
trailers = st.lists(
    st.tuples(st.sampled_from(["Gitdesk-Via", "Approved-by"]), st.sampled_from(["email", "Ana <a@x>"])),
    max_size=2,
).map(tuple)


@given(reasons, trailers)
def test_a_reason_comes_back_as_it_was_and_is_never_a_trailer(
    reason: str, given_trailers: tuple[tuple[str, str], ...]
) -> None:
    text = render_message("GD-7K3QX4M2: status open → waiting", reason, given_trailers)
    text.encode("utf-8")
    assert not set(text) & {"\r", "\0"}
    assert parse_message(text) == ("GD-7K3QX4M2: status open → waiting", clean_reason(reason), given_trailers)


@given(reasons)
def test_cleaning_a_reason_twice_changes_nothing_more(reason: str) -> None:
    assert clean_reason(clean_reason(reason)) == clean_reason(reason)


def test_an_ordinary_reason_is_kept_to_the_letter() -> None:
    reason = "The customer called.\n\n    code stays indented\n\nThanks – Iva"
    assert (
        render_message("s", reason, (("Gitdesk-Via", "email"),)) == f"s\n\n{reason}\n\nGitdesk-Via: email\n"
    )


@pytest.mark.parametrize(
    "value", ["email\nApproved-by: Eve <e@x>", "email\r\nApproved-by: x", "\x85email\u2028"]
)
def test_the_value_of_a_trailer_stays_on_its_line(value: str) -> None:
    _, _, found = parse_message(render_message("s", "", (("Gitdesk-Via", value),)))
    assert [key for key, _ in found] == ["Gitdesk-Via"]


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("", ("", "", ())),
        ("one", ("one", "", ())),
        ("one\ntwo\n\nbody", ("one two", "body", ())),
        ("Approved-by: Eve", ("Approved-by: Eve", "", ())),
        ("s\n\nbody\n\nA: b\nC: d\n  e", ("s", "body", (("A", "b"), ("C", "d e")))),
        ("s\r\n\r\nbody\r\n\r\nA: b\r\n", ("s", "body", (("A", "b"),))),
        ("s\n\nbody\n\nA: b\nnot one", ("s", "body\n\nA: b\nnot one", ())),
        ("\n\n  s  \n\nbody", ("s", "body", ())),
        ("s\n\nA: b\n(cherry picked from commit 12)", ("s", "", (("A", "b"),))),
        ("s\n\n(cherry picked from commit 12ab)", ("s", "", ())),
        ("Merge branch 'b'\n\n# Conflicts:\n#\ttickets/a.md\n#\tb.md\n", ("Merge branch 'b'", "", ())),
        ("s\n\nwhy\n\n; Conflicts:\n;\ta.md\n\nA: b", ("s", "why", (("A", "b"),))),
        ("s\n\nConflicts:\n\ta.md\n\nwhy", ("s", "why", ())),
        ("s\n\nReason: wrong day", ("s", "wrong day", (("Reason", "wrong day"),))),
    ],
)
def test_anybodys_message_can_be_read(text: str, parsed: tuple[object, ...]) -> None:
    assert parse_message(text) == parsed


def test_trailers_have_the_names_the_format_gives_them() -> None:
    names = (change_message.VIA, change_message.AUTOMATION, change_message.APPROVED, change_message.BEHALF)
    assert names == ("Gitdesk-Via", "Gitdesk-Automation", "Approved-by", "On-behalf-of")
    assert timestamp(AT) == "2026-11-22T09:14:03Z"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (b"a\r\nb\r\n", b"a\nb\n", "line ends CRLF → LF"),
        (b"a\nb\n", b"a\r\nb\r\n", "line ends LF → CRLF"),
        (b"a\r\nb\n", b"a\nb\n", "line ends mixed → LF"),
        (b"a\n", b"a # comment\n", "layout of the file changed, nothing it says"),
    ],
)
def test_a_file_that_says_what_it_said_is_told_by_how_it_is_written(
    old: bytes, new: bytes, words: str
) -> None:
    one = BASE
    path = path_of(one.id)
    change = Change(
        path=path,
        before=Document(path=path, data=old, ticket=one),
        after=Document(path=path, data=new, ticket=one),
    )
    assert told([change]) == ()
    assert quiet(change) == words
    assert subject([change]) == f"{one.id}: {words}"


@pytest.mark.parametrize("char", ["\u202e", "\u2066", "\u200b", "\u200f", "\ufeff"])
def test_a_subject_shows_what_would_reorder_or_hide_its_text(char: str) -> None:
    one = BASE
    path = path_of(one.id)
    odd = Document(path=path, data=b"", ticket=replace(one, title=f"a{char}b\x1b[31m"))
    line = subject([Change(path=path, after=odd)])
    assert f'created "a\\u{{{ord(char):x}}}b [31m"' in line
    assert line.isprintable()


@pytest.mark.parametrize(
    "title", ["\u200b", "\u200b \u2060", "\u3164", "\u00ad", "\u2800", "\u180e", "\ufe0f"]
)
def test_a_title_that_nobody_can_see_is_empty(title: str) -> None:
    with pytest.raises(UsageError, match="the title is empty"):
        check_title(title)


@pytest.mark.parametrize("title", ["a\u200bb", "é", "日本", "👩\u200d💻", "❤\ufe0f", "."])
def test_a_title_with_something_to_see_is_one(title: str) -> None:
    assert check_title(title) == title
