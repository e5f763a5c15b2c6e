"""An import from its files to the moved branch: every event a commit, or nothing at all."""

from __future__ import annotations

import hashlib  # noqa: F401  (once it is loaded, ids of objects are made by the processor's own instructions)
from datetime import UTC

from gitdesk.domain import change_words, exchange_read, exchange_time
from gitdesk.domain import format as grammar
from gitdesk.domain.change import APPROVED, AUTOMATION, BEHALF, VIA, render_message
from gitdesk.domain.event import Event, events
from gitdesk.domain.exchange import Malformed
from gitdesk.domain.replay import Replay, squashed
from gitdesk.errors import Conflict, GitdeskError, Place, Unreadable, UsageError
from gitdesk.importers import growth
from gitdesk.importers.files import Files
from gitdesk.importers.grouping import Sorted
from gitdesk.importers.identities import OWN, Identities
from gitdesk.store import codec, config_growth, read, write
from gitdesk.store.fast_import import Commit, NewHistory
from gitdesk.store.import_marks import Marks, trailer
from gitdesk.store.read import CONFIG_PATH
from gitdesk.store.versions import Versions
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime
    from typing import Any

    from gitdesk.desk.door import Desk
    from gitdesk.domain.exchange import Attached, Record, Step
    from gitdesk.domain.import_map import Names
    from gitdesk.domain.replay import Version
    from gitdesk.domain.ticket import Ticket, TicketId
    from gitdesk.importers.ledger import Ledger
    from gitdesk.store.read import Location


ASSUMED_UTC = "times without a time zone, read as UTC for now"


class Crossed(Conflict):
    """Somebody changed a file meanwhile that the import builds on; the desk is as they left it."""


class Wanted(Value):
    """What an import is asked for beside its files."""

    since: datetime | None = None
    limit: int | None = None
    squash: bool = False
    dry_run: bool = False
    declare: bool = False
    time_zone: str = ""
    assume_utc: bool = False  # of times without a zone, where nothing is written anyway


class Made(Value):
    """One commit to be: its place in time (microseconds since 1970), author, date, message and files."""

    order: int
    author: str
    date: str
    message: str
    files: tuple[tuple[str, bytes | None], ...]


