"""Rules about service levels: each shows itself, and what is honest work is let through."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from judging import IVA
from lives import ANA, ROBI, Life, desk, said

from gitdesk.domain.query_keys import ALIASES, CUSTOMER_KEYS
from gitdesk.domain.rules_context import Context
from gitdesk.domain.rules_service import RULES
from gitdesk.domain.sla_concern import CHOSEN_BY, concerns
from gitdesk.domain.violation import Rule
from gitdesk.value import replace

DECLARED = "{name: breach_reason, type: choice, values: [supplier, workload]}"
REASON = {"reason": "the supplier was down"}


def answered(**header: str) -> Life:
    """Returns a ticket that was answered in time and is worked on."""
    return Life(**header).then(1, said(1), status="open")


def declared() -> Life:
    """Returns the same on a desk that asks for a reason in a field."""
    return Life(desk(fields=DECLARED)).then(1, said(1), status="open")


def parked() -> Life:
    """Returns a ticket that has waited for nearly all of its life, and goes on."""
    return answered().then(2, status="waiting").then(50, status="open")


def resolved(**given: str) -> Life:
    """Returns a ticket that was resolved in time."""
    return Life(desk(**given)).then(1, said(1), status="resolved")


def robot() -> Life:
    """Returns a ticket that only programs have answered."""
    return Life().then(0, said(0, author=ROBI))


EXAMPLES: dict[str, tuple[Callable[[], list[str]], Callable[[], list[str]]]] = {
    "S001": (
        lambda: resolved().codes(300, status="open"),
        lambda: resolved().codes(200, status="open"),
    ),
    "S002": (
        lambda: declared().codes(11, status="resolved"),
        lambda: declared().then(10, fields="\n  breach_reason: supplier").codes(11, status="resolved"),
    ),
    "S003": (
        lambda: answered().codes(9, priority="low"),
        lambda: answered().codes(9, priority="low", **REASON),
    ),
    "S004": (
        lambda: Life().codes(1, status="snoozed", snoozed_until="2026-11-23T12:00:00Z"),
        lambda: Life().codes(1, said(1), status="snoozed", snoozed_until="2026-11-23T12:00:00Z"),
    ),
    "S005": (
        lambda: robot().codes(1, status="resolved"),
        lambda: robot().codes(1, said(1), status="resolved"),
    ),
    "S006": (
        lambda: parked().codes(51, status="waiting"),
        lambda: parked().codes(51, said(51), status="waiting"),
    ),
    "S007": (
        lambda: answered().codes(10, status="merged", merged_into="GD-4F7K2M9T"),
        lambda: answered().codes(10, status="merged", merged_into="GD-4F7K2M9T", **REASON),
    ),
    "S008": (
        lambda: resolved(reopen="new_cycle").codes(2, status="open"),
        lambda: resolved(reopen="new_cycle").codes(2, said(2, "customer", ANA), status="open"),
    ),
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_example_of_a_rule_fails_and_mended_it_passes(rule: Rule) -> None:
    assert rule.fails
    assert rule.passes
    bad, good = EXAMPLES[rule.code]
    assert bad() == [rule.code if rule.severity == "error" else f"({rule.code})"]
    assert good() == []


def test_every_violation_says_what_to_do_next() -> None:
    found = [
        *declared().found(11, status="resolved"),
        *answered().found(11, status="resolved"),
        *answered().found(9, priority="low"),
        *Life().found(1, status="snoozed", snoozed_until="2026-11-23T12:00:00Z"),
        *parked().found(51, status="waiting"),
    ]
    hints = [one.hint or "" for one in found]
    assert [one.code for one in found] == ["S002", "S002", "S003", "S004", "S006"]
    assert hints[0] == (
        "gitdesk set GD-7K3QX4M2 breach_reason=… before it, or breach_reason under fields: in the same edit "
        "(supplier, workload)"
    )
    assert all("--reason TEXT" in hint for hint in hints[1:])


# ---- late, and nobody says why


def test_a_ticket_in_time_is_resolved_without_a_word_about_it() -> None:
    assert declared().codes(8, status="resolved") == []  # in the very second it is due
    assert declared().codes(8 + 1 / 3600, status="resolved") == ["S002"]


def test_where_no_field_is_declared_a_reason_does_and_its_lack_is_a_warning() -> None:
    assert answered().codes(10, status="resolved") == ["(S002)"]
    assert answered().codes(10, status="resolved", **REASON) == []
    assert answered().codes(10, status="resolved", reason=None) == []  # it may still come with the message


def test_the_declared_field_is_asked_for_even_where_the_commit_gives_a_reason() -> None:
    assert declared().codes(11, status="resolved", **REASON) == ["S002"]
    assert declared().codes(11, status="resolved", reason=None) == ["S002"]


def test_what_is_late_is_told_the_worst_first() -> None:
    life = Life(desk(fields=DECLARED)).then(4, said(4), status="open")
    (found,) = life.found(13, status="closed")
    told = "the resolution by 5h, the first response by 2h"
    assert found.message == f"closed, and late: {told}; nothing says why"


def test_closing_what_was_resolved_late_asks_no_second_time() -> None:
    life = declared().then(10, status="resolved")
    assert life.codes(20, status="closed") == []


def test_a_late_ticket_that_a_message_has_opened_is_not_closed_in_silence() -> None:
    life = resolved(fields=DECLARED).then(2, said(2, "customer", ANA))
    assert life.codes(30, status="closed") == ["S002"]


def test_an_answer_in_the_same_commit_counts_at_its_own_time() -> None:
    life = Life(desk(fields=DECLARED))
    assert life.codes(2.05, said(1.99), status="resolved") == []


def test_spam_is_not_asked_why_it_is_late() -> None:
    assert Life(desk(fields=DECLARED)).codes(30, status="spam") == []


# ---- promises that are loosened


def test_lowering_the_priority_before_a_clock_is_late_is_a_warning() -> None:
    assert Life().codes(1, priority="low") == ["(S003)"]
    assert Life().codes(1, priority="low", **REASON) == []


def test_a_raised_priority_and_a_higher_promise_need_no_reason() -> None:
    assert answered().codes(2, priority="high") == []
    assert answered().codes(2, type="incident") == []


def test_another_type_or_tier_loosens_where_a_policy_goes_by_it() -> None:
    assert answered(type="incident").codes(1.5, type="question") == ["(S003)"]
    assert answered(type="incident").codes(3, type="question") == ["S003"]
    assert answered().codes(2, requester="Ana <ana@home.example>") == ["(S003)"]
    assert answered(type="question").codes(2, tags="[login]") == []


def test_a_clock_that_has_ended_is_loosened_by_nothing() -> None:
    assert resolved().codes(3, priority="low") == []


def test_a_priority_that_the_desk_does_not_know_is_another_rules_matter() -> None:
    assert Life().codes(1, priority="lwo") == []


# ---- snoozed, parked


def test_a_snooze_that_ends_in_time_is_no_matter() -> None:
    assert Life().codes(1, status="snoozed", snoozed_until="2026-11-23T10:59:59Z") == []


def test_a_clock_that_stands_while_snoozed_is_not_missed() -> None:
    assert answered().codes(2, status="snoozed", snoozed_until="2026-12-23T10:00:00Z") == []


def test_a_snooze_is_judged_again_when_it_is_prolonged() -> None:
    life = Life().then(1, status="snoozed", snoozed_until="2026-11-23T10:30:00Z")
    assert life.codes(1.2, snoozed_until="2026-11-23T20:00:00Z") == ["S004"]
    assert life.codes(1.2, snoozed_until="2026-11-23T20:00:00Z", **REASON) == []


def test_a_ticket_is_not_parked_when_the_requester_was_told_something_since_it_ran() -> None:
    life = parked().then(50.5, said(50.5))
    assert life.codes(51, status="waiting") == []
    life = parked().then(50.5, said(50.5, author=ROBI)).then(50.6, said(50.6, meta="via: automation"))
    assert life.codes(51, status="waiting") == ["(S006)"]


def test_the_share_a_ticket_may_stand_is_the_desks_to_say() -> None:
    def half(limits: str) -> list[str]:
        life = Life(desk(limits=limits)).then(1, said(1), status="waiting").then(2, status="open")
        return life.codes(2, status="waiting")

    assert half("parked_percent: 50") == []
    assert half("parked_percent: 49") == ["(S006)"]
    assert half("") == []


# ---- cancelled, started anew


def test_spam_that_nobody_answered_is_cancelled_however_late() -> None:
    assert Life().codes(30, status="spam") == []
    assert answered().codes(30, status="spam") == ["(S007)"]
    assert answered().codes(3, status="merged", merged_into="GD-4F7K2M9T") == []


def test_a_reopening_that_resumes_the_clock_gains_nothing_and_needs_no_word() -> None:
    assert resolved().codes(2, status="open") == []
    assert resolved(reopen="new_cycle").codes(2, status="open", **REASON) == []


def test_a_ticket_that_a_message_has_opened_in_time_may_be_reopened_whenever_somebody_sees_it() -> None:
    for reopen in ("resume", "new_cycle"):
        life = resolved(reopen=reopen).then(200, said(200, "customer", ANA))
        assert life.codes(300, status="open") == []


# ---- who is not asked


def test_a_robot_is_not_asked_for_reasons_but_held_to_the_window() -> None:
    assert answered().codes(10, status="resolved", by=ROBI) == []
    assert resolved().codes(300, status="open", by=ROBI) == ["S001"]


def test_who_calls_a_change_imported_is_asked_like_everybody() -> None:
    imported = (("Gitdesk-Source", "zendesk:1"),)
    assert answered(source="zendesk:1").codes(10, status="resolved", trailers=imported) == ["(S002)"]


def test_nothing_is_asked_of_the_clocks_for_a_change_that_breaks_no_promise() -> None:
    context = Context(actor=IVA, reason="")
    for header in ({"status": "new"}, {"assignee": "iva"}, {"tags": "[login]"}, {"title": "Another title"}):
        assert not concerns(answered().next(**header), desk(), context)
    assert concerns(answered().next(priority="low"), desk(), context)
    assert concerns(
        answered().next(type="question"), desk(), context
    )  # a policy goes by "type:", in any case
    shouting = replace(desk(), sla={"policies": [{"id": "gold", "when": "TAG:vip or Region:eu"}]})
    assert concerns(answered().next(tags="[vip]"), shouting, context)
    assert concerns(answered().next(fields="{region: eu}"), shouting, context)
    assert not concerns(answered().next(title="Another title"), shouting, context)


def test_every_key_of_customers_that_a_field_may_be_called_like_is_looked_for() -> None:
    words = CHOSEN_BY["fields"]
    for key in (*CUSTOMER_KEYS, *(name for name, meant in ALIASES.items() if meant in CUSTOMER_KEYS)):
        assert any(word in key for word in words), key
