"""The terminal: whether there is one, its size, whether it wants colour, and the pager."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from subprocess import Popen
    from typing import IO, Any

_DEFAULT_PAGER = "less"
_SHELL_SIGNS = frozenset("|&;<>()$`\\\"' \t\n*?[#~=%")


def is_terminal(stream: IO[Any] | None) -> bool:
    """Tells whether a standard stream is open and a terminal."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed in the meantime
        return False


def size(stream: IO[Any] | None, environ: Mapping[str, str]) -> tuple[int, int]:
    """Returns columns and lines: COLUMNS and LINES when set, else the terminal's, else 80 × 24."""
    columns, lines = _number(environ.get("COLUMNS")), _number(environ.get("LINES"))
    if not (columns and lines) and stream is not None:
        try:
            found = os.get_terminal_size(stream.fileno())
        except (OSError, ValueError):
            found = os.terminal_size((80, 24))
        columns, lines = columns or found.columns, lines or found.lines
    return columns or 80, lines or 24


def table_width(stream: IO[Any] | None, environ: Mapping[str, str]) -> int | None:
    """Returns the columns a table may take; None (any number) when no terminal and no COLUMNS sets a bound."""
    if is_terminal(stream):
        return size(stream, environ)[0]
    return _number(environ.get("COLUMNS"))


def _number(text: str | None) -> int | None:
    return int(text) or None if text and text.isascii() and text.isdigit() and len(text) < 6 else None


def wants_color(choice: str, environ: Mapping[str, str], stream: IO[Any] | None) -> bool:
    """Tells whether to colour: by --color, then NO_COLOR, FORCE_COLOR, CLICOLOR, then whether it is a terminal."""
    if choice != "auto":
        return choice == "always"
    if environ.get("NO_COLOR"):
        return False
    if any(environ.get(name, "0") not in ("", "0") for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    if environ.get("CLICOLOR") == "0" or environ.get("TERM") == "dumb":
        return False
    return is_terminal(stream)


def pager_command(environ: Mapping[str, str]) -> list[str] | None:
    """Returns the pager as the words to start; None for no pager.

    Only the person's environment names it: GITDESK_PAGER, PAGER, else less. Nothing in a repository can.
    """
    for name in ("GITDESK_PAGER", "PAGER"):
        if name in environ:
            wanted = environ[name].strip()
            break
    else:
        wanted = _DEFAULT_PAGER
    if wanted in ("", "cat") or environ.get("TERM") == "dumb":
        return None
    return program(wanted)


def program(command: str) -> list[str] | None:
    """Returns a command out of the environment as words, through the shell when it needs one; None when missing."""
    from shutil import which

    if not _SHELL_SIGNS.intersection(command):
        return [command] if which(command) else None
    words = command.split()
    if not any(_SHELL_SIGNS.intersection(word) for word in words):
        return words if which(words[0]) else None
    return ["/bin/sh", "-c", command + ' "$@"', words[0]]


def start_pager(words: list[str], environ: Mapping[str, str]) -> Popen[bytes] | None:
    """Starts the pager; None when it cannot be started."""
    from subprocess import PIPE, Popen

    settings = {"LESS": "FRX", "LV": "-c", **environ}
    try:
        return Popen(words, stdin=PIPE, env=settings)
    except OSError:
        return None
