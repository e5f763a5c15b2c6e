"""Commits into rows: reads each version of a ticket once, newest first, and tells what its commit changed."""

from __future__ import annotations

from collections import OrderedDict, deque

from gitdesk.domain.change import (
    Change,
    Event,
    is_config,
    is_document,
    owner_of,
    told_of,
    with_moves,
)
from gitdesk.domain.event import PARTS, part_events
from gitdesk.index.history_versions import STEPS, Version
from gitdesk.index.stored import instant
from gitdesk.value import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any, Protocol

    from gitdesk.domain.change import (
        Commit,
        FileVersion,
    )
    from gitdesk.domain.document import Document
    from gitdesk.index.mainline import MainlineSource

    class Record(Protocol):
        """A commit and what it changed itself; that of a merge may have `sides`, what differs from any parent."""

        @property
        def commit(self) -> Commit:
            """Returns the commit."""

        @property
        def changes(self) -> tuple[FileVersion, ...]:
            """Returns the files that differ from every parent."""

    class HistorySource(MainlineSource, Protocol):
        """Where commits and the versions of files come from."""

        def commits(self, tip: str, known: str | None) -> Iterator[Record]:
            """Yields the commits of a tip that an older tip does not have, newest first; maybe some it has."""

        def has(self, commit_id: str) -> bool:
            """Tells whether a commit is still there."""

        def horizon(self) -> str:
            """Returns a text that changes when more of history comes into reach, or less."""


# Versions kept for the commit before them, one a path: what lies further apart than this is read twice.
_HELD = 20_000
_BODY = 400  # characters of a text that a row keeps
_VALUE = 1_000

_STEPS = tuple(part for part in PARTS if part in STEPS)

Row = tuple[object, ...]
GAP_KINDS = ("deleted", "unreadable")
RETURN_KINDS = ("created", "restored", "mended")


class _Unit:
    """Files of one commit that are told together, and what telling them takes.

    `last` when the commit has no more files; `held` says of each file whether the version it ends in is known by
    then, `needs` how many contents are asked for, `forgotten` names the paths that are held no longer.
    """

    __slots__ = ("commit", "first", "forgotten", "held", "last", "needs", "versions")

    def __init__(self, commit: Commit, first: int, versions: tuple[FileVersion, ...], last: bool) -> None:
        self.commit, self.first, self.versions, self.last = commit, first, versions, last
        self.held: list[bool] = []
        self.needs = 0
        self.forgotten: tuple[str, ...] = ()


class Teller:
    """Turns a stream of commits into the rows of their events.

    Contents are asked for some hundred versions before they are used. What is known by the time of use is settled
    when asking: of the newest `_HELD` paths the version that the next older commit is expected to end in.
    """

    def __init__(self, source: HistorySource) -> None:
        self._source = source
        self._expected: OrderedDict[str, str] = OrderedDict()  # path → blob id, as of what was asked for
        self._held: dict[str, Version] = {}  # the same as of what was told

    def rows(self, records: Iterable[Record]) -> Iterator[tuple[Commit, list[Row]]]:
        """Yields each commit with its rows, which lack only the commit's number, in the order of the stream.

        A row of a single file has five or seven values, see `_step`; any other has thirteen.
        """
        waiting: deque[_Unit] = deque()
        rows: list[Row] = []
        got: list[bytes] = []
        for _, data in self._source.blobs(self._wanted(records, waiting)):
            while not waiting[0].needs:
                unit = waiting.popleft()
                rows += self._told(unit, ())
                if unit.last:
                    yield unit.commit, rows
                    rows = []
            got.append(data)
            if len(got) == waiting[0].needs:
                unit = waiting.popleft()
                rows += self._told(unit, got)
                got.clear()
                if unit.last:
                    yield unit.commit, rows
                    rows = []
        for unit in waiting:
            rows += self._told(unit, ())
            if unit.last:
                yield unit.commit, rows
                rows = []

    # ---- asking

    def _wanted(self, records: Iterable[Record], waiting: deque[_Unit]) -> Iterator[str]:
        """Yields the ids of the contents that telling will need, and lines up the units that need them."""
        for record in records:
            for unit in _units(record):
                asked: list[str] = []
                for version in unit.versions:
                    if is_document(version.path) and not unit.commit.shallow:
                        self._ask(unit, version, asked)
                    else:
                        unit.held.append(False)
                unit.needs = len(asked)
                waiting.append(unit)
                yield from asked

    def _ask(self, unit: _Unit, version: FileVersion, asked: list[str]) -> None:
        path, expected = version.path, self._expected
        known = expected.pop(path, None)
        held = known is not None and known == version.new
        unit.held.append(held)
        if version.new and not held:
            asked.append(version.new)
        olds = [oid for oid in version.old if oid]
        asked += olds
        if olds:
            if path in unit.forgotten:
                unit.forgotten = tuple(one for one in unit.forgotten if one != path)
            expected[path] = olds[0]
            if len(expected) > _HELD:
                unit.forgotten += (expected.popitem(last=False)[0],)

    # ---- telling

    def _told(self, unit: _Unit, got: Sequence[bytes]) -> list[Row]:
        rows = self._tell(unit, got)
        for path in unit.forgotten:
            self._held.pop(path, None)
        return rows

    def _tell(self, unit: _Unit, got: Sequence[bytes]) -> list[Row]:
        if unit.commit.shallow:
            return _boundary(unit)
        contents = iter(got)
        changes: list[Change] = []
        rows: list[Row] = []
        alone = len(unit.versions) == 1
        for file, (version, held) in enumerate(zip(unit.versions, unit.held, strict=True), unit.first):
            path = version.path
            new, olds, parts = (
                self._versions(version, held, contents) if is_document(path) else (None, [], None)
            )
            if parts is not None and alone and new is not None and (owner := owner_of(path)):
                return _step(file, owner, olds[0], parts, new)
            change = Change(
                path=path,
                before=olds[0].document if olds else None,
                after=new.document if new is not None else None,
                old=next(filter(None, version.old), ""),
                new=version.new,
            )
            if len(version.old) > 1:
                rows += event_rows(file, merge_events(change, [old.document for old in olds]), change)
            else:
                changes.append(change)
        if len(changes) > 1:
            changes = with_moves(changes)
        for file, change in enumerate(changes, unit.first):
            rows += event_rows(file, told_of(change, brief=True), change)
        return rows

    def _versions(
        self, version: FileVersion, held: bool, contents: Iterator[bytes]
    ) -> tuple[Version | None, list[Version], Mapping[str, Any] | None]:
        """Returns the version a commit ends in and those it began with; of a small step also the older parts."""
        path = version.path
        new = self._held.pop(path, None)
        if not held:
            new = self._parse(next(contents), path) if version.new else None
        if len(version.old) == 1 and version.old[0] and new is not None:
            data = next(contents)
            found = new.before(data)
            old, parts = found if found is not None else (self._parse(data, path), None)
            self._held[path] = old
            return new, [old], parts
        olds = [self._parse(next(contents), path) for oid in version.old if oid]
        if olds:
            self._held[path] = olds[0]
        return new, olds, None

    def _parse(self, data: bytes, path: str) -> Version:
        return Version(self._source.parse(data, path))


