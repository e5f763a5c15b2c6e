"""Automatic messages: what a program wrote, which no clock may take for the answer of a person."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gitdesk.domain.ticket import Message

AUTOMATION = "automation"  # a key that names what wrote the message, and what `via` says of it
AUTO_SUBMITTED = "auto-submitted"  # as in mail (RFC 3834): `no` is a person, anything else is not


def is_automatic(message: Message) -> bool:
    """Tells whether a message says of itself that a program wrote it."""
    return is_automatic_meta(message.meta)


def is_automatic_meta(pairs: Iterable[Sequence[str]]) -> bool:
    """Tells the same of the keys and values of a message's comment line."""
    meta = {key.casefold(): value.strip().casefold() for key, value in pairs}
    submitted = meta.get(AUTO_SUBMITTED, "no").partition(";")[0].strip()
    return AUTOMATION in meta or meta.get("via") == AUTOMATION or submitted != "no"
