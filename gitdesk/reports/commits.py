"""How many commits somebody made, and in what way."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


class Commits:
    """The commits of somebody: all, those on tickets, of these the ones by hand, and of all the unsigned ones."""

    __slots__ = ("all", "by_hand", "on_tickets", "unsigned")

    def __init__(self) -> None:
        self.all = self.by_hand = self.on_tickets = self.unsigned = 0

    @classmethod
    def together(cls, every: Iterable[Commits]) -> Commits:
        """Returns the sums."""
        whole = cls()
        for one in every:
            for name in cls.__slots__:
                setattr(whole, name, getattr(whole, name) + getattr(one, name))
        return whole

    def plain(self) -> dict[str, int]:
        """Returns the counts as JSON-able data."""
        return {
            "commits": self.all,
            "on_tickets": self.on_tickets,
            "by_hand": self.by_hand,
            "unsigned": self.unsigned,
        }
