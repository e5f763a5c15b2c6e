"""The pasts of some tickets read straight from Git: for who has no index, or asks of another commit than it shows."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from gitdesk.desk.terms import Book
from gitdesk.domain.calendar_parse import FOLDER
from gitdesk.domain.change import APPROVED, REBASE
from gitdesk.domain.config import PATH
from gitdesk.domain.sla_past import Moment, Past
from gitdesk.store import codec, entries, history

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from gitdesk.desk.door import Desk
    from gitdesk.domain.change import Commit
    from gitdesk.domain.sla_policy import TermVersions
    from gitdesk.domain.ticket import Ticket

_MANY = 40  # paths; with more it is shorter to look at every ticket's
_CREATED = re.compile(
    rb"^[\"']?created[\"']?[ \t]*:[ \t]*[\"']?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)", re.MULTILINE
)
_HEAD = 65_536  # bytes in which a header ends
_EARLIER = 86_400  # seconds by which a clock may have been late when a ticket was written down
_EPOCH_OF_GIT = 100_000_000  # seconds before which Git reads no `--since=@SECONDS`


class PlainRows:
    """What a Book asks of an index, told by a list of commits that is in memory."""

    def __init__(self, marked: Iterable[Any] = ()) -> None:
        self._marked = list(marked)
        self._seen: tuple[list[str], list[Any]] = ([], [])

    def add(self, row: Any) -> None:
        """Adds the next commit that may change the terms."""
        self._marked.append(row)

    def marked(self) -> list[Any]:
        """Returns the commits that may change the terms, in their order."""
        return self._marked

    def book(self) -> tuple[list[str], list[Any]]:
        """Returns the commits that were looked through for versions of the terms, and a line a version."""
        return self._seen

    def keep_book(self, seen: Sequence[str], lines: Sequence[Any]) -> None:
        """Keeps both."""
        self._seen = list(seen), list(lines)

    def config(self, oid: str) -> Any:
        """Returns None: nothing is kept."""

    def keep_config(self, oid: str, plain: Any) -> None:
        """Keeps nothing."""


def row_of(commit: Commit, position: int) -> tuple[Any, ...]:
    """Returns a commit as a Book reads one: where and when, what it asks to change over to, and who approved it."""
    asked, approved = (
        ", ".join(value for key, value in commit.trailers if key.casefold() == wanted.casefold())
        for wanted in (REBASE, APPROVED)
    )
    at = int(commit.committer.at.timestamp())
    return position, commit.id, at, asked, commit.author.name, commit.author.email, approved, ""


def is_terms(path: str) -> bool:
    """Tells whether a file says what was promised, or when the desk is open."""
    return path == PATH or path.startswith(FOLDER)


class GitPasts:
    """Tickets as they came to be what they are at a commit, by its first parents; and the terms they were held to.

    `by_blob` has the past of every version of the tickets asked for, `firsts` that of the first one of each.
    """

    def __init__(self, desk: Desk, commit: str, paths: Sequence[str]) -> None:
        self._desk, self._commit = desk, commit
        self._blobs = entries.find_files(desk.repo, commit, paths)
        since = self._since()
        self.by_blob: dict[str, Past] = {}
        self.firsts: list[Past] = []
        if not self._read(since):
            self._read(None)  # some clock was wrong: Git stopped before it had them all

    def _since(self) -> int | None:
        """Returns before when Git need not look, by what the tickets say of their creation; None for ever."""
        earliest: datetime | None = None
        for _, data in self._desk.repo.blobs(self._blobs.values()):
            found = _CREATED.search(data[:_HEAD])
            if found is None:
                return None
            try:
                created = datetime.fromisoformat(found[1].decode("ascii"))
            except ValueError:
                return None  # no time that a calendar has
            earliest = created if earliest is None else min(earliest, created)
        seconds = int(earliest.astimezone(UTC).timestamp()) - _EARLIER if earliest is not None else 0
        return seconds if seconds > _EPOCH_OF_GIT else None

    def _read(self, since: int | None) -> bool:
        """Reads what happened since; tells whether that is all of it."""
        wanted = [*self._blobs] if len(self._blobs) < _MANY else ["tickets"]
        found = list(history.line(self._desk.repo, self._commit, [*wanted, PATH, FOLDER.rstrip("/")], since))
        found.reverse()
        versions: dict[str, list[tuple[Moment, str, str]]] = {path: [] for path in self._blobs}
        marked: list[Any] = []
        for position, record in enumerate(found):
            commit = record.commit
            moment: Moment | None = None
            if any(is_terms(version.path) for version in record.changes):
                if not marked and commit.parents:
                    marked.append(self._before(commit.parents[0]))
                marked.append(row_of(commit, position))
            for version in record.changes:
                if version.path in versions:
                    moment = moment or moment_of(commit, position)
                    versions[version.path].append((moment, version.old[0], version.new))
        if any(not steps or steps[0][1] for steps in versions.values()) and since is not None:
            return False
        self.terms: TermVersions = Book(self._desk, PlainRows(marked or [self._before(self._commit)]))
        self._put_together(versions)
        return True

    def _before(self, commit: str) -> tuple[Any, ...]:
        """Returns a commit whose terms were in force before all that was read."""
        return (-1, commit, 0, "", "", "", "", "")

    def _put_together(self, versions: dict[str, list[tuple[Moment, str, str]]]) -> None:
        wanted = dict.fromkeys((new, path) for path, steps in versions.items() for _, _, new in steps if new)
        blobs = self._desk.repo.blobs([oid for oid, _ in wanted])
        parsed = {
            oid: codec.parse(data, path).ticket for (oid, path), (_, data) in zip(wanted, blobs, strict=True)
        }
        for steps in versions.values():
            past: Past | None = None
            old: Ticket | None = None
            for moment, _, new in steps:
                ticket = parsed.get(new)
                if ticket is None:
                    continue  # a version that nobody could read, or none: it goes on from the one before
                past = Past.begin(ticket, moment) if old is None else Past.step(past, old, ticket, moment)
                self.by_blob[new], old = past, ticket
            if past is not None:
                self.firsts.append(past.first)


def moment_of(commit: Commit, position: int) -> Moment:
    """Returns where and when a commit came."""
    return Moment(
        position=position,
        at=int(commit.committer.at.timestamp()),
        commit=commit.id,
        by=str(commit.author),
    )
