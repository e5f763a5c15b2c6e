"""The terms of a desk through its history: which version of gitdesk.yaml the clocks are held to, and from when."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from json import dumps

from gitdesk.desk.configuration import kept, parsed, vocabulary
from gitdesk.domain.config import PATH, Config
from gitdesk.domain.people import CONFIGURE
from gitdesk.domain.sla_policy import Terms, policies_of
from gitdesk.errors import GitdeskError, Unreadable
from gitdesk.store import read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any, Protocol

    from gitdesk.desk.door import Desk
    from gitdesk.domain.calendar import Calendar

    class Rows(Protocol):
        """What tells which commits may change the terms, and keeps what was found in them."""

        def marked(self) -> list[Any]: ...

        def book(self) -> tuple[list[str], list[Any]]: ...

        def keep_book(self, seen: Sequence[str], lines: Sequence[Any], /) -> None: ...

        def config(self, oid: str, /) -> Any: ...

        def keep_config(self, oid: str, plain: Any, /) -> None: ...


_ALWAYS = ""  # the calendar of a policy that names none


class Book:
    """The versions of one desk's terms in the order of history, read when they are asked for.

    Only a commit that changes something the clocks go by makes a version.
    """

    def __init__(self, desk: Desk, rows: Rows, until: int | None = None) -> None:
        self._desk, self._rows = desk, rows
        self._made: dict[int, Terms] = {}
        self._lines = self._kept(rows.marked())
        if until is not None:
            self._lines = [line for line in self._lines if line[0] <= until]

    def __len__(self) -> int:
        return len(self._lines)

    def __getitem__(self, number: int) -> Terms:
        if number < 0:
            number += len(self._lines)
        if not 0 <= number < len(self._lines):
            raise IndexError(number)
        if number not in self._made:
            position, commit, at, rebases, ignored, _ = self._lines[number]
            config, holidays = self._version(commit)
            self._made[number] = terms_of(
                config,
                holidays,
                position=position,
                commit=commit,
                at=at,
                rebases=frozenset(rebases),
                ignored=tuple(ignored),
            )
        return self._made[number]

    def __iter__(self) -> Iterator[Terms]:
        return map(self.__getitem__, range(len(self)))

    def at(self, position: int) -> Terms | None:
        """Returns the version that begins at a place in history, or None."""
        number = next((n for n, line in enumerate(self._lines) if line[0] == position), None)
        return None if number is None else self[number]

    def times(self) -> dict[int, int]:
        """Returns the time of each version's commit by its place in history."""
        return {line[0]: line[2] for line in self._lines}

    def ignored(self) -> tuple[str, ...]:
        """Returns in words which commits asked running clocks to change over, and were not approved."""
        return tuple(text for line in self._lines for text in line[4])

    def calendar(self, position: int, name: str) -> Calendar | None:
        """Returns a calendar of the version that begins at a place in history, None when there is none to be used."""
        from gitdesk.desk.calendars import of_config

        number = next((n for n, line in enumerate(self._lines) if line[0] == position), None)
        if number is None:
            return None
        if number in self._made or name == _ALWAYS:
            return self[number].calendars.get(name)
        return of_config(*self._version(self._lines[number][1]))[0].get(name)

    def digest(self) -> str:
        """Returns a text that begins with that of an earlier list when it only goes on from there."""
        return f"{_zones()}\n" + "".join(f"{dumps(line)}\n" for line in self._lines)

    def rebased_after(self, count: int) -> bool:
        """Tells whether running clocks change over to one of the terms after the first few."""
        return any(line[3] for line in self._lines[count:])

    @staticmethod
    def known_in(digest: str) -> int:
        """Returns how many terms the text of an earlier list tells of."""
        return digest.count("\n") - 1

    # ---- which commits make a version

    def _kept(self, marked: Sequence[Any]) -> list[Any]:
        """Returns a line a version: place, commit, time, rebases, ignored rebases, and a hash of what it says."""
        seen, lines = self._rows.book()
        ids = [f"{row[1]} {row[3]}" for row in marked]
        if ids[: len(seen)] != seen:
            seen, lines = [], []
        if len(seen) == len(ids):
            return list(lines)
        for row in marked[len(seen) :]:
            self._take(lines, row)
        self._rows.keep_book(ids, lines)
        return list(lines)

    def _take(self, lines: list[Any], row: Any) -> None:
        position, commit, at, rebase, name, email, approved_by, merge_approved_by = row
        try:
            config, holidays = self._version(commit)
        except GitdeskError:
            return  # what could not be read was never in force
        text = _relevant(config, holidays)
        before = lines[-1] if lines else None
        rebases, ignored = [], []
        if rebase:
            names = [one.strip() for one in rebase.split(",") if one.strip()]
            old = self._version(before[1])[0] if before is not None else config
            author = f"{name} <{email}>"
            approvals = ", ".join(one for one in (approved_by, merge_approved_by) if one)
            if _approved(old, author, approvals):
                rebases = names
            else:
                ignored = [
                    f"commit {commit[:10]} asks to rebase {', '.join(names)}, but nobody who may has approved it"
                ]
        if before is not None and before[0] == position:
            before[3] = [*before[3], *rebases]
            before[4] = [*before[4], *ignored]
        elif before is None or before[5] != text or rebases or ignored:
            lines.append([position, commit, at, rebases, ignored, text])

    def _version(self, commit: str) -> tuple[Config, Mapping[str, bytes]]:
        from gitdesk.desk.calendars import holiday_files

        entry = read.find_entry(self._desk.repo, commit, PATH)
        if entry is None:
            raise Unreadable(f"commit {commit[:10]} has no {PATH}")
        return self._config(entry.oid), holiday_files(self._desk.repo, commit)

    def _config(self, oid: str) -> Config:
        """Returns a version of gitdesk.yaml; its plain form is kept, since parsing one takes as long as a list."""
        plain = self._rows.config(oid)
        if plain is not None:
            with suppress(TypeError, KeyError, ValueError, AttributeError):  # of another form
                return Config.from_plain(plain)
        config = kept(self._desk.repo, oid) or parsed(self._desk.repo.blob(oid))
        self._rows.keep_config(oid, config.to_plain())
        return config


