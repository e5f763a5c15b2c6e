"""The door: every interface reads and writes the desk through `Desk`."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitdesk.desk.door import Desk
    from gitdesk.desk.plan import Fresh, Outcome, Rewrite, Step, Why

__all__ = ["Desk", "Fresh", "Outcome", "Rewrite", "Step", "Why"]


def __getattr__(name: str) -> Any:
    """Loads a name on first use: reading needs nothing of what writing does."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module("gitdesk.desk.door" if name == "Desk" else "gitdesk.desk.plan"), name)
