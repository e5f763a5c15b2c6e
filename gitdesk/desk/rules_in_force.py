"""The rules in force before each commit, where a whole history is judged: those that its first parent had."""

from __future__ import annotations

from functools import lru_cache

from gitdesk.desk.commit_changes import plain
from gitdesk.desk.configuration import Configurations
from gitdesk.desk.seals import Rules
from gitdesk.domain.config import PATH
from gitdesk.errors import SetupError, Unreadable
from gitdesk.store import history
from gitdesk.store.misplaced import is_mark

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.desk.door import Desk
    from gitdesk.domain.config import Config
    from gitdesk.domain.violation import Violation
    from gitdesk.store.git import Repo
    from gitdesk.store.history import Record


class Grown:
    """The rules in force before each commit: its first parent's, or the last ones there that can be read."""

    def __init__(self, repo: Repo) -> None:
        self._repo = repo
        self._in_force: dict[str, str] = {}  # blob id of gitdesk.yaml by commit

    def law(self, record: Record) -> Rules:
        """Returns the rules for a commit; it must come after its parents. Whoever founds a desk may."""
        commit = record.commit
        before = self._in_force.get(commit.parents[0], "") if commit.parents else ""
        sides = record.sides if isinstance(record, history.MergeRecord) else record.changes
        own = next((plain(version.new) for version in sides if version.path == PATH), before)
        config = self._read(own) if own and not is_mark(own) else None
        # What cannot be read rules nothing: commands go on by the last version that could.
        self._in_force[commit.id] = own if config is not None else before
        return Rules(config=self._read(before)) if before else Rules(config=config, people=False)

    def _read(self, oid: str) -> Config | None:
        return config_of(self._repo.blob(oid))[0]


@lru_cache(maxsize=16)
def config_of(data: bytes) -> tuple[Config | None, tuple[Violation, ...]]:
    """Returns what a gitdesk.yaml says, None where it cannot be used, and what is wrong with it."""
    from gitdesk.store.config_file import parse_config

    return parse_config(data, PATH)


def config_at(desk: Desk, commit: str) -> Config | None:
    """Returns the configuration of a commit, None where there is none to go by."""
    try:
        return Configurations(desk.repo).at(commit)
    except (Unreadable, SetupError):
        return None
