"""Checks what gitdesk.yaml promises: queries that a header can answer, targets that can be kept, policies reached."""

from __future__ import annotations

from gitdesk.domain.duration import parse
from gitdesk.domain.finding import Finding
from gitdesk.domain.folding import fold
from gitdesk.domain.query_error import QueryError
from gitdesk.domain.query_facts import parse_timeless
from gitdesk.domain.query_tree import And, Term
from gitdesk.domain.sla_cycle import FIRST_RESPONSE, RESOLUTION
from gitdesk.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from typing import Any

    from gitdesk.domain.duration import Duration
    from gitdesk.domain.finding import Pointer
    from gitdesk.domain.query import Query, Vocabulary
    from gitdesk.domain.query_tree import Node

_NONE = "none"


def check(
    at: Pointer,
    policies: Sequence[Mapping[str, Any]],
    calendars: Mapping[str, Any],
    vocabulary: Vocabulary,
) -> Iterator[Finding]:
    """Yields what is wrong with policies whose shape is right and whose names exist."""
    taken: set[str] = set()  # priorities that earlier policies take whole
    everything = ""  # the earlier policy that takes every ticket
    seen: dict[str, str] = {}
    for index, policy in enumerate(policies):
        here: Pointer = (*at, index)
        query, trouble = _query(here, policy, vocabulary)
        yield from trouble
        yield from _targets(here, policy, calendars)
        text = str(query) if query is not None else ""
        if everything or text in seen:
            yield _shadowed(here, policy["id"], everything or seen[text])
        left = [name for name in vocabulary.priorities if name not in taken]
        if query is not None:
            asked = _priorities(query.tree, vocabulary)
            reached = [name for name in left if name in asked]
            if not reached and not everything and text not in seen:
                yield _shadowed(here, policy["id"], "")
            yield from _missing(here, policy, reached)
            if not trouble:
                seen.setdefault(text, policy["id"])
            if isinstance(query.tree, Term) and query.tree.key == "priority":
                taken |= asked
        elif not trouble:
            yield from _missing(here, policy, left)
            everything = everything or policy["id"]


def _query(
    at: Pointer, policy: Mapping[str, Any], vocabulary: Vocabulary
) -> tuple[Query | None, list[Finding]]:
    """Returns the query of a policy, None for every ticket or for one that cannot be read, and why it cannot."""
    text = policy.get("when", "")
    if not text.strip():
        return None, []
    try:
        return parse_timeless(text, vocabulary), []
    except QueryError as error:
        return None, [Finding(code="C060", message=error.what, pointer=(*at, "when"), hint=error.hint)]


def _shadowed(at: Pointer, name: str, by: str) -> Finding:
    message = f'policy "{name}" is never reached'
    hint = (
        "the policies above it take every ticket it is for"
        if not by
        else f'"{by}" above it takes all its tickets'
    )
    return Finding(
        code="C061", message=message, pointer=(*at, "id"), hint=f"{hint}; the first that matches wins"
    )


def _missing(at: Pointer, policy: Mapping[str, Any], priorities: Collection[str]) -> Iterator[Finding]:
    missing = [name for name in priorities if name not in policy["targets"]]
    if missing:
        listed = ", ".join(f'"{name}"' for name in missing)
        message = f'policy "{policy["id"]}" says nothing about priority {listed}'
        hint = f"give it targets, or {missing[0]}: none"
        yield Finding(code="C062", message=message, pointer=(*at, "targets"), hint=hint, at_key=True)


def _priorities(tree: Node, vocabulary: Vocabulary) -> set[str]:
    """Returns the priorities that tickets of a query can have, as far as its own terms say so."""
    known = set(vocabulary.priorities)
    for node in tree.nodes if isinstance(tree, And) else (tree,):
        if isinstance(node, Term) and node.key == "priority" and node.operator == ":":
            wanted = {fold(value[0]) for value in node.values if len(value) == 1}
            if len(wanted) == len(node.values):
                known &= {name for name in vocabulary.priorities if fold(name) in wanted}
    return known


def _targets(at: Pointer, policy: Mapping[str, Any], calendars: Mapping[str, Any]) -> Iterator[Finding]:
    always = bool(calendars.get(policy.get("calendar", ""), {"always": True}).get("always"))
    for priority, given in policy["targets"].items():
        here: Pointer = (*at, "targets", priority)
        if given == _NONE:
            continue
        if not given:
            message, hint = (
                f'no targets for priority "{priority}"',
                f"write {priority}: none where nothing is promised",
            )
            yield Finding(code="C063", message=message, pointer=here, hint=hint, at_key=True)
        read: dict[str, Duration] = {}
        for metric, text in given.items():
            try:
                read[metric] = parse(text, days=always)
            except UsageError as error:
                yield Finding(code="C064", message=error.message, pointer=(*here, metric), hint=error.hint)
        yield from _contrary(here, read)
    if "reopen_window" in policy:
        try:
            parse(policy["reopen_window"], days=True)
        except UsageError as error:
            pointer = (*at, "reopen_window")
            yield Finding(code="C064", message=error.message, pointer=pointer, hint=error.hint)


def _contrary(at: Pointer, targets: Mapping[str, Duration]) -> Iterator[Finding]:
    first, whole = targets.get(FIRST_RESPONSE), targets.get(RESOLUTION)
    if first is None or whole is None:
        return
    for unit in ("seconds", "days", "calendar_days"):
        if getattr(first, unit) > getattr(whole, unit) > 0:
            message = f"the first response ({first.text}) may take longer than the resolution ({whole.text})"
            hint = "who resolves in time has answered in time; one of the two is probably mistyped"
            yield Finding(code="C065", message=message, pointer=(*at, FIRST_RESPONSE), hint=hint)
