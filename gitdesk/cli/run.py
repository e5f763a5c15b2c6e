"""One call: reads its words, runs the command, and turns whatever ends it into text and an exit code."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from gitdesk.cli import quick
from gitdesk.cli.context import Context
from gitdesk.cli.main import COMPLETE_VAR
from gitdesk.cli.output import OutputLost, PagerClosed, say, silence_stdout
from gitdesk.cli.spec import Command, OneOf, Path, command, option
from gitdesk.cli.table import Row, called
from gitdesk.errors import GitdeskError, Place, SetupError
from gitdesk.lazy import load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

INTERRUPTED = 130
READER_LEFT = 141  # what a program ended by SIGPIPE reports: 128 + 13


@command("gitdesk")
@option("-C", "directories", multiple=True, metavar="DIR", type=Path(folder=True))
@option("--color", default="auto", type=OneOf("value of --color", "auto", "always", "never"))
@option("--no-pager", is_flag=True)
def GITDESK(context: Context, directories: tuple[str, ...], color: str, no_pager: bool) -> None:  # noqa: N802
    """Takes the options that stand before the command."""
    context.configure(directories, color, not no_pager)


def run(args: list[str], rows: tuple[Row, ...]) -> int:
    """Runs gitdesk with these arguments and returns the exit code."""
    context = Context(os.environ)
    try:
        code = _call(args, rows, context)
        context.finish()
    except BaseException as error:  # noqa: BLE001  the one place where everything ends
        code = _ended(error, args, context) if COMPLETE_VAR not in os.environ else 1
    finally:
        with suppress(OSError):
            context.close()
    return code


def _call(args: list[str], rows: tuple[Row, ...], context: Context) -> int:
    if COMPLETE_VAR in os.environ:
        from gitdesk.cli.click_adapter import root
        from gitdesk.cli.completion import answer

        return answer(root(rows), os.environ[COMPLETE_VAR])
    understood = _understood(args, rows)
    if understood is None:
        from gitdesk.cli import click_adapter

        return click_adapter.call(args, rows, context)
    before, declared, values = understood
    GITDESK.call(context, before)
    result: Any = declared.call(context, values)
    return result if isinstance(result, int) else 0


def _understood(
    args: list[str], rows: tuple[Row, ...]
) -> tuple[dict[str, Any], Command, dict[str, Any]] | None:
    """Returns the values before the command, the command and its values; None for a call that only click can read."""
    before = quick.leading(GITDESK, args)
    named = called(rows, before[1]) if before else None
    if before is None or named is None:
        return None
    declared: Command = load(named[0].target)
    values = quick.values(declared, named[1])
    if values is None or (before[0]["directories"] and quick.names_files(declared, values)):
        return None  # a path is looked at after -C has gone where it leads
    return before[0], declared, values


def _ended(error: BaseException, args: Sequence[str], context: Context) -> int:
    """Says what ended the call, after what it had to answer until then, and returns the exit code."""
    if isinstance(error, KeyboardInterrupt):
        context.abandon()
        return INTERRUPTED
    if isinstance(error, PagerClosed):
        return _finished(context, 0)
    if isinstance(error, OutputLost):
        return _lost(error, args, context)
    if isinstance(error, BrokenPipeError) and reader_left():
        return ended_writing(error)
    if isinstance(error, OSError):
        error = _surroundings(error)
    if isinstance(error, GitdeskError):
        error.hint = error.hint or _made(context)
        context.explain(error)
        code = _finished(context, error.exit_code)
        show(error, args, context)
        return code
    if not isinstance(error, Exception):
        raise error
    return _bug(error, args, context)


def _bug(error: Exception, args: Sequence[str], context: Context) -> int:
    from gitdesk.cli import crash

    code = _finished(context, crash.EXIT_CODE)
    told = crash.report(error, args, context.environ)
    for line in told:
        say(line)
    if wants_json(args):
        _say_object("Bug", code, told[0].removeprefix("error: "), told[1])
    return code


def _finished(context: Context, code: int) -> int:
    """Writes what is held back; returns the code, or that of a standard output that takes no more."""
    try:
        context.finish()
    except PagerClosed:
        return code
    except OutputLost as error:
        return _lost(error, (), context) if code == 0 else code
    return code


def _lost(error: OutputLost, args: Sequence[str], context: Context | None = None) -> int:
    silence_stdout()
    if error.reason is None:
        return READER_LEFT
    problem = SetupError(f"standard output cannot be written: {error.reason}", hint=_made(context))
    show(problem, args, context)
    return problem.exit_code


def _made(context: Context | None) -> str | None:
    """Returns a hint for a call that failed only after its commit: whoever repeats it would change things twice."""
    if context is None or context.made is None:
        return None
    return f"the change was made all the same, as commit {context.made[:10]}: do not repeat the call"


def ended_writing(error: OSError) -> int:
    """Returns the exit code after an error of the system while writing to standard output."""
    return _lost(OutputLost(error), ())


def reader_left() -> bool:
    """Tells whether nobody reads standard output or standard error any more."""
    import select

    if not hasattr(select, "poll"):
        return True
    poll = select.poll()
    for number in (1, 2):
        poll.register(number, 0)
    return any(event & (select.POLLERR | select.POLLHUP) for _, event in poll.poll(0))


def _surroundings(error: OSError) -> BaseException:
    """Returns a full disk, a missing permission and the like as an error a person can mend; others as they are."""
    from gitdesk.cli.crash import is_surroundings

    if not is_surroundings(error):
        return error
    place = Place(os.fsdecode(error.filename)) if isinstance(error.filename, str | bytes) else None
    return SetupError((error.strerror or str(error)).lower(), place=place)


def show(error: GitdeskError, args: Sequence[str], context: Context | None) -> None:
    """Writes `error: place: message` and `hint: …` on standard error; for readers of JSON one object more."""
    paint = _paint(context)
    say(str(error), paint("error", "error:") + " ")
    if error.hint:
        say(error.hint.replace("\n", "\n      "), paint("hint", "hint:") + " ")
    if wants_json(args):
        _say_object(type(error).__name__, error.exit_code, error.message, error.hint, error.place)


def _say_object(kind: str, code: int, message: str, hint: str | None, place: Place | None = None) -> None:
    """Writes an error as one line of JSON on standard error (`failure` in schema/output.schema.json)."""
    from gitdesk.render.json_lines import for_terminal, render_object

    spot = {"path": place.path, "line": place.line, "column": place.column} if place else None
    told = {"kind": kind, "exit_code": code, "message": message, "hint": hint, "place": spot}
    say(for_terminal(render_object({"error": told})))


def wants_json(args: Sequence[str]) -> bool:
    """Tells whether a call asked for JSON, also when it is too wrong to be parsed."""
    for index, arg in enumerate(args):
        if arg in ("--json", "--format=json", "--format=jsonl"):
            return True
        if arg == "--format" and args[index + 1 : index + 2] in (["json"], ["jsonl"]):
            return True
        if arg == "--":
            break
    return False


def _paint(context: Context | None) -> Any:
    from gitdesk.cli.terminal import wants_color
    from gitdesk.render.style import Paint

    return Paint(context is not None and wants_color(context.color, context.environ, sys.stderr))
