"""Past landings: what may have been right in its own push, which a history does not tell: by other lines and rules."""

from __future__ import annotations

from gitdesk.desk.landing_needs import Landing, Step
from gitdesk.desk.rules_in_force import config_of
from gitdesk.domain.approval import APPROVES, Verdict, weigh
from gitdesk.domain.change import APPROVED
from gitdesk.domain.config import PATH
from gitdesk.domain.rules_approvals import UNAPPROVED
from gitdesk.domain.rules_context import claims, context_of
from gitdesk.domain.violation import WARN
from gitdesk.store import history, read
from gitdesk.store.misplaced import is_mark
from gitdesk.value import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from gitdesk.domain.approval import Standing
    from gitdesk.domain.change import Change
    from gitdesk.domain.config import Config
    from gitdesk.domain.violation import Violation
    from gitdesk.store.git import Repo

    Standings = Callable[[Landing, Config, Repo], Iterator[tuple[Standing, Change]]]

_DEEP = 20  # merges within merges that are followed
_BACK = 10  # commits of the line that may have come in one push with the rules they stand on


class PastLandings:
    """Tells what of an unmet need of a landing long ago may have been right in its own push."""

    def __init__(self, repo: Repo, line: Iterable[str], standings: Standings) -> None:
        self._repo, self._standings = repo, standings
        self._lines = set(line)  # commits that were the branch's newest, or may have been
        self._by_line: dict[str, frozenset[str] | None] = {}
        self._by_rules: dict[str, tuple[frozenset[str], ...]] = {}

    def weighed(
        self, found: Iterable[Violation], standing: Standing, landing: Landing, config: Config
    ) -> Iterator[Violation]:
        """Yields of what is wrong with a landing what is wrong however it was pushed; the rest as warnings."""
        path = standing.need.path
        if landing.after not in self._by_line:
            self._by_line[landing.after] = self._other_line(landing)
        unmet = self._by_line[landing.after]
        why, kept = standing.need.why, unmet is not None and path not in unmet
        if kept and all(_is_ruled_by(config, step.config) for step in landing.steps):
            return
        if named := by_trailer(standing, landing, config):
            words = f"{why} was approved by {named}, as the merge says; nobody can verify it"
        elif kept or any(path not in paths for paths in self._by_older_rules(landing, config)):
            words = f"{why} is not approved as these rules ask, but older ones let it in: right if it came with these"
        else:
            yield from found
            return
        for one in found:
            if one.code == UNAPPROVED:
                yield replace(one, severity=WARN, message=words, hint=None)
            elif not named and not kept:
                yield one

    # Other lines

    def _other_line(self, landing: Landing, deep: int = 0) -> frozenset[str] | None:
        """Returns the files that lack approvals where another parent of a merge was the branch; None where none was.

        `git pull` makes the desk's branch the second parent: what had landed there was judged by itself. Such a line
        begins at a commit of the branch, else anything could be taken for it.
        """
        known = {step.record.commit.id: step for step in landing.steps}
        found = []
        for parent in landing.last.commit.parents if deep < _DEEP else ():
            if parent == landing.before or parent not in known:
                continue
            line, at = [], parent
            while at in known:
                line.append(at)
                at = next(iter(known[at].record.commit.parents), "")
            if at in self._lines:
                unmet = self._unmet_on(line[::-1], known, deep)
                last = Landing(before=parent, after=landing.after, steps=self._steps(parent, landing, known))
                config = self._rules_at(parent)
                if config is not None:
                    unmet |= self._unmet(last, config)
                found.append((unmet, line))
        if not found:
            return None
        unmet, line = min(found, key=lambda one: len(one[0]))
        self._lines.update(line)
        return unmet

    def _unmet_on(self, line: list[str], known: Mapping[str, Step], deep: int) -> frozenset[str]:
        """Returns the files that lack approvals in the landings of a line, oldest first."""
        unmet: frozenset[str] = frozenset()
        taken: set[str] = set()
        for commit in line:
            reached = brought(commit, known, taken)
            taken |= reached
            step = known[commit]
            if step.config is None:
                continue
            parents = step.record.commit.parents
            steps = tuple(each for oid, each in known.items() if oid in reached)
            landing = Landing(before=next(iter(parents), ""), after=commit, steps=steps)
            lacking = self._unmet(landing, step.config)
            if lacking:
                others = self._other_line(landing, deep + 1)
                lacking = lacking if others is None else lacking & others
            unmet |= lacking
        return unmet

    def _unmet(self, landing: Landing, config: Config) -> frozenset[str]:
        found = self._standings(landing, config, self._repo)
        return frozenset(standing.need.path for standing, _ in found if not standing.met)

    def _steps(self, before: str, landing: Landing, known: Mapping[str, Step]) -> tuple[Step, ...]:
        """Returns the steps of a merge seen from another parent; what its first one has, was asked by itself."""
        found = history.commits(
            self._repo, landing.after, since_commits=(before,), oldest_first=True, marks=True
        )
        return tuple(known.get(record.commit.id) or Step(record=record) for record in found)

    # Older rules

    def _by_older_rules(self, landing: Landing, config: Config) -> tuple[frozenset[str], ...]:
        """Returns the files that lack approvals by each of the rules that a push may have been judged by."""
        if landing.after not in self._by_rules:
            self._by_rules[landing.after] = tuple(
                self._unmet(landing, older) for older in self._older(landing, config)
            )
        return self._by_rules[landing.after]

    def _older(self, landing: Landing, config: Config) -> Iterator[Config]:
        """Yields other rules: where the proposal began, and a few commits before the landing."""
        words = ("rev-list", "--first-parent", f"-n{_BACK + 1}", "--end-of-options", landing.before, "--")
        commits = self._repo.run("--no-replace-objects", *words).decode("ascii").split()
        for parent in landing.last.commit.parents[1:]:
            commits += merge_bases(self._repo, landing.before, parent)
        seen: set[str] = set()
        for commit in commits:
            entry = read.find_entry(self._repo, commit, PATH)
            if entry is not None and entry.oid not in seen:
                seen.add(entry.oid)
                older = self._rules_at(commit)
                if older is not None and older != config:
                    yield older

    def _rules_at(self, commit: str) -> Config | None:
        entry = read.find_entry(self._repo, commit, PATH)
        return None if entry is None or is_mark(entry.oid) else config_of(self._repo.blob(entry.oid))[0]


