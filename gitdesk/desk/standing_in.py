"""What stands in for a gitdesk.yaml that cannot be used: the last one before it that can, for commands that read."""

from __future__ import annotations

from datetime import UTC, datetime

from gitdesk import __version__
from gitdesk.domain.config import PATH, Config
from gitdesk.errors import GitdeskError, Unreadable
from gitdesk.store import deleted_config, kept_config, objects, read
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitdesk.desk.configuration import Configurations
    from gitdesk.store.git import Repo

_KEPT = "stand-in"
MEND = "mend it and amend the commit while it is not pushed, else mend it in a new one"


class StandIn(Value):
    """The configuration of the last commit at which gitdesk.yaml could be used, and why the present one cannot."""

    config: Config
    commit: str
    at: datetime | None
    refusal: str  # place, code and message
    deletion: str = ""  # the commit that deleted the file, when that is what is wrong

    @property
    def source(self) -> str:
        """Returns in words whose version it is."""
        when = "" if self.at is None else f" ({self.at:%Y-%m-%d %H:%M} UTC)"
        return f"commit {self.commit[:10]}{when}"

    @property
    def warning(self) -> str:
        """Returns in words what is wrong, and what is used instead."""
        wrong = "" if self.deletion else f": the {PATH} of the last commit cannot be used"
        return f"{self.refusal}{wrong}, so this goes by that of {self.source}"

    @property
    def way_out(self) -> str:
        """Returns in words what to do about it."""
        if self.deletion:
            return f"{deleted_config.way_back(self.deletion)}; until then nothing can be changed"
        return f"{MEND}; until then nothing can be changed; `gitdesk check` lists all that is wrong"


def in_force(repo: Repo, configurations: Configurations, tip: str) -> tuple[Config, StandIn | None]:
    """Returns the configuration of a commit, or what stands in for it; raises Unreadable when there never was one.

    What was found for a commit is kept: a file that cannot be used is not parsed again by every command.
    """
    found = _load(repo, configurations, tip)
    if found is None:
        try:
            return configurations.at(tip), None
        except Unreadable as refusal:
            if refusal.place is None:
                raise  # not the file is at fault but the clone, which lacks it
            found = _search(repo, configurations, tip, refusal)
            if found is None:
                raise
        _save(repo, tip, found)
    return found.config, found


def _search(repo: Repo, configurations: Configurations, tip: str, refusal: Unreadable) -> StandIn | None:
    """Looks back along the branch's own line, as clocks do, from one change of gitdesk.yaml to the one before."""
    at = tip
    while True:
        words = ("rev-list", "-1", "--first-parent", at, "--", PATH)
        changed = repo.run(*read.at_top(repo), *words).decode("ascii").strip()
        parents = objects.parents_of_commit(repo.commit(changed)) if changed else ()
        if not parents or not repo.has(parents[0]):
            return None
        at = parents[0]
        try:
            config = configurations.at(at)
        except GitdeskError:
            continue  # none there, or not to be used either
        code = f"{refusal.code} " if refusal.code else ""
        return StandIn(
            config=config,
            commit=at,
            at=_time(repo, at),
            refusal=f"{refusal.place}: {code}{refusal.message}",
            deletion=refusal.deletion,
        )


def _time(repo: Repo, commit: str) -> datetime | None:
    from gitdesk.desk.accounting import committed_at

    at = committed_at(repo.commit(commit))
    return None if at is None else at.astimezone(UTC)


def _load(repo: Repo, configurations: Configurations, tip: str) -> StandIn | None:
    plain = kept_config.load(repo, _key(tip), _KEPT)
    if plain is None:
        return None
    try:
        at = None if plain["at"] is None else datetime.fromtimestamp(plain["at"], UTC)
        commit, refusal, deletion = (str(plain[key]) for key in ("commit", "refusal", "deletion"))
        config = configurations.at(commit)
    except (TypeError, KeyError, ValueError, OverflowError, OSError, GitdeskError):
        return None  # damaged
    return StandIn(config=config, commit=commit, at=at, refusal=refusal, deletion=deletion)


def _save(repo: Repo, tip: str, found: StandIn) -> None:
    at = None if found.at is None else found.at.timestamp()
    plain: dict[str, Any] = {
        "commit": found.commit,
        "at": at,
        "refusal": found.refusal,
        "deletion": found.deletion,
    }
    kept_config.save(repo, _key(tip), plain, _KEPT)


def _key(tip: str) -> str:
    return f"{tip} by {__version__}"  # another version may be able to use what this one is not
