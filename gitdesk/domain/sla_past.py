"""The past of a ticket told forwards, a version at a time: what a Story is made of where no index tells it."""

from __future__ import annotations

from gitdesk.domain.automatic import is_automatic
from gitdesk.domain.sla_history import HEADER, Change, Said, Step, Story, order
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from gitdesk.domain.ticket import Message, Ticket

_KEYS = (*HEADER, "title")


class Moment(Value):
    """Where and when a version of a ticket came: its place in history, the seconds of its commit, and by whom."""

    position: int
    at: int
    commit: str = ""
    by: str = ""


class Past:
    """A version of a ticket as the clocks see it, on top of the one before.

    It keeps what changed and not the versions: a whole history of them is held at once.
    """

    __slots__ = ("_before", "_created", "_moment", "_said", "_ticket", "_up", "_values", "_whole")

    def __init__(self, ticket: Ticket, moment: Moment, before: Past | None, old: Ticket | None) -> None:
        self._before, self._moment = before, moment
        self._up: Past | None = None  # a shorter way to the beginning, when it was looked for before
        self._ticket, self._created = ticket.id, int(ticket.created.timestamp())
        self._values = header_of(ticket) if old is None else changed(old, ticket)
        messages = ticket.messages
        # Where messages were taken out or moved, nobody can say when those that stand came.
        self._whole = old is not None and messages[: len(old.messages)] != old.messages
        fresh = messages if old is None or self._whole else messages[len(old.messages) :]
        self._said = said(fresh, None if self._whole else moment)

    @classmethod
    def begin(cls, ticket: Ticket, moment: Moment) -> Past:
        """Returns the past of a ticket that has just come."""
        return cls(ticket, moment, None, None)

    @classmethod
    def step(cls, before: Past | None, old: Ticket, new: Ticket, moment: Moment) -> Past:
        """Returns the past after one change more; what it stands on may be said later."""
        return cls(new, moment, before, old)

    @property
    def before(self) -> Past | None:
        """Returns what it stands on, None of a beginning."""
        return self._before

    @property
    def position(self) -> int:
        """Returns its place in history."""
        return self._moment.position

    def steps(self, last: int) -> list[Step] | None:
        """Returns what it adds to a replay of what it stands on; None where that is no mere addition.

        `last` is the instant of the last step of that replay: what is dated before it may change more.
        """
        moment = self._moment
        if self._whole or moment.at < last or any(one.at < last for one in self._said):
            return None
        found = [
            Step(
                at=one.at, position=one.position, said=one, commit=one.commit, by=one.author, written_at=one.at
            )
            for one in self._said
        ]  # fmt: skip
        if self._values:
            found.append(
                Step(
                    at=moment.at, position=moment.position, values=self._values, commit=moment.commit,
                    by=moment.by, written_at=moment.at,
                )
            )  # fmt: skip
        return sorted(found, key=order)

    @property
    def first(self) -> Past:
        """Returns the beginning, as far as it is known."""
        found = self
        while found._before is not None:
            found = found._up or found._before
        self._up = None if found is self else found
        return found

    def stand_on(self, before: Past) -> None:
        """Says what a change stands on whose own past was not known when it was made."""
        self._before = before

    def story(self) -> Story:
        """Returns what the clocks are replayed from."""
        chain = [self]
        while (before := chain[-1]._before) is not None:
            chain.append(before)
        first, *later = reversed(chain)
        messages: list[Said] = []
        for one in (first, *later):
            if one._whole:
                messages.clear()
            messages += one._said
        came = first._moment
        return Story(
            ticket=self._ticket,
            title=first._values["title"],
            created=self._created,
            came=came.at,
            position=came.position,
            first=first._values,
            changes=[
                change_at(one._moment, one._values) for one in later if one._values
            ],
            messages=messages,
            commit=came.commit,
            by=came.by,
        )  # fmt: skip


def header_of(ticket: Ticket) -> dict[str, Any]:
    """Returns what the clocks read of a header, and the title."""
    values = {key: getattr(ticket, key) for key in _KEYS}
    values["tags"] = tuple(sorted(ticket.tags))
    return values


def changed(old: Ticket, new: Ticket) -> dict[str, Any]:
    """Returns what the clocks read of a header that has become another."""
    values = {key: getattr(new, key) for key in _KEYS if getattr(new, key) != getattr(old, key)}
    if "tags" in values:
        values["tags"] = tuple(sorted(new.tags))
    return values


def change_at(moment: Moment, values: Mapping[str, Any]) -> Change:
    """Returns a change of a header as a step of a story."""
    return Change(at=moment.at, position=moment.position, values=values, commit=moment.commit, by=moment.by)


def said(messages: tuple[Message, ...], moment: Moment | None) -> list[Said]:
    """Returns messages as the clocks hear them; without a moment nobody knows when they were added."""
    position, commit = (-1, "") if moment is None else (moment.position, moment.commit)
    return [
        Said(
            at=int(one.at.timestamp()),
            kind=one.kind,
            author=one.author,
            automatic=is_automatic(one.meta),
            position=position,
            commit=commit,
        )
        for one in messages
    ]
