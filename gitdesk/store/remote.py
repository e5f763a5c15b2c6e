"""The other side of a clone: which remote a branch goes to, what it has, and pushing to it, never by force."""

from __future__ import annotations

import os

from gitdesk.domain.workflow import PROPOSALS
from gitdesk.errors import SetupError, UsageError
from gitdesk.store import discover, process, refs, transport
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gitdesk.store.git import Repo

    Step = Callable[[int, int | None], None]

_REMOTES = "refs/remotes/"


class Unreachable(SetupError):
    """The remote did not answer, or the connection broke."""


class Remote(Value):
    """A remote, the branch of its that ours goes with, and where this clone keeps what it last had.

    `url` is for people: without passwords. `is_chosen`: the branch's settings name it.
    """

    name: str
    url: str
    branch: str  # short
    is_chosen: bool = False

    @property
    def ref(self) -> str:
        """Returns the full name of the branch over there."""
        return refs.BRANCHES + self.branch

    @property
    def tracking(self) -> str:
        """Returns the full name of what this clone knows of the branch over there."""
        return f"{_REMOTES}{self.name}/{self.branch}"

    @property
    def short(self) -> str:
        """Returns what people call the branch over there: `origin/main`."""
        return f"{self.name}/{self.branch}"


class Answer(Value):
    """What came of a push: `flag` is Git's mark for the branch, "" when the other side did not answer for it.

    `said` are the lines of the other side, `reason` Git's own one.
    """

    status: int
    flag: str
    said: tuple[str, ...]
    reason: str

    @property
    def is_taken(self) -> bool:
        """Tells whether the branch is over there now, or no more, as was wanted."""
        return self.status == 0 and self.flag in (" ", "*", "=", "-")


def names(repo: Repo) -> list[str]:
    """Returns the remotes of a clone."""
    keys = [key for key in repo.settings() if key.startswith("remote.") and key.endswith(".url")]
    return sorted(key[len("remote.") : -len(".url")] for key in keys)


def choose(repo: Repo, branch: str, named: str | None = None) -> Remote:
    """Returns the remote of a branch: the named one, the branch's, `remote.pushDefault`, the only one, `origin`.

    Raises SetupError when there is none, UsageError when nothing says which.
    """
    known = names(repo)
    own = repo.config(f"branch.{branch}.remote") or ""
    if named is not None and named not in known:
        raise UsageError(f'there is no remote "{named}"', hint=_known(known))
    if not known:
        raise SetupError("this clone has no remote", hint="git remote add origin ADDRESS names one")
    default = repo.config("remote.pushDefault") or ""
    wishes = (named, own, default, known[0] if len(known) == 1 else None, "origin")
    name = next((one for one in wishes if one and one in known), None)
    if name is None:
        raise UsageError(
            f'which remote "{branch}" goes to is not said',
            hint=f"{_known(known)}; --remote NAME, or for good: git config branch.{branch}.remote NAME",
        )
    if name.startswith("-") or transport.foreign(repo, name):
        raise SetupError(
            f'the remote "{name}" is reached by a program that the settings of this clone choose',
            hint="gitdesk runs none of these; see docs/security.md",
        )
    merge = repo.config(f"branch.{branch}.merge") or ""
    theirs = merge.removeprefix(refs.BRANCHES) if own == name and merge.startswith(refs.BRANCHES) else branch
    url = transport.shown(repo.config(f"remote.{name}.url") or "")
    return Remote(name=name, url=url, branch=theirs, is_chosen=own == name and bool(merge))


def _known(known: Sequence[str]) -> str:
    if not known:
        return "git remote add NAME ADDRESS names one"
    return f"there {'is' if len(known) == 1 else 'are'} {', '.join(known)}"


def known_tip(repo: Repo, remote: Remote) -> str:
    """Returns what the remote had when this clone last looked, "" for nothing."""
    return repo.read_ref(remote.tracking) or ""


def fetch(repo: Repo, remote: Remote, *, asking: bool = False, step: Step | None = None) -> None:
    """Brings what the remote has of the desk's branch and of proposals; raises Unreachable.

    Nothing but references of that remote moves, whatever its settings say should be fetched. A pattern is asked for,
    so that a branch that is not there is no error; what is gone over there is then gone here too.
    """
    kept = f"{_REMOTES}{remote.name}/"
    words = [
        "fetch", "--no-tags", "--prune", "--no-recurse-submodules", "--refmap=",
        *(("--no-filter",) if repo.is_partial() else ()),
        *(("--progress",) if step is not None else ("--quiet",)),
        "--end-of-options", remote.name,
        f"+{refs.BRANCHES}{remote.branch}*:{kept}{remote.branch}*",
        f"+{refs.BRANCHES}{PROPOSALS}*:{kept}{PROPOSALS}*",
    ]  # fmt: skip
    done = _go(repo, remote, words, asking, step)
    if done.status:
        raise unreachable(remote, transport.last_words(done.error))


def has_branches(repo: Repo, remote: Remote, *, asking: bool = False) -> bool:
    """Tells whether the remote has any branch at all; raises Unreachable."""
    done = _go(repo, remote, ["ls-remote", "--heads", "--end-of-options", remote.name], asking, None)
    if done.status:
        raise unreachable(remote, transport.last_words(done.error))
    return bool(done.output.strip())


def unreachable(remote: Remote, reason: str) -> Unreachable:
    """Returns the error for a remote that did not answer."""
    why = f": {reason}" if reason else ""
    return Unreachable(f"{remote.name} ({remote.url}) cannot be reached{why}")


