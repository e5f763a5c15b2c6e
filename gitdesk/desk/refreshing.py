"""Bringing public holidays into a desk: the countries that calendars name, for some years, in one commit."""

from __future__ import annotations

from gitdesk.desk.calendars import holiday_files, known_holidays
from gitdesk.desk.holiday_library import Library
from gitdesk.desk.plan import Why
from gitdesk.desk.seals import commit
from gitdesk.domain.calendar_parse import Holidays, path_of
from gitdesk.domain.change import render_message
from gitdesk.domain.people import author_of
from gitdesk.errors import Place, Refused, SetupError, Unreadable, UsageError
from gitdesk.store import write
from gitdesk.store.holiday_file import render_holidays
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from gitdesk.desk.door import Desk
    from gitdesk.domain.config import Config
    from gitdesk.domain.rules_context import Context

ATTEMPTS = 8
_BACK, _AHEAD = 2, 3  # years before and after this one, when nobody says which


class Refreshed(Value):
    """What came of one country: the file's dates before and after, and whether the file changed."""

    before: Holidays | None
    after: Holidays
    changed: bool
    diff: str

    @property
    def path(self) -> str:
        """Returns the file's path."""
        return path_of(self.after.country)


class Refresh(Value):
    """What a refresh did: a country each, and the commit, None when nothing changed or it was only asked."""

    countries: tuple[Refreshed, ...]
    commit: str | None


def refresh(
    desk: Desk, first: int | None, last: int | None, why: Why | None = None, *, dry_run: bool = False
) -> Refresh:
    """Brings the holidays of every country that calendars name; raises UsageError for one the library does not know.

    Years that a file has and nobody asks for stay as they are, as do the dates under `added`.
    """
    why, library = why or Why(), Library()
    if dry_run:
        return Refresh(countries=_drafted(desk, desk.tip, library, first, last), commit=None)
    author, committer = write.identity(desk.repo, desk.environ, desk.now)
    for attempt in range(ATTEMPTS):
        with write.turn(desk.repo, desk.location) as turn:
            if turn.tip is None:
                raise SetupError("the desk's branch is gone")
            found = _drafted(desk, turn.tip, library, first, last)
            files: dict[str, bytes | None] = {
                one.path: render_holidays(one.after) for one in found if one.changed
            }
            if not files:
                return Refresh(countries=found, commit=None)
            config, context = _allow(desk, turn.tip, files, why)
            names = ", ".join(one.after.country for one in found if one.changed)
            trailers = (("On-behalf-of", author_of(why.behalf)),) if why.behalf is not None else ()
            message = render_message(f"calendars: holidays of {names}", why.reason, trailers)
            try:
                made, _ = commit(desk.repo, turn, config, context, files, message, author, committer)
                return Refresh(countries=found, commit=made)
            except write.Moved:
                if attempt == ATTEMPTS - 1:
                    raise
    raise AssertionError("unreachable")


def _allow(desk: Desk, tip: str, files: Iterable[str], why: Why) -> tuple[Config, Context | None]:
    """Returns the rules in force and who asks; raises Refused for somebody who may not change the calendars."""
    from gitdesk.desk.accounting import context_now
    from gitdesk.desk.configuration import Configurations
    from gitdesk.desk.knowledge import informed
    from gitdesk.domain import rules
    from gitdesk.domain.change import Change

    config = Configurations(desk.repo).at(tip)
    context = context_now(desk.repo, desk.environ, desk.now, tip, config, why)
    changes = [Change(path=path, new="new") for path in files]
    if context is not None:
        context = informed(desk, context, changes, config, tip)
    rules.enforce(changes, config, (), context)
    return config, context


