"""A change in two: what is said and the rest come to the whole, whatever was changed at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from gitdesk.desk.proposing import split, together
from gitdesk.desk.writing import Draft
from gitdesk.domain.change import Change
from gitdesk.domain.config import Config
from gitdesk.domain.config_parse import config_of
from gitdesk.domain.edit import Move, Say, Set, Tag
from gitdesk.domain.format import path_of
from gitdesk.domain.ticket import Message, Ticket, TicketId
from gitdesk.store import codec
from gitdesk.value import replace

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
TICKET = TicketId("AC-7K3QX4M2")
PATH = path_of(TICKET)
CONFIG: Config = config_of(
    {"desk": {"name": "Acme", "prefix": "AC"}, "workflow": {"statuses": []}, "priorities": []}
)

TEXTS = st.text(alphabet="abc čß\n#-:·", min_size=1, max_size=30).filter(lambda text: bool(text.strip()))
MESSAGES = st.builds(
    lambda kind, body, after: Say(
        message=Message(
            at=NOW + timedelta(seconds=after), kind=kind, author="Iva <iva@acme.example>", body=body.strip()
        )
    ),
    st.sampled_from(("reply", "note", "customer")),
    TEXTS,
    st.integers(0, 9),
)
OTHERS = st.one_of(
    st.builds(Move, status=st.sampled_from(("new", "open", "closed"))),
    st.builds(lambda tag: Tag(add=(tag,)), st.sampled_from(("vip", "login", "billing"))),
    st.builds(lambda value: Set(values=(("priority", value),)), st.sampled_from(("low", "high"))),
    st.builds(lambda value: Set(values=(("title", value),)), st.sampled_from(("One", "Two: three"))),
)
LAYOUTS = st.sampled_from(("", "# a remark\n", "\n\n"))


@settings(deadline=None)
@given(
    before=st.lists(MESSAGES, max_size=2),
    edits=st.lists(st.one_of(MESSAGES, OTHERS), min_size=1, max_size=4),
    layout=LAYOUTS,
)
def test_both_parts_come_to_the_whole(before: list[Say], edits: list[Any], layout: str) -> None:
    start = Ticket(
        id=TICKET, title="Board is dark", created=NOW, status="new", priority="normal", description="x"
    )
    for one in before:
        start = one.apply(start)
    data = codec.render(start).replace(b"status:", layout.encode() + b"status:", 1)
    old = codec.parse(data, PATH)
    assert old.ticket is not None
    wanted = old.ticket
    for edit in edits:
        wanted = edit.apply(wanted)
    if wanted == old.ticket:
        return
    draft = Draft(CONFIG)
    draft.files[PATH] = codec.amend(old, wanted)
    whole = [Change(path=PATH, before=old, after=codec.parse(draft.files[PATH], PATH))]
    parts = split(draft, whole)

    said = wanted.messages != old.ticket.messages
    other = replace(wanted, messages=()) != replace(old.ticket, messages=())
    assert (set(parts.said), set(parts.rest)) == ({PATH} if said else set(), {PATH} if other else set())
    middle = codec.parse(parts.said[PATH] or b"", PATH).ticket if said else old.ticket
    assert middle is not None
    assert middle == replace(old.ticket, messages=wanted.messages)
    if other:
        assert codec.parse(parts.rest[PATH] or b"", PATH).ticket == wanted
        (changing,) = parts.changing
        assert changing.before is not None
        assert changing.before.ticket == middle
    assert [one.path for one in parts.saying] == ([PATH] if said else [])

    kept = together(draft, whole)
    assert kept.rest == draft.files
    assert kept.kept == ((TICKET,) if said else ())
