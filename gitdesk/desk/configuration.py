"""The configuration in force at a commit: taken from the index's cache, parsed only when it is another version."""

from __future__ import annotations

from collections.abc import Callable

from gitdesk.domain.config import PATH, Config
from gitdesk.domain.query import Vocabulary
from gitdesk.errors import Place, SetupError, Unreadable
from gitdesk.store import read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from gitdesk.store.git import Repo

Cached = Callable[[], "tuple[str, Mapping[str, Any]] | None"]


class Configurations:
    """Finds the Config of a commit.

    `cached` gives blob id and plain form of the version the index keeps, `refreshed` the same once the index is up to
    the tip: a command that names its ticket in full leaves that to the next one that reads.
    """

    def __init__(self, repo: Repo, cached: Cached, refreshed: Cached) -> None:
        self._repo, self._sources = repo, (cached, refreshed)
        self._known: dict[str, Config] = {}

    def at(self, commit: str) -> Config:
        """Returns gitdesk.yaml as of a commit; raises Unreadable with the place of its first mistake."""
        entry = read.find_entry(self._repo, commit, PATH)
        if entry is None:
            raise SetupError(f"not a desk: {commit[:10]} has no {PATH}", hint="`gitdesk init` makes one")
        if entry.oid not in self._known:
            self._known[entry.oid] = self._kept(entry.oid) or parsed(self._repo.blob(entry.oid))
        return self._known[entry.oid]

    def _kept(self, oid: str) -> Config | None:
        for source in self._sources:
            found = source()
            if found is not None and found[0] == oid:
                try:
                    return Config.from_plain(found[1])
                except (TypeError, KeyError, ValueError, AttributeError):
                    continue  # a damaged page of the index
        return None


def parsed(data: bytes) -> Config:
    """Returns what the bytes of gitdesk.yaml say; raises Unreadable with the place of the first mistake."""
    from gitdesk.store.config_file import parse_config

    config, violations = parse_config(data, PATH)
    if config is not None:
        return config
    errors = [one for one in violations if one.severity == "error"]
    first = errors[0]
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    raise Unreadable(
        first.message + more,
        place=Place(first.path, first.line, first.column),
        hint=first.hint or "`gitdesk check` lists everything that is wrong with it",
    )


def for_index(data: bytes) -> tuple[dict[str, Any], Vocabulary] | None:
    """Returns the plain form and the words of gitdesk.yaml for the index to keep; None when it cannot be read."""
    try:
        config = parsed(data)
    except Unreadable:
        return None
    return config.to_plain(), vocabulary(config)


def vocabulary(config: Config) -> Vocabulary:
    """Returns the words of a desk as queries need them."""
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
    )
