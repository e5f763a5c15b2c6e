"""Pushing what a command has just committed: with --push, or always where the desk says so."""

from __future__ import annotations

from gitdesk.errors import GitdeskError, SetupError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.cli.context import Context

ALWAYS = "always"  # what `desk.push` of gitdesk.yaml says


def is_wanted(context: Context) -> bool:
    """Tells whether what was committed is to be pushed: --push and --no-push go before what the desk says."""
    if context.push is not None:
        return context.push
    return context.desk.config.push == ALWAYS


def publish(context: Context) -> None:
    """Syncs after a commit. That a remote cannot be reached is said and no error: the change is made all the same.

    Raises an error where the change was refused or kept back, or where a person has to decide something first.
    """
    from gitdesk.cli.sync import held_lines, refusal, wanted_here
    from gitdesk.desk import syncing

    out, made = context.out, context.made or ""
    kept = f"the change was made all the same, as commit {made[:10]}: do not repeat the call"
    try:
        told = syncing.sync(context.start, context.environ, context.watch, wanted_here())
    except SetupError as error:
        if context.push:
            raise _with(error, kept) from None
        out.note(f"not pushed: {error.message}")
        return
    except GitdeskError as error:
        raise _with(error, kept) from None
    for old, new in told.renamed:
        out.note(f"{old} is {new} now: another clone had drawn the same id")
    problem = refusal(told)
    if problem is None:
        came = f", with {told.received:,} of others taken in" if told.received else ""
        out.note(f"pushed to {told.remote.short}{came}")
    elif told.state in (syncing.OFFLINE, syncing.BUSY):
        out.note(f"not pushed: {problem.message}; the next gitdesk sync shares it")
    else:
        if told.state == syncing.HELD:
            problem.message = "\n".join([problem.message, *held_lines(told)])
        raise _with(problem, "" if told.state == syncing.HELD else kept)


def _with(error: GitdeskError, more: str) -> GitdeskError:
    error.hint = "\n".join(filter(None, (error.hint, more)))
    return error
