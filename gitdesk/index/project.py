"""Turns documents into rows of the index: what of a ticket is kept, and under which folded keys it is found."""

from __future__ import annotations

from functools import lru_cache
from json.encoder import encode_basestring as _quoted

from gitdesk.domain.folding import fold, words
from gitdesk.domain.format import id_of, normal_code, parse_id
from gitdesk.domain.query_keys import FIELD, id_at
from gitdesk.domain.query_match import spellings
from gitdesk.domain.query_words import joined, texts_of
from gitdesk.domain.ticket import NOTE, REPLY
from gitdesk.domain.workflow import DONE
from gitdesk.index.stored import instant, link_key

CONFIG_PATH = "gitdesk.yaml"
FIRST = 1 << 30  # the rank of what cannot be read: before everything, so that somebody looks
COLUMNS = (
    "path", "blob", "readable", "problem", "id", "code", "title", "status", "priority", "type", '"group"',
    "assignee", "requester", "channel", "created", "source", "merged_into", "snoozed_until", "tags", "links",
    "watchers", "fields", "messages", "notes", "replies", "described", "category", "done", "rank",
)  # fmt: skip
NAMED = ("status", "priority", "type", "group", "assignee", "requester", "channel", "source")
_fold = lru_cache(maxsize=10_000)(fold)  # tags, fields and names come again and again

# JSON is put together by hand here: a few short texts take json.dumps five times as long.

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from gitdesk.domain.document import Document
    from gitdesk.domain.query_keys import Vocabulary
    from gitdesk.domain.ticket import Message, Ticket

    Row = tuple[Any, ...]
Key = tuple[str, str]


class Ranks:
    """What ordering takes from gitdesk.yaml: the category of each status and the place of each priority."""

    __slots__ = ("categories", "priorities")

    def __init__(self, categories: Mapping[str, str], priorities: Iterable[str]) -> None:
        self.categories = dict(categories)
        self.priorities = {name: rank for rank, name in enumerate(priorities)}

    @classmethod
    def of(cls, vocabulary: Vocabulary) -> Ranks:
        """Returns the ranks of a desk's vocabulary."""
        return cls(vocabulary.statuses, vocabulary.priorities)

    def row(self, readable: bool, status: str, priority: str) -> tuple[str, int, int]:
        """Returns category ("" when unknown), whether done, and rank of a ticket."""
        if not readable:
            return "", 0, FIRST
        category = self.categories.get(status, "")
        return category, int(category in DONE), self.priorities.get(priority, -1)

    def to_text(self) -> str:
        """Returns them as text that is equal when they are."""
        from json import dumps

        return dumps([self.categories, list(self.priorities)], ensure_ascii=False, separators=(",", ":"))


def is_ticket(path: str) -> bool:
    """Tells whether a path is meant as a ticket file, rightly named or not."""
    if id_of(path):
        return True
    parts = path.split("/")
    if parts[0] != "tickets" or not path.endswith(".md"):
        return False
    return len(parts) == 3 or (len(parts) == 2 and parse_id(parts[1][:-3].upper()) is not None)


def attachment_of(path: str) -> tuple[str, str] | None:
    """Returns the ticket's path and the attachment's name for a file in a ticket's folder, None for other paths."""
    parts = path.split("/", 3)
    if len(parts) < 4 or not parts[3]:
        return None
    owner = "/".join(parts[:3]) + ".md"
    return (owner, parts[3]) if id_of(owner) else None


def problem_of(document: Document) -> str:
    """Returns what is wrong with a document in one line, "" when nothing is."""
    if not document.problems:
        return "" if document.ticket else "cannot be read"
    first = document.problems[0]
    place = "".join(f"{part}:" for part in (first.line, first.column) if part is not None)
    return f"{place} {first.message} ({first.code})".lstrip()


