"""Landings: what each commit on the line of the desk's branch brings, and whether those who must approve it have."""

from __future__ import annotations

from gitdesk.desk import rejections, verdicts
from gitdesk.desk.clean_merges import is_clean
from gitdesk.desk.judging_commits import PUSH, RECORD, REQUEST
from gitdesk.desk.landing_needs import Landing, Step, change_of, needs_of, net_files, net_of
from gitdesk.desk.past_landings import PastLandings, brought
from gitdesk.domain import rules, rules_approvals
from gitdesk.domain.approval import (
    APPROVES,
    MISPLACED,
    REJECTS,
    Standing,
    Verdict,
    approvers,
    discounted,
    is_about,
    said_in,
    weigh,
)
from gitdesk.domain.change import APPROVED
from gitdesk.domain.config import PATH
from gitdesk.domain.rules_audit import untrue
from gitdesk.domain.rules_context import BASE, claims, context_of
from gitdesk.store import history, read
from gitdesk.store.history import MergeRecord
from gitdesk.value import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Protocol

    from gitdesk.desk.commit_changes import Judged
    from gitdesk.desk.door import Desk
    from gitdesk.desk.merges_by_hand import MergesByHand
    from gitdesk.domain.approval import Need, Reviewed
    from gitdesk.domain.change import Change
    from gitdesk.domain.config import Config
    from gitdesk.domain.rules_context import Context
    from gitdesk.domain.violation import Violation
    from gitdesk.store.git import Repo
    from gitdesk.store.history import Record

    class Reviews(Protocol):
        """What a hosting site tells of pull requests."""

        def reviewed(self, head: str, config: Config) -> Reviewed | None:
            """Returns what was said of the pull request with this newest commit, None when there is none."""


# PUSH: each landing. REQUEST: a branch that is to land as a whole, or has. RECORD: what landed long ago.
Found = tuple[Standing, "Change"]


