"""Objects as lines of JSON, in UTF-8."""

from __future__ import annotations

from json import JSONEncoder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_encode = JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def line(value: dict[str, Any]) -> bytes:
    """Returns an object as one line with its end."""
    return (_encode(value) + "\n").encode("utf-8", "backslashreplace")
