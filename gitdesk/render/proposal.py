"""Proposals for people: a few lines each in a list, one in full."""

from __future__ import annotations

from gitdesk.render import when
from gitdesk.render.text import counted, safe, wrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from gitdesk.render.table import Page

_STYLES = {"approved": "good", "rejected": "error", "outdated": "warn", "waiting": "note", "free": "good"}
_LABEL = 11  # columns of the words before each part
_MARKS = {"+": "added", "-": "removed", "@": "hunk"}
_SHOWN = 5  # tickets of one proposal that a list tells


def render_list(items: Iterable[Mapping[str, Any]], page: Page) -> Iterator[str]:
    """Yields what there is to decide: the change in words, who wants it, and what it still needs."""
    for number, item in enumerate(items):
        if number:
            yield ""
        yield from _heads(item, page)
        by = safe(item["by"].partition(" <")[0]) or "nobody"
        yield f"  {_state(item, page)} · by {by}, {_ago(item, page)} · {page.paint('dim', safe(item['name']))}"


def _heads(item: Mapping[str, Any], page: Page) -> Iterator[str]:
    for change in item["changes"][:_SHOWN]:
        yield _head(change, page)
        for text in _texts(change):
            yield f"  {safe(text)}"
    if len(item["changes"]) > _SHOWN:
        yield f"  … and {len(item['changes']) - _SHOWN:,} more"
    yield from _others(item)


def _others(item: Mapping[str, Any]) -> Iterator[str]:
    """Yields what is changed beside the desk, which no command of ours brings in."""
    told = {change["path"] for change in item["changes"]}
    others = [path for path in item["files"] if path not in told]
    if others:
        more = f" and {len(others) - 1:,} more" if len(others) > 1 else ""
        yield f"{safe(others[0])}{more}: not of the desk"


def _head(change: Mapping[str, Any], page: Page) -> str:
    head = page.paint("id", safe(change["ticket"])) if change["ticket"] else safe(change["path"])
    return f"{head}  {safe(change['title'])}" if change["title"] else head


def _texts(change: Mapping[str, Any]) -> list[str]:
    found = [event["text"] for event in change["events"]] or [change["text"]]
    return [text.removeprefix(f"{change['path']} ") for text in found]


def _ago(item: Mapping[str, Any], page: Page) -> str:
    return when.moment(item["at"], page.now) if item["at"] else "at an unknown time"


def _state(item: Mapping[str, Any], page: Page) -> str:
    words = {
        "waiting": f"waits for {_names(item['waits_for']) or 'somebody who is not on the desk'}",
        "approved": "approved, can land",
        "free": "needs nobody's approval, can land",
        "outdated": "outdated: the desk has changed the same files since",
        "rejected": f"rejected by {_names(_persons(item, 'rejected_by'))}",
        "on the desk": "on the desk already",
    }[item["state"]]
    return page.paint(_STYLES.get(item["state"], ""), safe(words))


def _persons(item: Mapping[str, Any], key: str) -> list[str]:
    return list(dict.fromkeys(one["person"] or one["who"] for need in item["needs"] for one in need[key]))


def _names(names: list[str]) -> str:
    return " or ".join(names[:4]) + (" or others" if len(names) > 4 else "")


# ---- one in full


def render_full(items: Iterable[Mapping[str, Any]], page: Page) -> Iterator[str]:
    """Yields everything there is to say of proposals."""
    for number, item in enumerate(items):
        if number:
            yield ""
        yield from _full(item, page)


