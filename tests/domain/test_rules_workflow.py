"""What the steps of work ask for: reasons, replies, fields, and silence about what is over."""

from __future__ import annotations

import pytest
from judging import MARKO, NOTE, REPLY, by, change, codes, desk, found, ticket

from gitdesk.domain import rules
from gitdesk.errors import Refused

FRESH = REPLY.replace("2026-11-22T10:15", "2026-11-23T09:59")  # given when its commit is made


def test_without_a_context_a_change_is_judged_by_its_values_alone() -> None:
    one = change(ticket(status="closed"), ticket(status="open", title="Other"))
    assert rules.check(one, desk()) == ()


def test_a_refusal_names_every_error_and_the_way_out_of_each() -> None:
    fields = "\n" + "\n".join(f"  unknown_{number}: x" for number in range(6))
    one = change(ticket(status="closed"), ticket(status="open", priority="hihg"))
    with pytest.raises(Refused) as refused:
        rules.enforce([one], desk(), context=by())
    first, second = refused.value.message.split("\n")
    assert first == 'F041 unknown priority "hihg"'
    assert second == '  W002 the way from "closed" to "open" needs a reason'
    hints = (refused.value.hint or "").split("\n")
    assert hints[0] == 'did you mean "high"?'
    assert hints[1].startswith("--reason TEXT")
    with pytest.raises(Refused) as refused:
        rules.enforce([change(ticket(), ticket(fields=fields))], desk(), context=by())
    assert refused.value.message.split("\n")[4:] == ['  F044 unknown field "unknown_4"', "  … and 1 more"]


def test_a_transition_that_requires_a_reason_is_refused_without_and_taken_with_one() -> None:
    one = change(ticket(status="closed"), ticket(status="open"))
    [violation] = found(one)
    assert (violation.code, violation.line, violation.severity) == ("W002", 6, "error")
    assert violation.message == 'the way from "closed" to "open" needs a reason'
    assert codes(one, context=by(reason="the fault came back")) == []


def test_before_the_message_is_written_nobody_misses_the_reason() -> None:
    assert codes(change(ticket(status="closed"), ticket(status="open")), context=by(reason=None)) == []


def test_everything_a_transition_requires_is_told_at_once() -> None:
    [violation] = found(change(ticket(status="spam"), ticket(status="open")))
    for word in ("a public reply", "an assignee", "a group", "a type", "a priority", "a tag", "field.region"):
        assert word in violation.message
    assert "gitdesk set ID region=… before it, or region under fields: in the same edit" in (
        violation.hint or ""
    )
    whole = ticket(
        FRESH, status="open", assignee="marko", group="support", type="question", priority="low",
        tags="[vip]", fields="\n  region: eu",
    )  # fmt: skip
    assert codes(change(ticket(status="spam"), whole)) == []


def test_a_reply_that_stood_there_before_is_not_the_message_a_transition_requires() -> None:
    given = {"assignee": "marko", "group": "support", "type": "question", "priority": "low", "tags": "[vip]"}
    fields = "\n  region: eu"
    one = change(
        ticket(REPLY, status="spam", **given, fields=fields),
        ticket(REPLY, status="open", **given, fields=fields),
    )
    assert [violation.message for violation in found(one)] == [
        'the way from "spam" to "open" needs a public reply in the same change'
    ]


def test_a_transition_of_a_role_is_refused_to_others_with_who_could_do_it() -> None:
    one = change(ticket(status="closed"), ticket(status="waiting"))
    [violation] = found(one, context=by(MARKO))
    assert (violation.code, violation.hint) == ("P003", "ask iva")
    assert violation.message == 'the way from "closed" to "waiting" is open to lead only'
    assert codes(one) == []
    assert codes(one, context=by("Guest <guest@example.com>")) == ["P003", "P002"]