class Landings:
    """Takes commits, each after its parents, and judges each landing once all of it is there.

    A landing is one commit on the line of first parents with all it brings. Where that line does not lead through the
    base, the first commit that has the base brings everything up to it.
    """

    def __init__(
        self, repo: Repo, head: str, base: str, mode: str = REQUEST, reviews: Reviews | None = None
    ) -> None:
        self._repo, self._head, self._base, self._mode, self._reviews = repo, head, base, mode, reviews
        words = ("--no-replace-objects", "rev-list", "--first-parent", "--end-of-options", head)
        listed = repo.run(*words, *((f"^{base}",) if base else ()), "--").decode("ascii")
        self._line = frozenset(listed.split())
        self.told: list[Standing] = []  # how needs stand: of all of it at once, or of each landing of a push
        self._config: Config | None = None
        self._pending: dict[str, Step] = {}
        self._with_base: set[str] = set()  # commits that have the base
        self._landed: set[str] = set()  # on the line
        self._known: set[str] = set()  # everything that was taken, where that matters
        self._steps: list[Step] = []
        self._met: dict[str, bool] = {}  # whether each landing of a file has what it needs
        self._signers: tuple[Config, verdicts.Signers] | None = None
        self._spoken: dict[str, list[Record]] = {}  # what open proposals say and a landing has not
        self._past = PastLandings(repo, self._line, self.standings) if mode == RECORD else None

    def is_landing(self, commit: str) -> bool:
        """Tells whether a commit is one by which something comes to the branch, or long ago any that may have been."""
        return commit in self._line or self._past is not None

    def judge(
        self, one: Judged, changed: Sequence[Change], merges: MergesByHand, config: Config, context: Context
    ) -> Iterator[Violation]:
        """Takes the next commit, which somebody answers for; `changed` is what a merge did by hand."""
        record = one.record
        if not config.asks_for_approvals:
            yield from self.take(record, None)
            return
        needs = [need for change in changed for need in rules_approvals.needs(change, config, context)]
        for sides in one.alternatives():
            found = [rules_approvals.needs(change, config, context) for change in sides]
            if all(found):  # what one parent of a merge has already, was asked for there
                needs += [need for each in found for need in each]
        by_hand = merges.paths(record) if isinstance(record, MergeRecord) else frozenset()
        yield from self.take(record, config, needs, by_hand)

    def take(
        self,
        record: Record,
        config: Config | None,
        needs: Sequence[Need] = (),
        by_hand: frozenset[str] = frozenset(),
    ) -> Iterator[Violation]:
        """Takes the next commit; yields what is wrong with the landing that it is, without config with nothing."""
        self._config = config or self._config
        commit = record.commit
        step = Step(record=record, config=config, needs=tuple(needs), by_hand=by_hand)
        self._pending[commit.id] = step
        if self._mode == REQUEST:
            self._steps.append(step)
        elif self._mode == RECORD:
            self._known.add(commit.id)
        if config is not None and verdicts.says(record) and not verdicts.is_empty(record):
            yield from self._misplaced(record, config)
        if self._base:
            if not any(one == self._base or one in self._with_base for one in commit.parents):
                return
            self._with_base.add(commit.id)
        if commit.id in self._line:
            landing = self._landing(step)
            if config is not None:
                yield from self._judged(landing, config)
        elif self._past is not None and config is not None and len(commit.parents) > 1:
            yield from self._claims(self._off_line(step), (), config)

    def whole(self, repo: Repo, after: str) -> Iterator[Violation]:
        """Yields what is wrong with all of it as one landing; nothing of a file whose own landings have what they need.

        `after` is the head, or what a merge of it into the base would be, in a repository beside this one.
        """
        config = self._config
        if not self._steps or config is None:
            return
        landing = Landing(before=self._base, after=after, steps=tuple(self._steps), head=self._head)
        for standing, change in self.standings(landing, config, repo):
            self.told.append(standing)
            if after != self._head or not self._met.get(standing.need.path, False):
                yield from self._unmet(standing, change, landing, config)

    # One landing

    def _landing(self, step: Step) -> Landing:
        commit = step.record.commit
        first = commit.parents[0] if commit.parents else ""
        before = first if not self._base or first == self._base or first in self._landed else self._base
        steps = self._reached(commit.id)
        if self._mode == RECORD:
            below = {parent for each in steps for parent in each.record.commit.parents}
            if below - self._known - {before}:
                steps = self._read(before, commit.id, steps)
        self._landed.add(commit.id)
        head = commit.parents[1] if len(commit.parents) == 2 else ""
        return Landing(before=before, after=commit.id, steps=steps, head=head)

    def _reached(self, commit: str) -> tuple[Step, ...]:
        """Takes what comes with a commit out of what is pending, oldest first."""
        reached = brought(commit, self._pending, set())
        steps = tuple(each for oid, each in self._pending.items() if oid in reached)
        for oid in reached:
            del self._pending[oid]
        return steps

    def _off_line(self, step: Step) -> Landing:
        """Returns what a merge beside the line brings to its first parent, of what is pending."""
        commit = step.record.commit
        below = brought(commit.parents[0], self._pending, set())
        reached = brought(commit.id, self._pending, below)
        steps = tuple(each for oid, each in self._pending.items() if oid in reached)
        return Landing(before=commit.parents[0], after=commit.id, steps=steps)

    def _read(self, before: str, after: str, steps: tuple[Step, ...]) -> tuple[Step, ...]:
        """Returns the steps of a landing that began before there was anything to approve."""
        known = {step.record.commit.id: step for step in steps}
        since = (before,) if before else ()
        found = history.commits(self._repo, after, since_commits=since, oldest_first=True, marks=True)
        return tuple(known.get(record.commit.id) or Step(record=record) for record in found)

    def _judged(self, landing: Landing, config: Config) -> Iterator[Violation]:
        found: list[Standing] = []
        for standing, change in self.standings(landing, config, self._repo):
            found.append(standing)
            path = standing.need.path
            self._met[path] = standing.met and self._met.get(path, True)
            if self._mode != REQUEST:
                yield from self._unmet(standing, change, landing, config)
        if self._mode == PUSH:
            self.told += found
        if len(landing.last.commit.parents) > 1:
            yield from self._claims(landing, found, config)

    def standings(self, landing: Landing, config: Config, repo: Repo) -> Iterator[Found]:
        """Yields how each need of a landing stands, with the change it is about; `repo` has the files."""
        if not landing.before or landing.is_plain:
            return
        files = net_files(repo, landing)
        needed = list(needs_of(repo, landing, files, config))
        buried = [need for step in landing.steps for need in step.needs if need.path not in files]
        if not needed and not buried:
            return
        signers = self._signers_of(config)
        said = verdicts.read((one.record for one in landing.steps), config, signers)
        spoken = self._spoken_elsewhere(landing, config)
        both = rejections.related([*said, *spoken], self._repo, config, [landing.before])
        said, spoken = both[: len(said)], both[len(said) :]
        reviewed = None
        if self._reviews is not None and landing.head:
            reviewed = self._reviews.reviewed(landing.head, config)
        for need, net, change in needed:
            given = [*verdicts.in_place(self._repo, said, net, landing.before)]
            given += rejections.elsewhere(self._repo, landing, net, said, spoken, config)
            at_head = None
            if reviewed is not None:
                given += reviewed.verdicts
                entry = read.find_entry(self._repo, landing.head, need.path)
                at_head = entry.oid if entry is not None else ""
            authors = self._authors(landing, need.path) or [landing.last]
            made = verdicts.contributors(authors, config, signers, reviewed)
            yield weigh(need, net, given, made, config, head=landing.head, at_head=at_head), change
        yield from self._buried(dict.fromkeys(buried), landing, said, config, repo)

    def _authors(self, landing: Landing, path: str) -> list[Record]:
        """Returns the commits in which somebody made something of a file, and did not only bring two together."""
        made = (step.record for step in landing.makers(path))
        return [one for one in made if not is_clean(self._repo, one, path)]

    def _buried(
        self, needs: Iterable[Need], landing: Landing, said: Sequence[Verdict], config: Config, repo: Repo
    ) -> Iterator[Found]:
        """Yields rejections that come with a landing which leaves out what they are about.

        Else they were part of the desk's history, where nobody looks for them when it lands by another branch.
        """
        for need in needs:
            if not any(one.kind == REJECTS and is_about(one, need.path) for one in said):
                continue
            entry = read.find_entry(repo, landing.after, need.path)
            blob = entry.oid if entry is not None else ""
            change = change_of(repo, need.path, blob, blob)
            authors = self._authors(landing, need.path)
            made = verdicts.contributors(authors, config, self._signers_of(config), None)
            found = weigh(need, net_of(change), said, made, config)
            if found.blocking:
                free = replace(need, approvals=replace(need.approvals, count=0))
                yield replace(found, need=free, obstacles=()), change

    def _signers_of(self, config: Config) -> verdicts.Signers:
        if self._signers is None or self._signers[0] is not config:
            made = verdicts.Signers(self._repo, config, late=self._mode == RECORD)
            self._signers = config, made
        return self._signers[1]

    # What was said elsewhere

    def _spoken_elsewhere(self, landing: Landing, config: Config) -> list[Verdict]:
        """Returns what was said on branches that are open and may count, where somebody said more than yes there."""
        if self._mode == RECORD:
            return []
        after = landing.last.commit.id
        if after not in self._spoken:
            self._spoken[after] = verdicts.spoken_of(self._repo, self._head, after)
        spoken = self._spoken[after]
        if not any(kind != APPROVES for record in spoken for kind, _, _ in verdicts.says(record)):
            return []
        found = verdicts.read(spoken, config, self._signers_of(config))
        return [one for one in found if not discounted(one, config)]

    # What is told

    def _unmet(
        self, standing: Standing, change: Change, landing: Landing, config: Config
    ) -> Iterator[Violation]:
        if standing.met:
            return
        found = rules_approvals.unmet(standing, change, self._hint(standing, landing, config))
        if self._past is not None:
            found = self._past.weighed(list(found), standing, landing, config)
        commit = self._to_blame(standing, landing) if landing.after == landing.last.commit.id else ""
        for one in rules.weigh(found, config):
            yield replace(one, commit=commit)

    def _to_blame(self, standing: Standing, landing: Landing) -> str:
        """Returns the commit that lands something, of a branch that is to land the last one that made it."""
        made = landing.makers(standing.need.path) if self._mode == REQUEST else []
        return (made[-1].record if made else landing.last).commit.id

    def _hint(self, standing: Standing, landing: Landing, config: Config) -> str:
        names = [one.id for one in approvers(standing.need, config, standing.contributors)]
        who = f"{' or '.join(names[:5])} may approve it" if names else "nobody else has a role to approve it"
        path, commit = standing.need.path, self._to_blame(standing, landing)
        way = rules_approvals.proposing(path, commit)
        if self._mode == PUSH and len(landing.last.commit.parents) < 2:
            off = f"git rebase --onto {commit[:10]}^ {commit[:10]} takes it off the branch"
            return f"it lands by the merge of a proposal: {off}, then {way}; {who}"
        if any("not signed" in one for one in standing.obstacles):
            sign = f"git rebase -f -S {BASE} on its branch, with a key that gitdesk.yaml lists"
            return f"whoever made it signs it: {sign}; then {who}"
        calls = ["in a review on the site"] if self._reviews is not None else []
        if self._mode != REQUEST or verdicts.is_proposed(self._repo, self._head):
            calls.append(f"gitdesk approve {path.rpartition('/')[2].removesuffix('.md')}")
        return f"{who}: {' or '.join(calls)}" if calls else f"{who} on a proposal: {way}"

    def _claims(self, landing: Landing, found: Sequence[Standing], config: Config) -> Iterator[Violation]:
        """Yields approvals that a merge claims and nobody gave."""
        commit = landing.last.commit
        context = context_of(commit, config)
        names = list(claims(context, APPROVED))
        if not names:
            return
        given = {one.person for standing in found for one in standing.counted}
        if not found:
            said = verdicts.read((one.record for one in landing.steps), config, self._signers_of(config))
            wants = config.rules.approvals.signed
            given = {
                one.person
                for one in said
                if one.kind == APPROVES and not one.problem and (one.verified or not wants)
            }
        bare = self._mode == RECORD and not any(verdicts.says(one.record) for one in landing.steps)
        path = next(iter(net_files(self._repo, landing)), PATH) if landing.before else PATH
        for name in names:
            person = config.find_person(name)
            why = ""
            if person is None:
                why = "nobody on the desk is called so"
            elif person.id not in given and not (bare and person != context.person):
                why = "nothing that this merge brings has their approval"
            if why:
                for one in rules.weigh((untrue(APPROVED, name, why, path),), config):
                    yield replace(one, commit=commit.id)

    def _misplaced(self, record: Record, config: Config) -> Iterator[Violation]:
        """Yields words about a proposal that stand in a commit with files, or in a merge: nobody can tell of what."""
        path = next((one.path for one in record.changes), PATH)
        for key, value in record.commit.trailers:
            if said_in(((key, value),)):
                for one in rules.weigh((untrue(key, value, MISPLACED, path),), config):
                    yield replace(one, commit=record.commit.id)


def standings(desk: Desk, before: str, head: str, reviews: Reviews | None = None) -> tuple[Standing, ...]:
    """Returns how the needs of a branch stand, if it landed on a commit of the desk as it is."""
    from gitdesk.desk import judging_commits

    walk = judging_commits.between(desk, f"{before}..{head}", reviews=reviews)
    return walk.standings()
