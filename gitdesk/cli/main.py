"""The entry: answers the quickest calls by itself, hands the rest to click, and turns every end into an exit code."""

from __future__ import annotations

import os
import sys

from gitdesk import __version__
from gitdesk.cli.table import COMMANDS, Row, heads, help_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

COMPLETE_VAR = "_GITDESK_COMPLETE"


def main(argv: Sequence[str] | None = None, rows: tuple[Row, ...] = COMMANDS) -> int:
    """Runs gitdesk with the arguments of the process, or with those given, and returns the exit code."""
    args = list(sys.argv[1:] if argv is None else argv)
    try:
        _fill_standard_streams()
        said = quick_answer(args, os.environ, rows)
        code = _run(args, rows) if said is None else _say(said)
    except KeyboardInterrupt:
        return 130
    if argv is None:
        _leave(code)
    return code


def _run(args: list[str], rows: tuple[Row, ...]) -> int:
    import gc

    from gitdesk.cli.run import run

    # What a call makes it mostly keeps to its end: looking for garbage as often as usual finds none and takes time.
    gc.set_threshold(50_000, 20, 100)
    return run(args, rows)


def _leave(code: int) -> None:
    """Ends the process as it stands: taking the interpreter apart takes as long as a third of its start.

    Not when somebody wants to be called at the end, or when something is still to be written and cannot.
    """
    import atexit

    if atexit._ncallbacks():
        return
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (AttributeError, OSError, ValueError):
        return
    os._exit(code)


def quick_answer(args: Sequence[str], environ: Mapping[str, str], rows: tuple[Row, ...]) -> str | None:
    """Returns the whole output of the calls that need no click, None for every other call."""
    if COMPLETE_VAR in environ:
        return _command_names(environ, rows)
    if not args or args in (["--help"], ["-h"], ["help"]):
        return help_text(rows)
    return f"gitdesk {__version__}\n" if args == ["--version"] else None


def _command_names(environ: Mapping[str, str], rows: tuple[Row, ...]) -> str | None:
    """Returns the completion of a first word, in the form click's own scripts read; None when it is another word."""
    shell, _, instruction = environ[COMPLETE_VAR].partition("_")
    words = environ.get("COMP_WORDS", "")
    if instruction != "complete" or shell not in _FORMS or any(char in words for char in "\"'\\$`"):
        return None
    parts = words.split()
    current = environ.get("COMP_CWORD", "")
    if shell == "fish":
        wanted, first = current, parts[1:] in ([], [current])
    else:
        wanted, first = "".join(parts[1:2]), current == "1" and len(parts) <= 2
    if not first or wanted.startswith("-") or "=" in wanted:
        return None
    return (
        "\n".join(_FORMS[shell] % (row.name, row.line) for row in heads(rows) if row.name.startswith(wanted))
        + "\n"
    )


_FORMS = {"bash": "plain,%s%.0s", "zsh": "plain\n%s\n%s", "fish": "plain,%s\t%s"}


def _say(text: str) -> int:
    if sys.stdout is None:
        return 0
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        from gitdesk.cli.run import ended_writing

        return ended_writing(error)
    return 0


def _fill_standard_streams() -> None:
    """Opens /dev/null where the caller closed a standard stream, lest a file of ours become standard output."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if stream is None:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number
