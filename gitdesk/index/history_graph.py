"""The graph of commits: their places in one order, and which of them a move of the branch left behind."""

from __future__ import annotations

from array import array
from heapq import heappop, heappush

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from gitdesk.domain.change import Commit

_ELSEWHERE = -1  # the time of a commit that was only mentioned as a parent


class Graph:
    """The new commits with their parents, small enough for a million of them."""

    def __init__(self, first: int) -> None:
        """Starts empty; `first` is the number of the first commit, later ones follow as they are first mentioned."""
        self.first = first
        self._slots: dict[bytes, int] = {}
        self._ids: list[bytes] = []
        # By slot, which is the number less the first one: committer's time in seconds, slot of the first parent.
        self._times = array("q")
        self._parents = array("q")
        self._more: dict[int, tuple[int, ...]] = {}
        self.places = array("q")  # by slot, once `late` has gone through

    def add(self, commit: Commit, seconds: int) -> int:
        """Takes a commit in and returns its number."""
        slot = self._slot(commit.id)
        self._times[slot] = seconds
        if commit.parents and not commit.shallow:
            parents = commit.parents
            self._parents[slot] = self._slot(parents[0])
            if len(parents) > 1:
                self._more[slot] = tuple(self._slot(parent) for parent in parents[1:])
        return self.first + slot

    def mentions(self, commit_id: str) -> bool:
        """Tells whether a commit is new or a parent of a new one."""
        return bytes.fromhex(commit_id) in self._slots

    def elsewhere(self) -> Iterator[str]:
        """Yields the parents of new commits that are not new themselves."""
        times = self._times
        return (commit.hex() for commit, slot in self._slots.items() if times[slot] == _ELSEWHERE)

    def is_new(self, number: int) -> bool:
        """Tells whether a number is one of a new commit, not of one that is only mentioned or was there before."""
        return number >= self.first and self._times[number - self.first] != _ELSEWHERE

    def parents(self, number: int) -> list[int]:
        """Returns the numbers of a new commit's parents; not all of them need be new."""
        slot = number - self.first
        first = self._parents[slot]
        return [self.first + each for each in (first, *self._more.get(slot, ())) if each >= 0]

    def id_of(self, number: int) -> str:
        """Returns the id of a commit that is new or mentioned."""
        if len(self._ids) != len(self._slots):
            self._ids = list(self._slots)
        return self._ids[number - self.first].hex()

    def late(self, place_of: Callable[[str], int | None]) -> Iterator[tuple[int, int]]:
        """Yields (place, number) of the new commits whose place is not their time; `place_of` knows the others.

        The place is the committer's time in seconds, or one more than the greatest place of a parent if that is
        later: it depends on nothing but what the commit descends from, so it never changes.
        """
        times, firsts, more = self._times, self._parents, self._more
        places = self.places = array("q", bytes(8 * len(times)))
        done = bytearray(len(times))
        for commit in self.elsewhere():
            slot = self._slots[bytes.fromhex(commit)]
            places[slot], done[slot] = place_of(commit) or 0, 1
        for start in range(len(times) - 1, -1, -1):
            stack = [start]
            while stack:
                slot = stack[-1]
                if done[slot]:
                    stack.pop()
                    continue
                first = firsts[slot]
                parents = () if first < 0 else (first, *more[slot]) if slot in more else (first,)
                missing = [parent for parent in parents if not done[parent]]
                if missing:
                    stack.extend(missing)
                    continue
                place = max(times[slot], *(places[parent] + 1 for parent in parents), 0)
                places[slot], done[slot] = place, 1
                if place != times[slot]:
                    yield place, self.first + slot
                stack.pop()

    def _slot(self, commit_id: str) -> int:
        slots = self._slots
        slot = slots.setdefault(bytes.fromhex(commit_id), len(slots))
        if slot == len(self._times):
            self._times.append(_ELSEWHERE)
            self._parents.append(-1)
        return slot


def left_behind(
    known: str,
    kept: Iterable[str],
    place_of: Callable[[str], int | None],
    parents_of: Callable[[str], Iterable[str] | None],
) -> list[str] | None:
    """Returns the commits that `known` descends from (and itself) and none of `kept` does, None when one is gone.

    Both go back together from the greatest place on. A place is greater than those of all parents, whatever the
    clocks said, so whoever is reached has been reached from everywhere. Parents without a place are not there.
    """
    marks: dict[str, bool] = {}  # by commit reached: whether it is kept
    ahead: list[tuple[int, str]] = []
    left = 0  # commits ahead that are not kept

    def reach(commit: str, keep: bool) -> int:
        """Marks a commit; returns by how much the number of those that are not kept grows."""
        if commit in marks:
            if keep and not marks[commit]:
                marks[commit] = True
                return -1
            return 0
        place = place_of(commit)
        if place is None:
            return 0
        marks[commit] = keep
        heappush(ahead, (-place, commit))
        return 0 if keep else 1

    for commit in kept:
        reach(commit, True)
    left += reach(known, False)
    gone: list[str] = []
    while left:
        _, commit = heappop(ahead)
        keep = marks[commit]
        if not keep:
            left -= 1
            gone.append(commit)
        parents = parents_of(commit)
        if parents is None:
            return None
        for parent in parents:
            left += reach(parent, keep)
    return gone