@pytest.mark.parametrize("status", ["resolved", "closed"])
def test_who_resolves_without_ever_having_written_to_the_requester_is_warned(status: str) -> None:
    one = change(ticket(NOTE, status="open"), ticket(NOTE, status=status))
    assert [(each.code, each.severity) for each in found(one)] == [("W003", "warn")]
    assert codes(change(ticket(REPLY, status="open"), ticket(REPLY, status=status))) == []
    assert codes(change(ticket(status="open"), ticket(FRESH, status=status))) == []


def test_who_resolves_in_silence_by_hand_is_told_what_to_write_into_the_file() -> None:
    [violation] = found(change(ticket(status="open"), ticket(status="resolved")), context=by(MARKO))
    assert "-m TEXT with the move" in (violation.hint or "")
    assert f' · reply · {MARKO}" at the end of the file' in (violation.hint or "")


def test_silence_is_told_once_and_not_of_spam() -> None:
    assert codes(change(ticket(status="resolved"), ticket(status="closed"))) == []
    assert codes(change(ticket(status="open"), ticket(status="spam"))) == []
    assert codes(change(None, ticket(status="closed"))) == ["W003"]


def test_a_closed_ticket_whose_header_changes_is_warned_of_each_key() -> None:
    one = change(ticket(status="closed"), ticket(status="closed", title="Other", tags="[vip]"))
    assert [(each.code, each.severity, each.line) for each in found(one)] == [
        ("W004", "warn", 3),
        ("W004", "warn", 7),
    ]


def test_a_closed_ticket_may_be_spoken_of_linked_and_reopened() -> None:
    closed = ticket(status="closed")
    links = "\n  - follows GD-4F7K2M9T"
    assert codes(change(closed, ticket(NOTE, status="closed", links=links))) == []
    reopened = change(closed, ticket(status="open", title="Other"))
    assert codes(reopened, context=by(reason="again")) == []


def test_a_required_field_is_asked_for_when_a_ticket_is_no_longer_new() -> None:
    config, fresh, region = desk(required=True), ticket(), "\n  region: eu"
    assert codes(change(None, fresh), config) == []
    assert codes(change(fresh, ticket(status="open")), config) == ["W005"]
    assert codes(change(fresh, ticket(status="open", fields=region)), config) == []
    assert codes(change(fresh, ticket(status="spam")), config) == []
    assert codes(change(None, ticket(status="open")), config) == ["W005"]
    assert codes(change(ticket(status="open", fields=region), ticket(status="open")), config) == ["W005"]
    assert codes(change(ticket(status="open"), ticket(status="open", priority="low")), config) == []


def test_merged_into_and_the_status_go_together() -> None:
    other = "GD-4F7K2M9T"
    assert codes(change(ticket(), ticket(status="merged", merged_into=other))) == []
    assert codes(change(ticket(), ticket(status="open", merged_into=other))) == ["W006"]
    assert codes(change(ticket(), ticket(status="merged"))) == ["W006"]
    assert codes(change(ticket(status="merged", merged_into=other), ticket(status="open"))) == []


def test_a_desk_weighs_the_rules_of_work_as_it_likes() -> None:
    one = change(ticket(NOTE, status="open"), ticket(NOTE, status="closed"))
    assert [each.severity for each in found(one, desk(checks="W003: error"))] == ["error"]
    assert codes(one, desk(checks="W003: 'off'")) == []


def test_steps_of_one_commit_on_one_ticket_are_judged_as_what_they_come_to() -> None:
    first, second = ticket(status="closed"), ticket(status="open")
    steps = [change(first, second), change(second, ticket(status="closed", priority="low"))]
    [net] = rules.net(steps)
    assert codes(net) == ["W004"]


def test_a_vague_tag_is_refused_even_where_any_tag_is_allowed() -> None:
    one = change(ticket(), ticket(tags="[Misc]"))
    assert codes(one, desk(tags=True)) == ["T004"]
    assert codes(one) == ["T004"]
    assert codes(change(ticket(), ticket(tags="[anything]")), desk(tags=True)) == []