def bring(repo: Repo, remote: Remote, oids: Sequence[str], *, asking: bool = False) -> None:
    """Brings objects that a partial clone has been promised and lacks, all in one go; raises Unreachable."""
    asked = "".join(f"{oid}\n" for oid in oids).encode("ascii")
    missing = [
        line.split()[0]
        for line in repo.run("cat-file", "--batch-check", input=asked).decode("ascii", "replace").splitlines()
        if line.endswith(" missing")
    ]
    if not missing:
        return
    words = [
        "-c", "fetch.negotiationAlgorithm=noop", "fetch", "--quiet", "--no-tags", "--no-write-fetch-head",
        "--no-recurse-submodules", "--refmap=", "--filter=blob:none", "--stdin", "--end-of-options", remote.name,
    ]  # fmt: skip
    done = _go(repo, remote, words, asking, None, input="".join(f"{oid}\n" for oid in missing).encode())
    if done.status:
        raise unreachable(remote, transport.last_words(done.error))


def push(
    repo: Repo, remote: Remote, commit: str, *, asking: bool = False, step: Step | None = None
) -> Answer:
    """Pushes a commit to the remote's branch, forward only, and tells what came of it."""
    options = ("--no-force", *(("--progress",) if step is not None else ()))
    answer = _pushed(repo, remote, options, commit, asking, step)
    if answer.is_taken:
        note_taken(repo, remote, commit)
    return answer


def take_away(repo: Repo, remote: Remote, commit: str, *, asking: bool = False) -> Answer:
    """Takes the remote's branch away, if it is at this commit there, and tells what came of it."""
    answer = _pushed(repo, remote, (f"--force-with-lease={remote.ref}:{commit}",), "", asking, None)
    if answer.is_taken and known_tip(repo, remote):
        repo.run("update-ref", "-d", remote.tracking)
    return answer


def _pushed(
    repo: Repo, remote: Remote, options: Sequence[str], commit: str, asking: bool, step: Step | None
) -> Answer:
    words = [
        "push", "--porcelain", "--no-verify", "--no-follow-tags", "--no-signed", "--recurse-submodules=no",
        *options, "--end-of-options", remote.name, f"{commit}:{remote.ref}",
    ]  # fmt: skip
    done = _go(repo, remote, words, asking, step)
    lines = (line.split("\t") for line in os.fsdecode(done.output).split("\n"))
    told = [line for line in lines if len(line) > 2 and line[1].endswith(f":{remote.ref}")]
    theirs, _ = transport.said(done.error)
    reason = told[0][2].partition("(")[2].rstrip(")") if told else ""
    return Answer(
        status=done.status,
        flag=told[0][0] if told else "",
        said=theirs,
        reason=reason or transport.last_words(done.error),
    )


def note_taken(repo: Repo, remote: Remote, commit: str) -> None:
    """Notes what the remote has by now: Git does it itself only where its settings have a place for it."""
    if known_tip(repo, remote) != commit:
        repo.run("update-ref", "--create-reflog", "-m", "gitdesk: push", remote.tracking, commit)


def follow(repo: Repo, remote: Remote, branch: str) -> None:
    """Lets a branch go with the remote's from now on, as `git push --set-upstream` does."""
    repo.run("config", f"branch.{branch}.remote", remote.name)
    repo.run("config", f"branch.{branch}.merge", remote.ref)
    repo.forget_settings()


def had(repo: Repo, remote: Remote) -> tuple[str, ...]:
    """Returns what the remote's branch is known to have been at, by the reflog.

    A fresh clone has none of what it began with: its first entry tells that as what was there before.
    """
    if repo.odd_refs:
        return _had_by_git(repo, remote)
    try:
        with open(f"{repo.common_dir}/logs/{remote.tracking}", "rb") as file:
            entries = [line.split(b" ", 2)[:2] for line in file]
    except OSError:
        return ()
    known = dict.fromkeys(oid.decode("ascii", "replace") for entry in entries for oid in entry)
    return tuple(oid for oid in known if oid.strip("0"))


def _had_by_git(repo: Repo, remote: Remote) -> tuple[str, ...]:
    words = ("reflog", "show", "--format=%H", "--end-of-options", remote.tracking, "--")
    done = repo.call(*words)
    known = done.output.decode("ascii", "replace").split() if not done.status else []
    oldest = f"{remote.tracking}@{{{len(known)}}}"  # what was there before the first entry
    first = repo.call("rev-parse", "--verify", "--quiet", "--end-of-options", oldest)
    return (*known, *first.output.decode("ascii", "replace").split())


def _go(
    repo: Repo, remote: Remote, words: Sequence[str], asking: bool, step: Step | None, input: bytes = b""
) -> process.Finished:
    options, environ = transport.hardened(repo, remote.name, asking=asking)
    top = repo.work_tree or repo.git_dir  # addresses that are paths may be relative to it
    at = next(number for number, word in enumerate(words) if word in ("fetch", "push", "ls-remote"))
    words = [*words[: at + 1], transport.program(repo, remote.name, words[at]), *words[at + 1 :]]
    call = repo.words("-C", top, *options, *words)

    def hear(piece: bytes) -> None:
        found = transport.progress_of(piece)
        if found is not None and step is not None:
            step(*found)

    try:
        started = process.start(call, repo.environment(environ, network=True))
    except FileNotFoundError:
        raise discover.git_missing() from None
    return started.finish(input, hear if step is not None else None)
