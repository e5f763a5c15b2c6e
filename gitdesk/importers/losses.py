"""The report of an import: what was read, and what was refused or left out, with counts that add up."""

from __future__ import annotations

from gitdesk.errors import Unreadable
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.errors import Place
    from gitdesk.importers.stream import Source


class Bad(Value):
    """A part of a file that could not be read: where, why, and how many items of the file went with it."""

    place: Place
    reason: str
    items: int = 1


class Left(Value):
    """Things left out on purpose: how often they were met, how many items of the file they were, one example."""

    count: int
    items: int
    example: str


class Report:
    """Gathers what readers tell while they read.

    `items` counts the items of the files (rows, lines, comments): a reader adds the `_rows` of each ticket it yields;
    what is refused or left out counts itself. So the sum of all three is what was in the files.
    """

    def __init__(self, *, keep_going: bool = False) -> None:
        self.keep_going = keep_going
        self.items = 0
        self.refused: list[Bad] = []
        self.left_out: dict[str, Left] = {}
        self.reading: Source | None = None  # what is being read; its `share()` tells how far

    def bad(self, place: Place, reason: str, hint: str | None = None, *, items: int = 1) -> None:
        """Notes something unreadable; raises Unreadable unless the import keeps going.

        `items` says how many items of the file were lost with it: 0 for what is no item (a truncated end).
        """
        self.items += items
        if not self.keep_going:
            raise Unreadable(reason, hint=hint, place=place)
        self.refused.append(Bad(place=place, reason=reason, items=items))

    def ignored(self, name: str, example: str = "", *, items: int = 0) -> None:
        """Counts one thing left out on purpose; `items` as above: 1 for a whole row or line, 0 for a part of one."""
        self.items += items
        known = self.left_out.get(name)
        if known is None:
            self.left_out[name] = Left(count=1, items=items, example=example)
        else:
            self.left_out[name] = Left(
                count=known.count + 1, items=known.items + items, example=known.example or example
            )
