"""The pasts of tickets while commits are walked through, oldest first: each change is judged by what was before it.

A version of a ticket is known by its blob, so that every branch of a range has a past of its own: what its file went
through on the way to the commit, from the base on commit by commit, and up to the base by first parents.
"""

from __future__ import annotations

from gitdesk.desk.git_pasts import GitPasts, PlainRows, is_terms, moment_of, row_of
from gitdesk.desk.terms import Book
from gitdesk.domain.change import is_document
from gitdesk.domain.sla_facts import facts_on
from gitdesk.domain.sla_past import Past
from gitdesk.domain.sla_replay import Replay
from gitdesk.store.misplaced import is_mark
from gitdesk.store.objects import object_id

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gitdesk.desk.door import Desk
    from gitdesk.domain.change import Change, Commit
    from gitdesk.domain.sla_facts import ClockFacts
    from gitdesk.domain.sla_policy import TermVersions

_AT_HAND = 32  # replays that are kept: those of the tickets that were changed last
_LATER = 1 << 40  # the place in history of the first commit after the base


class Pasts:
    """What the tickets went through up to the commit that is judged.

    With a base its terms hold, and pasts begin with what it has; which of them will be asked for, `head` or `paths`
    say: they are read together. Without one everything is walked through, and the terms of a commit hold from it on.
    """

    def __init__(
        self,
        desk: Desk,
        base: str | None,
        head: str | None = None,
        *,
        at: int = 0,
        paths: Iterable[str] = (),
    ) -> None:
        """Walks from a base to a head; `at` is when a change is made that is in no commit yet."""
        self._desk, self._base, self._head, self._at = desk, base, head, at
        self._paths = paths
        self._known: dict[str, Past] = {}  # of the commits that were walked through, by blob
        self._told: dict[str, Past] = {}  # read from Git, by blob
        self._asked: set[tuple[str, str]] = (
            set()
        )  # paths that were read, at the base ("") or at another commit
        # Blob, path and commit that a first step stands on; None where nobody knows it.
        self._waiting: dict[Past, tuple[str, str, str] | None] = {}
        self._replays: dict[
            Past, tuple[TermVersions, Replay]
        ] = {}  # the last ones, by the past, with their terms
        self._held: dict[Past, TermVersions] = {}  # by the beginning, those of a past that the base has
        self._rows = PlainRows([] if base is None else [(-1, base, 0, "", "", "", "", "")])
        self._terms: TermVersions = Book(desk, self._rows)
        self._place = 0 if base is None else _LATER

    def facts(self, change: Change) -> ClockFacts | None:
        """Returns what the clocks say of a change, None of a ticket whose past is not known."""
        before = change.before
        if before is None or before.ticket is None or change.after is None or change.after.ticket is None:
            return None
        blob = change.old or object_id(self._desk.repo.hash_name, "blob", before.data)
        past = self._known.get(blob) or self._read(blob, before.path, _parent(change.commit))
        if past is None:
            return None
        first = past.first
        if first in self._waiting:
            asked = self._waiting[first]
            below = self._read(*asked) if asked is not None else None
            self._waiting[first] = None
            if below is None:
                return None
            del self._waiting[first]
            first.stand_on(below)
            first = below.first
        at = int(change.commit.committer.at.timestamp()) if change.commit is not None else self._at
        terms = self._held.get(first, self._terms)
        replay = self._replay(past, terms).fork()
        return facts_on(replay, past.position, at, before.ticket, change.after.ticket, past.story)

    def _replay(self, past: Past, terms: TermVersions) -> Replay:
        """Returns the replay of a past: that of what it stands on goes on where it is at hand.

        A ticket that is changed a thousand times in a push would otherwise be replayed a thousand times from the start.
        """
        held, replay = self._replays.pop(past, (None, None))
        if replay is None or held is not terms:
            replay = self._went_on(past, terms) or Replay(past.story(), terms)
        self._replays[past] = terms, replay
        if len(self._replays) > _AT_HAND:
            del self._replays[next(iter(self._replays))]
        return replay

    def _went_on(self, past: Past, terms: TermVersions) -> Replay | None:
        held, below = (
            self._replays.get(past.before, (None, None)) if past.before is not None else (None, None)
        )
        steps = past.steps(below.last) if below is not None and held is terms else None
        if below is None or steps is None:
            return None
        replay = below.fork()
        replay.go_on(steps)
        return replay

    def advance(self, commit: Commit, changes: Iterable[Change]) -> None:
        """Goes on to the next commit: what is judged from now on stands on it."""
        self._place += 1
        moment = None
        for change in changes:
            if not is_document(change.path):
                if self._base is None and is_terms(change.path) and change.old != change.new:
                    self._rows.add(row_of(commit, self._place))
                    self._terms = Book(self._desk, self._rows)
                continue
            after = change.after.ticket if change.after is not None else None
            if after is None:
                continue
            moment = moment or moment_of(commit, self._place)
            before = change.before
            if before is None or before.ticket is None:
                self._known[change.new] = Past.begin(after, moment)
                continue
            known = self._known.get(change.old)
            self._known[change.new] = step = Past.step(known, before.ticket, after, moment)
            if known is None:
                self._waiting[step] = (change.old, before.path, _parent(commit))

    def _read(self, blob: str, path: str, parent: str) -> Past | None:
        """Returns the past of a version that the base has, or had; else as the commit tells it that has it.

        Never what was walked through: a change that was taken back would stand on itself.
        """
        if self._base is None:
            return None
        if blob not in self._told and (path, "") not in self._asked:
            self._ask(self._base, sorted({path, *self._expected()}))
        if blob not in self._told and parent and (path, parent) not in self._asked:
            self._asked.add((path, parent))
            self._take(GitPasts(self._desk, parent, [path]))  # it came from a branch that was merged
        return self._told.get(blob)

    def _ask(self, base: str, paths: Sequence[str]) -> None:
        self._asked.update((path, "") for path in paths)
        self._take(GitPasts(self._desk, base, paths))

    def _expected(self) -> Iterator[str]:
        """Yields the paths that are to be read at once, the first time."""
        yield from self._paths
        if self._head is not None and self._head != self._base and self._base is not None:
            for path, old, _ in self._desk.source.diff(self._base, self._head):
                if old and is_document(path) and not is_mark(old):
                    yield path
        self._head, self._paths = None, ()

    def _take(self, read: GitPasts) -> None:
        for blob, past in read.by_blob.items():
            self._told.setdefault(blob, past)
        for first in read.firsts:
            self._held[first] = read.terms


def _parent(commit: Commit | None) -> str:
    return commit.parents[0] if commit is not None and commit.parents else ""
