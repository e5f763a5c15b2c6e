"""The story of a ticket's clocks to read in a terminal: what was promised, what came of it, and every stretch."""

from __future__ import annotations

from datetime import UTC, datetime

from gitdesk.render.table import Column, Table, render_table
from gitdesk.render.text import safe, width, wrap
from gitdesk.render.when import minute, parse, worked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import tzinfo
    from typing import Any

    from gitdesk.render.table import Page

_WIDEST = 100
_LEAST = 20  # columns for a reason, however narrow the page
_UNUSUAL = 8  # dates that are listed
_SHORT = 10  # digits of a commit
_CLOSED, _TARGET = 2, 5  # columns: the time it ran while the calendar was closed, and what it was held to


def render_story(told: Mapping[str, Any], page: Page) -> Iterator[str]:
    """Yields the lines of one ticket's story."""
    yield page.paint("id", told["ticket"]) + "  " + page.paint("bold", safe(told["title"]))
    yield page.paint("dim", f"as of {_exact(told['as_of'], UTC)} UTC, commit {told['commit'][:_SHORT]}")
    for clock in told["clocks"]:
        zones = [part["time_zone"] for part in clock["stretches"] if part["time_zone"]]
        yield ""
        yield from _clock(clock, zones[-1] if zones else "UTC", page)


def _clock(clock: Mapping[str, Any], place: str, page: Page) -> Iterator[str]:
    zone = _zone(place)
    name = clock["metric"].replace("_", " ") + (f" {clock['cycle']}" if clock["cycle"] > 1 else "")
    verdict, style = _verdict(clock, zone)
    yield page.paint("bold", name) + ": " + page.paint(style, verdict)
    room = min(page.width or _WIDEST, _WIDEST) - 2
    for text in (*_terms(clock, place), *(clock.get("remarks") or ())):
        first, *rest = wrap(safe(text), room)
        yield f"  {first}"
        yield from (f"  {line}" for line in rest)
    rows = [_row(part, zone) for part in clock["stretches"]]
    if rows and clock["state"] != "n/a":
        rows.append(_end(clock, zone))
        columns = [
            Column("from"),
            Column("clock"),
            Column("closed", align="right"),
            Column("worked", align="right"),
            Column("total", align="right"),
            Column("of", align="right"),
            Column("commit"),
            Column("because"),
        ]
        idle = [] if any(row[_CLOSED] for row in rows) else [_CLOSED]  # it never met a closed hour
        if len({part["target"] for part in clock["stretches"]}) == 1:
            idle.insert(0, _TARGET)  # it was held to the same all the time, which stands above
        for column in idle:
            del columns[column]
            rows = [(*row[:column], *row[column + 1 :]) for row in rows]
        table = Table(columns=tuple(columns), rows=_broken(rows, columns, page.width))
        wide = type(page)(now=page.now, zone=page.zone, paint=page.paint)
        yield from (f"  {line}" for line in render_table(table, wide))


def _broken(
    rows: list[tuple[str, ...]], columns: list[Column], room: int | None
) -> Iterator[tuple[str, ...]]:
    """Yields rows with the reason broken into lines where the page is narrow: it is what one asks for, never cut."""
    if room is None:
        yield from rows
        return
    taken = sum(
        max(len(column.name), *(width(row[n]) for row in rows)) + 2 for n, column in enumerate(columns[:-1])
    )
    for *cells, why in rows:
        first, *rest = wrap(safe(why), max(_LEAST, room - 2 - taken)) or [""]
        yield (*cells, first)
        yield from ((*([""] * len(cells)), line) for line in rest)