def brought(commit: str, known: Mapping[str, Step], without: set[str]) -> set[str]:
    """Returns a commit and its ancestors as far as they are known, without some and what these have."""
    found: set[str] = set()
    waiting = [commit]
    while waiting:
        one = waiting.pop()
        if one in known and one not in found and one not in without:
            found.add(one)
            waiting += known[one].record.commit.parents
    return found


def merge_bases(repo: Repo, one: str, other: str) -> list[str]:
    """Returns the best common ancestors of two commits, mostly one."""
    return repo.call("merge-base", "--all", "--end-of-options", one, other).output.decode("ascii").split()


def by_trailer(standing: Standing, landing: Landing, config: Config) -> str:
    """Returns who approved by the trailers of a merge that a site made; "" where they would not have been enough.

    A review on a site leaves nothing else in the history.
    """
    commit = landing.last.commit
    if len(commit.parents) < 2 or any(one.digest for one in standing.counted) or standing.blocking:
        return ""
    free = replace(
        config, rules=replace(config.rules, approvals=replace(config.rules.approvals, signed=False))
    )
    context = context_of(commit, config)
    given = []
    for name in claims(context, APPROVED):
        person = config.find_person(name)
        if person is not None:
            given.append(
                Verdict(
                    kind=APPROVES,
                    who=name,
                    person=person.id,
                    at=commit.author.at,
                    digest=standing.net.digest,
                )
            )
    made = [replace(one, problem="") for one in standing.contributors]
    found = weigh(standing.need, standing.net, given, made, free)
    return ", ".join(one.person for one in found.counted) if found.met else ""


def _is_ruled_by(config: Config, other: Config | None) -> bool:
    """Tells whether two configurations ask for the same approvals of the same people."""
    if other is None:
        return False
    mine, theirs = ((one.workflow, one.rules.approvals, one.people) for one in (config, other))
    return mine == theirs