def _full(item: Mapping[str, Any], page: Page) -> Iterator[str]:
    for change in item["changes"]:
        yield _head(change, page)
        for text in _texts(change):
            yield f"  {safe(text)}"
        yield from _difference(change, page)
    yield from _others(item)
    yield ""
    yield from _part("state", [_state(item, page)], page)
    where = item["where"] or "this clone only"
    yield from _part("branch", [f"{safe(item['name'])} ({safe(where)})"], page)
    yield from _part("by", [f"{safe(item['by'] or 'nobody')}, {_ago(item, page)}"], page)
    if item["reason"]:
        yield from _part("reason", [safe(line) for line in item["reason"].split("\n")], page)
    yield from _part("clocks", [_clock(one, item, page) for one in item["clocks"]], page)
    for lines, count in _counted(tuple(_need(need, page)) for need in item["needs"]):
        first, *more = lines
        yield from _part("needs", [first + (f" ({count} tickets)" if count > 1 else ""), *more], page)
    if item["outdated"]:
        yield from _part("outdated", [safe(path) for path in item["outdated"]], page)
    yield from _part("next", [safe(line) for line in item["next"]], page)


def _counted(found: Iterable[tuple[str, ...]]) -> Iterator[tuple[tuple[str, ...], int]]:
    """Yields what several needs have to say, each once, with how many say it."""
    counts: dict[tuple[str, ...], int] = {}
    for lines in found:
        counts[lines] = counts.get(lines, 0) + 1
    yield from counts.items()


def _difference(change: Mapping[str, Any], page: Page) -> Iterator[str]:
    for line in (change.get("diff") or "").split("\n")[:-1]:
        yield "  " + page.paint(_MARKS.get(line[:1], ""), safe(line))


def _part(label: str, lines: list[str], page: Page) -> Iterator[str]:
    for number, line in enumerate(lines):
        head = page.paint("dim", f"{label if not number else '':{_LABEL}}")
        pieces = [line] if page.paint.on or page.width is None else wrap(line, max(30, page.width - _LABEL))
        for at, piece in enumerate(pieces or [""]):
            yield (head if not at else " " * _LABEL) + piece


def _need(need: Mapping[str, Any], page: Page) -> Iterator[str]:
    roles = f" by {' or '.join(need['roles'])}" if need["roles"] else ""
    excluded = [f"the {one}" for one in need["not"]]
    out = f", not {' or '.join(excluded)}" if excluded else ""
    mark = (
        page.paint("good", "✓ ") if need["met"] else page.paint("error", "✗ ") if need["rejected_by"] else ""
    )
    asked = safe(f"{need['why']}: {counted(need['count'], 'approval')}{roles}{out}")
    yield f"{mark}{asked}"
    for one in need["approved_by"]:
        yield _said("approved", one, page)
    for one in need["rejected_by"]:
        yield page.paint("error", _said("rejected", one, page))
    for one in need["ignored"]:
        yield safe(f"  what {one['person'] or one['who']} said does not count: {one['why']}")
    for text in need["obstacles"]:
        yield page.paint("warn", safe(f"  {text}"))
    if need["missing"] and not need["rejected_by"]:
        yield f"  {need['missing']} missing"


def _said(verb: str, one: Mapping[str, Any], page: Page) -> str:
    name = one["person"] or one["who"]
    unverified = "" if one["verified"] else ", unverified"
    reason = f": {one['reason']}" if one["reason"] else ""
    return safe(f"  {verb} by {name}{unverified}, {when.moment(one['at'], page.now)}{reason}")


def _clock(one: Mapping[str, Any], item: Mapping[str, Any], page: Page) -> str:
    ticket = f"{one['ticket']} " if len(item["tickets"]) > 1 else ""
    due = f", due {when.due(one['due'], page.now)}" if one["due"] and one["now"] == "running" else ""
    now = f"{one['now']}{due} → " if one["now"] else ""
    effect = one["effect"]
    if effect == "gets another target":
        effect = f"{_target(one['next_target'])} instead of {_target(one['target'])}"
    elif one["late_by"] and effect == "ends late":
        effect = f"ends {when.worked(one['late_by'])} late"
    text = safe(f"{ticket}{one['metric'].replace('_', ' ')}: {now}{effect}")
    return page.paint("error" if one["now"] == "late" or one["effect"] == "ends late" else "", text)


def _target(seconds: int | None) -> str:
    return "none" if seconds is None else when.worked(seconds)
