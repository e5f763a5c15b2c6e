"""One ticket to read in a terminal: header, description, thread; from the plain data of the `ticket` format."""

from __future__ import annotations

from gitdesk.lazy import pattern
from gitdesk.render.table import plain
from gitdesk.render.text import cut, pad, safe, safe_block, width, wrap
from gitdesk.render.when import due, minute, moment, worked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Any

    from gitdesk.render.table import Page

    Ticket = Mapping[str, Any]

# Kinds as people read them. A note carries a bar on every line, so that nobody takes it for what the requester saw.
_KINDS = {
    "reply": ("→ reply", "good"),
    "customer": ("← from outside", "bold"),
    "note": ("internal note", "note"),
}
_NOTE_BAR = "┃ "
_WIDEST = 100  # columns; longer lines of prose are hard to read
_LEAST = 20
_LEAST_NAME = 12
_MERGED = "merged into"
_FENCE = pattern(r" {0,3}(`{3,}|~{3,})")
_LEAD = pattern(r"(?:\s*>)+ ?|\s*(?:[-*+]|\d{1,9}[.)])\s+|\s*")


def render_thread(
    tickets: Iterable[Ticket], page: Page, priority: Callable[[str], str] | None = None
) -> Iterator[str]:
    """Yields the lines of one ticket after the other; `priority` names the style of a priority."""
    for index, ticket in enumerate(tickets):
        if index:
            yield from ("", "═" * _columns(page), "")
        yield from _ticket(ticket, page, priority or (lambda _: ""))


def _columns(page: Page) -> int:
    return max(min(page.width or _WIDEST, _WIDEST), _LEAST)


def _ticket(ticket: Ticket, page: Page, priority: Callable[[str], str]) -> Iterator[str]:
    title = _text(ticket, "title") or "(no title)"
    first, *more = wrap(f"{_text(ticket, 'id')}  {title}", _columns(page), "    ")
    ticket_id = _text(ticket, "id")
    yield page.paint("id", ticket_id) + page.paint("bold", first.removeprefix(ticket_id))
    yield from (page.paint("bold", line) for line in more)
    if _text(ticket, "status") or not ticket.get("problem"):
        yield _standing(ticket, page, priority)
    if ticket.get("problem"):
        yield from ("", page.paint("error", "this file cannot be read: ") + safe(plain(ticket["problem"])))
    yield ""
    yield from _facts(ticket, page)
    if _text(ticket, "description"):
        yield ""
        yield from body(plain(ticket["description"]), page)
    for message in ticket.get("messages") or ():
        yield ""
        yield from _message(message, page)


def _standing(ticket: Ticket, page: Page, priority: Callable[[str], str]) -> str:
    """Returns the line that says where it stands: status, priority, type, group, assignee."""
    parts = [page.paint(plain(ticket.get("category")), _text(ticket, "status"))]
    if ticket.get("priority"):
        parts.append(page.paint(priority(plain(ticket["priority"])), _text(ticket, "priority")))
    parts += [_text(ticket, "type"), _text(ticket, "group"), _text(ticket, "assignee") or "nobody"]
    return " · ".join(part for part in parts if part)


def _facts(ticket: Ticket, page: Page) -> Iterator[str]:
    rows = [(name, value) for name, value in _fact_rows(ticket, page) if value]
    size = max((width(name) for name, _ in rows), default=0) + 2
    for name, value in rows:
        first, *more = wrap(value, max(_columns(page) - size, _LEAST))
        yield page.paint("dim", pad(name, size)) + first
        yield from (" " * size + line for line in more)


def _fact_rows(ticket: Ticket, page: Page) -> Iterator[tuple[str, str]]:
    channel = _text(ticket, "channel")
    requester = _text(ticket, "requester")
    yield "requester", f"{requester} by {channel}" if requester and channel else requester
    yield "organisation", _organisation(ticket.get("organisation") or {})
    yield "channel", "" if requester else channel
    for name in ("created", "updated", "snoozed_until"):
        yield name.replace("_", " "), _when(ticket.get(name), page)
    for clock in _current(ticket.get("clocks") or ()):
        yield plain(clock["metric"]).replace("_", " "), _clock(clock, page)
    yield from (("remark", safe(plain(text))) for text in _remarks(ticket.get("clocks") or ()))
    yield "tags", _text(ticket, "tags")
    yield "watchers", _text(ticket, "watchers")
    merged, about = _text(ticket, "merged_into"), ""
    for link in ticket.get("links") or ():
        if merged and (_text(link, "kind"), _text(link, "target")) == (_MERGED, merged):
            about = _about(link)  # the other end of the same fact
        else:
            yield "link", f"{_text(link, 'kind')} {_text(link, 'target')}{_about(link)}"
    yield _MERGED, merged + about
    yield "source", _text(ticket, "source")
    for name, value in (ticket.get("fields") or {}).items():
        yield safe(str(name)), safe(plain(value))
    for file in ticket.get("attachments") or ():
        yield "file", safe(plain(file.get("name"))) + _bytes(file.get("size"))


