"""New ids: eight random characters nobody has yet."""

from __future__ import annotations

from gitdesk.domain.ticket import TicketId
from gitdesk.errors import Conflict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 8
_TRIES = 100


def new_id(
    prefix: str, taken: Callable[[str], bool], randbits: Callable[[int], int] | None = None
) -> TicketId:
    """Returns an id that is not taken; `randbits` draws that many random bits (the system's, unless given)."""
    draw = randbits or _system_bits
    for _ in range(_TRIES):
        bits = draw(5 * _LENGTH)
        code = "".join(_ALPHABET[(bits >> shift) & 31] for shift in range(5 * _LENGTH - 5, -1, -5))
        candidate = TicketId(f"{prefix}-{code}")
        if not taken(candidate):
            return candidate
    raise Conflict(f"no free ticket id found in {_TRIES} tries")


def _system_bits(count: int) -> int:
    import os

    return int.from_bytes(os.urandom((count + 7) // 8), "big") >> (-count % 8)
