"""What the clocks are replayed from: a ticket's beginning and the steps after it, in the order they count."""

from __future__ import annotations

from datetime import UTC, datetime

from gitdesk.domain.ticket import Ticket, TicketId
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from gitdesk.domain.sla_policy import Terms
    from gitdesk.domain.ticket import FieldValue

# The parts of a header that clocks and policies read, with what stands for "unset".
HEADER: Mapping[str, Any] = {
    "status": "", "priority": "", "type": "", "group": "", "assignee": "", "requester": "", "channel": "",
    "source": "", "merged_into": "", "tags": (), "fields": (),
}  # fmt: skip
# The kinds of event that say something to the clocks, and the part of a header that some of them change.
PARTS = {
    "title": "title", "status": "status", "priority": "priority", "type": "type", "group": "group",
    "assignee": "assignee", "requester": "requester", "channel": "channel", "source": "source", "merged": "merged_into",
    "unmerged": "merged_into", "tag": "tags", "field": "fields",
}  # fmt: skip
BEGINNINGS = ("created", "restored", "mended", "boundary")
KINDS = frozenset(
    (*PARTS, *BEGINNINGS, "deleted", "unreadable", "message", "message-removed", "message-moved", "config")
)
CUT_OFF = "this clone is shallow: what happened before is not known"
_NOTHING: Mapping[str, Any] = {}
_DAY = 86_400
_LONG = 300  # seconds a clock may be wrong before it is worth a word, as rules.md has it for commits


class Said(Value):
    """A message as the clocks hear it; `automatic` says that a program wrote it, by what the message says of itself."""

    at: int
    kind: str
    author: str
    automatic: bool = False
    position: int = -1  # where in history it was added, -1 when that is not known
    commit: str = ""


class Change(Value):
    """What a commit changed in a header, by key; `at` is the commit's time as it is written there."""

    at: int
    position: int
    values: Mapping[str, Any]
    commit: str = ""
    by: str = ""
    restored: bool = False


class Story(Value):
    """The past of one ticket: what its header said at first, and what happened since.

    `created` is the instant its header gives, `first` its header when it came (missing keys are unset), at the commit
    at `position` made at `came`. `changes` are in the order of history, whatever their times.
    """

    ticket: TicketId
    title: str
    created: int
    came: int
    position: int
    first: Mapping[str, Any]
    changes: Sequence[Change] = ()
    messages: Sequence[Said] = ()
    commit: str = ""
    by: str = ""
    remarks: Sequence[str] = ()


class Step(Value):
    """One step at the instant it counts: a change of the header, a message, or terms for clocks that run."""

    at: int
    position: int
    values: Mapping[str, Any] = _NOTHING
    said: Said | None = None
    commit: str = ""
    by: str = ""
    written_at: int = 0  # what the commit says, where that is another instant
    terms: Terms | None = None  # those to which running clocks change over here


def steps_of(story: Story, remarks: list[str]) -> list[Step]:
    """Returns the steps of a story by time; those of one instant in the order of history, messages first.

    A message counts at its own time, a change at its commit's. Where clocks disagree with history, history wins: a
    change never counts before the one it follows, and one ahead of its followers counts with the next of them.
    `remarks` gets a line for whatever had to be moved by more than five minutes.
    """
    times = _in_order([story.created, *(change.at for change in story.changes)], remarks)[1:]
    steps = [
        Step(
            at=at, position=change.position, values=change.values, commit=change.commit, by=change.by,
            written_at=change.at,
        )
        for at, change in zip(times, story.changes, strict=True)
    ]  # fmt: skip
    early = 0
    for said in story.messages:
        at = said.at
        if at < story.created:
            early = max(early, story.created - at)
            at = story.created
        steps.append(
            Step(
                at=at,
                position=said.position,
                said=said,
                commit=said.commit,
                by=said.author,
                written_at=said.at,
            )
        )
    if early > _LONG:
        remarks.append("a message is dated before the ticket was created; it counts from then")
    steps.sort(key=order)
    return steps


def with_rebases(story: Story, steps: Sequence[Step], rebases: Iterable[Terms]) -> list[Step]:
    """Returns steps with the commits among them at which running clocks change over to new terms."""
    added = [
        Step(at=max(one.at, story.created), position=one.position, terms=one, commit=one.commit)
        for one in rebases
    ]
    return sorted([*steps, *added], key=order)


def order(step: Step) -> tuple[int, int, bool]:
    """Returns what steps are sorted by: the instant, then history, messages first."""
    return step.at, step.position, step.said is None


def _in_order(times: Sequence[int], remarks: list[str]) -> list[int]:
    """Returns times that never go back; the first one stays.

    Usually the later step waits for the one before it. Steps that are more than a day ahead of what follows them,
    while what came before fits, were made under a wrong clock: they count with their follower.
    """
    runs = [[times[0], 1]]  # instants that never go back, and how many steps count at each
    moved = 0
    for place in range(1, len(times)):
        here, last = times[place], runs[-1][0]
        if here >= last:
            runs.append([here, 1])
            continue
        follows = times[place + 1] if place + 1 < len(times) else None
        count = 1
        if runs[0][0] <= here + _DAY and (follows is None or follows < last):
            while runs[-1][0] > here + _DAY:
                count += runs.pop()[1]
        base = max(here, runs[-1][0])
        moved = max(moved, base - here, last - base)
        runs.append([base, count])
    if moved > _LONG:
        remarks.append("clocks went backwards between commits; its steps count in the order of history")
    return [at for at, count in runs for _ in range(count)]


def moment_text(at: int) -> str:
    """Returns an instant as people read it in a remark, the last there is for one beyond the calendar."""
    return datetime.fromtimestamp(min(max(at, 0), 253_402_300_799), UTC).isoformat()[:19] + "Z"


def header_ticket(ticket_id: TicketId, title: str, created: datetime, values: Mapping[str, Any]) -> Ticket:
    """Returns a ticket with a header and no text, for asking which policy is its."""
    fields: Iterable[tuple[str, FieldValue]] = values.get("fields", ())
    return Ticket(
        id=ticket_id,
        title=title,
        created=created,
        **{key: values.get(key, unset) for key, unset in HEADER.items() if key not in ("tags", "fields")},
        tags=tuple(values.get("tags", ())),
        fields=tuple(fields),
    )
