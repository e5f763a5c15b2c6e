"""Commits into rows: reads each version of a ticket once, newest first, and tells what its commit changed."""

from __future__ import annotations

from collections import OrderedDict, deque
from datetime import UTC

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
from gitdesk.index.history_versions import Version
from gitdesk.value import Value, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any, Protocol

    from gitdesk.domain.change import (
        Commit,
        CommitRecord,
        FileVersion,
    )
    from gitdesk.domain.document import Document

    class HistorySource(Protocol):
        """Where commits and the versions of files come from."""

        def commits(self, tip: str, known: str | None) -> Iterator[CommitRecord]:
            """Yields the commits of a tip that an older tip does not have, newest first."""

        def has(self, commit_id: str) -> bool:
            """Tells whether a commit is still there."""

        def dropped(self, known: str, tip: str) -> Iterable[str]:
            """Returns the commits an older tip has and this one has not."""

        def blobs(self, oids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
            """Yields id and content in order; may ask for ids well ahead of what it yields."""

        def parse(self, data: bytes, path: str) -> Document:
            """Reads one version of a ticket file."""

        def horizon(self) -> str:
            """Returns a text that changes when more of history comes into reach, or less."""


# Versions kept for the commit before them, one a path: what lies further apart than this is read twice.
_HELD = 20_000
_BODY = 400  # characters of a text that a row keeps
_VALUE = 1_000

Row = tuple[object, ...]
GAP_KINDS = ("deleted", "unreadable")
RETURN_KINDS = ("created", "restored", "mended")


class _Unit(Value, kw_only=False):
    """Files of one commit that are told together; `last` when the commit has no more of them."""

    commit: Commit
    first: int
    versions: tuple[FileVersion, ...]
    needs: int
    last: bool


class _Held:
    """The newest `_HELD` paths with the version that the next older commit is expected to end in.

    Asking for contents and using them go through the same steps, some hundred versions apart; since both
    hold by the same rule, what was not asked for is there when it is used.
    """

    __slots__ = ("_paths",)

    def __init__(self) -> None:
        self._paths: OrderedDict[str, tuple[str, Version | None]] = OrderedDict()

    def take(self, path: str, oid: str) -> tuple[bool, Version | None]:
        """Returns whether that very version is held, and it; the path is no longer held."""
        found = self._paths.pop(path, None)
        return (True, found[1]) if found is not None and found[0] == oid else (False, None)

    def put(self, path: str, oid: str, version: Version | None) -> None:
        """Holds a version."""
        self._paths[path] = (oid, version)
        if len(self._paths) > _HELD:
            self._paths.popitem(last=False)


class Teller:
    """Turns a stream of commits into the rows of their events."""

    def __init__(self, source: HistorySource) -> None:
        self._source = source
        self._held = _Held()

    def rows(self, records: Iterable[CommitRecord]) -> Iterator[tuple[Commit, list[Row]]]:
        """Yields each commit with its rows, which lack only the commit's number, in the order of the stream."""
        waiting: deque[_Unit] = deque()
        rows: list[Row] = []
        got: list[bytes] = []
        for _, data in self._source.blobs(_wanted(records, waiting)):
            while not waiting[0].needs:
                yield from self._finished(waiting.popleft(), [], rows)
            got.append(data)
            if len(got) == waiting[0].needs:
                yield from self._finished(waiting.popleft(), got, rows)
                got.clear()
        while waiting:
            yield from self._finished(waiting.popleft(), [], rows)

    def _finished(self, unit: _Unit, got: list[bytes], rows: list[Row]) -> Iterator[tuple[Commit, list[Row]]]:
        rows.extend(self._tell(unit, iter(got)))
        if unit.last:
            yield unit.commit, rows[:]
            rows.clear()

    def _tell(self, unit: _Unit, got: Iterator[bytes]) -> Iterator[Row]:
        changes: list[Change] = []
        for file, version in enumerate(unit.versions, unit.first):
            path = version.path
            if unit.commit.shallow:
                owner = owner_of(path)
                if owner and is_document(path):
                    yield from event_rows(file, [Event(ticket_id=owner, kind="boundary")])
                continue
            new, olds, parts = self._versions(version, got) if is_document(path) else (None, [], None)
            if parts is not None and len(unit.versions) == 1 and owner_of(path):
                yield from event_rows(file, _step(owner_of(path), olds[0], parts, new))
                continue
            change = Change(
                path=path,
                before=olds[0].document if olds else None,
                after=new.document if new is not None else None,
                old=next(filter(None, version.old), ""),
                new=version.new,
            )
            if len(version.old) > 1:
                yield from event_rows(file, merge_events(change, [old.document for old in olds]), change)
            else:
                changes.append(change)
        if len(changes) > 1:
            changes = with_moves(changes)
        for file, change in enumerate(changes, unit.first):
            yield from event_rows(file, told_of(change, brief=True), change)

    def _versions(
        self, version: FileVersion, got: Iterator[bytes]
    ) -> tuple[Version | None, list[Version], Mapping[str, Any] | None]:
        """Returns the version a commit ends in and those it began with; of a small step also the older parts."""
        path = version.path
        held, new = self._held.take(path, version.new)
        if not held and version.new:
            new = self._parse(next(got), path)
        if len(version.old) == 1 and version.old[0] and new is not None:
            data = next(got)
            found = new.before(data)
            old, parts = found if found is not None else (self._parse(data, path), None)
            self._held.put(path, version.old[0], old)
            return new, [old], parts
        olds = [self._parse(next(got), path) for oid in version.old if oid]
        if olds:
            self._held.put(path, next(filter(None, version.old)), olds[0])
        return new, olds, None

    def _parse(self, data: bytes, path: str) -> Version:
        document = self._source.parse(data, path)
        return Version(document, document.data, {})


def _step(ticket_id: str, old: Version, parts: Mapping[str, Any], new: Version | None) -> Iterator[Event]:
    """Yields the events of a small step: what `events` finds between the two tickets."""
    assert new is not None
    for part in PARTS:
        if part in parts:
            yield from part_events(ticket_id, part, old.part(part), new.part(part))


def _wanted(records: Iterable[CommitRecord], waiting: deque[_Unit]) -> Iterator[str]:
    """Yields the ids of the contents that telling will need, and lines up the units that need them."""
    held = _Held()
    for record in records:
        for unit in _units(record):
            asked: list[str] = []
            for version in unit.versions:
                if unit.commit.shallow or not is_document(version.path):
                    continue
                known, _ = held.take(version.path, version.new)
                if version.new and not known:
                    asked.append(version.new)
                olds = [oid for oid in version.old if oid]
                asked.extend(olds)
                if olds:
                    held.put(version.path, olds[0], None)
            waiting.append(
                _Unit(unit.commit, unit.first, unit.versions, len(asked), unit.last) if asked else unit
            )
            yield from asked


def _units(record: CommitRecord) -> Iterator[_Unit]:
    """Cuts a commit into its files, unless a file may have moved; so a commit of 100,000 files needs no memory."""
    commit = record.commit
    versions = record.changes
    if len(versions) == 1 and owner_of(versions[0].path):  # as every command leaves it
        yield _Unit(commit, 0, versions, 0, True)
        return
    versions = tuple(version for version in versions if _concerns(version.path))
    came = any(version.old == ("",) for version in versions)
    gone = any(not version.new for version in versions)
    if (came and gone) or len(versions) < 2:
        yield _Unit(commit, 0, versions, 0, True)
        return
    for place, version in enumerate(versions):
        yield _Unit(commit, place, (version,), 0, place == len(versions) - 1)


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


def event_rows(file: int, events: Iterable[Event], change: Change | None = None) -> Iterator[Row]:
    """Yields the rows of a file's events; told in brief.

    The first row of a file that went or became unreadable, or came or became readable, names the blob that was or
    is readable, for telling later what changed in between.
    """
    for ordinal, event in enumerate(events):
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
            None if message is None else message.at.astimezone(UTC).isoformat()[:19] + "Z",
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
