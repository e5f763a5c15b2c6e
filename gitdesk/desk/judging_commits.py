"""Judging commits one by one: what a branch adds to another one and the merge of both, or the whole audit trail."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, lru_cache

from gitdesk.desk import judging, left_open, mended_later, revisions
from gitdesk.desk.accounting import committed_at
from gitdesk.desk.calendars import holiday_files
from gitdesk.desk.commit_changes import CommitChanges
from gitdesk.desk.configuration import Configurations, promises
from gitdesk.desk.judging_entries import of_config, of_entry
from gitdesk.desk.loads import Loads
from gitdesk.desk.merges_by_hand import MergesByHand
from gitdesk.desk.rules_in_force import Grown, config_at, config_of
from gitdesk.desk.seals import Rules, sealed
from gitdesk.domain import rules
from gitdesk.domain.calendar_parse import FOLDER
from gitdesk.domain.change import SOURCE, Change, is_document
from gitdesk.domain.config import PATH
from gitdesk.domain.rules_context import BASE, SKEW, context_of
from gitdesk.domain.violation import ERROR, Violation
from gitdesk.errors import Unreadable
from gitdesk.store import codec, history, merge_result, read
from gitdesk.store.odd_trees import OddTrees
from gitdesk.value import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from gitdesk.desk.commit_changes import Judged
    from gitdesk.desk.door import Desk
    from gitdesk.desk.landings import Landings, Reviews
    from gitdesk.desk.pasts import Pasts
    from gitdesk.desk.revisions import Span
    from gitdesk.domain.approval import Standing
    from gitdesk.domain.change import Commit
    from gitdesk.domain.config import Config
    from gitdesk.domain.rules_context import Context, Seal
    from gitdesk.store.git import Repo
    from gitdesk.store.history import Record


Law = Callable[["Record"], Rules]
PUSH, REQUEST, RECORD = "push", "request", "record"  # what lands: see `landings`


class Walk:
    """Violations in the order of the commits; `commits` counts those that were judged, once all are through.

    With `now`, the clock of who judges, no commit may be dated after it. `landing` says how what lands is judged (see
    `landings`), "" where nothing does; `reviews` are those of a hosting site.
    """

    def __init__(
        self,
        desk: Desk,
        span: Span | None,
        law: Law,
        fresh: Config | None = None,
        *,
        now: datetime | None = None,
        landing: str = "",
        reviews: Reviews | None = None,
    ) -> None:
        self.commits = 0
        self.span = span
        self.base = span.name if span is not None else BASE  # as hints call it
        self._desk, self._law, self._fresh, self._now = desk, law, fresh, now
        self._head = span.head if span is not None else desk.tip
        self._seen: set[str] = set()
        self._times: dict[str, datetime] = {}  # of commits, by their committers' clocks
        self._loads = Loads(desk, span.base if span is not None else None)
        self._landing, self._reviews = landing, reviews
        self._landings: Landings | None = None
        self._free: Config | None = None  # the last one under which nothing must be approved
        self._now_in: Callable[[str], dict[str, Violation]] = lru_cache(maxsize=64)(self._standing)

    @cached_property
    def _pasts(self) -> Pasts:
        """Returns what tickets went through; read with what clocks need, once a desk has promised something."""
        from gitdesk.desk.pasts import Pasts

        return Pasts(self._desk, self.span.base if self.span is not None else None, self._head)

    def standings(self) -> tuple[Standing, ...]:
        """Returns how what must be approved stands, if all of it landed at once; goes through everything for it."""
        for _ in self:
            pass
        return self.told

    @property
    def told(self) -> tuple[Standing, ...]:
        """Returns how what must be approved stands, as far as the walk has come."""
        return tuple(self._landings.told) if self._landings is not None else ()

    def __iter__(self) -> Iterator[Violation]:
        since = (self.span.base,) if self.span is not None else ()
        with (
            self._desk.watch("judging commits") as progress,
            MergesByHand(self._desk.repo, self._head, since) as self._merges,
        ):
            records = history.commits(
                self._desk.repo,
                self._head,
                since_commits=since,
                progress=progress,
                oldest_first=True,
                marks=True,
            )
            for found in self._judged(self._desk.repo, records, self._law):
                self._seen.add(found.fingerprint)
                placed = self._placed(found)
                named = (found.hint or "").replace(BASE, self.base)
                yield replace(placed, hint=named) if BASE in (found.hint or "") else placed
            if self.span is not None and self.span.is_ahead:
                yield from self._whole(self._desk.repo, self.span.head)
        if self.span is not None:
            yield from self._joined(self.span)

    def _whole(self, repo: Repo, after: str) -> Iterator[Violation]:
        """Yields what is wrong with the branch as one landing, where that is asked."""
        if self._landings is not None:
            for found in self._landings.whole(repo, after):
                yield replace(found, hint=(found.hint or "").replace(BASE, self.base) or None)

    def _judged(self, repo: Repo, records: Iterator[Record], law: Law) -> Iterator[Violation]:
        odd = OddTrees(repo)
        for one, given, seal in sealed(repo, CommitChanges(repo).of(records), law, self._fresh):
            self.commits += 1
            commit = one.record.commit
            self._times[commit.id] = commit.committer.at
            if one.record.folders:
                yield from odd.among(one.record.folders, commit.id)
            if self._landings is not None and repo is self._desk.repo and not given.people:
                yield from self._landings.take(one.record, None)
            if given.config is None:
                continue
            if given.people:
                yield from self._answered_for(repo, one, given.config, seal)
            elif one.files:
                found = _violations(repo, one, given.config, None)
                yield from (self._advised(each, one, given.config) for each in found)
            if repo is self._desk.repo and one.files:
                if self.span is None or promises(given.config):
                    self._pasts.advance(commit, one.changes)
                if self.span is None or self._loads.matter(given.config):
                    self._loads.advance(one.changes, given.config)

    def _answered_for(
        self, repo: Repo, one: Judged, config: Config, seal: Seal | None
    ) -> Iterator[Violation]:
        """Yields what is wrong with a commit that somebody has to answer for."""
        commit = one.record.commit
        stood_on = max(filter(None, map(self._time, commit.parents)), default=None)
        context = context_of(commit, config, now=self._now, parent_at=stood_on, seal=seal)
        landings = self._lands(config)
        if landings is not None and len(commit.parents) > 1 and landings.is_landing(commit.id):
            context = replace(context, lands=True)
        informed = self._informed(context, one, config) if one.files else context
        told: set[str] = set()
        if one.files:
            for each in _violations(repo, one, config, informed):
                told.add(each.fingerprint)
                yield self._advised(each, one, config)
        else:
            yield from self._without_files(commit, config, context)
        by_hand: list[Change] = []
        if isinstance(one.record, history.MergeRecord):
            by_hand = list(self._merges.changes(one.record))
            yield from _by_hand(by_hand, commit.id, config, context, told)
        if landings is not None:
            yield from landings.judge(one, by_hand, self._merges, config, informed)

    def _lands(self, config: Config) -> Landings | None:
        """Returns what judges landings: nothing before the first commit that must have something approved."""
        if self._landings is None and self._landing and config is not self._free:
            if config.asks_for_approvals:
                from gitdesk.desk.landings import Landings

                base = self.span.base if self.span is not None else ""
                self._landings = Landings(self._desk.repo, self._head, base, self._landing, self._reviews)
            else:
                self._free = config
        return self._landings

    def _informed(self, context: Context, one: Judged, config: Config) -> Context:
        """Returns a context with what rules may ask of clocks and loads."""
        if promises(config):
            context = replace(context, clocks=self._pasts.facts)
        if self._loads.matter(config):
            context = replace(context, loads=self._loads.before(one.changes, config))
        return context

    def _without_files(self, commit: Commit, config: Config, context: Context) -> Iterator[Violation]:
        """Yields what is wrong with a commit without files of the desk: the next ones would stand on it.

        That is a date to come, and a signature that is missing where the desk asks for one.
        """
        if self._now is not None and commit.committer.at > self._now + SKEW:
            whole = rules.check_commit(config, replace(context, parent_at=None), PATH)
        else:
            whole = rules.check_signature(config, context, PATH)
        yield from (replace(found, commit=commit.id) for found in whole)

    def _time(self, commit: str) -> datetime | None:
        """Returns when a commit was made; one of the base is looked up once."""
        found = self._times.get(commit)
        if found is None:
            found = committed_at(self._desk.repo.commit(commit))
            if found is not None:
                self._times[commit] = found
        return found

    def _advised(self, found: Violation, one: Judged, config: Config) -> Violation:
        """Returns a violation with the way out where the branch itself brings what allows it."""
        if self._fresh is None:
            return found
        change = next((each for each in one.changes if each.path == found.path), None)
        if change is None or not is_document(found.path):
            return found
        marks = {each.fingerprint for each in rules.check(change, self._fresh)}
        if found.fingerprint in marks or found.fingerprint not in {
            each.fingerprint for each in rules.check(change, config)
        }:
            return found
        return replace(found, hint=f"the {PATH} of this branch allows it: let that land first, then this")

    # Where it stands now

    def _placed(self, found: Violation) -> Violation:
        """Returns a violation at the line where it stands by now, when it still does: there it has to be mended."""
        if found.path == PATH and found.severity == ERROR and found.code[0] in "CF":
            return mended_later.advised(found, self._wrong_by_now)
        if not is_document(found.path) or found.code[0] == "S":
            return found  # what a step did to a promise does not stand in the file
        now = self._now_in(found.path).get(found.fingerprint)
        if now is None:
            return found
        return replace(found, line=now.line, column=now.column, excerpt=now.excerpt)

    @cached_property
    def _wrong_by_now(self) -> frozenset[str]:
        """Returns the fingerprints of what is wrong with the gitdesk.yaml of the head."""
        data = read.find_file(self._desk.repo, self._head, PATH)
        found = config_of(data)[1] if data is not None else (judging.missing(),)
        return frozenset(one.fingerprint for one in found)

    def _standing(self, path: str) -> dict[str, Violation]:
        data = read.find_file(self._desk.repo, self._head, path)
        config = config_at(self._desk, self.span.base if self.span is not None else self._head)
        if data is None or config is None:
            return {}
        change = Change(path=path, after=codec.parse(data, path))
        return {one.fingerprint: one for one in judging.with_excerpts(rules.check(change, config), data)}

    # What both branches come to

    def _joined(self, span: Span) -> Iterator[Violation]:
        """Yields what only the merge of base and head brings about."""
        if span.is_ahead:
            yield from self._holidays(self._desk.repo, span.head)
            return
        with merge_result.merged(self._desk.repo, span.base, span.head) as merged:
            where = f'in the merge with "{span.name}"'
            yield from left_open.told(merged, span.name, where)
            conflicts = merged.conflicts
            records = history.commits(
                merged.repo,
                merged.commit,
                since_commits=(span.base, span.head),
                oldest_first=True,
                marks=True,
            )
            count = self.commits
            law: Law = lambda record: replace(self._law(record), people=False)  # noqa: E731  nobody made it yet
            found = [one for one in self._judged(merged.repo, records, law) if one.path not in conflicts]
            self.commits = count
            if not conflicts:
                found += self._holidays(merged.repo, merged.commit)
            yield from self._whole(merged.repo, merged.commit)
            for one in found:
                if one.fingerprint not in self._seen:
                    subject = one.subject or one.message
                    yield replace(one, message=f"{one.message}, {where}", subject=subject, commit="")

    def _holidays(self, repo: Repo, commit: str) -> Iterator[Violation]:
        """Yields what the files of holidays lack at a commit and did not lack at the base."""
        assert self.span is not None
        base = self.span.base
        names = (PATH, FOLDER.rstrip("/"))
        if all(read.find_entry(repo, base, name) == read.find_entry(repo, commit, name) for name in names):
            return
        old = {one.fingerprint for one in _holidays_at(self._desk.repo, self.span.base)}
        yield from (one for one in _holidays_at(repo, commit) if one.fingerprint not in old)


def between(
    desk: Desk,
    text: str,
    *,
    now: datetime | None = None,
    landing: str = REQUEST,
    reviews: Reviews | None = None,
) -> Walk:
    """Returns what the commits of a range (`BASE..HEAD`) bring in, each judged by the rules of the base.

    Who could bring the rules along could allow himself anything. Only where the base is no desk yet, or its
    gitdesk.yaml is broken and the branch mends it, the branch's own rules count. Raises SetupError for a range that
    this clone does not have whole, Unreadable without any rules to go by.
    """
    span = revisions.span(desk, text)
    if not read.is_desk(desk.repo, span.base):
        return Walk(desk, span, Grown(desk.repo).law, now=now)
    fresh = config_at(desk, span.head)
    try:
        config = Configurations(desk.repo).at(span.base)
    except Unreadable:
        if fresh is None:
            raise
        config = fresh
    fixed = Rules(config=config)
    fresh = fresh if fresh != config else None
    return Walk(desk, span, lambda _: fixed, fresh, now=now, landing=landing, reviews=reviews)


def everything(desk: Desk, *, now: datetime | None = None) -> Walk:
    """Returns what every commit of the desk brought in, each judged by the rules in force before it.

    Of what was imported the files are judged alone: who did it elsewhere, and when, this desk's rules did not govern.
    """
    revisions.require_whole_history(desk)
    grown = Grown(desk.repo)

    def law(record: Record) -> Rules:
        given = grown.law(record)
        imported = any(key == SOURCE for key, _ in record.commit.trailers)
        return replace(given, people=False) if imported else given

    return Walk(desk, None, law, now=now, landing=RECORD)


def _holidays_at(repo: Repo, commit: str) -> list[Violation]:
    data = read.find_file(repo, commit, PATH) or b""
    config = config_of(data)[0]
    return list(judging.weighed(judging.holidays(config, data, holiday_files(repo, commit)), config))


def _violations(repo: Repo, one: Judged, config: Config, context: Context | None) -> Iterator[Violation]:
    """Yields what a commit brings in; a merge only what no parent has."""
    commit = one.record.commit.id
    for version in one.files:
        if version.path == PATH:
            found = of_config(repo, version)
        else:
            found = list(judging.weighed(of_entry(version, one.sizes, config), config))
        yield from (replace(each, commit=commit) for each in found)
    for change, *others in one.alternatives():
        marks = [{each.fingerprint for each in rules.check(other, config, context)} for other in others]
        for each in rules.check(change, config, context):
            if all(each.fingerprint in mark for mark in marks):
                data = change.after.data if change.after is not None else b""
                (shown,) = judging.with_excerpts((each,), data)
                yield replace(shown, commit=commit)
    if context is not None:
        for each in rules.check_commit(config, context, one.files[0].path):
            yield replace(each, commit=commit)


def _by_hand(
    changes: Sequence[Change], commit: str, config: Config, context: Context, told: set[str]
) -> Iterator[Violation]:
    """Yields what the author of a merge did that Git would not have done, and may not do; nothing that was told."""
    for change in changes:
        for each in rules.check(change, config, context):
            if each.fingerprint not in told:
                told.add(each.fingerprint)
                subject = each.subject or each.message
                message = f"{each.message}, by how the merge was made"
                yield replace(each, message=message, subject=subject, commit=commit)