class Import:
    """One import into one desk."""

    def __init__(self, desk: Desk, location: Location, names: Names, ledger: Ledger, wanted: Wanted) -> None:
        self.desk, self.names, self.ledger, self.config = desk, names, ledger, desk.config
        self._wanted = wanted
        self._identities = Identities(desk)
        self._location = location  # a branch that is not there yet is made of the desk's own
        self._files: Files | None = None
        self._record: Record | None = None
        self._number = self._taken = 0
        self.landing = False  # from here on it is completed, by whoever comes next if need be
        self._author, self._committer = write.identity(desk.repo, desk.environ, desk.now)
        self._moment = exchange_time.moment_reader(_zone(wanted, ledger), ledger.count)

    # what replaying a ticket asks for

    def ticket_id(self, key: str) -> TicketId:
        """Returns the id of the ticket that a source calls so."""
        assert self._record is not None
        return self._identities.of(key, self._record.system)

    def keep(self, name: str, found: Attached | None, text: str = "") -> str:
        """Keeps a file with the version that is being made."""
        assert self._files is not None
        return self._files.keep(name, found, text)

    def count(self, what: str, number: int = 1) -> None:
        """Counts something for the report."""
        self.ledger.count(what, number)

    def unread(self, name: str, example: str) -> None:
        """Counts something of the source that has no place on the desk."""
        self.ledger.unread(name, example)

    # the whole way

    def run(
        self, tickets: Iterable[dict[str, Any]], place: Callable[[int], Place], folder: str
    ) -> str | None:
        """Imports neutral tickets; returns the desk's new commit, None when there was nothing to write.

        Nothing is written either when names are left that nobody knows: `names.unknown` has them. Raises Unreadable
        for a ticket that is none; then nothing is changed.
        """
        if self._wanted.dry_run:
            for made in self._tickets(tickets, place, folder):
                self.ledger.commits += len(made)
            return None
        with NewHistory(self.desk.repo) as history, Sorted() as rows:
            for made in self._tickets(tickets, place, folder):
                if not self.names.unknown_met:
                    for one in made:
                        self._lay_by(one, history, rows)
            if self.names.unknown_met or not self._number:
                return None
            return self._land(history, rows)

    def _lay_by(self, one: Made, history: NewHistory, rows: Sorted) -> None:
        files = [(path, None if data is None else history.blob(data)) for path, data in one.files]
        self._number += 1
        rows.add(one.order, self._number, (one.author, one.date, one.message, files))

    def _land(self, history: NewHistory, rows: Sorted) -> str:
        desk = self.desk
        base = desk.tip
        with desk.watch("writing commits") as progress:
            tip = history.commits(base, self._commits(rows, history, base, progress))
            with write.turn(desk.repo, self._location) as turn:
                current = turn.tip or base
                if current != base:  # somebody was faster: the same events once more, on top of theirs
                    self._refuse_crossing(base, current, rows)
                    tip = history.commits(current, self._commits(rows, history, current, progress))
                self.landing = True
                history.adopt()
                turn.move_to(tip, f"import of {self._number:,} events", self._committer)
        return tip

    def _refuse_crossing(self, base: str, current: str, rows: Sorted) -> None:
        """Raises Conflict when a commit of somebody else's touched a file this import builds on."""
        touched = {path for path, _, _ in read.Source(self.desk.repo, codec.parse).diff(base, current)}
        crossing = CONFIG_PATH if CONFIG_PATH in touched else ""
        for _, _, (_, _, _, files) in rows if touched else ():
            crossing = crossing or next((path for path, _ in files if path in touched), "")
        if crossing:
            raise Crossed(
                f'"{crossing}" was changed while the import ran, so nothing was imported',
                hint="run the same command again: it takes up what is there now",
            )

    def _commits(
        self, rows: Sorted, history: NewHistory, base: str, progress: Callable[[int, int | None], None]
    ) -> Iterator[Commit]:
        """Yields the commits in the order of time; the desk learns new names first."""
        config = self._grown_config(base)
        if config is not None:
            message = render_message("desk: names of an import", f"Names that {self.names.system} uses.")
            files = ((CONFIG_PATH, history.blob(config)),)
            yield Commit(self._author.line, self._committer.line, message, files)
        committer = str(self._committer)
        for done, (_, _, (author, date, message, files)) in enumerate(rows, 1):
            yield Commit(f"{author} {date}", f"{committer} {date}", message, files)
            if not done % 1000:
                progress(done, self._number)
        self.ledger.commits = self._number + (config is not None)

    def _grown_config(self, base: str) -> bytes | None:
        additions = growth.additions(self.names, self.config)
        if not additions:
            return None
        return config_growth.grown(read.find_file(self.desk.repo, base, CONFIG_PATH) or b"", additions)

    # tickets → versions

    def _tickets(
        self, tickets: Iterable[dict[str, Any]], place: Callable[[int], Place], folder: str
    ) -> Iterator[list[Made]]:
        """Yields what each ticket becomes; one that cannot be read is refused as a whole."""
        ledger = self.ledger
        marks = Marks(self.desk.repo, self.desk.tip)
        with self.desk.watch("reading") as progress:
            for number, data in enumerate(tickets, 1):
                told = data.get("events")
                told = len(told) if isinstance(told, list) else 0
                ledger.events += told
                self._note(data)
                before = ledger.snapshot()
                try:
                    made = self._ticket(data, told, marks, folder)
                except (Malformed, GitdeskError) as problem:
                    ledger.restore(before)
                    ledger.tickets["refused"] += 1
                    ledger.count("events of tickets refused", told)
                    reason = str(problem) if isinstance(problem, Malformed) else problem.message
                    ledger.report.bad(place(data.get("_line") or 0), reason, problem.hint, items=0)
                    continue
                yield made
                if not number % 100:
                    progress(number, None)

    def _note(self, data: dict[str, Any]) -> None:
        """Counts what the reader of the files left out of a ticket, knowing it or not, and what it put into text."""
        for name, example in data.get("_unread") or ():
            self.ledger.unread(name, str(example))
        for name in data.get("_ignored") or ():
            self.ledger.report.ignored(str(name))
        for name in data.get("_kept") or ():
            self.ledger.count(f"{name}, kept as text")

    def _ticket(self, data: dict[str, Any], told: int, marks: Marks, folder: str) -> list[Made]:
        """Returns what one neutral ticket becomes; raises Malformed, or Refused for what no file can hold."""
        ledger, wanted = self.ledger, self._wanted
        record = exchange_read.read(data, self._moment, self.names.system)
        late = wanted.since is not None and not _moved_since(record, wanted.since)
        if late or (wanted.limit is not None and self._taken >= wanted.limit):
            ledger.tickets["left out"] += 1
            ledger.count("events of tickets left out", told)
            return []
        self._record = record
        found = self._identities.on_desk(record)
        if found is not None:
            made = self._more(record, found, marks, folder)
            ledger.tickets["with new events" if made else "unchanged"] += 1
        elif marks.has(record.key, record.creation.identity):
            # It was brought in before and somebody has deleted it: it does not come back.
            there = sum(marks.has(record.key, step.identity) for step in record.steps)
            ledger.count("events there already", there)
            ledger.count("events of tickets left out", told - there)
            ledger.count("tickets that were deleted here, not brought back")
            ledger.tickets["unchanged"] += 1
            return []
        else:
            made = self._new(record, folder)
            ledger.tickets["new"] += 1
        self._taken += 1
        for name, example in record.unread:
            ledger.unread(name, example)
        ledger.count("events that stood out of order in the file", record.disordered)
        return made

    def _new(self, record: Record, folder: str) -> list[Made]:
        ticket_id, names_source = self._identities.fresh(record)
        self._files = Files(folder, self.config.limits.attachment_bytes, self.ledger)
        try:
            replay = Replay(record, ticket_id, self, keeps_source=names_source)
            stations = [(version, self._files.take()) for version in replay.versions()]
            if self._wanted.squash and len(stations) > 1:
                self.ledger.move("events as commits", "events as messages")
                whole = squashed([version for version, _ in stations])
                stations = [(whole, [file for _, files in stations for file in files])]
            renderer = Versions()
            return list(
                self._made(record, ticket_id, stations, None, lambda ticket, _: renderer.render(ticket))
            )
        except BaseException:
            self._identities.forget(ticket_id)
            raise

    def _more(self, record: Record, ticket_id: TicketId, marks: Marks, folder: str) -> list[Made]:
        path, tip = grammar.path_of(ticket_id), self.desk.tip
        repo = self.desk.repo
        data = read.find_file(repo, tip, path)
        document = codec.parse(data or b"", path)
        if data is None or document.ticket is None:
            reason = document.problems[0].message if document.problems else "its file is not there"
            raise Unreadable(f"{ticket_id} cannot be read on this desk: {reason}", place=Place(path))
        there = [
            name for name, _ in read.list_folder(repo, tip, grammar.attachment_dir(ticket_id).rstrip("/"))
        ]
        self._files = Files(folder, self.config.limits.attachment_bytes, self.ledger, there)

        def known(step: Step) -> bool:
            return marks.has(record.key, step.identity) or (record.system == OWN and repo.has(step.id))

        def amended(after: Ticket, before: Ticket | None) -> bytes:
            nonlocal document
            if document.ticket != before:
                return codec.render(after)
            written = codec.amend(document, after)
            document = codec.parse(written, path)
            return written

        replay = Replay(record, ticket_id, self)
        stations = [(version, self._files.take()) for version in replay.more(document.ticket, known)]
        return list(self._made(record, ticket_id, stations, document.ticket, amended))

    def _made(
        self,
        record: Record,
        ticket_id: TicketId,
        stations: Sequence[tuple[Version, list[tuple[str, bytes]]]],
        before: Ticket | None,
        render: Callable[[Ticket, Ticket | None], bytes],
    ) -> Iterator[Made]:
        """Yields a commit for each version: its files, its message, its place in time."""
        path, folder = grammar.path_of(ticket_id), grammar.attachment_dir(ticket_id)
        for version, files in stations:
            after = version.ticket
            told = list(events(before, after, brief=True))
            told += [
                Event(ticket_id=ticket_id, kind="attachment", field=name, after="file") for name, _ in files
            ]
            at = version.step.at
            stamp = version.step.authored_at or at
            written: list[tuple[str, bytes | None]] = [(folder + name, data) for name, data in files]
            if after != before or after is None:
                written.append((path, None if after is None else render(after, before)))
            yield Made(
                order=int(at.timestamp() * 1_000_000),
                author=version.author or str(self._author),
                date=_git_date(at) if stamp == at else _git_date(stamp),
                message=self._message(record, ticket_id, told, version),
                files=tuple(written),
            )
            before = after

    def _message(self, record: Record, ticket_id: TicketId, told: list[Event], version: Version) -> str:
        how = version.told
        trailers = [
            (VIA, how.via),
            (AUTOMATION, how.automation),
            (BEHALF, how.on_behalf_of),
            *((APPROVED, one) for one in how.approved_by),
            trailer(record.key, version.identities),
        ]
        return render_message(change_words.subject([(ticket_id, told)]), how.reason, trailers)


