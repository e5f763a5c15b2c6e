"""The door between bytes and tickets: parse a ticket file, render a fresh one, amend one that is there."""

from __future__ import annotations

from gitdesk.domain import format as grammar
from gitdesk.domain.document import Document
from gitdesk.errors import Place, Refused
from gitdesk.store import quick
from gitdesk.store.source import Source, split

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.domain.ticket import Ticket
    from gitdesk.domain.violation import Violation


def parse(data: bytes, path: str) -> Document:
    """Returns what a ticket file says; never raises: an unreadable one has no ticket and its problems say why."""
    source = split(data, path)
    if not isinstance(source, Source):
        return Document(path=path, data=data, ticket=None, problems=(source,))
    ticket = quick.ticket(source, path)
    if ticket is not None:
        return Document(path=path, data=data, ticket=ticket)
    return _parse_with_care(data, source, path)


def _parse_with_care(data: bytes, source: Source, path: str) -> Document:
    """Returns what a file says that is laid out in another way than gitdesk does it, or has something wrong."""
    from gitdesk.store import header
    from gitdesk.store.interpret import Reading
    from gitdesk.store.yaml_tree import YamlProblem

    try:
        entries = header.read(source, path)
    except YamlProblem as problem:
        return Document(path=path, data=data, ticket=None, problems=problem.violations)
    reading = Reading(source, path)
    ticket = reading.ticket(entries.items)
    problems = tuple(sorted(reading.problems, key=_by_place)) if reading.problems else ()
    return Document(path=path, data=data, ticket=ticket, problems=problems)


def _by_place(violation: Violation) -> tuple[int, int]:
    return violation.line or 0, violation.column or 0


def render(ticket: Ticket) -> bytes:
    """Returns a fresh file; raises Refused for what no ticket file can hold (a NUL, a lone surrogate)."""
    from gitdesk.store import fresh

    lines = ["---", *fresh.header_lines(ticket), "---"]
    description = grammar.escape(grammar.normal_text(ticket.description))
    if description:
        lines += ["", description]
    for message in ticket.messages:
        lines += ["", grammar.render_message(message)]
    return encode("\n".join(lines) + "\n", grammar.path_of(ticket.id))


def encode(text: str, path: str) -> bytes:
    """Returns a file's bytes; raises Refused for a NUL or a lone surrogate."""
    if "\0" in text:
        raise Refused("a NUL byte cannot be stored in a ticket", place=Place(path))
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        hint = "the text is not valid Unicode"
        raise Refused("a lone surrogate cannot be stored in a ticket", hint=hint, place=Place(path)) from None


def amend(document: Document, after: Ticket) -> bytes:
    """Returns the document's bytes changed to say `after`, touching only the lines of what differs.

    Raises Unreadable for a document without a ticket, and Refused with the place for what cannot be done safely.
    """
    from gitdesk.store.amend_line import amended

    text = amended(document, after)
    if text is None:
        from gitdesk.store import amend as amending

        text = amending.amend(document, after, parse)
    return encode(text, document.path)
