"""How crowded a remote is, as this clone has met it: pushes that lost a race make the next ones wait longer.

Of all who push at once one gets through. What makes the others' next try worth while is that few try at a time, so
everybody waits by chance, the longer the more often they have lost of late.
"""

from __future__ import annotations

import contextlib
import os

from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from gitdesk.store.git import Repo

_MOST = 24.0  # others at once that are reckoned with
_LOSS = 3.0  # by how many others a lost race tells of
_EASED = 0.95  # what is left of a crowd after a push that got through at once
_FORGOTTEN = 60.0  # seconds after which nothing is left of it
_SPREAD = 4.0  # rounds over which as many tries are spread as there are others
_ROUND = (0.05, 4.0)  # seconds from looking to having pushed
_LONGEST = 12.0  # seconds of one wait
_NO_CROWD = 0.3


class Pace(Value):
    """How many others there seem to be, and how long a round of ours takes from looking to having pushed."""

    others: float = 0.0
    round: float = 0.25

    def lost(self, seconds: float) -> Pace:
        """Returns the pace after a push that came too late, so many seconds after looking."""
        return Pace(others=min(_MOST, self.others + _LOSS), round=self._measured(seconds))

    def won(self, seconds: float, *, at_once: bool = True) -> Pace:
        """Returns the pace after a push that got through, so many seconds after looking, at once or after losses."""
        return Pace(others=self.others * (_EASED if at_once else 1.0), round=self._measured(seconds))

    def _measured(self, seconds: float) -> float:
        return (self.round + min(max(seconds, _ROUND[0]), _ROUND[1])) / 2

    def after(self, seconds: float) -> Pace:
        """Returns the pace when nothing was pushed for a while."""
        left = max(0.0, 1.0 - max(seconds, 0.0) / _FORGOTTEN)
        return Pace(others=self.others * left, round=self.round)

    def pause(self, chance: float) -> float:
        """Returns how many seconds to wait before the next look, for a number from 0 to 1 drawn by chance."""
        if self.others < _NO_CROWD:
            return 0.0
        return chance * min(_LONGEST, self.others * self.round * _SPREAD)


def load(repo: Repo, now: Callable[[], float]) -> Pace:
    """Returns the pace that the last push of this clone has left."""
    path = _path(repo)
    try:
        with open(path, "rb") as file:
            others, seconds = (float(word) for word in file.read(200).split())
        age = now() - os.stat(path).st_mtime
    except (OSError, ValueError):
        return Pace()
    if not (0 <= others <= _MOST and _ROUND[0] <= seconds <= _ROUND[1]):
        return Pace()
    return Pace(others=others, round=seconds).after(age)


def keep(repo: Repo, pace: Pace) -> None:
    """Keeps the pace for the next push; that it cannot be kept is not worth an error."""
    path = _path(repo)
    with contextlib.suppress(OSError):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o666)
        try:
            os.write(descriptor, b"%.3f %.3f\n" % (pace.others, pace.round))
        finally:
            os.close(descriptor)


def _path(repo: Repo) -> str:
    return f"{repo.common_dir}/gitdesk/pace"
