"""Events in words: the phrase of one, the subject line of a commit that carries several."""

from __future__ import annotations

from gitdesk.domain.change_message import one_line
from gitdesk.lazy import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gitdesk.domain.event import Event

SUBJECT_WIDTH = 72  # display columns: what Git's own one-line listings leave room for
# Marks, overrides and isolates of direction, zero-width characters that join nothing, and other format characters.
_DECEIVING = pattern("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
_WIDE = "\u1100"  # the first character that takes two columns
_JOINING = "\u0300"  # the first character that takes none
_QUOTED = ("title", "source", "channel", "requester")
_LISTED = ("tag", "watcher", "link", "attachment")
_NOBODY = {"assignee": "nobody"}
_THREAD = {"reply": "reply by", "note": "note by", "customer": "message from"}
_PLAIN = {
    "restored": "restored",
    "boundary": "known from here on",
    "mended": "file can be read again",
}
_MERGES = ("merged", "unmerged")
_LIFE = ("created", "deleted", "restored")


def phrase(event: Event) -> str:
    """Returns an event in words: `status open → waiting`, `tag +billing`, `reply by Marko Babić`."""
    kind = event.kind
    if kind in _PLAIN:
        return _PLAIN[kind]
    if kind in _LISTED:
        return _listed(event)
    if kind.startswith("message"):
        return _message(event)
    words = _WORDS.get(kind)
    if words is not None:
        return words(event)
    name = event.field if kind == "field" else kind.replace("created-at", "time of creation")
    if kind in _QUOTED:
        return f"{name} {_quoted(event.before)} → {_quoted(event.after)}"
    nothing = _NOBODY.get(kind, "none")
    return f"{name} {event.before or nothing} → {event.after or nothing}"


def subject(told: Sequence[tuple[str, Sequence[Event]]]) -> str:
    """Returns the first line of a commit, given each ticket's id ("" for the desk itself) and its events."""
    if len(told) == 1 and told[0][0] and told[0][1]:
        ticket_id, found = told[0]
        return shortened(one_line(_harmless(f"{ticket_id}: {_phrases(_main(found))}")))
    parts: list[str] = []
    tickets = [(ticket_id, _main(found)) for ticket_id, found in told if ticket_id and found]
    others = [_phrases(found) for ticket_id, found in told if not ticket_id and found]
    merge = next(
        ((one, found) for one, found in tickets if any(event.kind in _MERGES for event in found)), None
    )
    if merge is not None and len(tickets) == 2:
        # A merge is told from the ticket that goes; the other one's side of it follows.
        parts.append(f"{merge[0]}: {_phrases(event for event in merge[1] if event.kind in _MERGES)}")
    elif len(tickets) == 1:
        parts.append(f"{tickets[0][0]}: {_phrases(tickets[0][1])}")
    elif tickets:
        parts.append(f"{len(tickets)} tickets: {_shared([found for _, found in tickets])}")
    return shortened(one_line(_harmless("; ".join(parts + others))) or "nothing changed")


def _harmless(text: str) -> str:
    """Returns a text whose characters that reorder or hide others are written out, as commands show them."""
    if text.isprintable():
        return text
    return _DECEIVING.sub(lambda found: f"\\u{{{ord(found[0]):x}}}", text)


def quiet_subject(told: Sequence[tuple[str, str]]) -> str:
    """Returns the first line of a commit that changes files but nothing they say, given ids and words for each."""
    if len(told) == 1:
        return f"{told[0][0]}: {told[0][1]}"
    return f"{len(told)} tickets: layout of the files changed" if told else "nothing changed"


def shortened(text: str, width: int = SUBJECT_WIDTH) -> str:
    """Returns a text cut to a number of display columns, with `…` where something is left out."""
    if len(text) <= width and (text.isascii() or max(text.replace("→", ""), default="") < _WIDE):
        return text
    if max(text.replace("→", ""), default="") < _JOINING:
        return text[: width - 1].rstrip() + "…"
    used, cut = 0, 0
    for place, char in enumerate(text):
        used += _columns(char)
        if used <= width - 1:
            cut = place + 1
        if used > width:
            return text[:cut].rstrip() + "…"
    return text


def _columns(char: str) -> int:
    if char < _JOINING:
        return 1
    from unicodedata import combining, east_asian_width

    if combining(char):
        return 0
    return 2 if east_asian_width(char) in "WF" else 1


def _main(found: Sequence[Event]) -> Sequence[Event]:
    """Returns what a subject line tells: of a new ticket that it is new, of others everything."""
    if len(found) == 1:
        return found
    life = [event for event in found if event.kind in _LIFE]
    if life:
        return life
    return [event for event in found if event.kind != "attachment"] or found


def _phrases(found: Iterable[Event]) -> str:
    return ", ".join(dict.fromkeys(map(phrase, found)))


def _shared(found: Sequence[Sequence[Event]]) -> str:
    """Returns what several tickets have in common: the same phrases, else the kinds of what changed."""
    said = {_phrases(one) for one in found}
    if len(said) == 1:
        return said.pop()
    kinds = dict.fromkeys(event.kind.partition("-")[0] for one in found for event in one)
    if len(kinds) == 1 and (after := {event.after for one in found for event in one}) and len(after) == 1:
        only, value = next(iter(kinds)), after.pop()
        if only not in ("message", "description", "created", "deleted", "field", *_LISTED):
            return f"{only} → {value or _NOBODY.get(only, 'none')}"
    return ", ".join(kinds)


def _listed(event: Event) -> str:
    name, value = event.kind, event.field if event.kind == "attachment" else event.after or event.before
    if event.before and event.after:
        return f"{name} {value} {'replaced' if name == 'attachment' else 'moved'}"
    return f"{name} {'+' if event.after else '-'}{value}"


def _message(event: Event) -> str:
    message = event.message
    kind = message.kind if message is not None else event.field
    author = message.author if message is not None else ""
    name = author.partition(" <")[0].strip() or author or "nobody"
    words = f"{_THREAD.get(kind, kind + ' by')} {name}"
    if event.kind == "message":
        return words
    if event.kind == "message-removed":
        return f"{words} removed"
    if event.kind == "message-moved":
        return f"{words} moved"
    if event.field in ("body", "meta"):
        return f"{words} changed" if event.field == "body" else f"{words}: details changed"
    return f"{words}: {event.field} {event.before} → {event.after}"


def _description(event: Event) -> str:
    if not event.before:
        return "description added"
    return "description changed" if event.after else "description removed"


def _snoozed(event: Event) -> str:
    return f"snoozed until {event.after}" if event.after else f"no longer snoozed until {event.before}"


def _merged(event: Event) -> str:
    return f"merged into {event.after}" + (f" instead of {event.before}" if event.before else "")


def _config(event: Event) -> str:
    if event.before and event.after:
        return f"{event.field} changed"
    return f"{event.field} {'added' if event.after else 'removed'}"


def _quoted(text: str) -> str:
    return f'"{text}"' if text else "none"


_WORDS = {
    "created": lambda event: f'created "{event.after}"',
    "deleted": lambda event: f'deleted "{event.before}"',
    "moved": lambda event: f"file moved {event.before} → {event.after}",
    "unreadable": lambda event: f"file cannot be read: {event.after or 'unknown problem'}",
    "description": _description,
    "snoozed": _snoozed,
    "merged": _merged,
    "unmerged": lambda event: f"unmerged from {event.before}",
    "config": _config,
}