def _moved_since(record: Record, since: datetime) -> bool:
    last = record.steps[-1].at if record.steps else record.created
    return max(last, record.created, record.updated or last) >= since


def _zone(wanted: Wanted, ledger: Ledger) -> Callable[[datetime], datetime] | None:
    """Returns what gives a time without a zone the one that was named; raises UsageError for an unknown one."""

    def assumed(moment: datetime) -> datetime:
        ledger.count(ASSUMED_UTC)
        return moment.replace(tzinfo=UTC)

    name = wanted.time_zone
    if not name:
        return assumed if wanted.assume_utc else None
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        zone = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError(f'unknown time zone "{name}"', hint="such as Europe/Zagreb or UTC") from None

    def aware(moment: datetime) -> datetime:
        found = moment.replace(tzinfo=zone)
        back = found.astimezone(UTC).astimezone(zone)
        if back.replace(tzinfo=None) != moment:
            ledger.count("times that daylight saving skips, moved on by the gap")
            return back
        if moment.replace(tzinfo=zone, fold=1).utcoffset() != found.utcoffset():
            ledger.count("times that daylight saving has twice, taken as the first")
        return found

    return aware


def _git_date(moment: datetime) -> str:
    """Returns a time as Git stores it; it knows none before 1970."""
    offset = moment.utcoffset()
    minutes = int(offset.total_seconds()) // 60 if offset else 0
    sign, minutes = ("-", -minutes) if minutes < 0 else ("+", minutes)
    return f"{max(0, int(moment.timestamp()))} {sign}{minutes // 60:02}{minutes % 60:02}"
