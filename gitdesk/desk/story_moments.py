"""Moments of a desk's history: the commit that was its tip, the place of that, and the pasts of tickets up to it."""

from __future__ import annotations

from gitdesk.desk.terms import Book
from gitdesk.domain.sla_standing import moment
from gitdesk.domain.ticket import TicketId
from gitdesk.errors import NotFound, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gitdesk.desk.door import Desk
    from gitdesk.domain.document import Document
    from gitdesk.domain.sla_history import Story
    from gitdesk.index.sla_rows import ClockRows


class Moment:
    """A moment of the desk's history: the commit that was its tip, the place of that, and the time."""

    def __init__(self, desk: Desk, rows: ClockRows, as_of: str | None) -> None:
        from gitdesk.desk.moments import as_of as named

        self._desk, self._rows = desk, rows
        self.stories = rows.stories()
        self.until: int | None = None
        self.broken: dict[
            TicketId, Document
        ] = {}  # of those that were looked for, what nobody could read then
        self.tells_ahead = True
        if as_of is None:
            self.commit, self.as_of = desk.tip, desk.now
        else:
            self.commit, at = named(desk, as_of, desk.config.time_zone)
            self.tells_ahead = at is None
            place = rows.place(self.commit)
            if place is None:
                branch = desk.location.branch
                raise UsageError(
                    f'"{as_of}" never was the tip of the desk\'s branch' + (f' "{branch}"' if branch else ""),
                    hint="name a time, or a commit of that branch itself and not one that a merge brought in",
                )
            self.until, time = place
            self.as_of = at or moment(time) or desk.now
        self.now = int(self.as_of.timestamp())
        self.book = Book(desk, rows, self.until)

    def story(self, ticket: TicketId) -> Story | None:
        """Returns the story of one ticket; what the index no longer tells of then is read from Git."""
        for _, _, story in self.stories.among((ticket,), self.until):
            if self.until is None or not self.stories.is_only_in_git(ticket, self.until):
                return story
        return self.from_git(ticket)

    def from_git(self, ticket: TicketId) -> Story | None:
        """Returns the story of a ticket as its file stood at this commit, None when there was none to be read."""
        from gitdesk.desk.reading import document

        try:
            found, _, _ = document(self._desk, ticket, self.commit)
        except NotFound:
            return None
        if found.ticket is not None:
            return self.stories.of_ticket(found.ticket, self.until)
        if found.problems:
            self.broken[ticket] = found
        return None

    def all(self, ids: Sequence[str] | None) -> Iterator[Story]:
        """Returns the stories of some tickets, None for all, by id; what only Git tells of them has been read then."""
        gone = {ticket: self.from_git(ticket) for ticket in self._only_in_git(ids)}
        return self._merged(ids, gone)

    def _merged(self, ids: Sequence[str] | None, gone: Mapping[TicketId, Story | None]) -> Iterator[Story]:
        waiting = list(gone)
        for _, ticket, story in self.stories.among(ids, self.until):
            while waiting and waiting[0] < ticket:
                yield from _one(gone[waiting.pop(0)])
            if waiting and waiting[0] == ticket:
                yield from _one(gone[waiting.pop(0)])
            elif story is not None:
                yield story
        for one in waiting:
            yield from _one(gone[one])

    def _only_in_git(self, ids: Sequence[str] | None) -> list[TicketId]:
        """Returns the tickets of which the index does not tell rightly what they were at this moment, in order."""
        if self.until is None:
            return []
        found = self._rows.only_in_git(self.until)
        return [TicketId(ticket) for ticket in sorted(found if ids is None else found.intersection(ids))]

    def problems(self) -> tuple[str, ...]:
        """Returns in words which tickets could not be read."""
        from gitdesk.index.project import problem_of

        return tuple(sorted(f"{one.path}: {problem_of(one)}" for one in self.broken.values()))


def _one(story: Story | None) -> tuple[Story, ...]:
    return () if story is None else (story,)


def selected(desk: Desk, query: str, at: str | None) -> tuple[str, ...] | None:
    """Returns the ids a query selects, None for all tickets."""
    if not query.strip():
        return None
    found = desk.find(query, columns=("id",), everything=True, at=at)
    return tuple(str(row[0]) for row in found.rows)
