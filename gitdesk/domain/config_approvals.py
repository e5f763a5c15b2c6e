"""Finds what is wrong with approvals in gitdesk.yaml: undefined roles, accounts of two people, too few who could."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from gitdesk.domain.finding import Finding, Pointer
from gitdesk.domain.people import CONFIGURE, OUT_OF_LOCK_OUT
from gitdesk.domain.signing_key import fingerprint

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

Reference = Callable[[str, str, Pointer, str], Iterator[Finding]]
_ASKED = ("configure", "correct", "loosen")


def check(document: Mapping[str, Any], reference: Reference) -> Iterator[Finding]:
    """Yields what is wrong in a document whose shape is right; `reference` finds what a name does not lead to."""
    people = document.get("people")
    agents = (people.get("agents") if isinstance(people, dict) else people) or []
    at: Pointer = ("people", "agents") if isinstance(people, dict) else ("people",)
    rules = (document.get("rules") or {}).get("approvals") or {}
    unknown = False
    for key in _ASKED:
        for number, role in enumerate(rules.get(key, {}).get("roles", ())):
            for finding in reference("C012", "role", ("rules", "approvals", key, "roles", number), role):
                unknown = True
                yield finding
    yield from _accounts(at, agents)
    if agents and not unknown:
        yield from _few(document, rules, agents, people if isinstance(people, dict) else {})


def _accounts(at: Pointer, agents: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    owners: dict[tuple[str, str], str] = {}
    for index, agent in enumerate(agents):
        for site, login in agent.get("accounts", {}).items():
            owner = owners.setdefault((site, login.casefold()), agent["id"])
            if owner != agent["id"]:
                message = f'{site} account "{login}" belongs to "{owner}" already'
                hint = "an account tells who approved something, so it is one person's"
                pointer = (*at, index, "accounts", site)
                yield Finding(code="C078", message=message, pointer=pointer, hint=hint)


def _few(
    document: Mapping[str, Any],
    rules: Mapping[str, Any],
    agents: Sequence[Mapping[str, Any]],
    people: Mapping[str, Any],
) -> Iterator[Finding]:
    """Yields approvals that nobody, whoever makes the change, could get together."""
    signed = rules.get("signed", True)
    for number, row in enumerate(document["workflow"].get("transitions") or []):
        if "approvals" in row:
            makers = _holding(agents, row.get("roles") or ())
            at = ("workflow", "transitions", number, "approvals")
            yield from _one("C076", at, row["approvals"], makers, agents, signed=signed)
    for key in _ASKED:
        if key in rules:
            roles = people.get("roles") or ()
            granting = [
                role["name"] for role in roles if isinstance(role, dict) and key in role.get("may", ())
            ]
            code = "C077" if key == CONFIGURE else "C076"
            makers = _holding(agents, granting)
            yield from _one(code, ("rules", "approvals", key), rules[key], makers, agents, signed=signed)


def _one(
    code: str,
    at: Pointer,
    wanted: Mapping[str, Any],
    makers: Sequence[Mapping[str, Any]],
    agents: Sequence[Mapping[str, Any]],
    *,
    signed: bool,
) -> Iterator[Finding]:
    roles, count = wanted.get("roles") or (), wanted.get("count", 1)
    holding = [agent for agent in _holding(agents, roles) if not agent.get("robot")]
    able = {agent["id"] for agent in holding if not signed or _can_be_told(agent)}
    if not makers or any(len(able - {maker["id"]}) >= count for maker in makers):
        return
    who = f"with the role {' or '.join(roles)}" if roles else "on the desk"
    plural = "approval is" if count == 1 else "approvals are"
    message = f"{count} {plural} needed of people {who} other than the author, and at most {len(able)} could give one"
    if len(able) >= count:
        message += ", the one who makes the change among them, whose own does not count"
    lacking = [agent["id"] for agent in holding if agent["id"] not in able]
    hint = "ask for fewer, or give the role to more people"
    if lacking:
        hint = f"{', '.join(lacking[:5])} can once signing_keys or accounts are listed; or `signed: false`"
    if code == "C077":
        hint += f"; else no later change of this file can land, and {OUT_OF_LOCK_OUT}"
    yield Finding(code=code, message=message, pointer=at, hint=hint, at_key=True)


def _holding(agents: Sequence[Mapping[str, Any]], roles: Sequence[str]) -> list[Mapping[str, Any]]:
    return [agent for agent in agents if not roles or any(role in agent.get("roles", ()) for role in roles)]


def _can_be_told(agent: Mapping[str, Any]) -> bool:
    """Tells whether a signature or a review could be told to be this person's."""
    return bool(agent.get("accounts")) or any(map(fingerprint, agent.get("signing_keys", ())))
