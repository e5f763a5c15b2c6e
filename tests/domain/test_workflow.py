from __future__ import annotations

import pytest

from gitdesk.domain.workflow import Status, Transition, Workflow

STATUSES = tuple(
    Status(name=name, category=category)
    for name, category in (
        ("new", "new"),
        ("fresh", "new"),
        ("open", "open"),
        ("on-hold", "external"),
        ("done", "resolved"),
        ("closed", "closed"),
        ("merged", "cancelled"),
        ("spam", "cancelled"),
    )
)
FREE = Workflow(statuses=STATUSES, merged="merged")
STRICT = Workflow(
    statuses=STATUSES,
    transitions=(
        Transition(from_=("new", "open"), to=("open", "done")),
        Transition(from_=("open",), to=("done",), roles=("lead",)),
        Transition(from_=("*",), to=("spam",)),
        Transition(from_=("spam",), to=("*",)),
    ),
)


def test_a_status_means_its_category() -> None:
    assert FREE.category("on-hold") == "external"
    assert FREE.category("On-Hold") is None
    assert FREE.find("nowhere") is None


def test_without_transitions_every_move_between_known_statuses_is_allowed() -> None:
    assert all(FREE.can(one, other) for one in FREE.names for other in FREE.names)
    assert not FREE.can("new", "nowhere")


@pytest.mark.parametrize(
    ("from_", "to", "allowed"),
    [
        ("new", "open", True),
        ("new", "closed", False),
        ("open", "new", False),
        ("closed", "spam", True),
        ("spam", "closed", True),
        ("closed", "closed", True),
        ("nowhere", "open", False),
        ("new", "nowhere", False),
        ("spam", "nowhere", False),
    ],
)
def test_with_transitions_only_the_moves_they_list_exist(from_: str, to: str, allowed: bool) -> None:
    assert STRICT.can(from_, to) is allowed


def test_every_row_about_a_move_is_found() -> None:
    assert STRICT.rows("open", "done") == STRICT.transitions[:2]
    assert STRICT.rows("closed", "open") == ()


def test_targets_leave_out_where_one_is() -> None:
    assert STRICT.targets("new") == ("open", "done", "spam")
    assert STRICT.targets("spam") == tuple(name for name in STRICT.names if name != "spam")


def test_the_first_status_of_a_category_is_the_one_commands_take() -> None:
    first = FREE.first("new")
    assert first is not None
    assert first.name == "new"
    assert FREE.first("snoozed") is None


def test_the_status_of_merged_tickets_is_not_what_spam_means() -> None:
    spam = FREE.first("cancelled")
    assert FREE.merged_status == "merged"
    assert spam is not None
    assert spam.name == "spam"


def test_merged_and_initial_have_sensible_defaults() -> None:
    plain = Workflow(statuses=STATUSES)
    assert plain.initial_status == "new"
    assert plain.merged_status == "spam"
    assert Workflow(statuses=STATUSES, initial="fresh").initial_status == "fresh"
    only = Workflow(statuses=(Status(name="void", category="cancelled"),))
    void = only.first("cancelled")
    assert only.initial_status == ""
    assert void is not None
    assert void.name == "void"
    assert Workflow(statuses=STATUSES[:2]).merged_status == ""
