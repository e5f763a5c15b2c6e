"""The errors a person can cause: what happened, where, what to do, and the exit code."""

from __future__ import annotations


class Place:
    """A spot in a file: path, and line and column counted from 1 where they are known."""

    __slots__ = ("column", "line", "path")

    def __init__(self, path: str, line: int | None = None, column: int | None = None) -> None:
        self.path, self.line, self.column = path, line, column

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.path, self.line, self.column) if part is not None)

    def __repr__(self) -> str:
        return f"Place({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Place) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))


class GitdeskError(Exception):
    """Anything a person can cause. The message is one line without a full stop; values stand in double quotes."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str | None = None, place: Place | None = None) -> None:
        super().__init__(message)
        self.message, self.hint, self.place = message, hint, place

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


class Refused(GitdeskError):
    """The answer is no: a rule, a limit or an unsafe edit."""

    exit_code = 1


class UsageError(GitdeskError):
    """The words of the call are wrong: an unknown value, a malformed query, an option missing."""

    exit_code = 2


class NotFound(GitdeskError):
    """No such ticket, or several."""

    exit_code = 3


class Conflict(GitdeskError):
    """Somebody changed it first."""

    exit_code = 4


class Unreadable(GitdeskError):
    """A document or gitdesk.yaml cannot be read; `code` is that of the rule, where one says so.

    `commit` is the one whose file it is, and `deletion` the one that took it away. `missing` is an object that this
    clone lacks.
    """

    exit_code = 5
    code = ""
    commit = ""
    deletion = ""
    missing = ""


class SetupError(GitdeskError):
    """Git or the desk is not set up."""

    exit_code = 6


class Interrupted(GitdeskError):
    """The person stopped it."""

    exit_code = 130
