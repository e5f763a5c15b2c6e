"""A bar on standard error for work that takes more than a second, and nothing anywhere else."""

from __future__ import annotations

import sys
import time

from gitdesk.cli import terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType

DELAY = 1.0  # seconds of silence first
_INTERVAL = 0.1
_CELLS = 24


class Progress:
    """`with Progress("reading tickets") as step:` gives a callable to tell how far it is: `step(done, total)`."""

    def __init__(self, label: str, total: int | None = None) -> None:
        self._label, self._total = label, total
        self._shown = False
        self._next = 0.0

    def __enter__(self) -> Progress:
        self._next = time.monotonic() + DELAY
        return self

    def __call__(self, done: int, total: int | None = None) -> None:
        """Tells that so much is done; `total` None means that nobody knows of how much."""
        moment = time.monotonic()
        if moment < self._next or not terminal.is_terminal(sys.stderr):
            return
        self._next, self._shown = moment + _INTERVAL, True
        self._total = total if total is not None else self._total
        sys.stderr.write("\r" + bar(self._label, done, self._total) + "\x1b[K")
        sys.stderr.flush()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def progress(label: str, total: int | None = None) -> Progress:
    """Returns a progress bar to use in a `with`."""
    return Progress(label, total)


def bar(label: str, done: int, total: int | None) -> str:
    """Returns the text of a bar: `reading tickets ████░░░░  42 %  4,200 of 10,000`."""
    if not total:
        return f"{label} {done:,}"
    share = min(done / total, 1.0)
    full = int(share * _CELLS)
    return f"{label} {'█' * full}{'░' * (_CELLS - full)} {share:4.0%}  {done:,} of {total:,}"
