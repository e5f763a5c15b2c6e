"""Which commits a check is about: BASE..HEAD as people and CI servers write it, and what keeps it from being whole."""

from __future__ import annotations

import os

from gitdesk.errors import SetupError, Unreadable, UsageError
from gitdesk.lazy import pattern
from gitdesk.store import objects
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.desk.door import Desk
    from gitdesk.store.git import Repo

_UNSHALLOW = (
    "`git fetch --unshallow` brings the rest; a workflow asks actions/checkout for it with `fetch-depth: 0`"
)
_HEX = frozenset("0123456789abcdef")
_CALLED = pattern(r"[^~^:@]*")  # what names a commit, before what leads on from it


class Span(Value):
    """The commits of `head` that `base` does not have; both are ids, `name` is what people called the base."""

    name: str
    base: str
    head: str
    is_ahead: bool  # the head has all of the base, so that what both come to is the head


def span(desk: Desk, text: str) -> Span:
    """Returns what `BASE..HEAD`, `BASE...HEAD` or `BASE` (up to the desk's tip) means.

    Raises UsageError for no range, SetupError when a commit is missing, both have nothing in common, or the clone is
    shallow just there.
    """
    base_name, dots, head_name = parts(text)
    if not base_name or ".." in head_name:
        raise UsageError(f'"{text}" is no range', hint="write it BASE..HEAD, as in origin/main..HEAD")
    base = commit(desk.repo, base_name)
    head = commit(desk.repo, head_name) if head_name else desk.tip
    fork = desk.repo.call("merge-base", base, head).output.decode("ascii", "replace").strip()
    if not fork:
        if shallow_ids(desk.repo):
            raise SetupError(
                f'this clone is shallow: it does not reach where "{base_name}" and the branch parted',
                hint=_UNSHALLOW,
            )
        what = f'"{head_name}"' if dots and head_name else "the desk"
        raise SetupError(
            f'"{base_name}" and {what} have no commit in common',
            hint="name the branch that this one goes into",
        )
    _require_whole(desk.repo, base, head)
    return Span(name=short(base_name), base=base, head=head, is_ahead=fork == base)


def base_of(repo: Repo, text: str) -> str:
    """Returns the commit that a range begins at, "" when this clone has no such commit."""
    try:
        return commit(repo, parts(text)[0])
    except SetupError:
        return ""


def short(name: str) -> str:
    """Returns a base as people call it; CI names a branch in full, lest another reference of its name be taken."""
    return name.removeprefix("refs/").removeprefix("remotes/").removeprefix("heads/")


def require_whole_history(desk: Desk) -> None:
    """Raises SetupError for a shallow clone: its audit trail begins somewhere in the middle."""
    if shallow_ids(desk.repo):
        raise SetupError("this clone is shallow: its history is not whole", hint=_UNSHALLOW)


def shallow_ids(repo: Repo) -> frozenset[str]:
    """Returns the commits whose parents a shallow clone lacks; none for a whole one."""
    try:
        with open(os.path.join(repo.common_dir, "shallow"), encoding="ascii", errors="replace") as file:
            return frozenset(file.read().split())
    except FileNotFoundError:
        return frozenset()


def _require_whole(repo: Repo, base: str, head: str) -> None:
    cut = shallow_ids(repo)
    if cut and not cut.isdisjoint(repo.run("rev-list", head, f"^{base}", "--").decode("ascii").split()):
        raise SetupError("this clone is shallow: commits of the branch lack their parents", hint=_UNSHALLOW)


def parts(text: str) -> tuple[str, str, str]:
    """Returns base, dots and head of a range as they are written."""
    return text.partition("..." if "..." in text else "..")


def commit(repo: Repo, name: str) -> str:
    """Returns the id of a commit by any name of it; raises SetupError, with a way on, when this clone lacks it."""
    if _is_id(repo, name):
        return name
    found = ""
    if not name.startswith(("-", "^")) and "\0" not in name:
        words = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{_no_tag(repo, name)}^{{commit}}")
        done = repo.call(*words)
        found = "" if done.status else done.output.decode("ascii", "replace").strip()
    # An id in full is taken at its word by Git, whether this clone has the commit or not.
    if not found or not repo.has(found):
        raise SetupError(f'no commit "{name}" in this clone', hint=_bring(repo, name))
    return found


def _is_id(repo: Repo, name: str) -> bool:
    """Tells whether a name is the id, in full, of a commit that this clone has: no reference can go before that."""
    if len(name) != 2 * repo.id_size or not _HEX.issuperset(name):
        return False
    try:
        return repo.object(name)[0] == objects.COMMIT
    except Unreadable:
        return False


def _no_tag(repo: Repo, name: str) -> str:
    """Returns a name by which Git finds the branch where it would find a tag of that name first.

    A tag called "origin/main" can be pushed by many who cannot push to the branch, and would set the rules.
    """
    found = _CALLED.match(name)
    called = found[0] if found is not None else ""
    if not called or ".." in called or repo.read_ref(f"refs/tags/{called}") is None:
        return name
    branches = (f"{where}/{called}" for where in ("refs/heads", "refs/remotes"))
    ref = next((one for one in branches if repo.read_ref(one) is not None), called)
    return ref + name.removeprefix(called)


def _bring(repo: Repo, name: str) -> str:
    if name.strip("0") == "" and len(name) >= 40:
        return "a branch that is new has no commit before it: name the branch it goes into, as in origin/main..HEAD"
    if shallow_ids(repo):
        return f"this clone is shallow: {_UNSHALLOW}"
    remote = name if "/" in name else f"origin/{name}"
    there = repo.call(
        "rev-parse", "--verify", "--quiet", "--end-of-options", f"refs/remotes/{remote}^{{commit}}"
    )
    if "/" not in name and not there.status:
        return f'did you mean "{remote}"?'
    return "`git fetch` brings what the remote has; `git branch --all` lists what is here"
