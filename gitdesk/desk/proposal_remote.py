"""The remote that proposals go to: what it has, fetched, and what we have, pushed; never forced."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from gitdesk.errors import Conflict, Refused, SetupError
from gitdesk.store import process
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gitdesk.desk.door import Desk
    from gitdesk.store.git import Repo

PROPOSE = "propose/"
_OWN = ("-c", "gc.auto=0", "-c", "maintenance.auto=false", "-c", "push.followTags=false")
_MOST_SAID = 12  # lines of what a server says that are passed on


class Unreachable(SetupError):
    """The remote did not answer; what there is here is kept."""


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
    """A remote by its name, and what the desk's branch is called there."""

    name: str
    branch: str

    def tracking(self, branch: str) -> str:
        """Returns the reference that remembers where a branch of the remote is."""
        return f"refs/remotes/{self.name}/{branch}"


def remote_of(desk: Desk) -> Remote | None:
    """Returns where proposals go: where the desk's branch comes from, else `origin`, else the only remote there is."""
    repo, location = desk.repo, desk.location
    branch = location.branch
    names = _names(repo)
    named = repo.config(f"branch.{branch}.remote") if branch else None
    if named in names:
        merged = (repo.config(f"branch.{branch}.merge") or "").removeprefix("refs/heads/")
        return Remote(name=named or "", branch=merged or branch)
    if location.remote_ref:
        short = location.remote_ref.removeprefix("refs/remotes/")
        for name in names:
            if short.startswith(f"{name}/"):
                return Remote(name=name, branch=short.removeprefix(f"{name}/"))
    chosen = "origin" if "origin" in names else names[0] if len(names) == 1 else ""
    return Remote(name=chosen, branch=branch) if chosen and branch else None


def _names(repo: Repo) -> list[str]:
    found = [
        key.removeprefix("remote.").removesuffix(".url")
        for key in repo.settings()
        if key.startswith("remote.") and key.endswith(".url")
    ]
    return sorted(name for name in found if name and not name.startswith("-"))


def fetch(repo: Repo, remote: Remote) -> None:
    """Brings the desk's branch and all proposals of a remote up to date; raises Unreachable."""
    proposals = f"+refs/heads/{PROPOSE}*:{remote.tracking(PROPOSE)}*"
    branch = f"+refs/heads/{remote.branch}:{remote.tracking(remote.branch)}"
    done = _fetched(repo, remote, (branch, proposals))
    if done.status:  # the remote may have no branch of the desk yet
        done = _fetched(repo, remote, (proposals,))
    if done.status:
        raise unreachable(remote, done)


def fetched(repo: Repo, remote: Remote | None) -> str:
    """Fetches where there is a remote; returns why it could not, "" when it could or nothing was to be done."""
    if remote is None:
        return ""
    try:
        fetch(repo, remote)
    except Unreachable as error:
        return error.message
    return ""


def _fetched(repo: Repo, remote: Remote, refspecs: Sequence[str]) -> process.Finished:
    options = ("--quiet", "--no-tags", "--prune", "--no-recurse-submodules")
    return repo.call(*_OWN, "fetch", *options, "--end-of-options", remote.name, *refspecs, network=True)


def push(repo: Repo, remote: Remote, wanted: Wanted) -> None:
    """Moves one branch of a remote from where it is thought to be, or takes it away.

    Raises LostRace when it is elsewhere by now, RefusedThere when the remote does not take it, Unreachable when it does
    not answer. Which of them, the remote's branch tells and not what was said.
    """
    if wanted.old and wanted.new and repo.call("merge-base", "--is-ancestor", wanted.old, wanted.new).status:
        raise _lost(remote)  # it is known already that it would not go
    done = _pushed(repo, remote, wanted)
    ref = remote.tracking(wanted.branch)
    if done.status:
        fetch(repo, remote)
        now = repo.read_ref(ref) or ""
        if now == wanted.new:
            return  # it was there before the line broke
        if now != wanted.old:
            raise _lost(remote)
        raise RefusedThere(_refusal(remote, done))
    if (repo.read_ref(ref) or "") != wanted.new:  # Git notes it itself only where its settings say so
        repo.call("update-ref", *((ref, wanted.new) if wanted.new else ("-d", ref)))


def _lost(remote: Remote) -> LostRace:
    return LostRace(
        f"somebody else was faster on {remote.name}",
        hint="the same command once more goes on from what is there now",
    )


def _pushed(repo: Repo, remote: Remote, wanted: Wanted) -> process.Finished:
    branch = f"refs/heads/{wanted.branch}"
    lease = () if wanted.new else (f"--force-with-lease={branch}:{wanted.old}",)
    options = ("--porcelain", "--no-verify", "--no-recurse-submodules", *lease)
    words = ("push", *options, "--end-of-options", remote.name, f"{wanted.new}:{branch}")
    return repo.call(*_OWN, *words, network=True)


def _refusal(remote: Remote, done: process.Finished) -> str:
    """Returns in words that a server takes nothing, with what it said of it."""
    told = [
        line.removeprefix("remote:").rstrip()
        for line in done.error.decode("utf-8", "replace").splitlines()
        if line.startswith("remote:")
    ]
    lines = [line for line in told if line.strip()][:_MOST_SAID]
    return "\n ".join([f"{remote.name} does not take it{':' if lines else ''}", *lines])


def unreachable(remote: Remote, done: process.Finished) -> Unreachable:
    """Returns the error for a remote that does not answer, with the first thing that Git says of it."""
    said = done.error.decode("utf-8", "replace").strip().splitlines()
    lines = [line.strip() for line in said if line.strip() and not line.startswith(("hint:", "warning:"))]
    first = lines[0].removeprefix("fatal: ").removeprefix("error: ") if lines else f"status {done.status}"
    return Unreachable(f"{remote.name} cannot be reached: {first}", hint="what is here is kept")


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
    made = [] if done.status else os.fsdecode(done.output).splitlines()[:1]
    return [written, *made]


def heads(repo: Repo, *patterns: str) -> Mapping[str, str]:
    """Returns the commits of branches by full name, of those below the patterns."""
    listed = os.fsdecode(repo.run("for-each-ref", "--format=%(objectname) %(refname)", *patterns))
    pairs = (line.partition(" ") for line in listed.splitlines())
    return {name: oid for oid, _, name in pairs}
