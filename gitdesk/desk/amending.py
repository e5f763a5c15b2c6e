"""Commits that are amended: what is staged replaces the last commit, and is judged against the one below it too."""

from __future__ import annotations

from datetime import timedelta

from gitdesk.store.identity import identity
from gitdesk.store.objects import parents_of_commit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from gitdesk.desk.door import Desk
    from gitdesk.domain.violation import Violation

_LATER = timedelta(seconds=2)  # a commit in the same second as the last one is no other form of it


def unless_amended(desk: Desk, judge: Callable[[str | None], Iterable[Violation]]) -> Iterator[Violation]:
    """Yields what a judge finds against HEAD (None), for a commit that is amended only what is wrong either way.

    Whoever mends a typing mistake in the answer of his last commit rewrites no answer that anybody has read.
    """
    found = list(judge(None))
    below = replaced_onto(desk) if found else None
    if below is not None:
        also = {_mark(one) for one in judge(below)}
        found = [one for one in found if _mark(one) in also]
    yield from found


def _mark(one: Violation) -> tuple[str, str]:
    """Returns what is wrong, wherever: a false claim of a message is told of the first file, which may be another."""
    return one.code, one.subject or one.message


def replaced_onto(desk: Desk) -> str | None:
    """Returns the parent of HEAD when Git seems to be amending, None else.

    No hook is told. But Git names to hooks the author of the commit to come, and only an amended commit has the name,
    the address and the second of the one that is there, and is made later than it was written.
    """
    _, head = desk.repo.head()
    if head is None or "GIT_AUTHOR_DATE" not in desk.environ:
        return None
    author, committer = identity(desk.repo, desk.environ, desk.now)
    if committer.at - author.at < _LATER:
        return None
    data = desk.repo.commit(head)
    parents = parents_of_commit(data)
    is_same = f"author {author.line}".encode("utf-8", "surrogateescape") in data.partition(b"\n\n")[0].split(
        b"\n"
    )
    return parents[0] if is_same and parents else None
