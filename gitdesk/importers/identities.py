"""Which ticket of the desk a ticket of a source is, or will be."""

from __future__ import annotations

from hashlib import sha256

from gitdesk.domain import format as grammar
from gitdesk.domain.exchange import Malformed
from gitdesk.domain.ticket import TicketId

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.desk.door import Desk
    from gitdesk.domain.exchange import Record

OWN = "gitdesk"  # the system whose ids are ids of tickets


class Identities:
    """The ids of a source's tickets: those the desk has given them, else ids that follow from what the source says.

    An id made here follows from the source's alone, so that links to tickets further down the file are right, and two
    people who import the same file get the same desk.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._prefix = desk.config.prefix
        self._taken: dict[str, str] = {}
        self._found: dict[str, TicketId | None] = {}
        self._is_new = not desk.index.find("", 1)  # a desk without tickets need not be asked for each

    def on_desk(self, record: Record) -> TicketId | None:
        """Returns the ticket of the desk that a record is about, None for one the desk does not have.

        Raises Malformed for one that came before in the same import.
        """
        found = self._by_source(record.key)
        if found is None and record.system == OWN:
            own = grammar.parse_id(record.ticket_id or record.source_id)
            if own is not None and self._has(own):
                found = own
        if found is not None:
            self._take(found, record.key)
        return found

    def fresh(self, record: Record) -> tuple[TicketId, bool]:
        """Returns the id for a ticket the desk does not have, and whether the ticket has to name its source.

        Raises Malformed for one that came before in the same import.
        """
        own = grammar.parse_id(record.ticket_id) if record.ticket_id else None
        if own is not None and (own.partition("-")[0] != self._prefix or self._has(own)):
            own = None
        ticket_id = own or self._made(record.key)
        self._take(ticket_id, record.key)
        return ticket_id, not (own is not None and record.system == OWN)

    def _take(self, ticket_id: TicketId, key: str) -> None:
        first = self._taken.get(ticket_id)
        if first == key:
            raise Malformed("source", f'"{key}" stands in the files twice', "leave one of the two out")
        if first is not None:
            raise Malformed(
                "id", f'"{key}" and "{first}" get the same id {ticket_id}', "give one of them an id"
            )
        self._taken[ticket_id] = key

    def forget(self, ticket_id: TicketId) -> None:
        """Lets an id be given again: its ticket was refused."""
        self._taken.pop(ticket_id, None)

    def of(self, text: str, system: str) -> TicketId:
        """Returns the id of the ticket another one names: `zendesk:4711`, `4711` of the same source, or an id."""
        own = grammar.parse_id(text)
        if own is not None and own.partition("-")[0] == self._prefix:
            return own
        key = text if ":" in text else f"{system}:{text}"
        if key.partition(":")[0] == OWN:
            own = grammar.parse_id(key.partition(":")[2])
            if own is not None and own.partition("-")[0] == self._prefix:
                return own
        return self._by_source(key) or self._made(key)

    def _by_source(self, key: str) -> TicketId | None:
        if self._is_new:
            return None
        if key not in self._found:
            if len(self._found) > 100_000:
                self._found.clear()
            found = self._desk.index.find_source(key)
            self._found[key] = found[0] if found else None
        return self._found[key]

    def _has(self, ticket_id: TicketId) -> bool:
        return not self._is_new and bool(self._desk.index.named([ticket_id], ("id",)))

    def _made(self, key: str) -> TicketId:
        """Returns the id that follows from a source's own; where another ticket of the desk has it, the next one."""
        found, salt = id_from(self._prefix, key), 0
        while self._has(found):
            salt += 1
            found = id_from(self._prefix, f"{key}\0{salt}")
        return found


def id_from(prefix: str, key: str) -> TicketId:
    """Returns an id that follows from a text: the same one for everybody."""
    number = int.from_bytes(sha256(key.encode("utf-8", "replace")).digest()[:8], "big")
    code = "".join(grammar.CODE_ALPHABET[number >> 5 * place & 31] for place in range(grammar.CODE_LENGTH))
    return TicketId(f"{prefix}-{code}")
