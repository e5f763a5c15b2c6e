"""Reading what a site answered: values of the kind its API describes, or an error that says which was not."""

from __future__ import annotations

from datetime import UTC, datetime

from gitdesk.errors import SetupError
from gitdesk.lazy import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_ID = pattern(r"[0-9a-f]{40}([0-9a-f]{24})?")


class Unexpected(SetupError):
    """The site answered something else than its API describes."""

    def __init__(self, names: tuple[str, ...], wanted: str) -> None:
        place = ".".join(names) or "the answer"
        super().__init__(
            f'the hosting site answered something else than its API describes: "{place}" is not {wanted}',
            hint="see whether the address of the API is that of this site, or of a proxy before it",
        )


def part(data: Any, *names: str) -> Any:
    """Returns what stands under names in objects within objects; None where that is missing or null."""
    for count, name in enumerate(names):
        if data is None:
            return None
        if not isinstance(data, dict):
            raise Unexpected(names[:count], "an object")
        data = data.get(name)
    return data


def text(data: Any, *names: str) -> str:
    """Returns a text, "" where it is missing or null."""
    found = part(data, *names)
    if found is None:
        return ""
    if not isinstance(found, str):
        raise Unexpected(names, "text")
    return found


def flag(data: Any, *names: str) -> bool:
    """Tells whether something is true; missing or null is not."""
    found = part(data, *names)
    if found is None:
        return False
    if not isinstance(found, bool):
        raise Unexpected(names, "true or false")
    return found


def number(data: Any, *names: str) -> int:
    """Returns a whole number from 1 up."""
    found = part(data, *names)
    if not isinstance(found, int) or isinstance(found, bool) or found < 1:
        raise Unexpected(names, "a number")
    return found


def commit(data: Any, *names: str) -> str:
    """Returns the id of a commit, "" where there is none."""
    found = text(data, *names)
    if found and _ID.fullmatch(found) is None:
        raise Unexpected(names, "the id of a commit")
    return found


def moment(data: Any, *names: str) -> datetime:
    """Returns a time, in UTC."""
    found = text(data, *names)
    try:
        at = datetime.fromisoformat(found)
        if at.tzinfo is None:
            raise ValueError
        return at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unexpected(names, "a time") from None


def items(data: Any, *names: str) -> list[Any]:
    """Returns a list, an empty one where it is missing or null."""
    found = part(data, *names)
    if found is None:
        return []
    if not isinstance(found, list):
        raise Unexpected(names, "a list")
    return found
