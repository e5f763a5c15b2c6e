"""What a CI job tells of itself: its environment, the file of its event, and the token it was given."""

from __future__ import annotations

import json

from gitdesk.errors import SetupError
from gitdesk.lazy import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

EVENT_PATH = "GITHUB_EVENT_PATH"
_MOST_EVENT = 30_000_000  # bytes; GitHub ends at 25 MB
_REPOSITORY = pattern(r"[A-Za-z0-9_-][A-Za-z0-9._-]*/[A-Za-z0-9_.-]*[A-Za-z0-9_-][A-Za-z0-9_.-]*")
_NUMBER = pattern(r"[1-9][0-9]{0,17}")
_HEADS = "refs/heads/"


def token(environ: Mapping[str, str], names: tuple[str, ...], title: str, hint: str) -> tuple[str, str]:
    """Returns the token of a site and the name of the variable that holds it; raises SetupError without one."""
    for name in names:
        found = environ.get(name, "").strip()
        if not found:
            continue
        if not (found.isascii() and found.isprintable() and " " not in found):
            raise SetupError(f"what {name} holds is no token: it has signs that no token has")
        return found, name
    raise SetupError(
        f"{title} tells who approved only to who has a token, and {names[0]} is not set", hint=hint
    )


def required(environ: Mapping[str, str], name: str, hint: str) -> str:
    """Returns a variable that a job of the site always has."""
    found = environ.get(name, "").strip()
    if not found:
        raise SetupError(f"{name} is not set: this is no job of that site", hint=hint)
    return found


def number(environ: Mapping[str, str], name: str, hint: str) -> str:
    """Returns a variable that holds a number, as text."""
    found = required(environ, name, hint)
    if _NUMBER.fullmatch(found) is None:
        raise SetupError(f'{name} holds "{found[:60]}", which is no number')
    return found


def repository(environ: Mapping[str, str], hint: str) -> str:
    """Returns OWNER/NAME of the repository that a job like GitHub's runs in."""
    found = required(environ, "GITHUB_REPOSITORY", hint)
    if _REPOSITORY.fullmatch(found) is None:
        raise SetupError(f'GITHUB_REPOSITORY holds "{found[:100]}", which is no OWNER/NAME')
    return found


def event(environ: Mapping[str, str], hint: str) -> dict[str, Any]:
    """Returns the event that a job like GitHub's is about."""
    path = required(environ, EVENT_PATH, hint)
    try:
        with open(path, "rb") as file:
            data = file.read(_MOST_EVENT + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no such path"
        raise SetupError(f'cannot read the event in "{path}" ({EVENT_PATH}): {reason.lower()}') from None
    if len(data) > _MOST_EVENT:
        raise SetupError(f'the event in "{path}" is larger than any is')
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise SetupError(f'what stands in "{path}" ({EVENT_PATH}) is no event')
    return found


def branch(ref: str) -> str:
    """Returns the name of a branch by its reference, "" for another kind of reference."""
    return ref.removeprefix(_HEADS) if ref.startswith(_HEADS) else ""
