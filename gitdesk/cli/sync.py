"""`gitdesk sync`: takes in what others did, and shares what was done here."""

from __future__ import annotations

import sys

from gitdesk.cli import spec
from gitdesk.cli.context import Context
from gitdesk.cli.options import format_options
from gitdesk.cli.spec import option
from gitdesk.cli.terminal import is_terminal
from gitdesk.errors import Conflict, Refused
from gitdesk.render.table import Column

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from gitdesk.desk.outbox import Kept
    from gitdesk.desk.syncing import Synced
    from gitdesk.errors import GitdeskError
    from gitdesk.render.table import Page

_FORMATS = ("table", "json", "jsonl", "csv", "markdown")
_COLUMNS = tuple(
    Column(name)
    for name in ("branch", "remote", "state", "received", "pushed", "ahead", "attempts", "dry_run")
)
_SHOWN = 10  # of what came in


@spec.command("sync")
@format_options(*_FORMATS)
@option("--remote", metavar="NAME", help="The remote, where there are several.")
@option(
    "--push/--no-push", "push", default=True, help="Push what is new here (the default), or only take in."
)
@option("--dry-run", is_flag=True, help="Fetch, tell what would happen, and change nothing.")
def command(context: Context, remote: str | None, push: bool, dry_run: bool) -> None:
    """Share your changes and take in the others'.

    What was done here is made again on top of what others have shared, field by field, and judged again by the rules in
    force there. What does not fit any more is kept on a branch gitdesk/outbox/…, and nothing is ever forced. Ends with
    1 when something could not be shared.

    \b
      gitdesk sync
      gitdesk sync --dry-run
      gitdesk sync --no-push
    """
    from gitdesk.desk import syncing

    wanted = wanted_here(remote, push=push, dry_run=dry_run)
    told = syncing.sync(context.start, context.environ, context.watch, wanted)
    if context.out.format != "ids":
        context.out.items("sync", [plain(told)], _COLUMNS, text=_lines)
    if push and not dry_run and told.state in (syncing.DONE, syncing.HELD):
        _send_proposals(context)
    problem = refusal(told)
    if problem is not None:
        raise problem


def _send_proposals(context: Context) -> None:
    """Sends what is kept here of proposals and was said of them, and tells it."""
    from gitdesk.store import refs
    from gitdesk.store.git import Repo

    with Repo.discover(context.start, context.environ) as repo:
        if not refs.may_be_below(repo, "refs/heads/propose"):
            return  # as mostly; to find out more takes as long as the whole sync
    from gitdesk.desk import proposal_keeping

    for sent in proposal_keeping.send_kept(context.fresh_desk()):
        context.out.note(
            f"{sent.branch} is not sent: {sent.problem}" if sent.problem else f"sent {sent.branch}"
        )


def wanted_here(remote: str | None = None, *, push: bool = True, dry_run: bool = False) -> Any:
    """Returns how to sync from this terminal, or from none."""
    from gitdesk.desk.syncing import Wanted

    return Wanted(
        remote=remote,
        push=push,
        dry_run=dry_run,
        asking=is_terminal(sys.stdin) and is_terminal(sys.stderr),
        progress=is_terminal(sys.stderr),
    )


def plain(told: Synced) -> dict[str, Any]:
    """Returns what a sync came to as the JSON output has it."""
    return {
        "branch": told.branch,
        "remote": told.remote.name,
        "url": told.remote.url,
        "remote_branch": told.remote.branch,
        "state": told.state,
        "tip": told.tip or None,
        "received": told.received,
        "pushed": told.pushed,
        "ahead": told.ahead,
        "attempts": told.attempts,
        "repeated": [{"commit": commit, "subject": subject} for commit, subject in told.repeated],
        "incoming": list(told.incoming),
        "renamed": [{"from": old, "to": new} for old, new in told.renamed],
        "held": [
            {
                "branch": one.branch,
                "commits": list(one.commits),
                "subjects": list(one.subjects),
                "tickets": list(one.tickets),
                "reason": one.reason,
                "hint": one.hint or None,
            }
            for one in told.held
        ],
        "illegal": [
            {"path": one.path, "code": one.code, "message": one.message, "commit": one.commit or None}
            for one in told.illegal
        ],
        "said": list(told.said),
        "reason": told.reason or None,
        "dry_run": told.dry_run,
    }


def _lines(items: Iterable[Mapping[str, Any]], page: Page) -> Iterator[str]:
    from gitdesk.render.text import safe

    for item in items:
        there = f"{item['remote']}/{item['remote_branch']}"
        yield f"{safe(item['branch'])}: {_done(item, safe(there))}"
        incoming = item["incoming"]
        if len(incoming) > _SHOWN:  # merges are counted among the commits, and what they bring is told
            yield page.paint("note", f"  … {item['received'] - _SHOWN:,} more before these")
        for subject in incoming[-_SHOWN:]:
            yield f"  {page.paint('note', '←')} {safe(subject)}"
        for one in item["repeated"]:
            words = f"{safe(one['subject'])} · there already, yours was {one['commit'][:10]}"
            yield f"  {page.paint('note', '=')} {words}"
        for one in item["renamed"]:
            yield f"{safe(one['from'])} is {safe(one['to'])} now: another clone had drawn the same id"
        for one in item["held"]:
            would = "would be kept" if item["dry_run"] else "kept"
            yield f"{page.paint('error', '✗')} {safe(one['subjects'][0])}"
            yield f"    {safe(one['reason'])}"
            for subject in one["subjects"][1:]:
                yield f"    with it, as it builds on that: {safe(subject)}"
            yield f"    {would} on the branch {safe(one['branch'])}"