def _units(record: Record) -> Iterator[_Unit]:
    """Cuts a commit into its files, unless a file may have moved; so a commit of 100,000 files needs no memory."""
    commit = record.commit
    versions = record.changes
    if len(versions) == 1 and owner_of(versions[0].path):  # as every command leaves it
        yield _Unit(commit, 0, versions, True)
        return
    versions = tuple(version for version in versions if _concerns(version.path))
    came = any(version.old == ("",) for version in versions)
    gone = any(not version.new for version in versions)
    if (came and gone) or len(versions) < 2:
        yield _Unit(commit, 0, versions, True)
        return
    for place, version in enumerate(versions):
        yield _Unit(commit, place, (version,), place == len(versions) - 1)


def _boundary(unit: _Unit) -> list[Row]:
    """Returns the rows of files whose past this clone does not have."""
    rows: list[Row] = []
    for file, version in enumerate(unit.versions, unit.first):
        owner = owner_of(version.path)
        if owner and is_document(version.path):
            rows += event_rows(file, [Event(ticket_id=owner, kind="boundary")])
    return rows


def _step(file: int, ticket_id: str, old: Version, parts: Mapping[str, Any], new: Version) -> list[Row]:
    """Returns the rows of a small step: what `events` finds between the two tickets.

    Of a commit's first file the usual rows are short. A plain key: ordinal, ticket, kind, before, after. A message:
    ordinal, ticket, kind of message, text, place, time, author.
    """
    rows: list[Row] = []
    for part in _STEPS:
        if part not in parts:
            continue
        before, after = old.part(part), new.part(part)
        if file or part == "tags":
            rows += event_rows(file, part_events(ticket_id, part, before, after), start=len(rows))
        elif part == "messages":
            for place in range(len(before), len(after)):
                said = after[place]
                text = _cut(said.body, _BODY)
                rows.append((len(rows), ticket_id, said.kind, text, place, instant(said.at), said.author))
        else:
            rows.append((len(rows), ticket_id, part, _cut(before, _VALUE), _cut(after, _VALUE)))
    return rows


def _concerns(path: str) -> bool:
    return path.startswith("tickets/") or is_config(path)


def merge_events(change: Change, olds: Sequence[Document]) -> tuple[Event, ...]:
    """Returns what a merge decided about a file: the events that hold against every parent that has it.

    `change` is against the first of these parents, `olds` are the versions of all of them.
    """
    if change.after is None or len(olds) < 2:
        return told_of(change, brief=True)
    first, *others = (told_of(replace(change, before=old), brief=True) for old in olds)
    known = [{_result(event) for event in other} for other in others]
    return tuple(event for event in first if all(_result(event) in results for results in known))


def _result(event: Event) -> tuple[object, ...]:
    """Returns what came of an event, wherever it started from."""
    return event.kind, event.field, event.after, event.message, "" if event.after else event.before


def event_rows(
    file: int, events: Iterable[Event], change: Change | None = None, *, start: int = 0
) -> Iterator[Row]:
    """Yields the rows of a file's events, numbered from `start`; told in brief.

    The first row of a file that went or became unreadable, or came or became readable, names the blob that was or
    is readable, for telling later what changed in between.
    """
    for ordinal, event in enumerate(events, start):
        blob = _blob(event, change) if change is not None and not ordinal else None
        message = event.message
        body = _BODY if event.kind == "description" or message is not None else _VALUE
        yield (
            file,
            ordinal,
            event.ticket_id,
            event.kind,
            event.field,
            _cut(event.before, body),
            _cut(event.after, body),
            event.index,
            event.was,
            None if message is None else instant(message.at),
            None if message is None else message.kind,
            None if message is None else message.author,
            blob,
        )


def _blob(event: Event, change: Change) -> str | None:
    if event.kind in GAP_KINDS:
        return change.old if change.before is not None and change.before.ticket is not None else None
    return change.new if event.kind in RETURN_KINDS else None


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