def terms_of(
    config: Config,
    holidays: Mapping[str, bytes],
    *,
    position: int = -1,
    commit: str = "",
    at: int = 0,
    rebases: frozenset[str] = frozenset(),
    ignored: tuple[str, ...] = (),
) -> Terms:
    """Returns what a configuration says to the clocks; what it says wrongly stands among `problems`."""
    from datetime import UTC, datetime

    from gitdesk.desk.calendars import of_config
    from gitdesk.domain.calendar import Calendar
    from gitdesk.domain.query import Scope
    from gitdesk.domain.query_facts import parse_timeless

    words = vocabulary(config)
    calendars, problems = of_config(config, holidays)
    every: dict[str, Calendar] = {**calendars, _ALWAYS: Calendar("", config.time_zone)}
    person = lru_cache(maxsize=4096)(config.find_person)
    return Terms(
        position=position,
        commit=commit,
        at=at,
        policies=policies_of(config.sla, lambda text: parse_timeless(text, words)),
        calendars=every,
        categories={status.name: status.category for status in config.workflow.statuses},
        default_priority=config.default_priority,
        is_agent=lambda author: bool(author) and person(author) is not None,
        is_robot=lambda author: (found := person(author)) is not None and found.robot,
        scope=Scope(now=datetime.fromtimestamp(at, UTC), vocabulary=words, time_zone=config.time_zone),
        rebases=rebases,
        ignored=ignored,
        problems=problems,
    )


def _zones() -> str:
    """Returns which edition of the time zones this machine has, "" when it does not say: other zones, other clocks."""
    from zoneinfo import TZPATH

    for folder in TZPATH:
        for name in ("tzdata.zi", "+VERSION"):
            with suppress(OSError), open(f"{folder}/{name}", "rb") as file:
                return file.readline(80).decode("ascii", "replace").strip()
    from importlib import metadata

    with suppress(metadata.PackageNotFoundError):
        return metadata.version("tzdata")
    return ""


def _relevant(config: Config, holidays: Mapping[str, bytes]) -> str:
    """Returns a hash of all that the clocks read in a configuration."""
    from hashlib import sha256

    said = [
        config.sla,
        config.calendars,
        config.customers,
        [(status.name, status.category) for status in config.workflow.statuses],
        [(person.id, person.addresses, person.robot) for person in config.people],
        [(spec.name, spec.type) for spec in config.field_specs],
        config.priorities,
        config.default_priority,
        config.time_zone,
        sorted((path, sha256(data).hexdigest()) for path, data in holidays.items()),
    ]
    return sha256(dumps(said, sort_keys=True, default=str).encode()).hexdigest()[:16]


def _approved(config: Config, author: str, approvals: str) -> bool:
    """Tells whether somebody who may change the desk's rules, and is not the author, has approved.

    Where only one person may, that one's own word is all there is.
    """
    may = [person for person in config.people if config.may(person, CONFIGURE)]
    by = config.find_person(author)
    approvers = _people(config, approvals)
    return any(one in may and (one is not by or len(may) == 1) for one in approvers)


def _people(config: Config, text: str) -> Iterable[Any]:
    names = (one.strip() for one in text.split(","))
    return [person for name in names if (person := config.find_person(name)) is not None]
