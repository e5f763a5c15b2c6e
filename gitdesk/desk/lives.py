"""The lives of a desk's tickets, up to now or to any moment of its history: what reports count."""

from __future__ import annotations

from gitdesk.desk.story_moments import Moment, selected
from gitdesk.domain.life import life_of
from gitdesk.domain.sla_history import CUT_OFF, header_ticket
from gitdesk.domain.ticket import TicketId
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from typing import Any

    from gitdesk.desk.door import Desk
    from gitdesk.domain.calendar import Calendar
    from gitdesk.domain.config import Config
    from gitdesk.domain.life import Life
    from gitdesk.domain.sla_policy import Policy, Terms
    from gitdesk.index.index import Index


class Lived(Value):
    """The lives of the tickets that were asked for, as of a moment and the commit that was the desk then.

    `lives` come in the order of their files and are read once; `until` is the place in history of that commit, None
    for the tip. `working` tells which working time is a ticket's. `config` is the desk's as it was then. `problems`
    says in words what could not be read. `ids` are the tickets a query selected, None for all. `remarks` say what is
    odd about numbers that are told all the same.
    """

    lives: Iterator[Life]
    as_of: datetime
    commit: str
    until: int | None
    config: Config
    working: WorkingTime
    problems: tuple[str, ...]
    ids: Sequence[str] | None = None
    remarks: tuple[str, ...] = ()


class WorkingTime:
    """Whose calendar a ticket's working time is counted by, under the terms that hold at a moment.

    It is that of the policy the ticket has then; where there is no policy for it, the desk's calendar if it has just
    one. Where that does not say it either, nobody knows it: `calendar` is None.
    """

    def __init__(self, terms: Terms | None) -> None:
        self._terms = terms
        self._known: dict[tuple[Any, ...], Policy | None] = {}  # by what the policies go by
        self._keys = _header_keys(terms)
        named = [] if terms is None else [one for name, one in terms.calendars.items() if name]
        self._only = named[0] if len(named) == 1 and terms is not None and not terms.problems else None

    def calendar(self, life: Life) -> Calendar | None:
        """Returns the calendar of a ticket."""
        policy = self._policy(life)
        if policy is None or self._terms is None:
            return self._only
        return self._terms.calendars.get(policy.calendar)

    def _policy(self, life: Life) -> Policy | None:
        terms = self._terms
        if terms is None or not terms.policies:
            return None
        if terms.policies[0].when is None:
            return terms.policies[0]
        if self._keys is None:
            return _match(terms, life)
        header = life.header
        key = (*(header[name] for name in self._keys), *header["tags"])
        if key not in self._known:
            self._known[key] = _match(terms, life)
        return self._known[key]


# Keys of queries that ask for one part of a header, and so few values that policies are worth keeping by them.
_PARTS = {
    "priority": "priority", "status": "status", "type": "type", "group": "group", "assignee": "assignee",
    "channel": "channel", "tag": "tags",
}  # fmt: skip


def _header_keys(terms: Terms | None) -> tuple[str, ...] | None:
    """Returns the parts of a header that the policies go by beside tags; None where they go by more."""
    asked = {key for policy in (terms.policies if terms else ()) if policy.when for key in policy.when.keys}
    if not asked <= _PARTS.keys():
        return None
    return tuple(sorted({_PARTS[key] for key in asked} - {"tags"}))


def _match(terms: Terms, life: Life) -> Policy | None:
    from datetime import UTC, datetime

    header = {**life.header, "tags": tuple(life.header["tags"])}
    if isinstance(header["fields"], str):
        from json import loads

        from gitdesk.index.sla_stories import fields_of

        header["fields"] = tuple(fields_of(loads(header["fields"])).items())
    created = datetime.fromtimestamp(life.created, UTC)
    return terms.policy_of(header_ticket(TicketId(life.ticket), life.title, created, header))


def with_lives(desk: Desk) -> Index:
    """Returns the index with the lives of its tickets up to the tip; found when first asked."""
    from gitdesk.desk.audit import with_history
    from gitdesk.desk.clock_index import is_shallow
    from gitdesk.desk.terms import Book
    from gitdesk.store import codec
    from gitdesk.store.history import History

    index = desk.index
    if index.lives_tip != desk.tip or index.is_cut_off or is_shallow(desk):
        with_history(desk)
        source = History(desk.repo, codec.parse)
        with desk.watch("counting tickets") as progress:
            index.refresh_lives(desk.tip, source, lambda rows: Book(desk, rows), progress)
    return index


def lived(desk: Desk, *, query: str = "", as_of: str | None = None) -> Lived:
    """Returns the lives of all tickets, done ones too, or of those a query selects.

    `as_of` is a time or a commit: the desk as it was then.
    """
    index = with_lives(desk)
    rows = index.clock_rows()
    at = Moment(desk, rows, as_of)
    ids = selected(desk, query, at.commit if as_of is not None else None)
    terms = at.book[-1] if len(at.book) else None
    return Lived(
        lives=_now(index, at, ids) if as_of is None else _then(at, ids),
        as_of=at.as_of,
        commit=at.commit,
        until=at.until,
        config=desk.config if as_of is None else _config(desk, at.commit),
        working=WorkingTime(terms),
        problems=tuple(f"{path}: {problem}" for path, problem in rows.unreadable(ids))
        if as_of is None
        else at.problems(),
        ids=ids,
        remarks=(CUT_OFF,) if index.is_cut_off else (),
    )


def _now(index: Index, at: Moment, ids: Sequence[str] | None) -> Iterator[Life]:
    for last, life in index.lives(ids):
        if last <= at.now:
            yield life
            continue
        story = at.story(
            TicketId(life.ticket)
        )  # dated after the moment that is asked for: what is kept goes too far
        found = None if story is None else life_of(story, at.book, at.now)
        if found is not None:
            yield found


def _then(at: Moment, ids: Sequence[str] | None) -> Iterator[Life]:
    stories = at.all(ids)

    def lives() -> Iterator[Life]:
        for story in stories:
            found = life_of(story, at.book, at.now)
            if found is not None:
                yield found

    return lives()


def _config(desk: Desk, commit: str) -> Config:
    """Returns the configuration of a commit, that of the tip where it had none that can be used."""
    from gitdesk.desk.configuration import Configurations
    from gitdesk.errors import GitdeskError

    try:
        return Configurations(desk.repo).at(commit)
    except GitdeskError:
        return desk.config
