"""The neutral exchange format is read as docs/exchange-format.md says, and what is not so is told with its place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from replaying import ANA, at, change, event, record

from gitdesk.domain.exchange import UNKNOWN, Attached, Malformed
from gitdesk.domain.exchange_read import read
from gitdesk.domain.exchange_time import moment_reader

READ = moment_reader(None, lambda _: None)


def zagreb(moment: datetime) -> datetime:
    return moment.replace(tzinfo=ZoneInfo("Europe/Zagreb"))


def refused(**data: Any) -> tuple[str, str]:
    with pytest.raises(Malformed) as told:
        record(**data)
    return told.value.where, told.value.reason


# ---- times


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2026-11-22T09:14:03Z", "2026-11-22T09:14:03+00:00"),
        ("2026-11-22T09:14:03.250Z", "2026-11-22T09:14:03.250000+00:00"),
        ("2026-11-22T10:14:03+01:00", "2026-11-22T10:14:03+01:00"),
        ("2026-11-22 10:14:03 +0100", "2026-11-22T10:14:03+01:00"),
        ("2026-11-22 09:14:03 UTC", "2026-11-22T09:14:03+00:00"),
        ("2026/11/22 09:14:03Z", "2026-11-22T09:14:03+00:00"),
        ("20261122T091403Z", "2026-11-22T09:14:03+00:00"),
        (" 2026-11-22T09:14:03Z\n", "2026-11-22T09:14:03+00:00"),
        (1795338843, "2026-11-22T09:14:03+00:00"),
        (1795338843.5, "2026-11-22T09:14:03.500000+00:00"),
        (1795338843500, "2026-11-22T09:14:03.500000+00:00"),
        (0, "1970-01-01T00:00:00+00:00"),
    ],
)
def test_times_are_read_in_the_forms_that_systems_write(text: object, wanted: str) -> None:
    assert READ(text).isoformat() == wanted


@pytest.mark.parametrize(
    "text",
    [
        "yesterday",
        "",
        "2026-13-01T00:00:00Z",
        "0001-01-01T00:00:00Z",
        True,
        [],
        {},
        1e300,
        "9999-12-31T23:59:59Z",
    ],
)
def test_what_is_no_time_is_refused(text: object) -> None:
    with pytest.raises(Malformed, match="is no time"):
        READ(text)


def test_a_time_without_a_zone_needs_one_and_the_hint_says_how() -> None:
    with pytest.raises(Malformed, match="has no time zone") as told:
        READ("2026-11-22T09:14:03")
    assert "--timezone" in (told.value.hint or "")
    found = moment_reader(zagreb, lambda _: None)("2026-11-22T09:14:03")
    assert found.utcoffset() == timedelta(hours=1)


def test_the_zone_is_asked_each_time_so_that_what_it_tells_is_counted_each_time() -> None:
    asked: list[datetime] = []

    def zone(moment: datetime) -> datetime:
        asked.append(moment)
        return moment.replace(tzinfo=UTC)

    moment = moment_reader(zone, lambda _: None)
    assert moment("2026-03-29T02:30:00") == moment("2026-03-29T02:30:00")
    assert len(asked) == 2


def test_an_offset_of_seconds_as_zones_had_long_ago_becomes_utc() -> None:
    moment = moment_reader(lambda one: one.replace(tzinfo=ZoneInfo("Europe/Amsterdam")), lambda _: None)
    assert moment("1930-06-01T12:00:00").utcoffset() == timedelta(0)


def test_times_before_1970_are_read_and_each_is_counted() -> None:
    told: list[str] = []
    moment = moment_reader(None, told.append)
    assert moment("1969-12-31T23:59:59Z").year == moment("1969-12-31T23:59:59Z").year == 1969
    assert len(told) == 2


# ---- tickets


def test_the_least_a_ticket_must_say_is_where_it_is_from_and_when_it_was_created() -> None:
    found = read({"source": {"system": "zendesk", "id": 4711}, "created": "2026-01-01T09:00:00Z"}, READ)
    assert (found.key, found.created, found.born, found.title) == ("zendesk:4711", at(1), at(1), "")
    assert found.facts == {}
    assert found.unread == ()


def test_a_source_may_be_one_word() -> None:
    found = record(source="jira:ABC-1:2")
    assert (found.system, found.source_id, found.key) == ("jira", "ABC-1:2", "jira:ABC-1:2")


def test_a_source_without_a_system_is_the_files() -> None:
    data = {"source": {"id": "1"}, "title": "x", "created": "2026-01-01T09:00:00Z"}
    assert read(data, READ, "export").key == "export:1"


def test_a_ticket_with_nothing_but_the_id_of_a_desk_is_that_ticket() -> None:
    data = {"id": "GD-7K3QX4M2", "title": "x", "created": "2026-01-01T09:00:00Z"}
    assert read(data, READ, "tickets").key == "gitdesk:GD-7K3QX4M2"
    assert read({**data, "id": "4711"}, READ, "tickets").key == "tickets:4711"


@pytest.mark.parametrize(
    ("data", "where"),
    [
        ({"source": None}, "source"),
        ({"source": "zendesk"}, "source"),
        ({"source": ":1"}, "source"),
        ({"source": "zen desk:1"}, "source.system"),
        ({"source": "zendesk:1\x1b"}, "source"),
        ({"source": {"system": "a:b", "id": "1"}}, "source.system"),
        ({"source": {"system": "a", "id": "1\n2"}}, "source.id"),
        ({"source": {"system": "a", "id": "x" * 501}}, "source.id"),
        ({"source": {"system": "a", "id": ["1"]}}, "source.id"),
        ({"source": ["zendesk", 1]}, "source"),
        ({"created": None}, "created"),
        ({"created": ""}, "created"),
        ({"created": "soon"}, "created"),
        ({"title": ["x"]}, "title"),
        ({"status": {"name": "open"}}, "status"),
        ({"tags": "login"}, "tags"),
        ({"fields": ["a"]}, "fields"),
        ({"fields": {"a": {"b": 1}}}, "fields.a"),
        ({"events": {"at": 1}}, "events"),
        ({"events": [1]}, "events[0]"),
        ({"events": [{"by": ANA}]}, "events[0].at"),
        ({"events": [event(2), {"at": "2026-01-03 09:00"}]}, "events[1].at"),
        ({"events": [event(2, changes=[1])]}, "events[0].changes"),
        ({"events": [change(2, "status", ["open"])]}, "events[0].changes.status"),
        ({"events": [event(2, changes={"status": {"old": "new"}})]}, "events[0].changes.status"),
        ({"events": [event(2, changes={"tags": {"add": "a"}})]}, "events[0].changes.tags"),
        ({"events": [event(2, message=3)]}, "events[0].message"),
        ({"events": [event(2, message={"kind": "tweet", "text": "x"})]}, "events[0].message.kind"),
        ({"events": [event(2, message={"text": "x", "meta": [1]})]}, "events[0].message.meta"),
        ({"events": [event(2, message={"text": "x", "at": "late"})]}, "events[0].message.at"),
        ({"events": [event(2, attachments=[3])]}, "events[0].attachments[0]"),
        ({"attachments": {"name": "a"}}, "attachments"),
        ({"messages": [3]}, "messages[0]"),
        ({"created_event": "x"}, "created_event"),
        ({"snoozed_until": "later"}, "snoozed_until"),
        ({"updated": "later"}, "updated"),
    ],
)  # fmt: skip
def test_what_is_not_as_the_format_says_is_told_with_the_way_to_it(data: dict[str, Any], where: str) -> None:
    assert refused(**data)[0] == where


@pytest.mark.parametrize("data", [None, 3, "text", ["a"]])
def test_a_ticket_is_an_object(data: object) -> None:
    with pytest.raises(Malformed, match="a ticket is a JSON object"):
        read(data, READ)


def test_null_is_the_same_as_unset_everywhere() -> None:
    found = record(
        title=None, description=None, requester=None, status=None, tags=None, fields=None, links=None, events=None,
        attachments=None, messages=None, updated=None, snoozed_until=None, id=None, created_event=None,
    )  # fmt: skip
    assert (found.title, found.steps, found.fields, found.attachments) == ("", (), {}, ())


def test_numbers_and_truth_values_are_read_as_texts() -> None:
    found = record(
        title=42,
        fields={"seats": 12, "price": 1.5, "whole": 3.0, "vip": True, "no": False, "list": [1, None, "x"]},
    )
    assert found.title == "42"
    assert found.fields == {
        "seats": "12",
        "price": "1.5",
        "whole": "3",
        "vip": "true",
        "no": "false",
        "list": ("1", "x"),
    }


def test_unknown_keys_are_told_with_an_example_and_an_importers_own_are_not() -> None:
    found = record(
        satisfaction={"score": 5}, _line=3, _rows=2,
        source={"system": "a", "id": "1", "url": "https://a.example/1", "brand": "x"},
        events=[event(2, ip="10.0.0.1", message={"text": "x", "html": "<p>"}, attachments=[{"url": "a://b", "sha": 1}])]
    )  # fmt: skip
    assert {name for name, _ in found.unread} == {
        "satisfaction", "source.brand", "source.url", "events.ip", "message.html", "attachments.sha",
    }  # fmt: skip
    assert dict(found.unread)["source.url"] == "https://a.example/1"


# ---- events


def test_events_out_of_order_are_put_in_order_and_counted() -> None:
    found = record(events=[event(5, id="c"), event(2, id="a"), event(3, id="b")])
    assert [step.id for step in found.steps] == ["a", "b", "c"]
    assert found.disordered == 3
    assert record(events=[event(2), event(3)]).disordered == 0


def test_events_of_one_second_keep_their_order_and_fractions_decide() -> None:
    same = [event(2, id=str(number)) for number in range(5)]
    assert [step.id for step in record(events=same).steps] == list("01234")
    later = {"at": "2026-01-02T09:00:00.900Z", "id": "later"}
    sooner = {"at": "2026-01-02T09:00:00.100Z", "id": "sooner"}
    assert [step.id for step in record(events=[later, sooner]).steps] == ["sooner", "later"]


def test_a_ticket_is_born_with_its_first_event_when_that_is_older_than_its_creation() -> None:
    found = record(created="2026-01-05T00:00:00Z", events=[event(2)])
    assert (found.born, found.created) == (at(2), at(5, 0))


def test_repeated_identical_events_are_told_apart_by_how_often_they_came() -> None:
    first, second, third = record(events=[event(2, message="hi"), event(2, message="hi"), event(2)]).steps
    assert first.identity != second.identity
    assert len({first.identity, second.identity, third.identity}) == 3
    again = record(events=[event(2, message="hi"), event(2, message="hi"), event(2)]).steps
    assert [step.identity for step in again] == [first.identity, second.identity, third.identity]


def test_an_event_with_an_id_is_the_same_whatever_else_is_told_of_it() -> None:
    one = record(events=[event(2, id="e1", message="hi")]).steps[0]
    other = record(events=[event(3, id="e1")]).steps[0]
    assert one.identity == other.identity == "e1"
    twice = record(events=[event(2, id="e1"), event(3, id="e1")]).steps
    assert twice[0].identity != twice[1].identity


def test_the_zone_an_event_is_written_in_does_not_make_it_another_event() -> None:
    one = record(events=[{"at": "2026-01-02T09:00:00Z", "message": "x"}]).steps[0]
    other = record(events=[{"at": "2026-01-02T10:00:00+01:00", "message": "x"}]).steps[0]
    assert one.identity == other.identity


def test_a_bare_value_is_what_something_became_and_what_it_was_is_unknown() -> None:
    (_, delta), (_, other) = (
        record(events=[event(2, changes={"status": "open", "fields.a": ["x"]})]).steps[0].changes
    )
    assert (delta.before, delta.after) == (UNKNOWN, "open")
    assert (other.before, other.after) == (UNKNOWN, ("x",))


def test_from_and_to_may_stand_alone_or_be_null() -> None:
    def of(told: object) -> tuple[object, object]:
        delta = record(events=[event(2, changes={"assignee": told})]).steps[0].changes[0][1]
        return delta.before, delta.after

    assert of({"from": None, "to": "marko"}) == ("", "marko")
    assert of({"to": "marko"}) == (UNKNOWN, "marko")
    assert of({"from": "marko"}) == ("marko", "")
    assert of(None) == (UNKNOWN, "")


def test_lists_tell_what_came_and_went_or_the_whole() -> None:
    def of(key: str, told: object) -> Any:
        return record(events=[event(2, changes={key: told})]).steps[0].changes[0][1]

    assert (of("tags", {"add": ["a"], "remove": ["b"]}).add, of("tags", {"remove": ["b"]}).remove) == (
        ("a",),
        ("b",),
    )
    assert of("fields.skills", {"add": ["x"]}).add == ("x",)
    whole = of("tags", {"from": ["a"], "to": ["a", "b"]})
    assert (whole.before, whole.after, whole.add) == (("a",), ("a", "b"), None)


def test_merged_into_is_short_for_its_change() -> None:
    (key, delta) = record(events=[event(2, merged_into="zendesk:1")]).steps[0].changes[0]
    assert (key, delta.after) == ("merged_into", "zendesk:1")


def test_a_message_may_be_a_text() -> None:
    said = record(events=[event(2, message="Hello")]).steps[0].said
    assert said is not None
    assert (said.text, said.kind, said.at, said.author) == ("Hello", "", None, "")


def test_attachments_are_named_by_their_path_or_address_where_they_have_no_name() -> None:
    given = [
        "files/a.png", "https://x.example/b.log", {"path": "c/d.txt"}, {"url": "https://x.example/"}, {"data": "eA=="},
        {"name": "n", "path": "p", "removed": True}, {"name": "n", "data": "eA==", "replaces": True, "size": 1},
    ]  # fmt: skip
    assert record(attachments=given).attachments == (
        Attached("a.png", "files/a.png"),
        Attached("b.log", "", "https://x.example/b.log"),
        Attached("d.txt", "c/d.txt"),
        Attached("x.example", "", "https://x.example/"),
        Attached("file", "", "", "eA=="),
        Attached("n", "p", "", "", gone=True),
        Attached("n", "", "", "eA==", replaces=True),
    )


def test_how_a_commit_was_told_is_kept() -> None:
    step = record(
        events=[
            event(2, reason="r", via="mail", automation="sla", on_behalf_of="iva", approved_by=["a", "b"])
        ]
    ).steps[0]
    told = step.told
    assert (told.reason, told.via, told.automation, told.on_behalf_of) == ("r", "mail", "sla", "iva")
    assert told.approved_by == ("a", "b")
    assert record(events=[event(2, approved_by="a")]).steps[0].told.approved_by == ("a",)


def test_going_and_coming_back_are_events() -> None:
    gone, back, other = record(events=[event(2, deleted=True), event(3, restored=True), event(4)]).steps
    assert (gone.gone, back.gone, other.gone) == (True, False, None)


def test_how_the_creation_was_told_says_who_when_and_why() -> None:
    found = record(
        author=ANA, created_event={"by": "iva", "at": "2026-01-02T09:00:00Z", "reason": "r", "id": "c"}
    )
    assert (found.author, found.creation.at, found.told.reason) == ("iva", at(2), "r")
    assert found.created == at(1)
