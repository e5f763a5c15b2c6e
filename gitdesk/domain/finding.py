"""A Finding: one thing that is wrong in plain data, pointed at by its path; lines and columns are the store's."""

from __future__ import annotations

from gitdesk.value import Value

Pointer = tuple[str | int, ...]


class Finding(Value):
    """One thing that is wrong, at a place in the data; `at_key` means the key itself and not its value."""

    code: str
    message: str
    pointer: Pointer
    hint: str | None = None
    at_key: bool = False
