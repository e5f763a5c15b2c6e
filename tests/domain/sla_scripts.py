"""Histories written as people tell them, for tests of the service-level clocks: read, replayed, and compared.

A history is a block of lines. `WHEN WORDS` is a step, `as of WHEN` the moment looked at (without one: the last step),
`METRIC[#CYCLE] STATE [KEY VALUE …]` what is expected of a clock, `remark TEXT` what is said of one. Wall times are
those of the desk's time zone; `Mon` is 2026-11-23, `Mon2` a week later. The words of a step:

    created | reply | customer | note | robot | auto-reply | auto-customer
    a priority, a status, KEY=VALUE                 what a commit changes; several words are one commit
    reply & resolved                                a message and a change in one commit
    rebase                                          the next version of the policies is taken on by running clocks
    version                                         the next version of the policies

`with KEY=VALUE …` before the steps changes the desk's policy.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sla_worlds import Tagged

from gitdesk.domain.calendar import Calendar
from gitdesk.domain.calendar_days import Days, day_of
from gitdesk.domain.duration import parse
from gitdesk.domain.sla_cycle import METRICS, Cycle
from gitdesk.domain.sla_history import Change, Said, Story
from gitdesk.domain.sla_policy import Policy, Terms
from gitdesk.domain.sla_replay import Replay
from gitdesk.domain.sla_standing import cycle, standings
from gitdesk.domain.ticket import TicketId

H = 3600
NINE_TO_FIVE = ((9 * H, 17 * H),)
CALENDARS = {
    "office": Calendar("office", "UTC", Days(dict.fromkeys(range(5), NINE_TO_FIVE), {})),
    "holiday": Calendar(  # Thursday off
        "holiday", "UTC", Days(dict.fromkeys(range(5), NINE_TO_FIVE), {day_of(date(2026, 11, 26)): ()})
    ),
    "lunch": Calendar("lunch", "UTC", Days(dict.fromkeys(range(5), ((8 * H, 12 * H), (13 * H, 17 * H))), {})),
    "late": Calendar("late", "UTC", Days(dict.fromkeys(range(7), ((12 * H, 24 * H),)), {})),
    "night": Calendar("night", "UTC", Days(dict.fromkeys(range(7), ((22 * H, 30 * H),)), {})),
    "zagreb-nights": Calendar("zagreb-nights", "Europe/Zagreb", Days(dict.fromkeys(range(7), ((0, 6 * H),)), {})),
    "zagreb": Calendar("zagreb", "Europe/Zagreb", Days(dict.fromkeys(range(5), NINE_TO_FIVE), {})),
    "always": Calendar("always"),
    "never": Calendar("never", "UTC", Days({}, {})),
}  # fmt: skip
STATUSES = {
    "new": "new", "open": "open", "waiting": "waiting", "external": "external", "snoozed": "snoozed",
    "resolved": "resolved", "closed": "closed", "cancelled": "cancelled", "spam": "cancelled",
}  # fmt: skip
PRIORITIES = {"urgent": "1h/1h/4h", "high": "2h/4h/8h", "normal": "1bd/-/3bd", "low": "none"}
SAID = {
    "reply": ("reply", "marko"), "customer": ("customer", "ana"), "note": ("note", "marko"),
    "robot": ("reply", "bot"), "auto-reply": ("reply", "marko"), "auto-customer": ("customer", "ana"),
}  # fmt: skip
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WHEN = re.compile(r"((?:[A-Z][a-z]{2}\d?|\d{4}-\d\d-\d\d) \d\d:\d\d(?::\d\d)?(?: again)?)(?: (.*))?")


class Script:
    """One history, read."""

    def __init__(self, text: str) -> None:
        self.settings: dict[str, str] = {}
        self.created = 0
        self.first: dict[str, Any] = {}
        self.changes: list[Change] = []
        self.messages: list[Said] = []
        self.turns: list[
            tuple[int, int, bool]
        ] = []  # position and time of versions, and whether clocks change over
        self.checks: list[tuple[int | None, str]] = []
        self.position = 10
        now: int | None = None
        for line in filter(None, map(str.strip, text.splitlines())):
            found = _WHEN.fullmatch(line.removeprefix("as of "))
            if line.startswith("with "):
                self.settings.update(word.split("=", 1) for word in line[5:].split())
            elif found and line.startswith("as of "):
                now = self.instant(found[1])
            elif found:
                self._step(self.instant(found[1]), found[2].split())
            else:
                self.checks.append((now, line))

    @property
    def zone(self) -> ZoneInfo:
        calendar = CALENDARS.get(self.settings.get("calendar", "office"))
        return ZoneInfo(calendar.time_zone if calendar else "UTC")

    def instant(self, text: str) -> int:
        day, clock, *again = text.split()
        if day[0].isdigit():
            on = date.fromisoformat(day)
        else:
            weeks = int(day[3:] or 1) - 1
            on = date(2026, 11, 23) + timedelta(days=_WEEKDAYS.index(day[:3]) + 7 * weeks)
        wall = datetime.fromisoformat(f"{on}T{clock}").replace(tzinfo=self.zone, fold=len(again))
        return int(wall.timestamp())

    def _step(self, at: int, words: list[str]) -> None:
        self.position += 1
        values: dict[str, Any] = {}
        for word in words:
            if word in SAID:
                kind, author = SAID[word]
                automatic = word.startswith("auto-")
                self.messages.append(
                    Said(at=at, kind=kind, author=author, automatic=automatic, position=self.position)
                )
            elif word in ("version", "rebase"):
                self.turns.append((self.position, at, word == "rebase"))
            elif word in PRIORITIES:
                values["priority"] = word
            elif "=" in word:
                key, value = word.split("=", 1)
                values[key] = tuple(value.split(",")) if key == "tags" else value
            elif word not in ("created", "&"):
                values["status"] = word
        if words[0] == "created":
            self.created, self.first = at, {"status": "new", "requester": "ana", **values}
        elif values:
            self.changes.append(Change(at=at, position=self.position, values=values, by="iva"))

    def versions(self) -> list[Terms]:
        """Returns the terms at first, and those of each later version: the settings with `next-` in front."""
        settings = {key: value for key, value in self.settings.items() if not key.startswith("next-")}
        later = {key[5:]: value for key, value in self.settings.items() if key.startswith("next-")}
        start = 99 if settings.get("since") == "later" else 0
        found = [terms(start, 0, settings, rebase=False)]
        for position, at, rebase in self.turns:
            found.append(terms(position, at, {**settings, **later}, rebase=rebase))
        return found

    def cycles(self, now: int | None) -> list[Cycle]:
        """Returns what the clocks say at a moment, of the last step when there is none."""
        story = Story(
            ticket=TicketId("GD-00000001"), title="It hums", created=self.created, came=self.created, position=10,
            first=self.first, changes=self.changes, messages=self.messages,
        )  # fmt: skip
        versions = self.versions()
        replay = Replay(story, versions, now)
        calendars = {one.position: one.calendars for one in versions}
        return [
            cycle(
                one, replay.last if now is None else now, calendars.get(one.version, {}).get(one.calendar),
                ticket="GD-00000001", title="It hums", assignee="", group="",
            )
            for one in standings(replay)
        ]  # fmt: skip


def terms(position: int, at: int, settings: dict[str, str], *, rebase: bool) -> Terms:
    """Returns the terms of a desk whose settings are a few words."""
    policies = [_policy("standard", None, settings, {**PRIORITIES, **_given(settings)})]
    if "gold" in settings:
        every = dict.fromkeys(PRIORITIES, settings["gold"])
        policies.insert(0, _policy("gold", Tagged("gold"), settings, every))
    if settings.get("policies") == "gold-only":
        policies.pop()
    return Terms(
        position=position,
        commit=f"{position:040d}",
        at=at,
        policies=tuple(policies),
        calendars=CALENDARS,
        categories={name: category for name, category in STATUSES.items() if name != settings.get("without")},
        default_priority="normal",
        is_agent=lambda name: name == "marko",
        is_robot=lambda name: name == "bot",
        scope=object(),  # type: ignore[arg-type]
        rebases=frozenset(("standard",)) if rebase else frozenset(),
        problems={"broken": 'calendar "broken": the holidays of HR are not known'},
    )


def _given(settings: dict[str, str]) -> dict[str, str]:
    return {priority: settings[priority] for priority in PRIORITIES if priority in settings}


def _policy(name: str, when: Tagged | None, settings: dict[str, str], promises: dict[str, str]) -> Policy:
    targets: dict[str, Any] = {}
    for priority, text in promises.items():
        if text == "none":
            targets[priority] = None
            continue
        named = zip(("first_response", "next_response", "resolution"), text.split("/"), strict=True)
        found = {metric: parse(length, days=True) for metric, length in named if length != "-"}
        extra = {key: settings[key] for key in ("update", "assign") if key in settings}
        targets[priority] = found | {metric: parse(length) for metric, length in extra.items()}
    window = settings.get("window")
    return Policy(
        id=name,
        when=when,  # type: ignore[arg-type]
        calendar=settings.get("calendar", "office"),
        pause_on=frozenset(settings.get("pause", "waiting,snoozed").split(",")),
        reopen=settings.get("reopen", "resume"),
        reopen_window=parse(window, days=True) if window else None,
        targets=targets,
    )


def check(script: Script, now: int | None, line: str) -> None:
    """Compares one line of expectations with what the clocks say."""
    cycles = script.cycles(now)
    if line.startswith("remark "):
        assert any(line[7:] in remark for one in cycles for remark in one.remarks), [
            one.remarks for one in cycles
        ]
        return
    name, state, *words = re.findall(r"\w{3}\d? \d\d:\d\d(?::\d\d)?|\d{4}-\S+ \S+|\S+", line)
    metric, _, number = name.partition("#")
    assert metric in METRICS, line
    found = [one for one in cycles if one.metric == metric and one.cycle == int(number or 1)]
    if state == "absent":
        assert not found, found
        return
    assert found, f"{name} is not among {[(one.metric, one.cycle) for one in cycles]}"
    (one,) = found
    pairs = list(zip(words[::2], words[1::2], strict=True))
    expected = {"state": state, **{key: _expected(script, key, value) for key, value in pairs}}
    actual = {key: _actual(one, key) for key in expected}
    assert actual == expected, line


_TIMES = {"started": "started_at", "stopped": "stopped_at", "due": "due_at", "breached": "breached_at"}


def _expected(script: Script, key: str, text: str) -> Any:
    if text in ("-", "none"):
        return "" if key == "loosened_by" else None
    if key in _TIMES:
        return datetime.fromtimestamp(script.instant(text.replace("+again", " again")), UTC)
    if key in ("elapsed", "paused", "closed", "late_by", "target", "remaining", "breach_target"):
        return -parse(text[1:]).seconds if text[0] == "-" else 0 if text == "0" else parse(text).seconds
    return text.replace("+", " ")


def _actual(one: Cycle, key: str) -> Any:
    if key in ("no_reply", "ever_breached"):
        return "yes" if getattr(one, key) else "no"
    return getattr(one, _TIMES.get(key, key))