def row(path: str, blob: str, document: Document, ranks: Ranks) -> Row:
    """Returns the row of a document, in the order of COLUMNS."""
    ticket, problem = document.ticket, problem_of(document)
    ticket_id = id_of(path) or id_at(path, ticket)
    head = (path, blob, int(ticket is not None), problem, ticket_id, normal_code(ticket_id))
    if ticket is None:
        return (*head, *("",) * 12, "[]", "[]", "[]", "{}", 0, 0, 0, 0, *ranks.row(False, "", ""))
    kinds = [message.kind for message in ticket.messages]
    return (
        *head, ticket.title, ticket.status, ticket.priority, ticket.type, ticket.group, ticket.assignee,
        ticket.requester, ticket.channel, instant(ticket.created), ticket.source, ticket.merged_into,
        instant(ticket.snoozed_until), _list(ticket.tags), _links(ticket), _list(ticket.watchers), _fields(ticket),
        len(kinds), kinds.count(NOTE), kinds.count(REPLY), int(bool(ticket.description)),
        *ranks.row(True, ticket.status, ticket.priority),
    )  # fmt: skip


def _list(values: Iterable[str]) -> str:
    return f"[{','.join(map(_quoted, values))}]" if values else "[]"


def _links(ticket: Ticket) -> str:
    if not ticket.links:
        return "[]"
    parts = (f'{{"kind":{_quoted(link.kind)},"target":{_quoted(link.target)}}}' for link in ticket.links)
    return f"[{','.join(parts)}]"


def _fields(ticket: Ticket) -> str:
    pairs = (
        f"{_quoted(name)}:{_quoted(value) if isinstance(value, str) else _list(value)}"
        for name, value in ticket.fields
    )
    return f"{{{','.join(pairs)}}}"


def names(ticket: Ticket) -> Iterable[tuple[str, str]]:
    """Yields (key, value) of every single-valued text that queries compare."""
    for kind in NAMED:
        value: str = getattr(ticket, kind)
        if value:
            yield kind, value


def folded_names(kind: str, value: str) -> Iterable[tuple[str, str, str]]:
    """Yields the rows of x_names for one value: every folded spelling it may be asked for by."""
    for spelling in spellings(value) if kind == "requester" else (value,):
        yield kind, _fold(spelling), value


def keys(
    tags: Sequence[str], watchers: Sequence[str], links: Sequence[tuple[str, str]], fields: Mapping[str, Any]
) -> set[Key]:
    """Returns the folded keys of what a ticket may have several of: tags, watchers, links, fields."""
    found = {("tag", _fold(tag)) for tag in tags if tag}
    if watchers:
        found.update(("watcher", _fold(text)) for watcher in watchers for text in spellings(watcher))
    if links:
        found.update(("link", link_key(kind, target)) for kind, target in links)
    for name, value in fields.items():
        for text in (value,) if isinstance(value, str) else value:
            if text:
                found.add((FIELD + name, _fold(text)))
    return found


def keys_of(ticket: Ticket) -> set[Key]:
    """Returns the folded keys of a ticket."""
    links = [(link.kind, link.target) for link in ticket.links]
    return keys(ticket.tags, ticket.watchers, links, dict(ticket.fields))


def texts(n: int, ticket: Ticket) -> Row:
    """Returns the row of x_texts: what is searched besides the title, as written."""
    return (
        n,
        _list((ticket.requester, *ticket.tags)),
        ticket.description,
        f"[{','.join(map(_said, ticket.messages))}]",
    )


def _said(message: Message) -> str:
    """Returns a message as the JSON of [at, kind, author, body, meta]; meta is an object, `{}` for most."""
    head = f"[{_quoted(instant(message.at))},{_quoted(message.kind)},{_quoted(message.author)},{_quoted(message.body)},"
    if not message.meta:
        return head + "{}]"
    pairs = (f"{_quoted(key)}:{_quoted(value)}" for key, value in dict(message.meta).items())
    return f"{head}{{{','.join(pairs)}}}]"


def searched(n: int, ticket: Ticket) -> Row:
    """Returns the row of x_search: the folded words."""
    return n, *texts_of(ticket)


def searched_again(n: int, title: str, about: str, description: str, thread: str) -> Row:
    """Returns the row of x_search as it was made, from the texts that were kept: FTS5 must be told what to forget."""
    from json import loads

    bodies = [message[3] for message in loads(thread)]
    return n, words(title), joined(loads(about)), words(description), joined(bodies)
