"""The calendars of a desk: what gitdesk.yaml says of them, and the holidays in calendars/, as of a commit."""

from __future__ import annotations

import os
from functools import lru_cache
from json import dumps, loads

from gitdesk.desk.configuration import Configurations
from gitdesk.domain.calendar_check import ERRORS, check
from gitdesk.domain.calendar_parse import FOLDER, calendar_of, path_of
from gitdesk.domain.zone import zone_named
from gitdesk.errors import GitdeskError, Place, Unreadable, UsageError
from gitdesk.store import read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from gitdesk.desk.door import Desk
    from gitdesk.domain.calendar import Calendar
    from gitdesk.domain.calendar_parse import Holidays
    from gitdesk.domain.config import Config
    from gitdesk.domain.violation import Violation
    from gitdesk.store.git import Repo

_ZONES = "/usr/share/zoneinfo"


def holiday_files(repo: Repo, commit: str) -> dict[str, bytes]:
    """Returns the files of holidays at a commit by their paths."""
    return {
        FOLDER + name: repo.blob(entry.oid)
        for name, entry in read.list_folder(repo, commit, FOLDER)
        if name.endswith(".yaml")
    }


def of_plain(
    plain: Mapping[str, Any], files: Mapping[str, bytes], time_zone: str = "UTC"
) -> tuple[dict[str, Calendar], dict[str, str]]:
    """Returns calendars by name, and why each other one cannot be used.

    `plain` is the section `calendars` of gitdesk.yaml, `time_zone` the desk's. What was made once is kept: the same
    words and the same dates give the same calendar, with all it has found out.
    """
    found: dict[str, Calendar] = {}
    problems: dict[str, str] = {}
    for name, each in plain.items():
        country = (each.get("holidays") or {}).get("country", "")
        path = path_of(country)
        try:
            found[name] = _made(name, dumps(each), path, files.get(path) if country else None, time_zone)
        except GitdeskError as problem:
            problems[name] = str(problem)
    return found, problems


def calendars(desk: Desk, commit: str | None = None) -> dict[str, Calendar]:
    """Returns the calendars that can be used, as of a commit or the tip."""
    return of_config(_config(desk, commit), holiday_files(desk.repo, commit or desk.config_commit))[0]


def of_config(config: Config, files: Mapping[str, bytes]) -> tuple[dict[str, Calendar], dict[str, str]]:
    """Returns the calendars of a configuration, as `of_plain` does."""
    return of_plain(config.calendars, files, config.time_zone)


def calendar(desk: Desk, name: str) -> Calendar:
    """Returns a calendar at the tip; raises UsageError for an unknown one, Unreadable when its holidays are broken."""
    from gitdesk.domain import near

    plain = desk.config.calendars
    if name not in plain:
        hint = near.hint(name, tuple(plain)) if plain else "gitdesk.yaml defines no calendar"
        raise UsageError(f'unknown calendar "{name}"', hint=hint)
    path = path_of((plain[name].get("holidays") or {}).get("country", ""))
    data = read.find_file(desk.repo, desk.config_commit, path)
    return _made(name, dumps(plain[name]), path, data, desk.config.time_zone)


def known_holidays(
    files: Mapping[str, bytes],
) -> tuple[dict[str, Holidays], dict[str, tuple[Violation, ...]]]:
    """Returns holidays by country, and what is wrong with each file that cannot be read."""
    found: dict[str, Holidays] = {}
    broken: dict[str, tuple[Violation, ...]] = {}
    for path, data in files.items():
        holidays, violations = _parsed(data, path)
        if holidays is None:
            broken[path] = violations
        else:
            found[holidays.country] = holidays
    return found, broken


def _config(desk: Desk, commit: str | None) -> Config:
    return desk.config if commit is None else Configurations(desk.repo).at(commit)


@lru_cache(maxsize=64)
def _parsed(data: bytes, path: str) -> tuple[Holidays | None, tuple[Violation, ...]]:
    from gitdesk.store.holiday_file import parse_holidays

    return parse_holidays(data, path)


@lru_cache(maxsize=256)
def _made(name: str, text: str, path: str, data: bytes | None, time_zone: str) -> Calendar:
    """Makes a calendar; raises UsageError or Unreadable with the first thing that is wrong."""
    plain = loads(text)
    wrong = next((one for one in check((), plain) if one.code in ERRORS), None)
    if wrong is not None:
        raise UsageError(f'calendar "{name}": {wrong.message}', hint=wrong.hint)
    holidays = None
    if data is not None:
        holidays, violations = _parsed(data, path)
        if holidays is None:
            first = violations[0]
            place = Place(first.path, first.line, first.column)
            raise Unreadable(first.message, place=place, hint=first.hint)
    _find_zone(plain.get("timezone", time_zone))
    return calendar_of(name, plain, holidays, time_zone)


def _find_zone(name: str) -> None:
    """Raises UsageError for a zone that is not there; for one among the system's files no library is loaded."""
    if not os.path.isfile(os.path.join(_ZONES, name)):
        zone_named(name)
