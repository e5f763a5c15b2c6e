"""`gitdesk hook`: what Git's hooks call."""

from __future__ import annotations

import os
import sys

from gitdesk import clock
from gitdesk.cli import spec
from gitdesk.cli.context import Context
from gitdesk.cli.output import say
from gitdesk.cli.spec import OneOf, argument
from gitdesk.domain.violation import ERROR
from gitdesk.errors import GitdeskError, Place, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from gitdesk.desk.pushes import Verdict
    from gitdesk.domain.violation import Violation

_HERE = "."  # where Git starts a hook; no variable of its user's says otherwise
_MOST_INPUT = 100_000_000  # bytes: a push of half a million references


@spec.command("hook", hidden=True)
@argument("name", type=OneOf("hook", "pre-commit", "commit-msg", "pre-push", "pre-receive"))
@argument("rest", nargs=-1)
def command(context: Context, name: str, rest: tuple[str, ...]) -> int:
    """Run a hook: pre-commit judges what is staged, commit-msg the message, pre-push and pre-receive pushes."""
    context.configure((_HERE,), context.color, False)  # nor does a pager stand between Git and a person
    if name == "pre-commit":
        return _staged(context)
    if name == "commit-msg":
        return _message(context, rest)
    lines = _lines()
    if name == "pre-push" and not lines:
        rest, lines = _told_by_pre_commit(context)
    if not lines:
        return 0
    from gitdesk.desk import pushes

    try:
        if name == "pre-push":
            remote = rest[0] if rest else ""
            verdicts = pushes.outgoing(_HERE, context.environ, context.watch, remote, lines)
            code = _told(verdicts, "not pushed")
            if code:
                say("git push --no-verify goes on all the same; a server may refuse it", "hint: ")
            return code
        present = clock.now({})  # GITDESK_NOW is for tests and demonstrations: a server never goes by it
        verdicts = pushes.incoming(_HERE, context.environ, context.watch, lines, now=present)
        return _told(verdicts, "push refused")
    except GitdeskError as error:
        error.message = f"{'push refused' if name == 'pre-receive' else 'not pushed'}: {error.message}"
        raise


def _staged(context: Context) -> int:
    from gitdesk.desk.uncommitted import goes_on_desk

    if not goes_on_desk(context.start, context.environ):
        return 0
    return _said(context, context.desk.check(staged=True))


def _message(context: Context, rest: tuple[str, ...]) -> int:
    from gitdesk.desk.uncommitted import goes_on_desk

    if not rest:
        raise UsageError(
            "commit-msg is given the file of the message", hint='in a script: gitdesk hook commit-msg "$1"'
        )
    if not goes_on_desk(context.start, context.environ):
        return 0
    from gitdesk.desk import judging_message

    code = _said(context, judging_message.check(context.desk, _content(rest[0])))
    if code:
        say(f"the message is kept: {_once_more(context, rest[0])} goes on with it", "hint: ")
    return code


def _once_more(context: Context, file: str) -> str:
    """Returns the call that commits the same with the message that is kept, once what is wrong is mended."""
    from gitdesk.desk.amending import replaced_onto
    from gitdesk.store import commit_again

    # Git starts hooks at the top, and tells from which folder it was called.
    here, desk = context.environ.get("GIT_PREFIX") or ".", context.desk
    call = commit_again.again(desk.repo, context.environ.get("GIT_INDEX_FILE"))
    if replaced_onto(desk) is not None:
        options: tuple[str, ...] = ("--amend",)  # which keeps author and date
    else:
        options = commit_again.authorship(desk.repo, context.environ, desk.now)
    words = ["git", "commit", *options, *call.options, "-e", "-F", os.path.relpath(file, here)]
    if call.paths:
        words += ["--", *(os.path.relpath(path, here) for path in call.paths)]
    return " ".join(map(_typed, words))


