"""One call of an import: its files, its map, its reader, its report."""

from __future__ import annotations

import os
from importlib import import_module

from gitdesk.desk.door import Desk
from gitdesk.domain.import_map import Names
from gitdesk.errors import Interrupted, SetupError, UsageError
from gitdesk.importers import FORMATS, guess
from gitdesk.importers.ledger import Ledger
from gitdesk.importers.losses import Report
from gitdesk.importers.run import ASSUMED_UTC, Import, Wanted
from gitdesk.importers.shape import place_of
from gitdesk.importers.stream import Settings, system_of
from gitdesk.memory import no_collection
from gitdesk.store import read
from gitdesk.store.map_file import propose_map, propose_shape
from gitdesk.value import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from typing import Any

    from gitdesk.domain.import_map import ImportMap
    from gitdesk.importers.guess import Unguessed
    from gitdesk.store.read import Location

_LOOKED_AT = 5_000  # rows that a guess at a file's shape is made from
_OBJECTS = 1_000  # objects: each may hold a whole history


class Request:
    """An import as a person asked for it."""

    def __init__(
        self,
        desk: Desk,
        format_: str,
        files: Sequence[str],
        given: ImportMap,
        *,
        system: str,
        time_zone: str,
        encoding: str,
        keep_going: bool,
        declare: bool,
        branch: str,
        since: datetime | None,
        limit: int | None,
        squash: bool,
        dry_run: bool,
    ) -> None:
        self._location = _location(desk, branch)
        self._desk, self._own = _at(desk, self._location)
        self._format, self._files, self._map = format_, list(files), given
        self._settings = Settings(
            timezone=time_zone,
            system=system or given.system,
            shape=given.shape,
            keep_going=keep_going,
            encoding=encoding,
        )
        self._ledger = Ledger(Report(keep_going=keep_going))
        self._declare = declare
        self._wanted = Wanted(since=since, limit=limit, squash=squash, dry_run=dry_run, time_zone=time_zone)
        self.names = self._names()

    def _names(self) -> Names:
        system = self._settings.system or system_of(self._files, self._settings)
        given = replace(self._map, system=system)
        return Names(self._desk.config, given, system=system, declare=self._declare)

    def run(self, *, guess: bool) -> str | None:
        """Imports; returns the desk's new commit, None when nothing was written.

        With `guess`, the shape of a file nobody described is guessed first.
        """
        self._wanted = replace(self._wanted, assume_utc=guess)
        if not self._settings.shape:
            self._describe(guess)
        reader = _load(FORMATS[self._format])
        tickets = reader(self._files, self._settings, self._ledger.report)
        folder = os.path.dirname(os.path.abspath(self._files[0])) if self._files[0] != "-" else os.getcwd()
        importing = Import(self._desk, self._location, self.names, self._ledger, self._wanted)
        try:
            with no_collection():
                return importing.run(tickets, lambda line: place_of(self._files, line), folder)
        except KeyboardInterrupt:
            if importing.landing:
                raise
            raise Interrupted("interrupted: nothing was imported") from None
        finally:
            if self._own:
                self._desk.close()

    def _describe(self, wanted: bool) -> None:
        """Gives a foreign file a shape: guessed where a map is to be proposed, else it is asked for."""
        first, report = self._files[0], Report(keep_going=True)
        if self._format == "github" or (first == "-" and not wanted):
            return
        if first == "-":
            raise UsageError("a map is proposed for a file, not for standard input")
        if self._format == "jsonl":
            from gitdesk.importers.guess_objects import shape_of_objects
            from gitdesk.importers.jsonl import first_objects

            one = first_objects(first, self._settings, report, 1)
            if not one or _is_neutral(one[0]):
                return
            found = first_objects(first, self._settings, report, _OBJECTS) if wanted else []
            shape = shape_of_objects(found) if wanted else {}
        else:
            from gitdesk.importers.csv_ import first_rows

            rows = first_rows(first, self._settings, report, _LOOKED_AT)
            shape = guess.shape_of(*rows) if wanted else {}
        if not shape:
            raise UsageError(
                f'what the columns of "{first}" mean is not said',
                hint="--map FILE, with a name that is not there yet, writes a proposal of it",
            )
        self._settings = replace(self._settings, shape=shape)

    def propose_shape(self, path: str, found: Unguessed) -> None:
        """Writes a map whose shape is to be completed, for a file whose columns could not be told."""
        _write(path, propose_shape(found.columns, found.shape, system=self.names.system))

    def propose(self, path: str) -> None:
        """Writes a map with every name that was met; never over a file that is there."""
        settings, is_assumed = self._settings, ASSUMED_UTC in self._ledger.counts
        # Files in the neutral format say themselves where they are from; a foreign one is called by its name.
        system = settings.system or (self.names.system if settings.shape else "")
        zone = settings.timezone or ("UTC" if is_assumed else "")
        text = propose_map(
            self.names, system=system, shape=settings.shape, time_zone=zone, zone_guessed=is_assumed
        )
        _write(path, text)

    def report(self, commit: str | None, *, dry_run: bool) -> dict[str, Any]:
        """Returns what became of everything in the files."""
        return self._ledger.plain(self.names, commit=commit, dry_run=dry_run)


def _write(path: str, text: str) -> None:
    try:
        with open(path, "x", encoding="utf-8") as file:
            file.write(text)
    except OSError as problem:
        raise SetupError(f'cannot write "{path}": {(problem.strerror or str(problem)).lower()}') from None


def _location(desk: Desk, branch: str) -> Location:
    """Returns the branch to import onto: the desk's, or another one."""
    if not branch:
        return desk.location
    found = read.branch_location(desk.repo, branch, "it was named")
    if found.tip is not None and not read.holds_desk(desk.repo, found.tip):
        raise UsageError(f'branch "{branch}" holds no desk', hint="name a branch that is not there yet")
    return found


def _at(desk: Desk, location: Location) -> tuple[Desk, bool]:
    """Returns the desk on the branch to import onto, and whether it is another one than was given."""
    if location is desk.location or location.tip is None:
        return desk, False
    return Desk(desk.repo, location, desk.environ, desk.watch, desk.now), True


def _is_neutral(found: dict[str, Any]) -> bool:
    """Tells whether an object is a ticket of the neutral format: it says its source or a ticket's id, and when."""
    if "created" not in found:
        return False
    return "source" in found or ("title" in found and "id" in found)


def _load(target: str) -> Any:
    module, _, name = target.partition(":")
    return getattr(import_module(module), name)
