"""What people call things: the beginning of an id, a source's own id, and what to offer while they type."""

from __future__ import annotations

from gitdesk.domain import format as grammar
from gitdesk.errors import NotFound
from gitdesk.store import read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitdesk.desk.door import Desk
    from gitdesk.domain.ticket import TicketId

_SHOWN = 8  # candidates of an ambiguous id
_OFFERED = 200  # completions of an id


def resolve(desk: Desk, word: str) -> TicketId:
    """Returns the ticket meant; raises NotFound, with the candidates where there are several."""
    text = word.strip()
    if ":" in text:
        return _by_source(desk, text)
    full = grammar.parse_id(text)
    if full is not None and read.find_entry(desk.repo, desk.tip, grammar.path_of(full)) is not None:
        return full
    prefix, dash, code = text.rpartition("-")
    if dash and not prefix:
        raise _none(word)  # a word that begins with a dash is an option somebody misplaced
    beginning = grammar.normal_code(code)
    if not beginning or (prefix and prefix.upper() != desk.config.prefix) or not set(beginning) <= _ALPHABET:
        raise _none(word)
    found = desk.index.find(beginning)
    if len(found) == 1:
        return found[0]
    if not found:
        raise _none(word)
    exact = [one for one in found if one.rpartition("-")[2] == beginning]
    if len(exact) == 1:
        return exact[0]
    raise NotFound(
        f'"{word}" could be {len(found)} tickets\n{_candidates(desk, found)}', hint="give more of the id"
    )


_ALPHABET = frozenset(grammar.CODE_ALPHABET)


def recall(desk: Desk, word: str) -> TicketId:
    """Returns the ticket meant, also one that was deleted and lives in history only; raises NotFound."""
    try:
        return resolve(desk, word)
    except NotFound:
        from gitdesk.desk.audit import with_history
        from gitdesk.domain.ticket import TicketId
        from gitdesk.index.history_query import find_tickets

        code = grammar.normal_code(word.strip().rpartition("-")[2])
        found = find_tickets(with_history(desk).connection, code) if code else []
        if len(found) != 1:
            raise
        return TicketId(found[0])


def _none(word: str) -> NotFound:
    return NotFound(f'no ticket "{word}" on this desk', hint="gitdesk search finds one by its words")


def _candidates(desk: Desk, found: Sequence[TicketId]) -> str:
    titles = dict(_titles(desk, found[:_SHOWN]))
    lines = [f"  {one}  {titles.get(one, '')}".rstrip() for one in found[:_SHOWN]]
    if len(found) > _SHOWN:
        lines.append(f"  … and {len(found) - _SHOWN} more")
    return "\n".join(lines)


def _by_source(desk: Desk, text: str) -> TicketId:
    found = desk.index.find_source(text)
    if len(found) == 1:
        return found[0]
    if not found:
        raise NotFound(f'no ticket came from "{text}"')
    raise NotFound(f'"{text}" is the source of {len(found)} tickets\n{_candidates(desk, found)}')


def _titles(desk: Desk, found: Sequence[TicketId]) -> list[tuple[str, str]]:
    rows = desk.index.named(found, ("title",))
    return sorted((ticket_id, title or "") for ticket_id, (title,) in rows.items())


def complete(desk: Desk, kind: str, prefix: str) -> list[tuple[str, str]]:
    """Returns completions with a line about each; ids in the case the desk writes them."""
    if kind == "id":
        code = grammar.normal_code(prefix.rpartition("-")[2]) if prefix else ""
        found = desk.index.find(code, limit=_OFFERED)
        return _titles(desk, found)
    if kind == "proposal":
        from gitdesk.desk.proposals import offers as proposed

        return proposed(desk, prefix)
    from gitdesk.desk.completing import offers

    return offers(desk.config, kind, prefix)
