"""Rules about values: what a ticket names must exist on the desk, and its status must have been reachable."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice

from gitdesk.domain import near
from gitdesk.domain.format import MAX_HEADER
from gitdesk.domain.violation import ERROR, WARN, Rule, Violation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gitdesk.domain.change import Change
    from gitdesk.domain.config import Config
    from gitdesk.domain.document import Document
    from gitdesk.domain.ticket import Ticket

RULES = (
    Rule(
        code="F040",
        name="unknown-status",
        summary="the status is not in the workflow",
        why="a ticket whose status nobody knows is in no queue and on no report",
        fails="status: opne",
        passes="status: open",
    ),
    Rule(
        code="F041",
        name="unknown-priority",
        summary="the priority is not on the desk's list",
        why="what cannot be ranked cannot be ordered",
        fails="priority: hihg",
        passes="priority: high",
    ),
    Rule(
        code="F042",
        name="unknown-type",
        summary="the type is not on the desk's list",
        why="reports by type would count it nowhere",
        fails="type: insident",
        passes="type: incident",
    ),
    Rule(
        code="F043",
        name="unknown-group",
        summary="the group is not on the desk's list",
        why="nobody would look at the queue it is in",
        fails="group: suport",
        passes="group: support",
    ),
    Rule(
        code="F044",
        name="unknown-field",
        summary="a key under fields is not declared in gitdesk.yaml",
        why="a typo in a field's name loses the value without a word",
        fails="fields:\n  regoin: eu",
        passes="fields:\n  region: eu",
    ),
    Rule(
        code="F045",
        name="field-value",
        summary="a field's value does not fit its declared type",
        why="queries and reports compare the value as its type says",
        fails="fields:\n  seats: many",
        passes="fields:\n  seats: 12",
    ),
    Rule(
        code="P001",
        name="unknown-assignee",
        summary="the assignee is not one of the desk's people",
        why="nobody would find the ticket in their own list",
        fails="assignee: mrako",
        passes="assignee: marko",
    ),
    Rule(
        code="T001",
        name="unknown-tag",
        summary="the tag is not on the desk's list",
        why="ten spellings of one tag cannot be counted",
        fails="tags:\n  - biling",
        passes="tags:\n  - billing",
    ),
    Rule(
        code="T002",
        name="deprecated-tag",
        summary="the tag is deprecated in favour of another one",
        why="old tags fade out when nothing new carries them",
        severity=WARN,
        fails="tags:\n  - sign-in",
        passes="tags:\n  - login",
    ),
    Rule(
        code="T003",
        name="too-many-tags",
        summary="the ticket has more tags than the desk allows",
        why="a ticket with every tag has none",
        fails="tags: [a, b, c, d, e, f, g, h, i, j, k]",
        passes="tags: [a, b]",
    ),
    Rule(
        code="T004",
        name="vague-tag",
        summary="the tag is one that the desk denies because it says nothing",
        why="what everything could be called finds nothing again",
        fails="tags:\n  - misc",
        passes="tags:\n  - billing",
    ),
    Rule(
        code="W001",
        name="no-such-transition",
        summary="the workflow has no transition between these two statuses",
        why="the steps of the workflow are what the desk agreed on",
        fails="status new → closed, where only new → open is listed",
        passes="status new → open",
    ),
)

MAX_FOUND = 100  # of one file: nobody reads more, and a hostile file must not keep anybody busy


def check(change: Change, config: Config) -> Iterator[Violation]:
    """Yields what is wrong with the values a change brings in; values that were there before are let be."""
    after = change.after
    if after is None or after.ticket is None:
        return
    ticket = after.ticket
    before = change.before.ticket if change.before else None
    yield from islice(_found_in(after, ticket, before, config), MAX_FOUND)


def _found_in(after: Document, ticket: Ticket, before: Ticket | None, config: Config) -> Iterator[Violation]:
    hints = near.Hints()
    for key, code, allowed in (
        ("status", "F040", [status.name for status in config.workflow.statuses]),
        ("priority", "F041", list(config.priorities)),
        ("type", "F042", [one.name for one in config.types]),
        ("group", "F043", [one.name for one in config.groups]),
    ):
        value = getattr(ticket, key)
        if value and value not in allowed and (before is None or getattr(before, key) != value):
            yield _unknown(after, code, key, value, allowed, hints)
    yield from _assignee(after, ticket, before, config, hints)
    yield from _tags(after, ticket, before, config, hints)
    yield from _fields(after, ticket, before, config, hints)
    yield from _transition(after, ticket, before, config)


def _assignee(
    after: Document, ticket: Ticket, before: Ticket | None, config: Config, hints: near.Hints
) -> Iterator[Violation]:
    value = ticket.assignee
    if value and (before is None or before.assignee != value) and config.agent(value) is None:
        yield _unknown(after, "P001", "assignee", value, [person.id for person in config.people], hints)


def _tags(
    after: Document, ticket: Ticket, before: Ticket | None, config: Config, hints: near.Hints
) -> Iterator[Violation]:
    specs = {spec.name: spec for spec in config.tags.specs}
    allowed = [name for name in specs if not specs[name].deprecated_for]
    old = frozenset(before.tags) if before else frozenset()
    denied = frozenset(name.casefold() for name in config.tags.denied)
    for tag in ticket.tags:
        if tag in old:
            continue
        spec = specs.get(tag)
        if spec is None and tag.casefold() in denied:
            message = f'tag "{tag}" is too vague for this desk'
            yield found_in(after, "T004", "tags", tag, message, "say what it is about")
            continue
        if spec is None and not config.tags.open:
            yield _unknown(after, "T001", "tags", tag, allowed, hints, "tag")
        elif spec is not None and spec.deprecated_for:
            yield found_in(
                after,
                "T002",
                "tags",
                tag,
                f'tag "{tag}" is deprecated',
                f'use "{spec.deprecated_for}"',
                severity=WARN,
            )
    limit = config.tags.max_per_ticket
    if limit and len(ticket.tags) > limit and len(ticket.tags) > len(old):
        yield found_in(
            after,
            "T003",
            "tags",
            "",
            f"{len(ticket.tags)} tags, and this desk allows {limit}",
            "remove what says least",
        )


def _fields(
    after: Document, ticket: Ticket, before: Ticket | None, config: Config, hints: near.Hints
) -> Iterator[Violation]:
    specs = {spec.name: spec for spec in config.field_specs}
    old = dict(before.fields) if before else {}
    for name, value in ticket.fields:
        if old.get(name) == value:
            continue
        spec = specs.get(name)
        if spec is None:
            yield _unknown(after, "F044", name, name, list(specs), hints, "field")
            continue
        if wrong := spec.problem(value):
            listed = "one of: " + ", ".join(spec.values) if spec.values else None
            yield found_in(after, "F045", name, value if isinstance(value, str) else "", wrong, listed)


def _transition(
    after: Document, ticket: Ticket, before: Ticket | None, config: Config
) -> Iterator[Violation]:
    if before is None or before.status == ticket.status or ticket.merged_into != before.merged_into:
        return
    workflow = config.workflow
    if workflow.category(before.status) is None or workflow.category(ticket.status) is None:
        return
    if not workflow.can(before.status, ticket.status):
        there = workflow.targets(before.status)
        hint = f'from "{before.status}" it goes to ' + ", ".join(there) if there else None
        if ticket.status == workflow.merged_status:
            merge = "where it is the same as another ticket: gitdesk merge ID INTO"
            hint = f"{merge}; {hint}" if hint else merge
        yield found_in(
            after,
            "W001",
            "status",
            ticket.status,
            f'the workflow has no way from "{before.status}" to "{ticket.status}"',
            hint,
        )


def _unknown(
    document: Document,
    code: str,
    key: str,
    value: str,
    allowed: Sequence[str],
    hints: near.Hints,
    kind: str | None = None,
) -> Violation:
    return found_in(
        document, code, key, value, f'unknown {kind or key} "{value}"', hints.hint(value, allowed)
    )


def found_in(
    document: Document,
    code: str,
    key: str,
    value: str,
    message: str,
    hint: str | None,
    severity: str = ERROR,
    subject: str = "",
) -> Violation:
    """Returns a violation at a value of the header, or at its key; `subject` tells apart what has the same place."""
    line, column = _place(document.data, key, value)
    return Violation(
        code=code,
        severity=severity,
        message=message,
        path=document.path,
        line=line,
        column=column,
        hint=hint,
        subject=subject or f"{key}={value}",
    )


def _place(data: bytes, key: str, value: str) -> tuple[int | None, int | None]:
    """Returns line and column of a value in the header, counted from 1; of its key where the value is hidden."""
    key_at: tuple[int | None, int | None] = (None, None)
    pattern = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*:")
    for number, raw in enumerate(_header_lines(data), 1):
        found = pattern.match(raw) if key in raw else None
        start = found.end() if found else 0
        if found and key_at[0] is None:
            key_at = (number, len(raw) - len(raw.lstrip()) + 1)
        if key_at[0] is not None and value and (at := raw.find(value, start)) >= 0:
            return number, at + 1
    return key_at


@lru_cache(maxsize=2)  # one file is asked about again and again
def _header_lines(data: bytes) -> list[str]:
    """Returns the lines of a header, the first line of dashes among them."""
    lines: list[str] = []
    text = data[: MAX_HEADER + 1_000].decode("utf-8", "replace").lstrip("\ufeff")
    for line in text.split("\n"):
        if lines and line.rstrip() in ("---", "..."):
            break
        lines.append(line)
    return lines
