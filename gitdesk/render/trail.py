"""The audit trail to read in a terminal: who changed what, when, from what to what, why, via what, signed by whom."""

from __future__ import annotations

from itertools import groupby

from gitdesk.render.table import plain
from gitdesk.render.text import pad, safe, safe_block, width, wrap
from gitdesk.render.when import minute, moment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from gitdesk.render.table import Page

    Event = Mapping[str, Any]

_INDENT = "  "
_SIGNATURES = {
    "good": ("good", "signed by {}"),
    "bad": ("error", "BAD signature of {}"),
    "unknown": ("note", "signed with a key that is not known here: {}"),
}


def render_trail(events: Iterable[Event], page: Page) -> Iterator[str]:
    """Yields the lines of events in the order given; those of one commit stand together under who and when."""
    for index, (_, found) in enumerate(groupby(events, key=_commit)):
        if index:
            yield ""
        yield from _block(list(found), page)


def _commit(event: Event) -> tuple[str, str]:
    return plain(event.get("commit")), plain(event.get("at"))


def _block(events: list[Event], page: Page) -> Iterator[str]:
    first = events[0]
    author = first.get("author") or {}
    who = safe(plain(author.get("name")) or plain(author.get("email")) or "somebody")
    commit = safe(plain(first.get("commit")))[:10]
    yield f"{page.paint('bold', who)}  {_when(first.get('at'), page)}  {page.paint('dim', commit)}".rstrip()
    size = max(width(safe(plain(event.get("ticket")))) for event in events) + 2
    shown = ""
    for event in events:
        ticket = safe(plain(event.get("ticket")))
        lead = pad("" if ticket == shown else ticket, size)
        shown = ticket
        room = page.width - len(_INDENT) - size if page.width is not None else 1 << 30
        line, *more = wrap(_what(event), max(room, 20), _INDENT)
        yield _INDENT + page.paint("id", lead.rstrip()) + lead[len(lead.rstrip()) :] + line
        yield from (_INDENT + " " * size + rest for rest in more)
    yield from _why(first, page)


def _when(value: Any, page: Page) -> str:
    try:
        return f"{minute(value, page.zone)} ({moment(value, page.now, page.zone)})"
    except (TypeError, ValueError, OverflowError):
        return safe(plain(value))


def _what(event: Event) -> str:
    """Returns the words for an event: its own when it has some, else kind, from and to."""
    if event.get("text"):
        return safe(plain(event["text"]))
    name = plain(event.get("field")) or plain(event.get("kind"))
    return safe(f"{name} {plain(event.get('from')) or 'none'} → {plain(event.get('to')) or 'none'}")


def _why(event: Event, page: Page) -> Iterator[str]:
    if event.get("reason"):
        lead = page.paint("dim", "why: ")
        for index, line in enumerate(safe_block(plain(event["reason"])).split("\n")):
            yield _INDENT + (lead if index == 0 else " " * 5) + line
    parts = [
        f"{words} {safe(plain(event[name]))}"
        for name, words in (
            ("via", "via"),
            ("automation", "by automation"),
            ("on_behalf_of", "on behalf of"),
            ("approved_by", "approved by"),
        )
        if event.get(name)
    ]
    signature = event.get("signature") or {}
    style, words = _SIGNATURES.get(plain(signature.get("status")), ("", ""))
    if words:
        signer = plain(signature.get("signer")) or plain(signature.get("key")) or "somebody"
        parts.append(page.paint(style, words.format(safe(signer))))
    if parts:
        yield _INDENT + " · ".join(parts)
