"""What follows from a ticket's facts and events: when it was answered, solved, reopened, and how long it waited."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from itertools import pairwise

from gitdesk.domain.workflow import DONE, EXTERNAL, FINAL, NEW, OPEN, SNOOZED, WAITING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from gitdesk.domain.workflow import Workflow

RUNNING = (NEW, OPEN, WAITING, EXTERNAL, SNOOZED)  # the categories in which a ticket is not done


def instant(text: str) -> datetime:
    """Returns a time of the neutral format in UTC."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo is UTC else found.astimezone(UTC)


def messages(ticket: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yields the messages as they were written, the first ones first, each with the event it came with."""
    created = ticket.get("created_event", {})
    for message in ticket.get("messages", ()):
        yield message, created
    for event in ticket["events"]:
        if "message" in event:
            yield event["message"], event
        changed = event.get("changes", {}).get("messages")
        if changed:  # of a changed thread what was not there before
            before = [_said(message) for message in changed["from"]]
            for message in changed["to"]:
                if _said(message) not in before:
                    yield message, event


def _said(message: dict[str, Any]) -> tuple[Any, ...]:
    return message["kind"], message["at"], message["author"]


def moments(ticket: dict[str, Any], key: str) -> list[tuple[datetime, Any]]:
    """Returns since when a value was what it was, from the creation on."""
    steps = [
        (instant(event["at"]), event["changes"][key])
        for event in ticket["events"]
        if key in event.get("changes", {})
    ]
    first = steps[0][1]["from"] if steps else ticket.get(key)
    return [(instant(ticket["created"]), first), *((at, change["to"]) for at, change in steps)]


def of(ticket: dict[str, Any], workflow: Workflow, now: datetime) -> dict[str, Any]:
    """Returns times, seconds and counts by name; None where there is nothing to tell."""
    created = instant(ticket["created"])
    categories = _categories(ticket, workflow)
    done = bool(categories) and categories[-1][1] in DONE
    resolved = _since(categories, DONE) if done else None
    said = list(messages(ticket))
    kinds = [message["kind"] for message, _ in said]
    replied = [_at(message, event) for message, event in said if message["kind"] == "reply"]
    events = ticket["events"]
    assignees = moments(ticket, "assignee")
    found: dict[str, Any] = {
        "updated": instant(
            (events[-1] if events else ticket.get("created_event", {"at": ticket["created"]}))["at"]
        ),
        "first_reply_at": min(replied, default=None),
        "first_reply_seconds": _seconds(created, min(replied, default=None)),
        "resolved_at": resolved,
        "closed_at": _since(categories, FINAL) if done and categories[-1][1] in FINAL else None,
        "resolution_seconds": _seconds(created, resolved),
        "age_seconds": None if done else _seconds(created, now),
        "reopened": sum(old in DONE and new not in DONE for (_, old), (_, new) in pairwise(categories)),
        "messages": len(kinds),
        "customer_messages": kinds.count("customer"),
        "replies": kinds.count("reply"),
        "notes": kinds.count("note"),
        "events": len(events) + ("created_event" in ticket),
        "participants": len(_people(ticket, said)),
        "assignee_changes": len(assignees) - 1,
    }
    spent = _spent(categories, now)
    found.update((f"{category}_seconds", spent[category]) for category in RUNNING)
    return found


def _categories(ticket: dict[str, Any], workflow: Workflow) -> list[tuple[datetime, str]]:
    return [(at, workflow.category(status or "") or "") for at, status in moments(ticket, "status")]


def _since(categories: list[tuple[datetime, str]], among: frozenset[str]) -> datetime | None:
    """Returns since when the category has been one of these without a break."""
    found = None
    for at, category in reversed(categories):
        if category not in among:
            break
        found = at
    return found


def _spent(categories: list[tuple[datetime, str]], now: datetime) -> dict[str, int]:
    spent = dict.fromkeys(RUNNING, 0)
    ends = [at for at, _ in categories[1:]]
    for (start, category), end in zip(categories, [*ends, now], strict=True):
        if category in spent:
            spent[category] += max(0, int((end - start).total_seconds()))
    return spent


def _at(message: dict[str, Any], event: dict[str, Any]) -> datetime:
    return instant(message.get("at") or event["at"])


def _seconds(start: datetime, end: datetime | None) -> int | None:
    return None if end is None else max(0, int((end - start).total_seconds()))


def _people(ticket: dict[str, Any], said: list[tuple[dict[str, Any], dict[str, Any]]]) -> set[str]:
    named = [event["by"] for event in ticket["events"]]
    named += [message.get("author") or event.get("by", "") for message, event in said]
    named.append(ticket.get("author", ""))
    return {_address(name) for name in named if name}


@lru_cache(maxsize=10_000)
def _address(person: str) -> str:
    _, bracket, rest = person.rpartition("<")
    return (rest.rstrip(">") if bracket else person).strip().casefold()
