"""Every rule about work, people and the record shows itself: its example fails, and the same mended passes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from judging import IVA, KEY_A, KEY_B, MARKO, NOTE, REPLY, by, change, codes, desk, ticket

from gitdesk.domain import rules_audit, rules_people, rules_signatures, rules_workflow
from gitdesk.domain.change import Change
from gitdesk.domain.rules_context import Seal

CONFIG = desk(may="act_for_others, configure, assign", required=True)
EU = "\n  region: eu"
OPEN = ticket(REPLY, status="open", fields=EU)
QUIET = change(OPEN, ticket(REPLY, status="open", fields=EU, priority="low"))
SETTINGS = Change(path="gitdesk.yaml", old="a", new="b")
NINE, TEN = datetime(2026, 11, 23, 9, tzinfo=UTC), datetime(2026, 11, 23, 10, tzinfo=UTC)


def after(thread: str = REPLY, **header: str) -> Change:
    """Returns the change of an open ticket into another version of it."""
    return change(OPEN, ticket(thread, **{"status": "open", "fields": EU, **header}))


def reopened(**header: str) -> Change:
    """Returns the change of a closed ticket into another version of it."""
    return change(
        ticket(REPLY, status="closed", fields=EU), ticket(REPLY, **{"status": "open", "fields": EU, **header})
    )


Side = tuple[Change, dict[str, Any]]
SILENT = change(ticket(NOTE, status="open", fields=EU), ticket(NOTE, status="resolved", fields=EU))
ACTS = {"author": MARKO, "behalf": CONFIG.agent("iva")}

EXAMPLES: dict[str, tuple[Side, Side]] = {
    "W002": ((reopened(), {}), (reopened(), {"reason": "the fault came back"})),
    "W003": ((SILENT, {}), (after(status="resolved"), {})),
    "W004": (
        (reopened(status="closed", priority="high"), {}),
        (reopened(priority="high"), {"reason": "again"}),
    ),
    "W005": (
        (change(ticket(), ticket(status="open")), {}),
        (change(ticket(fields=EU), ticket(status="open", fields=EU)), {}),
    ),
    "W006": (
        (after(merged_into="GD-4F7K2M9T"), {}),
        (after(status="merged", merged_into="GD-4F7K2M9T"), {}),
    ),
    "P002": ((QUIET, {"author": "Marko <marko@laptop.local>"}), (QUIET, {"author": MARKO})),
    "P003": ((reopened(status="waiting"), {"author": MARKO}), (reopened(status="waiting"), {})),
    "P004": ((QUIET, ACTS), (QUIET, {"author": MARKO})),
    "P005": ((SETTINGS, {"author": MARKO}), (SETTINGS, {})),
    "P006": ((after(assignee="nikos"), {}), (after(assignee="marko"), {})),
    "P007": (
        (after(assignee="robi"), {"author": MARKO}),
        (after(assignee="marko"), {"author": MARKO}),
    ),
    "A001": ((after(REPLY.replace("noon", "Friday")), {}), (after(f"{REPLY}\n{NOTE}"), {})),
    "A002": (
        (after(created="2026-11-23T08:00:00Z"), {}),
        (after(created="2026-11-23T08:00:00Z"), {"reason": "typed in from a letter, wrong day"}),
    ),
    "A003": (
        (after(f"{REPLY}\n{NOTE.replace('T11:00', 'T09:00')}"), {}),
        (after(f"{REPLY}\n{NOTE.replace('T11:00', 'T10:20')}"), {}),
    ),
    "A004": ((change(OPEN, None), {}), (after(status="spam"), {})),
    "A005": (
        (QUIET, {"trailers": (("Approved-by", MARKO),), "author": MARKO}),
        (QUIET, {"trailers": (("Approved-by", IVA),), "author": MARKO}),
    ),
    "A006": (
        (QUIET, {"at": NINE, "parent_at": TEN}),
        (QUIET, {"at": NINE.replace(minute=57), "parent_at": TEN}),
    ),
    "A007": (
        (QUIET, {"author": MARKO, "committer": MARKO, "seal": Seal(keys=(KEY_A,))}),
        (QUIET, {"author": MARKO, "committer": MARKO, "seal": Seal(keys=(KEY_B,))}),
    ),
}
RULES = (*rules_workflow.RULES, *rules_people.RULES, *rules_audit.RULES, *rules_signatures.RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_example_of_a_rule_fails_and_mended_it_passes(rule: Any) -> None:
    assert rule.fails
    assert rule.passes
    (bad, who), (good, other) = EXAMPLES[rule.code]
    assert codes(bad, CONFIG, by(config=CONFIG, **who)) == [rule.code]
    assert codes(good, CONFIG, by(config=CONFIG, **other)) == []