def _done(item: Mapping[str, Any], there: str) -> str:
    future = item["dry_run"]
    parts = []
    if item["received"]:
        parts.append(f"{'would receive' if future else 'received'} {_commits(item['received'])}")
    if item["pushed"]:
        parts.append(f"{'would push' if future else 'pushed'} {_commits(item['pushed'])}")
    if item["repeated"]:
        count = len(item["repeated"])
        parts.append(f"{count:,} of yours {'was' if count == 1 else 'were'} there already")
    left = item["ahead"] - item["pushed"] if future else item["ahead"]
    if left:
        parts.append(f"{_commits(left)} {'would not be' if future else 'not'} pushed")
    if not parts:
        return "not compared" if item["state"] == "offline" else f"up to date with {there}"
    return f"{', '.join(parts)} ({there})"


def _commits(count: int) -> str:
    return f"{count:,} commit{'' if count == 1 else 's'}"


def refusal(told: Synced) -> GitdeskError | None:
    """Returns as an error what could not be shared, with how to go on; None where all went well."""
    name = told.remote.short
    if told.state == "offline":
        kept = f"; {_commits(told.ahead)} kept here" if told.ahead else ""
        return Refused(
            f"{told.reason}{kept}", hint="nothing is lost: gitdesk sync shares it when there is a way"
        )
    if told.state == "busy":
        return Conflict(
            f"others were faster {told.attempts} times; {_commits(told.ahead)} kept here",
            hint="nothing is lost: gitdesk sync tries again",
        )
    if told.state == "refused":
        lines = [f"{name} refused the push: {told.reason or 'it gave no reason'}"]
        lines += [f"  {told.remote.name}: {line}" for line in told.said]
        return Refused(
            "\n".join(lines), hint=f"nothing is lost: {_commits(told.ahead)} kept here, on {told.branch}"
        )
    if told.state == "illegal":
        lines = [f"not pushed: {told.illegal[0].code} {told.illegal[0].message} ({_spot(told.illegal[0])})"]
        lines += [f"  {one.code} {one.message} ({_spot(one)})" for one in told.illegal[1:]]
        hints = [one.hint or f"gitdesk rule {one.code} says why" for one in told.illegal]
        if not any("git rebase" in one for one in hints):
            hints.append(_mending(told))
        return Refused("\n".join(lines), hint="\n".join(dict.fromkeys(hints)))
    if told.state == "held":
        return Refused(_held(told), hint=_way_on(told))
    return None


def _mending(told: Synced) -> str:
    """Returns in words how a commit that breaks a rule by itself is put right."""
    since = "--root" if told.is_new else told.remote.short
    return (
        "every commit is judged by itself, so one more on top does not mend it: "
        f"git rebase -i {since}, where edit, fixup or drop put it right; then gitdesk sync"
    )


def _spot(one: Any) -> str:
    return f"{one.path}, commit {one.commit[:10]}" if one.commit else one.path


def _held(told: Synced) -> str:
    from gitdesk.desk.sync_steps import ILLEGAL

    count = sum(len(one.commits) for one in told.held)
    does = "does not fit" if count == 1 else "do not fit"
    by_rules = [one.reason.startswith(ILLEGAL) for one in told.held]
    if all(by_rules):
        return f"{_commits(count)} of yours would be refused by the rules of {told.remote.short}"
    else_refused = ", or would be refused" if any(by_rules) else ""
    return f"{_commits(count)} of yours {does} what {told.remote.short} has by now{else_refused}"


def held_lines(told: Synced) -> list[str]:
    """Returns line by line what was kept back, why, and where, for who sees nothing else of the sync."""
    lines = []
    for one in told.held:
        lines += [f"  {subject}" for subject in one.subjects]
        lines += [f"    {one.reason}", f"    kept on the branch {one.branch}"]
    return lines


def _way_on(told: Synced) -> str:
    from gitdesk.desk.sync_steps import ILLEGAL

    hints = []
    for one in told.held:
        hints += [one.hint] if one.hint else []
        hints += [f"to see it: {call}" for call in _shows(one)]
        if told.dry_run:
            continue
        when = "once the rules take it" if one.reason.startswith(ILLEGAL) else "on what is there now"
        again = " ".join(commit[:10] for commit in one.commits)
        hints.append(f"to do it again, {when}: by hand, or git cherry-pick {again}")
        hints.append(f"to drop it then, or at once: git branch -D {one.branch}")
    return "\n".join(dict.fromkeys(hints))


def _shows(one: Kept) -> list[str]:
    """Returns the calls that show what was kept back, and nothing of what was shared in between."""
    first, last = one.commits[0][:10], one.commits[-1][:10]
    if len(one.commits) > 1 and len(one.tickets) != 1:
        return [f"gitdesk diff {commit[:10]}^..{commit[:10]}" for commit in one.commits[:_SHOWN]]
    of = f" {one.tickets[0]}" if len(one.commits) > 1 else ""
    return [f"gitdesk diff {first}^..{last}{of}"]