def _current(clocks: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Yields the last cycle of each metric that was promised anything."""
    last = {clock["metric"]: clock for clock in clocks if clock["state"] not in ("n/a", "void")}
    return iter(last.values())


def _remarks(clocks: Iterable[Mapping[str, Any]]) -> Iterable[Any]:
    """Returns what is odd about clocks, once each; of what does not apply nothing is."""
    return dict.fromkeys(
        text for clock in clocks if clock["state"] != "n/a" for text in clock.get("remarks") or ()
    )


def _clock(clock: Mapping[str, Any], page: Page) -> str:
    """Returns where a clock stands in words: when it is due, or how it ended, and how much of its time is used."""
    state = clock["state"]
    used = f"{worked(clock['elapsed'])} of {worked(clock['target'])}"
    if state == "met":
        return f"met, {used}" if not clock["no_reply"] else f"ended without a reply, {used}"
    late = f"missed by {worked(clock['late_by'])}" if clock.get("late_by") else ""
    if state == "breached":
        return page.paint("error", late or "missed") + f", {used}"
    when = ""
    if clock["due_at"]:
        when = f"due {minute(clock['due_at'], page.zone)} ({due(clock['due_at'], page.now, page.zone)})"
    elif state != "running":
        when = "paused"
    if state == "breached_running":
        when = page.paint("error", f"{when}, {late}" if when and late else when or late)
    return f"{when}, {used}" if when else used


def _organisation(one: Mapping[str, Any]) -> str:
    facts = ", ".join(fact for fact in (_text(one, "tier"), _text(one, "region")) if fact)
    return _text(one, "name") + (f" ({facts})" if facts else "")


def _about(link: Mapping[str, Any]) -> str:
    about = " · ".join(part for part in (_text(link, "title"), _text(link, "status")) if part)
    return f"  {about}" if about else ""


def _bytes(size: Any) -> str:
    if not isinstance(size, int):
        return ""
    value = float(size)
    for unit in ("B", "kB", "MB"):
        if value < 1000 or unit == "MB":
            return f" ({value:.0f} {unit})" if unit == "B" or value >= 10 else f" ({value:.1f} {unit})"
        value /= 1000
    return ""


def _when(value: Any, page: Page) -> str:
    if not value:
        return ""
    try:
        return f"{moment(value, page.now, page.zone)} ({minute(value, page.zone)})"
    except (TypeError, ValueError, OverflowError):
        return safe(plain(value))


def _message(message: Mapping[str, Any], page: Page) -> Iterator[str]:
    kind = plain(message.get("kind"))
    label, style = _KINDS.get(kind, (safe(kind), ""))
    bar = _NOTE_BAR if kind == "note" else ""
    room = _columns(page) - width(bar)
    head = _head(label, message, page, room)
    yield page.paint("note", bar) + page.paint(style, (head + "─" * (room - width(head))).rstrip())
    for line in body(plain(message.get("body")), page, room):
        yield page.paint("note", bar if line else bar.rstrip()) + line
    for name in message.get("attachments") or ():
        yield page.paint("note", bar) + page.paint("dim", "file  ") + safe(plain(name))


def _head(label: str, message: Mapping[str, Any], page: Page, room: int) -> str:
    """Returns the head of a message in so many columns: the address gives way first, then the date, then the name."""
    author, when = _text(message, "author"), _when(message.get("at"), page)
    name = author.rpartition(" <")[0] if author.endswith(">") else ""
    name = name or author
    short = when.partition(" (")[0]
    for who, at in ((author, when), (name, when), (name, short)):
        head = f"── {label} · {who} · {at} "
        if width(head) <= room:
            return head
    spare = room - width(f"── {label} ·  · {short} ")
    return cut(f"── {label} · {cut(name, max(spare, _LEAST_NAME))} · {short} ", room)


def body(text: str, page: Page, room: int | None = None) -> Iterator[str]:
    """Yields the lines of a body: prose broken to the page, code and tables left as they are; harmless throughout."""
    fence = ""
    for line in safe_block(text).split("\n"):
        mark = _FENCE.match(line)
        if fence:
            if mark and mark.group(1).startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
            yield line
        elif mark:
            fence = mark.group(1)
            yield line
        elif page.width is None or line.startswith(("    ", "|")):
            yield line
        else:
            yield from wrap(line, room or _columns(page), _hanging(line))


def _hanging(line: str) -> str:
    """Returns what later lines of a broken one start with: the quote marks again, or blanks below a list item."""
    found = _LEAD.match(line)
    lead = found.group() if found else ""
    if len(lead) > _LEAST:
        return ""
    return lead if ">" in lead else " " * len(lead)


def _text(data: Mapping[str, Any], name: str) -> str:
    return safe(plain(data.get(name)))
