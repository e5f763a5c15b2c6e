"""Finds what would lock people out: steps nobody has the role for, rights and keys nobody has, rows that undo rows."""

from __future__ import annotations

from itertools import islice

from gitdesk.domain.config import REQUIRED
from gitdesk.domain.finding import Finding
from gitdesk.domain.people import CONFIGURE, OUT_OF_LOCK_OUT
from gitdesk.domain.signing_key import fingerprint
from gitdesk.domain.workflow import ANY, FINAL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

MAX_PAIRS = 20_000  # of statuses compared: more than any workflow has that somebody wrote


def check(document: Mapping[str, Any]) -> Iterator[Finding]:
    """Yields lock-outs of a document whose shape is right and whose roles are defined."""
    people = document.get("people")
    roles = (people.get("roles") or []) if isinstance(people, dict) else []
    agents = (people.get("agents") if isinstance(people, dict) else people) or []
    held = frozenset(role for agent in agents for role in agent.get("roles", ()))
    yield from _undone(document["workflow"])
    yield from _keys(document, agents, roles)
    if not agents:
        return  # a desk that lists nobody holds nobody back
    yield from _steps(document["workflow"], held)
    granting = [
        (index, role["name"])
        for index, role in enumerate(roles)
        if isinstance(role, dict) and CONFIGURE in role.get("may", ())
    ]
    if granting and not any(name in held for _, name in granting):
        index, name = granting[0]
        message = f'only "{name}" may configure the desk, and nobody is one'
        hint = f"give the role to somebody; else every later change of this file is refused, and {OUT_OF_LOCK_OUT}"
        yield Finding(code="C071", message=message, pointer=("people", "roles", index, "name"), hint=hint)


def _keys(
    document: Mapping[str, Any], agents: Sequence[Mapping[str, Any]], roles: Sequence[Any]
) -> Iterator[Finding]:
    """Yields keys that are none or are two people's, and a demand for signatures that nobody could ever take back."""
    at = ("people", "agents") if isinstance(document.get("people"), dict) else ("people",)
    owners: dict[str, str] = {}
    for index, agent in enumerate(agents):
        for number, text in enumerate(agent.get("signing_keys", ())):
            spot, key = (*at, index, "signing_keys", number), fingerprint(text)
            owner = owners.setdefault(key, agent["id"]) if key else ""
            if not key:
                message = f'"{text[:40]}" is no key that signatures could be told by'
                hint = (
                    "an SSH public key (the line of a .pub file), its SHA256:… fingerprint or an OpenPGP one"
                )
                yield Finding(code="C073", message=message, pointer=spot, hint=hint)
            elif owner != agent["id"]:
                message = f'the key belongs to "{owner}" already'
                hint = "a key tells who signed a commit, so it is one person's"
                yield Finding(code="C073", message=message, pointer=spot, hint=hint)
    if (document.get("rules") or {}).get("signed_commits") != REQUIRED:
        return
    granting = {role["name"] for role in roles if isinstance(role, dict) and CONFIGURE in role.get("may", ())}
    able = [agent["id"] for agent in agents if not granting or granting.intersection(agent.get("roles", ()))]
    if not any(owner in able for owner in owners.values()):
        message = "commits must be signed, and nobody who may change this file has a key"
        hint = f"list a key first: signing_keys of {able[0] if able else 'an agent who may configure'}"
        yield Finding(code="C074", message=message, pointer=("rules", "signed_commits"), hint=hint)


def _names(row: Mapping[str, Any], key: str, known: Sequence[str]) -> Sequence[str]:
    given = [row[key]] if isinstance(row[key], str) else row[key]
    return known if ANY in given else given


def _steps(workflow: Mapping[str, Any], held: frozenset[str]) -> Iterator[Finding]:
    """Yields statuses that are not final and that nobody can move a ticket out of."""
    known = [status["name"] for status in workflow["statuses"]]
    left: set[str] = set()  # by some row
    idle: list[tuple[int, Mapping[str, Any], list[str]]] = []  # rows that nobody may take
    free: set[str] = set()  # by a row that somebody may take
    for number, row in enumerate(workflow.get("transitions") or []):
        targets = frozenset(_names(row, "to", known))
        sources = [name for name in _names(row, "from", known) if len(targets) > 1 or name not in targets]
        left.update(sources)
        if not row.get("roles") or any(role in held for role in row["roles"]):
            free.update(sources)
        else:
            idle.append((number, row, sources))
    final = {status["name"] for status in workflow["statuses"] if status["category"] in FINAL}
    for number, row, sources in idle:
        if any(name in free or name in final for name in sources):  # else it is told of as an error
            names = ", ".join(f'"{role}"' for role in row["roles"])
            message = f"nobody has a role that this row is for ({names})"
            hint = "give the role to somebody, or take the row out"
            yield Finding(
                code="C075", message=message, pointer=("workflow", "transitions", number), hint=hint
            )
    for index, status in enumerate(workflow["statuses"]):
        name = status["name"]
        if status["category"] not in FINAL and name in left and name not in free:
            message = f'nobody has a role that may move a ticket out of status "{name}"'
            hint = "give somebody one of the roles its transitions name, or add one for everybody"
            yield Finding(
                code="C070", message=message, pointer=("workflow", "statuses", index, "name"), hint=hint
            )


def _undone(workflow: Mapping[str, Any]) -> Iterator[Finding]:
    """Yields rows with a move that an earlier row has for other roles and on the same terms."""
    rows = workflow.get("transitions") or []
    if not any(row.get("roles") for row in rows):
        return
    known = [status["name"] for status in workflow["statuses"]]
    seen: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    left = MAX_PAIRS
    for index, row in enumerate(rows):
        told = False
        pairs = ((one, other) for one in _names(row, "from", known) for other in _names(row, "to", known))
        for pair in islice(pairs, max(left, 0)):
            left -= 1
            earlier = seen.setdefault(pair, [])
            if not told and any(_contrary(one, row) for one in earlier):
                told = True
                message = (
                    f'"{pair[0]}" → "{pair[1]}" is open to other roles by an earlier row, on the same terms'
                )
                hint = "one row with the roles of both says it; a move is allowed when one row allows it"
                yield Finding(
                    code="C072", message=message, pointer=("workflow", "transitions", index), hint=hint
                )
            if len(earlier) < 3 and pair[0] != pair[1]:
                earlier.append(row)


def _contrary(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Tells whether two rows differ in whom they are for and in nothing that they ask."""
    roles = [frozenset(row.get("roles") or ()) for row in (one, other)]
    terms = [(frozenset(row.get("requires") or ()), row.get("approvals")) for row in (one, other)]
    return roles[0] != roles[1] and terms[0] == terms[1]
