"""What went, came, stayed and moved between two lists, in n log n whatever the lists hold."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque

from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence


class Alignment(Value):
    """Places in the older list (first) and the newer one (second); what is named nowhere stayed in order."""

    removed: tuple[int, ...]
    added: tuple[int, ...]
    moved: tuple[tuple[int, int], ...]

    def kept(self, before: int, after: int) -> Iterator[tuple[int, int]]:
        """Yields the pairs that stayed in their order, given the lengths of the lists."""
        gone = set(self.removed) | {i for i, _ in self.moved}
        come = set(self.added) | {j for _, j in self.moved}
        yield from zip(
            (i for i in range(before) if i not in gone),
            (j for j in range(after) if j not in come),
            strict=True,
        )


def align(before: Sequence[Hashable], after: Sequence[Hashable]) -> Alignment:
    """Returns how one list became another: equal entries are paired in order, as few as possible moved."""
    start = _common(before, after)
    end = _common_end(before, after, start)
    last_before, last_after = len(before) - end, len(after) - end
    waiting: dict[Hashable, deque[int]] = {}
    for i in range(start, last_before):
        waiting.setdefault(before[i], deque()).append(i)
    pairs: list[tuple[int, int]] = []
    added: list[int] = []
    for j in range(start, last_after):
        places = waiting.get(after[j])
        if places:
            pairs.append((places.popleft(), j))
        else:
            added.append(j)
    paired = {i for i, _ in pairs}
    stayed = _longest_rise([i for i, _ in pairs])
    return Alignment(
        removed=tuple(i for i in range(start, last_before) if i not in paired),
        added=tuple(added),
        moved=tuple(pair for pair in pairs if pair[0] not in stayed),
    )


def _common(before: Sequence[Hashable], after: Sequence[Hashable]) -> int:
    count = 0
    for old, new in zip(before, after, strict=False):
        if old != new:
            break
        count += 1
    return count


def _common_end(before: Sequence[Hashable], after: Sequence[Hashable], start: int) -> int:
    count = 0
    most = min(len(before), len(after)) - start
    while count < most and before[-1 - count] == after[-1 - count]:
        count += 1
    return count


def _longest_rise(numbers: Sequence[int]) -> set[int]:
    """Returns the members of a longest rising subsequence of distinct numbers (patience sorting)."""
    tails: list[int] = []
    previous: dict[int, int | None] = {}
    for number in numbers:
        pile = bisect_left(tails, number)
        previous[number] = tails[pile - 1] if pile else None
        tails[pile : pile + 1] = [number]
    chosen: set[int] = set()
    current = tails[-1] if tails else None
    while current is not None:
        chosen.add(current)
        current = previous[current]
    return chosen
