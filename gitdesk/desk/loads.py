"""How many open tickets people have, counted when one is given to somebody with a limit."""

from __future__ import annotations

from collections import Counter

from gitdesk.domain.change import is_document
from gitdesk.domain.workflow import DONE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gitdesk.desk.door import Desk
    from gitdesk.domain.change import Change
    from gitdesk.domain.config import Config
    from gitdesk.domain.document import Document


def has_limits(config: Config) -> bool:
    """Tells whether tickets have to be counted on a desk at all."""
    return any(person.capacity is not None for person in config.people)


class Loads:
    """The loads at a commit, None for a desk without tickets, and while commits on top of it are walked through."""

    def __init__(self, desk: Desk, commit: str | None) -> None:
        self._desk, self._commit = desk, commit
        self._counts: dict[str, int] = {}
        self._moved: Counter[str] = Counter()  # since that commit
        self._asked: tuple[Config | None, bool] = None, False

    def matter(self, config: Config) -> bool:
        """Tells the same as `has_limits`, of one configuration after the other without looking twice."""
        if self._asked[0] is not config:
            self._asked = config, has_limits(config)
        return self._asked[1]

    def before(self, changes: Sequence[Change], config: Config) -> dict[str, int] | None:
        """Returns the loads of those who are given a ticket and have a limit; None when there is nobody.

        Of several tickets given at once, each is the last one: the others are counted.
        """
        given: Counter[str] = Counter()
        for change in changes:
            holder, before = _holder(change.after, config), _holder(change.before, config)
            if holder and holder != before:
                given[holder] += 1
        limited = {person.id for person in config.people if person.capacity is not None}
        if not limited.intersection(given):
            return None
        if missing := sorted(limited.difference(self._counts)):
            self._counts.update(dict.fromkeys(missing, 0) | self._count(missing, config))
        return {
            name: self._counts[name] + self._moved[name] + given[name] - 1
            for name in limited.intersection(given)
        }

    def advance(self, changes: Iterable[Change], config: Config) -> None:
        """Goes on to the next commit."""
        for change in changes:
            if is_document(change.path):
                self._moved[_holder(change.before, config)] -= 1
                self._moved[_holder(change.after, config)] += 1

    def _count(self, names: Sequence[str], config: Config) -> dict[str, int]:
        if self._commit is None:
            return {}
        from gitdesk.desk.places import has_index

        if self._commit == self._desk.tip and has_index(self._desk.repo, self._desk.location):
            return self._desk.index.open_tickets_of(names)
        return _in_git(self._desk, self._commit, names, config)


def _holder(document: Document | None, config: Config) -> str:
    """Returns whose open ticket it is, "" for nobody's."""
    ticket = document.ticket if document is not None else None
    return "" if ticket is None or config.workflow.category(ticket.status) in DONE else ticket.assignee


def _in_git(desk: Desk, commit: str, names: Sequence[str], config: Config) -> dict[str, int]:
    """Returns the loads at a commit that no index shows: Git finds the files, and those alone are read."""
    import os
    import re

    from gitdesk.store import entries, read

    pattern = f"assignee.*({'|'.join(re.escape(name) for name in names)})"
    words = (*read.at_top(desk.repo), "grep", "--no-color", "-l", "-z", "-I", "-E", "-e", pattern, commit)
    words = (*words, "--", read.TICKETS)
    told = desk.repo.call(*words)
    if told.status > 1:  # 1: nothing is found
        raise desk.repo.failure(words, told)
    paths = [os.fsdecode(one.partition(b":")[2]) for one in told.output.split(b"\0") if one]
    blobs = entries.find_files(desk.repo, commit, filter(is_document, paths))
    found = Counter(_holder(document, config) for _, _, document in desk.source.documents(blobs.items()))
    return {name: found[name] for name in names}
