"""The configuration in force at a commit: parsed when it is another version than the one kept, and then kept."""

from __future__ import annotations

from functools import lru_cache

from gitdesk.domain.config import PATH, Config
from gitdesk.errors import GitdeskError, Place, SetupError, Unreadable
from gitdesk.store import kept_config, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from gitdesk.domain.query import Vocabulary
    from gitdesk.domain.violation import Violation
    from gitdesk.store.git import Repo


DELETED = "C005"


class Configurations:
    """Finds the Config of a commit."""

    def __init__(self, repo: Repo) -> None:
        self._repo = repo
        self._known: dict[str, Config] = {}

    def at(self, commit: str) -> Config:
        """Returns gitdesk.yaml as of a commit; raises Unreadable with the place of its first mistake."""
        config = self.known(commit)
        if config is not None:
            return config
        entry = read.find_entry(self._repo, commit, PATH)
        if entry is None:
            raise self._missing(commit)
        try:
            self._known[entry.oid] = self._read(entry.oid)
        except Unreadable as error:
            error.commit = commit
            raise
        return self._known[entry.oid]

    def _missing(self, commit: str) -> GitdeskError:
        """Returns what is to be said of a commit without a gitdesk.yaml."""
        from gitdesk.store import deleted_config

        deletion = deleted_config.find_deletion(self._repo, commit)
        if deletion is None:
            return SetupError(f"not a desk: {commit[:10]} has no {PATH}", hint="`gitdesk init` makes one")
        error = Unreadable(
            f"the file was deleted in commit {deletion[:10]}",
            place=Place(PATH),
            hint=deleted_config.way_back(deletion),
        )
        error.code, error.commit, error.deletion = DELETED, commit, deletion
        return error

    def known(self, commit: str) -> Config | None:
        """Returns gitdesk.yaml as of a commit when it need not be parsed, else None."""
        entry = read.find_entry(self._repo, commit, PATH)
        if entry is None:
            return None
        if entry.oid not in self._known:
            config = kept(self._repo, entry.oid)
            if config is None:
                return None
            self._known[entry.oid] = config
        return self._known[entry.oid]

    def _read(self, oid: str) -> Config:
        config = parsed(self._repo.blob(oid))
        kept_config.save(self._repo, oid, config.to_plain())
        return config


def kept(repo: Repo, oid: str) -> Config | None:
    """Returns the version of gitdesk.yaml with a blob id where it is kept in plain form, None for another or none."""
    plain = kept_config.load(repo, oid)
    try:
        return None if plain is None else Config.from_plain(plain)
    except (TypeError, KeyError, ValueError, AttributeError):
        return None  # damaged


@lru_cache(maxsize=2)  # the index asks for the same one again
def parsed(data: bytes) -> Config:
    """Returns what the bytes of gitdesk.yaml say; raises Unreadable with the place of the first mistake."""
    from gitdesk.store.config_file import parse_config

    config, violations = parse_config(data, PATH)
    if config is not None:
        return config
    raise refusal(violations, "`gitdesk check` lists everything that is wrong with it")


def refusal(violations: Iterable[Violation], hint: str) -> Unreadable:
    """Returns the error for a file that cannot be used, with the place of its first mistake."""
    errors = [one for one in violations if one.severity == "error"]
    first = errors[0]
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    place = Place(first.path, first.line, first.column)
    error = Unreadable(first.message + more, place=place, hint=first.hint or hint)
    error.code = first.code
    return error


def for_index(data: bytes) -> Vocabulary | None:
    """Returns the words of gitdesk.yaml, by which the index ranks tickets; None when it cannot be read."""
    try:
        config = parsed(data)
    except Unreadable:
        return None
    return vocabulary(config)


def promises(config: Config) -> bool:
    """Tells whether a desk has service-level policies, so that clocks run."""
    return bool(config.sla.get("policies"))


def vocabulary(config: Config) -> Vocabulary:
    """Returns the words of a desk as queries need them."""
    from gitdesk.domain.query import Vocabulary

    return Vocabulary(
        statuses={status.name: status.category for status in config.workflow.statuses},
        priorities=config.priorities,
        types=tuple(one.name for one in config.types),
        groups=tuple(one.name for one in config.groups),
        people={person.id: person.addresses for person in config.people},
        tags=config.tags.names,
        tags_open=config.tags.open,
        fields={spec.name: spec.type for spec in config.field_specs},
        choices={spec.name: spec.values for spec in config.field_specs if spec.values},
        customers=config.customers,
    )