def _typed(word: str) -> str:
    """Returns a word as a shell takes it; one that no terminal is to get in the way bash, zsh and ksh write such."""
    from shlex import quote

    from gitdesk.render.text import safe

    if safe(word) == word:
        return quote(word)
    marks = (chr(byte) for byte in os.fsencode(word))
    plain = (mark if " " <= mark <= "~" and mark not in "\\'" else f"\\{ord(mark):03o}" for mark in marks)
    return f"$'{''.join(plain)}'"


def _content(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(_MOST_INPUT)
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise UsageError(f"cannot be read: {reason}", place=Place(path)) from error


def _said(context: Context, judged: Iterable[Violation]) -> int:
    """Says what was found, of nothing nothing; returns the exit code."""
    found = sorted(judged, key=lambda one: one.severity != ERROR)  # errors first, as of a push
    if not found:
        return 0
    from gitdesk.cli.report_files import STDOUT, opened
    from gitdesk.reports.violations import CheckReport
    from gitdesk.reports.writing import write

    report = CheckReport(found)
    context.out.format = "table"
    with opened([("table", STDOUT)], context.out, context.environ) as targets:
        write(report, targets, context.out.page)
    context.out.finish()
    context.out.note(report.summary())
    return 1 if report.errors else 0


def _lines() -> list[str]:
    """Returns the lines that Git gives a hook on standard input."""
    data = sys.stdin.buffer.read(_MOST_INPUT + 1) if sys.stdin is not None else b""
    if len(data) > _MOST_INPUT:
        raise UsageError("too many references in one push")
    return [line for line in data.decode("utf-8", "surrogateescape").split("\n") if line]


def _told_by_pre_commit(context: Context) -> tuple[tuple[str, ...], list[str]]:
    """Returns remote and line of a push as the program pre-commit tells them, which takes standard input for itself.

    Of a push of several references it tells one.
    """
    environ = context.environ
    names = ("PRE_COMMIT_REMOTE_NAME", "PRE_COMMIT_LOCAL_BRANCH", "PRE_COMMIT_REMOTE_BRANCH")
    remote, local, ref = (environ.get(name, "") for name in names)
    if not ref:
        return (), []
    from gitdesk.store import read
    from gitdesk.store.git import Repo

    with Repo.discover(context.start, environ) as repo:
        new = environ.get("PRE_COMMIT_TO_REF") or read.revision(repo, local)
        old = environ.get("PRE_COMMIT_FROM_REF") or repo.no_id
    return (remote,), [f"{local} {new} {ref} {old}"]


def _told(verdicts: Iterable[Verdict], outcome: str) -> int:
    """Says on standard error what was found, the most important first; returns the exit code."""
    refused = False
    calls: dict[str, None] = {}
    for one in verdicts:
        if not one.shown:
            continue
        from gitdesk.render.text import counted, safe

        refused = refused or bool(one.errors)
        if one.errors and not one.hinted:
            calls[f"git rebase -i {one.base or '--root'}"] = None
        counts = ", ".join(
            counted(number, noun)
            for number, noun in ((one.errors, "error"), (one.warnings, "warning"))
            if number
        )
        judged = f'{counted(one.commits, "commit")} for the branch "{one.branch}" of the desk: {counts}'
        say(safe(f"{outcome}: {judged}" if one.errors else judged), "error: " if one.errors else "")
        for each, after in zip(one.shown, (*one.shown[1:], None), strict=True):
            say(safe(f"{each} (commit {each.commit[:10]})" if each.commit else str(each)))
            if each.hint and (
                after is None or after.hint != each.hint
            ):  # one advice for all that it is about
                say(safe(each.hint), "    hint: ")
        if one.errors + one.warnings > len(one.shown):
            call = f"gitdesk check {one.old[:10]}..{one.new[:10]}" if one.old else "gitdesk check --history"
            say(f"… and {one.errors + one.warnings - len(one.shown):,} more; {call} tells all")
    if calls:
        call = " or ".join(calls)
        say(f"mend the commits that are named ({call}, with edit before each), then push again", "hint: ")
    return 1 if refused else 0
