"""The remote that proposals go to: what it has, fetched, and what we have, pushed; never forced."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from gitdesk.errors import Conflict, Refused
from gitdesk.store import history
from gitdesk.store import remote as remotes
from gitdesk.store.remote import Unreachable
from gitdesk.value import Value, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitdesk.desk.door import Desk
    from gitdesk.store.git import Repo
    from gitdesk.store.remote import Answer

__all__ = (
    "LostRace",
    "RefusedThere",
    "Remote",
    "Unreachable",
    "Wanted",
    "fetch",
    "fetched",
    "fetched_at",
    "heads",
    "push",
    "remote_of",
    "urls_of",
)

_MOST_SAID = 12  # lines of what a server says that are passed on


class RefusedThere(Refused):
    """The remote's own rules refuse what was pushed; nothing has moved there."""


class LostRace(Conflict):
    """Somebody else moved the branch on the remote first."""


class Wanted(Value):
    """What a branch of the remote is to become, from what it is: ids, "" for none."""

    branch: str
    old: str
    new: str


class Remote(Value):
    """A remote, as the desk's branch goes with it; `asking`: somebody is there to be asked for a password."""

    known: remotes.Remote
    asking: bool = False

    @property
    def name(self) -> str:
        """Returns what this clone calls it."""
        return self.known.name

    @property
    def branch(self) -> str:
        """Returns what the desk's branch is called there."""
        return self.known.branch

    def tracking(self, branch: str) -> str:
        """Returns the reference that remembers where a branch of the remote is."""
        return f"refs/remotes/{self.name}/{branch}"


def remote_of(desk: Desk) -> Remote | None:
    """Returns where proposals go: where the desk's branch goes; None in a clone without a remote.

    Raises UsageError when nothing says which of several, SetupError for one that a program of the repository reaches.
    """
    branch = desk.location.branch
    if not branch or not remotes.names(desk.repo):
        return None
    return Remote(known=remotes.choose(desk.repo, branch), asking=desk.asking)


def fetch(repo: Repo, remote: Remote) -> None:
    """Brings the desk's branch and all proposals of a remote up to date; raises Unreachable."""
    try:
        remotes.fetch(repo, remote.known, asking=remote.asking)
    except Unreachable as error:
        error.hint = error.hint or "what is here is kept"
        raise


def fetched(repo: Repo, remote: Remote | None) -> str:
    """Fetches where there is a remote; returns why it could not, "" when it could or nothing was to be done."""
    if remote is None:
        return ""
    try:
        fetch(repo, remote)
    except Unreachable as error:
        return error.message
    return ""


def push(repo: Repo, remote: Remote, wanted: Wanted) -> None:
    """Moves one branch of a remote from where it is thought to be, or takes it away.

    Raises LostRace when it is elsewhere by now, RefusedThere when the remote does not take it, Unreachable when it does
    not answer. Which of them, the remote's branch tells and not what was said.
    """
    if wanted.old and wanted.new and not history.is_below(repo, wanted.old, wanted.new):
        raise _lost(remote)  # it is known already that it would not go
    there = replace(remote.known, branch=wanted.branch)
    if wanted.new:
        answer = remotes.push(repo, there, wanted.new, asking=remote.asking)
    else:
        answer = remotes.take_away(repo, there, wanted.old, asking=remote.asking)
    if answer.is_taken:
        return
    fetch(repo, remote)
    now = repo.read_ref(remote.tracking(wanted.branch)) or ""
    if now == wanted.new:
        return  # it was there before the line broke
    if now != wanted.old:
        raise _lost(remote)
    raise RefusedThere(_refusal(remote, answer))


def _lost(remote: Remote) -> LostRace:
    return LostRace(
        f"somebody else was faster on {remote.name}",
        hint="the same command once more goes on from what is there now",
    )


def _refusal(remote: Remote, answer: Answer) -> str:
    """Returns in words that a server takes nothing, with what it said of it."""
    lines = answer.said[:_MOST_SAID] or ((answer.reason,) if answer.reason else ())
    return "\n  ".join([f"{remote.name} does not take it{':' if lines else ''}", *lines])


def fetched_at(repo: Repo) -> datetime | None:
    """Returns when Git last fetched in this clone, None where it never did."""
    try:
        seconds = os.stat(f"{repo.git_dir}/FETCH_HEAD").st_mtime
    except OSError:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def urls_of(repo: Repo, remote: Remote) -> list[str]:
    """Returns the address that pushes go to, as it is written down, and what Git makes of it."""
    written = repo.config(f"remote.{remote.name}.pushurl") or repo.config(f"remote.{remote.name}.url") or ""
    done = repo.call("remote", "get-url", "--push", "--", remote.name)
    made = [] if done.status else os.fsdecode(done.output).split("\n")[:1]
    return [written, *made]


def heads(repo: Repo, *patterns: str) -> Mapping[str, str]:
    """Returns the commits of branches by full name, of those below the patterns."""
    listed = os.fsdecode(repo.run("for-each-ref", "--format=%(objectname) %(refname)", *patterns))
    # At nothing but the end of a line: the name of a branch may hold what Python takes for one (U+2028).
    pairs = (line.partition(" ") for line in listed.split("\n") if line)
    return {name: oid for oid, _, name in pairs}