def _drafted(
    desk: Desk, tip: str, library: Library, first: int | None, last: int | None
) -> tuple[Refreshed, ...]:
    from gitdesk.desk.configuration import Configurations

    wanted = _wanted(Configurations(desk.repo).at(tip).calendars)
    if not wanted:
        hint = "holidays: {country: HR} in a calendar of gitdesk.yaml does"
        raise Refused("no calendar names a country: there are no dates to bring", hint=hint)
    files = holiday_files(desk.repo, tip)
    known, broken = known_holidays(
        {path_of(each): files[path_of(each)] for each in wanted if path_of(each) in files}
    )
    for violations in broken.values():
        wrong = violations[0]
        place = Place(wrong.path, wrong.line, wrong.column)
        raise Unreadable(wrong.message, place=place, hint=wrong.hint or "mend or remove the file first")
    years = _years(desk, first, last)
    found = []
    for country, parts in sorted(wanted.items()):
        for part in ("", *parts):
            library.check(country, part)
        after = _brought(library, country, parts, known.get(country), years, asked=(first, last))
        path = path_of(country)
        old, new = files.get(path), render_holidays(after)
        found.append(
            Refreshed(before=known.get(country), after=after, changed=old != new, diff=_diff(path, old, new))
        )
    return tuple(found)


def _wanted(calendars: Mapping[str, Any]) -> dict[str, list[str]]:
    """Returns the countries that calendars name, each with the parts that they name."""
    found: dict[str, list[str]] = {}
    for plain in calendars.values():
        closed = plain.get("holidays") or {}
        if "country" in closed:
            parts = found.setdefault(closed["country"], [])
            if closed.get("subdivision") and closed["subdivision"] not in parts:
                parts.append(closed["subdivision"])
    return found


def _years(desk: Desk, first: int | None, last: int | None) -> tuple[int, int]:
    """Returns the years to ask for: those given, else from two back or the oldest ticket's to three ahead."""
    this = desk.now.year
    if first is None:
        rows = desk.find("sort:created", columns=("created",), limit=1, everything=True).rows
        oldest = next(iter(rows), None)
        first = min(this - _BACK, int(str(oldest[0])[:4]) if oldest and oldest[0] else this)
        first = first if last is None else min(first, last)
    last = max(this + _AHEAD, first) if last is None else last
    if first > last:
        raise UsageError(f"--from {first} is after --to {last}")
    return first, last


def _brought(
    library: Library,
    country: str,
    parts: list[str],
    known: Holidays | None,
    years: tuple[int, int],
    *,
    asked: tuple[int | None, int | None],
) -> Holidays:
    """Returns a country's holidays for the years asked for, those the file had, and those between."""
    earliest, latest = library.years(country)
    for wanted in asked:
        if wanted is not None and not earliest <= wanted <= latest:
            raise UsageError(
                f"{library.version} knows {country} from {earliest} to {latest}, not for {wanted}"
            )
    first, last = max(years[0], earliest), min(years[1], latest)
    low = min(first, known.years[0]) if known is not None else first
    high = max(last, known.years[1]) if known is not None else last

    def dates(part: str) -> dict[str, str]:
        kept = None if known is None else known.subdivisions.get(part) if part else known.dates
        found = {text: name for text, name in (kept or {}).items() if not first <= int(text[:4]) <= last}
        missing = [
            year
            for year in range(low, high + 1)
            if first <= year <= last
            or kept is None
            or known is None
            or not known.years[0] <= year <= known.years[1]
        ]
        brought = library.dates(country, part, missing[0], missing[-1])
        found.update((text, name) for text, name in brought.items() if int(text[:4]) in missing)
        return dict(sorted(found.items()))

    return Holidays(
        country=country,
        years=(low, high),
        source=library.version,
        dates=dates(""),
        subdivisions={part: dates(part) for part in sorted(parts)},
        added=known.added if known is not None else {},
    )


def _diff(path: str, old: bytes | None, new: bytes) -> str:
    from difflib import unified_diff

    before = [] if old is None else old.decode("utf-8", "replace").splitlines(keepends=True)
    after = new.decode("utf-8").splitlines(keepends=True)
    return "".join(unified_diff(before, after, "/dev/null" if old is None else f"a/{path}", f"b/{path}"))
