"""What one landing changes in the end, file by file, and what of it must be approved, whatever steps led there."""

from __future__ import annotations

from gitdesk.desk.commit_changes import plain
from gitdesk.desk.feed import Feed
from gitdesk.desk.judging import is_desk_file
from gitdesk.domain import rules_approvals
from gitdesk.domain.approval import Net
from gitdesk.domain.change import Change, is_config, is_document
from gitdesk.domain.rules_context import context_of
from gitdesk.store import codec, merge_result
from gitdesk.store.history import MergeRecord
from gitdesk.store.misplaced import is_mark
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitdesk.domain.approval import Need
    from gitdesk.domain.config import Config
    from gitdesk.domain.document import Document
    from gitdesk.store.git import Repo
    from gitdesk.store.history import Record


class Step(Value):
    """A commit of a landing: the needs of what it changes itself, and the files a merge made by hand.

    `config` is what it was asked by; None where it was not.
    """

    record: Record
    config: Config | None = None
    needs: tuple[Need, ...] = ()
    by_hand: frozenset[str] = frozenset()

    def versions(self, path: str) -> tuple[str, str] | None:
        """Returns the blobs of a file before and after, None of one that the commit does not make something of."""
        for version in self.record.changes:
            if version.path == path:
                return plain(version.old[0]), plain(version.new)
        return ("", "") if path in self.by_hand else None


class Landing(Value):
    """What comes to the desk at once: from `before` to `after` by the steps between them, oldest first.

    `head` is the commit that a review on a site was given for, "" where there is none.
    """

    before: str
    after: str
    steps: tuple[Step, ...]
    head: str = ""

    @property
    def is_plain(self) -> bool:
        """Tells whether it is one usual commit that needs nothing: what most landings are."""
        return (
            len(self.steps) == 1 and not self.steps[0].needs and len(self.last.commit.parents) < 2
            and self.after == self.last.commit.id
        )  # fmt: skip

    @property
    def last(self) -> Record:
        """Returns the commit by which it comes."""
        return self.steps[-1].record

    def makers(self, path: str) -> list[Step]:
        """Returns the steps that make something of a file, oldest first."""
        return [step for step in self.steps if step.versions(path) is not None]


def net_files(repo: Repo, landing: Landing) -> dict[str, tuple[str, str]]:
    """Returns the blobs before and after of each file of the desk that differs in the end."""
    record = landing.last
    commit = record.commit
    if landing.after != commit.id or landing.before not in commit.parents:
        found = merge_result.differences(repo, landing.before, landing.after)
        return {path: (plain(old), plain(new)) for path, old, new in found if is_desk_file(path)}
    side = commit.parents.index(landing.before)
    versions = record.sides if isinstance(record, MergeRecord) else record.changes
    return {
        one.path: (plain(one.old[side]), plain(one.new))
        for one in versions
        if is_desk_file(one.path) and one.old[side] != one.new
    }


def needs_of(
    repo: Repo, landing: Landing, files: dict[str, tuple[str, str]], config: Config
) -> Iterator[tuple[Need, Net, Change]]:
    """Yields what must be approved: what a step must have, and what all of them come to."""
    asked: dict[str, list[tuple[Need, Step]]] = {}
    makers: dict[str, list[Step]] = {}
    for step in landing.steps:
        for need in step.needs:
            if need.path in files:
                asked.setdefault(need.path, []).append((need, step))
        for path in {one.path for one in step.record.changes} | step.by_hand:
            if path in files:
                makers.setdefault(path, []).append(step)
    several = {
        path: versions
        for path, versions in files.items()
        if (is_document(path) or is_config(path))
        and not _is_a_step(makers.get(path, []), path, versions, config)
    }
    changes = {change.path: change for change in _changes_of(repo, several)}
    for path in dict.fromkeys((*asked, *changes)):
        change = changes.get(path) or change_of(repo, path, *files[path])
        found: dict[Need, None] = {}
        for need, step in asked.get(path, ()):
            again = need if step.config == config else rules_approvals.asked_again(need, change, config)
            if again is not None:
                found[again] = None
        if path in changes:
            for step in makers.get(path, []) or landing.steps[-1:]:
                context = context_of(step.record.commit, config)
                found |= dict.fromkeys(rules_approvals.needs(change, config, context, whole=True))
        for need in found:
            yield need, net_of(change), change


def _is_a_step(steps: list[Step], path: str, versions: tuple[str, str], config: Config) -> bool:
    """Tells whether what a file comes to is what one usual commit made of it, which was asked already."""
    if len(steps) != 1 or len(steps[0].record.commit.parents) > 1 or steps[0].config != config:
        return False
    return steps[0].versions(path) == versions


def _changes_of(repo: Repo, files: dict[str, tuple[str, str]]) -> Iterator[Change]:
    """Yields the changes of files between two blobs each, which are read together."""
    wanted = [
        (path, oid)
        for path, versions in files.items()
        if is_document(path)
        for oid in versions
        if oid and not is_mark(oid)
    ]
    found = {(path, oid): document for path, oid, document in Feed(repo).documents(dict.fromkeys(wanted))}
    for path, (old, new) in files.items():
        before, after = found.get((path, old)), found.get((path, new))
        yield Change(path=path, before=before, after=after, old=old, new=new)


def change_of(repo: Repo, path: str, old: str, new: str) -> Change:
    """Returns the change of a file between two blobs."""
    if not is_document(path):
        return Change(path=path, old=old, new=new)
    before, after = (_document(repo, path, oid) for oid in (old, new))
    return Change(path=path, before=before, after=after, old=old, new=new)


def _document(repo: Repo, path: str, oid: str) -> Document | None:
    return codec.parse(repo.blob(oid), path) if oid and not is_mark(oid) else None


def net_of(change: Change) -> Net:
    """Returns what an approval of a change names."""
    from_, to = (
        one.ticket.status if one is not None and one.ticket is not None else ""
        for one in (change.before, change.after)
    )
    return Net(path=change.path, from_=from_, to=to, old=change.old, new=change.new)