def _verdict(clock: Mapping[str, Any], zone: tzinfo) -> tuple[str, str]:
    """Returns how a clock stands in words, and the style of them."""
    state, target = clock["state"], clock["target"]
    used = worked(clock["elapsed"]) + (f" of {worked(target)}" if target is not None else " used")
    late = f"{worked(clock['late_by'])} late" if clock.get("late_by") else "late"
    against = clock.get("breach_target")
    if clock.get("breached_at") and against is not None and against != target and state != "void":
        used = f"{worked(clock['elapsed'])} of {worked(against)} then" + (
            f", {worked(target)} now" if target is not None else ""
        )
    if state == "n/a":
        return "does not apply", "dim"
    if state == "void":
        missed = (
            f"; it had been missed at {_exact(clock['breached_at'], zone)}"
            if clock.get("breached_at")
            else ""
        )
        return f"void, {used}{missed}", "dim"
    if state == "met":
        return (f"ended without a reply, {used}" if clock["no_reply"] else f"met, {used}"), "good"
    if state == "breached":
        return f"missed at {_exact(clock['breached_at'], zone)}, {late}, {used}", "error"
    if state == "breached_running":
        return f"missed at {_exact(clock['breached_at'], zone)}, {late} so far, {used}", "error"
    if state == "paused":
        return f"paused, {used}, {worked(clock['remaining'])} left", "waiting"
    return f"due {_exact(clock['due_at'], zone)}{_last_instant(clock, zone)}, {used}", ""


def _last_instant(clock: Mapping[str, Any], zone: tzinfo) -> str:
    last = clock.get("last_working")
    return f" (that is, by {_exact(last, zone)})" if last else ""


def _terms(clock: Mapping[str, Any], place: str) -> Iterator[str]:
    """Yields what it is held to, and what a breach was against where that is something else."""
    if clock["policy"]:
        calendar = f'on calendar "{clock["calendar"]}"' if clock["calendar"] else "around the clock"
        version = f" as of commit {clock['policy_commit'][:_SHORT]}" if clock["policy_commit"] else ""
        priority = f", priority {clock['priority']}" if clock["priority"] else ""
        promised = worked(clock["target"]) if clock["target"] is not None else "nothing"
        written = clock.get("promised") or ""
        if written.endswith("d"):
            promised = f"{written}, which is {promised}"
        yield safe(f'policy "{clock["policy"]}"{version}{priority}: {promised} {calendar}; times in {place}')
    other = (clock.get("breach_policy"), clock.get("breach_priority"), clock.get("breach_target"))
    if clock.get("breached_at") and other != (clock["policy"], clock["priority"], clock["target"]):
        text = f'it was missed against {worked(other[2] or 0)} (policy "{other[0]}", priority {other[1] or "none"})'
        by = f", loosened later by {clock['loosened_by']}" if clock.get("loosened_by") else ""
        yield safe(text + by)
    for hours in clock.get("hours") or ():
        yield safe(f"{hours['calendar']} ({hours['commit'][:_SHORT]}): {hours['week']}")
        if hours["unusual"]:
            listed = "; ".join(hours["unusual"][:_UNUSUAL])
            more = len(hours["unusual"]) - _UNUSUAL
            yield safe(f"in this time: {listed}" + (f"; and {more} more" if more > 0 else ""))
    if clock.get("first_verdict"):
        yield f"the first time it ended it was {clock['first_verdict'].replace('breached', 'missed')}"


def _row(part: Mapping[str, Any], zone: tzinfo) -> tuple[str, ...]:
    why = part["why"]
    if part["written"]:
        why += f" (written {_exact(part['written'], zone)})"
    if part["running"]:
        ran = "ran" if not part["closed"] or part["elapsed"] else "closed"
        worked_ = worked(part["elapsed"])
    else:
        ran, worked_ = f"stood ({part['status']})" if part["status"] else "stood", ""
    closed = worked(part["closed"]) if part["closed"] else ""
    commit = (part["commit"] or "")[:_SHORT]
    held = worked(part["target"]) if part["target"] is not None else "nothing"
    return _exact(part["start"], zone), ran, closed, worked_, worked(part["total"]), held, commit, why


def _end(clock: Mapping[str, Any], zone: tzinfo) -> tuple[str, ...]:
    last = clock["stretches"][-1]
    at, ended, why = (
        clock["stopped"],
        "void" if clock["state"] == "void" else "ended",
        clock["ended_by"] or "",
    )
    if at is None:
        at, ended, why = last["end"], "", "the moment this was asked for"
    return _exact(at, zone), ended, "", "", worked(last["total"]), "", "", why


def _exact(value: str | datetime, zone: tzinfo) -> str:
    moment = parse(value).astimezone(zone)
    seconds = f":{moment.second:02}" if moment.second else ""
    return minute(moment, zone) + seconds


def _zone(name: str) -> tzinfo:
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC
