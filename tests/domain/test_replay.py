"""A ticket of a source is replayed version by version: each event is one, and no version says what was not so."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from replaying import ANA, ID, MARKO, OTHER, World, at, change, event, record, replayed, tickets

from gitdesk.domain import format as grammar
from gitdesk.domain.exchange import Told
from gitdesk.domain.import_map import SKIP, ImportMap
from gitdesk.domain.replay import Replay, squashed
from gitdesk.domain.ticket import Link, Message, Ticket, timestamp
from gitdesk.value import replace

# ---- from now back to the creation


def test_a_ticket_without_events_has_one_version_that_says_what_it_says() -> None:
    (only,) = tickets(
        description="It says no", requester=ANA, channel="email", status="open", priority="high", type="incident",
        group="support", assignee="Marko Babić", tags=["login", "a"], watchers=["iva"],
        fields={"region": "EU", "seats": 12},
        links=[{"kind": "blocks", "to": "zendesk:1"}, "relates zendesk:1"], snoozed_until="2026-02-01T08:00:00Z",
    )  # fmt: skip
    assert only == Ticket(
        id=ID, title="Cannot log in", created=at(1), status="open", source="zendesk:4711", description="It says no",
        requester=ANA, channel="email", priority="high", type="incident", group="support", assignee="marko",
        tags=("a", "login"), watchers=("iva",), fields=(("region", "eu"), ("seats", "12")),
        links=(Link(kind="blocks", target=OTHER), Link(kind="relates", target=OTHER)),
        snoozed_until=at(1).replace(month=2, hour=8),
    )  # fmt: skip


def test_what_a_ticket_was_at_its_creation_follows_from_taking_its_events_back() -> None:
    found = tickets(
        status="closed", assignee="iva", tags=["a"], requester=ANA, title="New", fields={"region": "us"},
        description="D2",
        events=[
            change(2, "status", "new", "open"),
            change(3, "assignee", None, "marko"),
            change(4, "tags", {"add": ["a"], "remove": ["b"]}),
            change(5, "requester", "Eva <eva@example.com>", ANA),
            change(6, "fields.region", "eu", "us"),
            event(7, changes={"status": {"from": "open", "to": "closed"}, "assignee": {"from": "marko", "to": "iva"}}),
            change(8, "title", "Old", "New"),
            change(9, "description", "D1", "D2"),
        ],
    )  # fmt: skip
    assert [one.status for one in found] == ["new", *["open"] * 5, *["closed"] * 3]
    assert [one.assignee for one in found] == ["", "", *["marko"] * 4, *["iva"] * 3]
    assert [one.tags for one in found] == [*[("b",)] * 3, *[("a",)] * 6]
    assert [one.requester for one in found] == [*["Eva <eva@example.com>"] * 4, *[ANA] * 5]
    assert [dict(one.fields)["region"] for one in found] == [*["eu"] * 5, *["us"] * 4]
    assert [one.title for one in found] == [*["Old"] * 7, *["New"] * 2]
    assert [one.description for one in found] == [*["D1"] * 8, "D2"]


def test_a_correction_of_when_a_ticket_was_created_is_a_version_too() -> None:
    first, second = tickets(
        created="2026-01-01T09:00:00Z", created_event={"at": "2026-01-02T09:00:00Z"},
        events=[change(3, "created", "2026-01-02T08:00:00Z", "2026-01-01T09:00:00Z")],
    )  # fmt: skip
    assert (first.created, second.created) == (at(2, 8), at(1))


def test_before_an_event_that_does_not_say_a_value_was_unset_and_the_status_the_desks_default() -> None:
    world = World()
    found = tickets(
        world, status="closed", assignee="iva",
        events=[event(1, changes={"status": "open"}, message="x"), change(3, "assignee", "iva")],
    )  # fmt: skip
    assert [(one.status, one.assignee) for one in found] == [
        ("new", ""),
        ("open", ""),
        ("open", "iva"),
        ("closed", "iva"),
    ]
    assert world.counts["differences that no event tells, closed by a commit of their own"] == 1


def test_the_first_row_of_a_log_belongs_to_the_creation() -> None:
    world = World()
    versions = replayed(
        world, status="closed", events=[change(1, "status", "open"), change(2, "status", "closed")]
    )
    assert [version.ticket.status for version in versions if version.ticket] == ["open", "closed"]
    assert versions[0].identities[0] == "created"
    assert len(versions[0].identities) == 2
    assert versions[0].author == MARKO
    assert world.counts["events told by the creation"] == world.counts["events as commits"] == 1


@pytest.mark.parametrize(
    "first",
    [
        change(1, "status", "new", "open"),
        change(2, "status", "open"),
        event(1, changes={"status": "open"}, message="hi"),
        event(1, changes={"status": "open"}, reason="because"),
        event(1, changes={"status": "open"}, authored_at="2026-01-01T08:00:00Z"),
        event(1, changes={"tags": {"add": ["a"]}}),
        {**change(1, "status", "open"), "by": "Somebody else"},
        event(1, deleted=True),
    ],
)
def test_an_event_that_says_more_than_the_creation_stays_an_event(first: dict[str, Any]) -> None:
    world = World()
    replayed(world, author=MARKO, status="open", events=[first])
    assert world.counts["events as commits"] == 1
    assert "events told by the creation" not in world.counts


def test_events_before_the_creation_make_the_ticket_older() -> None:
    world = World()
    first, *_ = replayed(world, created="2026-01-05T09:00:00Z", events=[event(2, message="x")])
    assert first.step.at == at(2)
    assert first.ticket is not None
    assert first.ticket.created == at(2)
    assert world.counts["tickets created later than their first event, dated by the event"] == 1


def test_a_creation_told_by_a_commit_keeps_a_date_that_is_later_than_it() -> None:
    world = World()
    (only,) = tickets(world, created="2026-01-05T09:00:00Z", created_event={"at": "2026-01-02T09:00:00Z"})
    assert only.created == at(5)


# ---- the gap between now and the events


def test_one_last_version_closes_the_gap_between_the_events_and_what_the_source_says_now() -> None:
    world = World()
    versions = replayed(
        world, status="closed", priority="high", updated="2026-01-09T09:00:00Z",
        events=[change(2, "status", "new", "open"), change(3, "title", "A", "B"), change(4, "priority", "low", "high")],
    )  # fmt: skip
    last = versions[-1]
    assert last.ticket is not None
    assert (last.ticket.status, last.ticket.title) == ("closed", "Cannot log in")
    assert (last.step.at, last.identities, last.author) == (at(9), ("now",), "")
    assert last.told.reason
    assert world.counts["differences that no event tells, closed by a commit of their own"] == 1


def test_without_a_last_change_the_gap_closes_with_the_last_event() -> None:
    versions = replayed(status="closed", events=[change(2, "status", "new", "open")])
    assert versions[-1].step.at == at(2)


def test_where_events_and_now_agree_nothing_is_added() -> None:
    assert len(tickets(status="open", tags=["b", "a"], events=[change(2, "status", "new", "open")])) == 2
    assert (
        len(
            tickets(
                status="Open",
                title="x" * 600,
                description="a\r\nb",
                events=[change(2, "status", "new", "OPEN")],
            )
        )
        == 2
    )
    told = [change(2, "title", "Old", "New"), change(3, "description", "C", "D")]
    assert len(tickets(title="New", description="D", events=told)) == 3


def test_more_tags_than_the_desk_allows_stand_in_a_note_once() -> None:
    world = World()
    first, second = tickets(
        world, tags=["a", "b", "c", "d"], requester=ANA, events=[change(2, "status", "open")]
    )
    assert first.tags == second.tags == ("a", "b", "c")
    assert [(one.kind, one.body, one.author) for one in second.messages] == [("note", "more tags: d", ANA)]


# ---- events


def test_every_event_is_a_version_also_one_that_changes_nothing() -> None:
    world = World()
    found = tickets(
        world, status="open", events=[change(2, "status", "new", "open"), change(3, "status", "open")]
    )
    assert [one.status for one in found] == ["new", "open", "open"]
    assert [one.body for one in found[-1].messages] == ["status open (as before)"]
    assert world.counts["events that change nothing, kept as notes"] == 1


def test_the_map_may_leave_out_events_that_change_nothing() -> None:
    world = World(given=ImportMap(unchanged=SKIP))
    found = tickets(
        world, status="open", events=[change(2, "status", "new", "open"), change(3, "status", "open")]
    )
    assert len(found) == 2
    assert world.counts["events that change nothing, left out by the map"] == 1


def test_an_event_without_anything_is_left_out_and_counted() -> None:
    world = World()
    assert len(tickets(world, events=[event(2)])) == 1
    assert world.counts["events without any content, left out"] == 1


def test_repeated_identical_messages_are_all_kept() -> None:
    found = tickets(events=[event(2, message="Hi"), event(2, message="Hi")])
    assert [len(one.messages) for one in found] == [0, 1, 2]


def test_events_out_of_order_are_replayed_in_order() -> None:
    found = tickets(
        status="closed", events=[change(3, "status", "open", "closed"), change(2, "status", "new", "open")]
    )
    assert [one.status for one in found] == ["new", "open", "closed"]


def test_a_change_of_something_a_ticket_has_no_place_for_becomes_a_note() -> None:
    world = World()
    _, second = tickets(world, events=[change(2, "satisfaction", "bad", "good")])
    assert [one.body for one in second.messages] == ["satisfaction: bad → good"]
    assert world.counts['changes of "satisfaction", kept as notes'] == 1


def test_a_message_is_the_customers_when_the_requester_wrote_it() -> None:
    *_, last = tickets(
        requester="Ana Horvat <ana@example.com>",
        events=[
            event(2, message="a", by=ANA),
            event(3, message="b"),
            event(4, message={"text": "c", "author": ANA, "kind": "note", "at": "2026-01-01T10:00:00Z"}),
        ],
    )
    assert [(one.kind, one.author, one.at) for one in last.messages] == [
        ("customer", ANA, at(2)),
        ("reply", MARKO, at(3)),
        ("note", ANA, at(1, 10)),
    ]


def test_messages_that_stood_there_from_the_start_are_in_the_first_version() -> None:
    (only,) = tickets(requester=ANA, messages=[{"text": "x", "meta": {"Via Channel": "e; mail", "1": "no"}}])
    assert only.messages == (
        Message(at=at(1), kind="customer", author=ANA, body="x", meta=(("via-channel", "e; mail"),)),
    )


def test_corrections_of_the_past_set_the_whole_thread() -> None:
    old = {"kind": "note", "text": "old", "at": "2026-01-01T09:00:00Z", "author": ANA}
    new = {**old, "text": "new"}
    first, second = tickets(messages=[old], events=[change(2, "messages", [old], [new])])
    assert [one.body for one in (*first.messages, *second.messages)] == ["old", "new"]


def test_a_merged_ticket_without_a_status_of_its_own_is_in_one_that_says_so() -> None:
    world = World()
    found = tickets(world, events=[change(2, "status", "new", "closed"), event(3, merged_into="zendesk:1")])
    assert [(one.status, one.merged_into) for one in found] == [
        ("new", ""),
        ("closed", ""),
        ("merged", OTHER),
    ]
    assert world.counts['merged tickets put into the status "merged"'] == 1


def test_what_the_source_says_of_a_merged_tickets_status_counts() -> None:
    events = [change(2, "status", "new", "closed"), event(3, merged_into="zendesk:1")]
    assert [one.status for one in tickets(status="closed", events=events)] == ["new", "closed", "closed"]


def test_a_merge_that_no_event_tells_came_last() -> None:
    found = tickets(status="closed", merged_into="zendesk:1", events=[change(2, "status", "new", "closed")])
    assert [(one.status, one.merged_into) for one in found] == [
        ("new", ""),
        ("closed", ""),
        ("closed", OTHER),
    ]


def test_a_deleted_ticket_goes_and_a_restored_one_comes_back_as_it_is_then() -> None:
    versions = replayed(
        status="open",
        events=[event(2, deleted=True), event(3, restored=True), change(4, "status", "new", "open")],
    )
    assert [version.ticket and version.ticket.status for version in versions] == ["new", None, "new", "open"]
    assert [version.ticket for version in replayed(status="open", events=[event(2, deleted=True)])][
        -1
    ] is None


def test_how_an_event_was_told_goes_into_its_commit() -> None:
    _, second = replayed(events=[event(2, message="x", reason="r", via="mail", on_behalf_of="iva")])
    assert second.told == Told(reason="r", via="mail", on_behalf_of="iva")


def test_an_event_that_only_its_message_signs_is_of_who_wrote_it() -> None:
    events = [{"at": "2026-01-02T09:00:00Z", "message": {"text": "x", "author": MARKO}}]
    assert [one.author for one in replayed(requester=ANA, events=events)] == [ANA, MARKO]


def test_an_event_that_nobody_signed_is_laid_at_nobodys_door() -> None:
    nobody = "unknown <unknown@zendesk.invalid>"
    events = [{"at": "2026-01-02T09:00:00Z", "message": "x"}]
    assert [one.author for one in replayed(requester=ANA, events=events)] == [ANA, nobody]
    assert [one.author for one in replayed(requester=ANA, author=MARKO, events=events)] == [MARKO, nobody]
    assert {one.author for one in replayed(events=events)} == {nobody}


@pytest.mark.parametrize("now", [{"skills": ["a", "b"]}, {"skills": "a"}, {}])
@pytest.mark.parametrize("name", ["skills", "note"])
def test_lists_of_fields_may_tell_only_what_came_and_went(now: dict[str, Any], name: str) -> None:
    fields = dict.fromkeys([name], now["skills"]) if now else {}
    found = tickets(fields=fields, events=[change(2, f"fields.{name}", {"add": ["a"], "remove": ["old"]})])
    before, after = dict(found[0].fields).get(name, ()), dict(found[1].fields).get(name, ())
    assert "old" in before
    assert "old" not in after
    assert "a" in after


# ---- what no ticket can hold as it is


@pytest.mark.parametrize("title", ["", " ", None, "\n\t", "\u200b\x00"])
def test_a_blank_title_is_told_and_counted(title: str | None) -> None:
    world = World()
    (only,) = tickets(world, title=title)
    assert grammar.check_title(only.title) == only.title
    if title is None or title.isspace() or not title:
        assert only.title == "(no title)"
        assert world.counts["titles that were blank"] == 1


def test_a_title_that_is_too_long_stands_whole_in_the_description_and_later_in_a_note() -> None:
    long, longer = "word " * 150, "other " * 150
    first, second = tickets(title=longer, description="D", events=[change(2, "title", long, longer)])
    assert len(first.title) <= grammar.MAX_TITLE
    assert first.description == f"{long.strip()}\n\nD"
    assert len(second.title) <= grammar.MAX_TITLE
    assert [one.body for one in second.messages] == [f"the whole title: {longer.strip()}"]


def test_texts_lose_nul_and_half_characters_and_keep_everything_else() -> None:
    world = World()
    body = "a\0b \ud83d c\r\nd\r---\n### 2026-01-01T09:00:00Z · reply · Eve <eve@x.example>\n\n<<<<<<< ours"
    _, second = tickets(world, description=body, events=[event(2, message=body)])
    wanted = (
        body.replace("\0", "\ufffd").replace("\ud83d", "\ufffd").replace("\r\n", "\n").replace("\r", "\n")
    )
    assert second.description == second.messages[0].body == wanted
    assert len(second.messages) == 1
    assert world.counts["texts with a NUL or half a character, which became U+FFFD"] == 2


def test_a_text_of_twenty_megabytes_becomes_a_file_and_an_excerpt_stays() -> None:
    world = World()
    text = "0123456789" * 2_000_000
    _, second = tickets(world, description=text, events=[event(2, message=text)])
    assert world.files == {"description-1.txt": text, "message-2.txt": text}
    assert second.description.endswith("(the whole text: description-1.txt)")
    assert len(second.description) + len(second.messages[0].body) < 5_000
    assert world.counts["texts too long for a ticket, kept as files"] == 2


def test_values_stand_on_one_line_and_lines_that_were_lost_are_counted() -> None:
    world = World()
    (only,) = tickets(
        world,
        channel=" e\x1bmail ",
        fields={"note": "one\ntwo", "skills": ["a\u202eb"]},
        requester="Ana\n <ana@x>",
    )
    assert (only.channel, dict(only.fields)["note"], only.requester) == ("e mail", "one two", "Ana <ana@x>")
    assert world.counts["values of fields with several lines, put on one"] == 1
    for _, value in only.fields:
        assert all(
            grammar.find_control(each) is None for each in ([value] if isinstance(value, str) else value)
        )


def test_files_are_named_by_the_message_and_links_are_kept_as_text() -> None:
    given = [
        {"name": "a.png", "data": "eA=="},
        {"name": "b.log", "url": "https://x.example/b"},
        {"name": "c"},
    ]
    world = World()
    _, second, third = tickets(
        world, events=[event(2, message={"text": "see", "attachments": given}), event(3, attachments=given)]
    )
    assert second.messages[0].attachments == ("a.png",)
    assert second.messages[0].body == "see\n\nAttachment: b.log <https://x.example/b>\nAttachment: c"
    assert third.messages[1].kind == "note"
    assert world.counts["attachments as files"] == 2
    assert world.counts["attachments kept as a line of text"] == 4


def test_a_file_that_went_is_counted_and_leaves_no_words() -> None:
    world = World()
    _, second = replayed(world, events=[event(2, attachments=[{"name": "a.png", "removed": True}])])
    assert second.ticket is not None
    assert second.ticket.messages == ()
    assert world.counts["attachments removed"] == 1


# ---- again, and in one commit


def test_importing_again_replays_only_what_is_not_known_on_the_ticket_as_it_is_there() -> None:
    world = World()
    found = record(
        status="closed", events=[change(2, "status", "new", "open"), change(3, "status", "open", "closed")]
    )
    there = Ticket(id=ID, title="Renamed here", created=at(1), status="waiting", assignee="iva")
    known = {found.steps[0].identity}
    (only,) = list(Replay(found, ID, world).more(there, lambda step: step.identity in known))
    assert only.ticket == replace(there, status="closed")
    assert world.counts == {"events there already": 1, "events as commits": 1}
    assert list(Replay(found, ID, world).more(there, lambda _: True)) == []


def test_squashed_a_ticket_is_one_version_with_its_history_in_words() -> None:
    versions = replayed(
        status="closed", requester=ANA,
        events=[change(2, "status", "new", "open"), event(3, message="Hi"), change(4, "status", "open", "closed")],
    )  # fmt: skip
    only = squashed(versions)
    assert only.ticket is not None
    assert only.ticket.status == "closed"
    assert [(one.kind, one.body) for one in only.ticket.messages] == [
        ("note", "status new → open"),
        ("reply", "Hi"),
        ("note", "status open → closed"),
    ]
    assert only.identities == tuple(identity for version in versions for identity in version.identities)
    assert (only.step.at, only.author) == (at(4), ANA)


def test_a_ticket_that_is_gone_at_the_end_is_gone_when_squashed() -> None:
    assert squashed(replayed(events=[event(2, message="x"), event(3, deleted=True)])).ticket is None


# ---- the law

_PARTS: dict[str, Any] = {
    "title": st.sampled_from(["A", "B", "C d"]),
    "status": st.sampled_from(["new", "open", "waiting", "closed"]),
    "priority": st.sampled_from(["", "low", "high"]),
    "type": st.sampled_from(["", "incident"]),
    "group": st.sampled_from(["", "support"]),
    "assignee": st.sampled_from(["", "marko", "iva"]),
    "requester": st.sampled_from(["", ANA, MARKO]),
    "channel": st.sampled_from(["", "email", "phone"]),
    "snoozed_until": st.sampled_from([None, at(20), at(25)]),
    "description": st.sampled_from(["", "D", "### x\n---\n\nE"]),
    "tags": st.lists(st.sampled_from(["a", "b", "c", "d"]), unique=True, max_size=3).map(sorted).map(tuple),
    "watchers": st.lists(st.sampled_from(["iva", "marko"]), unique=True).map(sorted).map(tuple),
    "links": st.sampled_from([(), (Link(kind="blocks", target=OTHER),)]),
    "fields": st.dictionaries(st.sampled_from(["region", "note"]), st.sampled_from(["eu", "us"])).map(
        lambda fields: tuple(sorted(fields.items()))
    ),
}


@st.composite
def histories(draw: st.DrawFn) -> list[Ticket]:
    """Returns the versions of a ticket, each different from the one before."""
    ticket = Ticket(id=ID, title="A", created=at(1), status="new", source="zendesk:4711")
    found: list[Ticket] = []
    for number in range(draw(st.integers(1, 6))):
        for name in draw(st.lists(st.sampled_from(sorted(_PARTS)), min_size=1, max_size=5)):
            ticket = replace(ticket, **{name: draw(_PARTS[name])})
        if number and draw(st.booleans()):
            said = Message(
                at=at(1 + len(found)), kind="note", author=MARKO, body=draw(st.sampled_from(["x", "", "---"]))
            )
            ticket = replace(ticket, messages=(*ticket.messages, said))
        if not found or ticket != found[-1]:
            found.append(ticket)
    return found


def neutral(value: Any) -> Any:
    if isinstance(value, tuple):
        return [f"{one.kind} {one.target}" if isinstance(one, Link) else one for one in value]
    return timestamp(value) if hasattr(value, "tzinfo") else value or None


def told_event(day: int, old: Ticket, new: Ticket, draw: st.DrawFn) -> dict[str, Any]:
    """Returns the difference of two versions as a neutral event."""
    changes: dict[str, Any] = {}
    for key in _PARTS:
        was, now = getattr(old, key), getattr(new, key)
        if was == now:
            continue
        if key == "fields":
            for name in sorted({*dict(was), *dict(now)}):
                if dict(was).get(name) != dict(now).get(name):
                    changes[f"fields.{name}"] = {"from": dict(was).get(name), "to": dict(now).get(name)}
        elif key in ("tags", "watchers", "links") and draw(st.booleans()):
            came, went = [one for one in now if one not in was], [one for one in was if one not in now]
            changes[key] = {"add": neutral(tuple(came)), "remove": neutral(tuple(went))}
        else:
            changes[key] = {"from": neutral(was), "to": neutral(now)}
    found = event(day, changes=changes)
    for message in new.messages[len(old.messages) :]:
        found["message"] = {"kind": message.kind, "text": message.body}
    return found


@settings(max_examples=300)
@given(histories(), st.data())
def test_replaying_the_events_between_versions_gives_exactly_these_versions(
    versions: list[Ticket], data: st.DataObject
) -> None:
    def draw(strategy: st.SearchStrategy[Any]) -> Any:
        return data.draw(strategy)

    last = versions[-1]
    now: dict[str, Any] = {key: neutral(getattr(last, key)) for key in _PARTS if key != "fields"}
    now["fields"] = dict(last.fields)
    if draw(st.booleans()):  # keys that are unset may be left out
        now = {key: value for key, value in now.items() if value}
    events = [told_event(number, old, new, draw) for number, (old, new) in enumerate(pairwise(versions), 2)]
    assert tickets(**now, events=draw(st.permutations(events))) == versions
