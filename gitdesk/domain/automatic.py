"""Automatic messages: what a program wrote, which no clock may take for the answer of a person."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

AUTOMATION = "automation"  # a key that names what wrote the message, and what `via` says of it
AUTO_SUBMITTED = "auto-submitted"  # as in mail (RFC 3834): `no` is a person, anything else is not


def is_automatic(pairs: Iterable[Sequence[str]]) -> bool:
    """Tells whether a message says of itself, in the keys and values of its comment line, that a program wrote it."""
    meta = {key.casefold(): value.strip().casefold() for key, value in pairs}
    submitted = meta.get(AUTO_SUBMITTED, "no").partition(";")[0].strip()
    return AUTOMATION in meta or meta.get("via") == AUTOMATION or submitted != "no"
