"""Sharing a desk: what others did comes in, what is ours is made again on top of it and pushed, never by force."""

from __future__ import annotations

import os
import time

from gitdesk.desk.door import Desk
from gitdesk.desk.sync_steps import Plan, Stopped
from gitdesk.errors import Conflict, Refused, SetupError, Unreadable
from gitdesk.store import pace, read, remote, shared_before, worktrees, write
from gitdesk.store.identity import identity
from gitdesk.store.lock import Queue
from gitdesk.store.permissions import Sharing
from gitdesk.store.remote import Remote, Unreachable
from gitdesk.store.server_turn import ServerTurn
from gitdesk.value import Value, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitdesk.desk.door import Watch
    from gitdesk.desk.outbox import Kept
    from gitdesk.domain.violation import Violation
    from gitdesk.store.remote import Answer

TRIES, PATIENCE = 12, 60.0  # pushes that may lose a race, and seconds in which they may
_BROKEN = 3  # connections that may break off in the middle of a push
_BRINGINGS = 200  # objects that are fetched one by one, of a partial clone
SHOWN = 20  # subjects of what came in
_SECOND_LOOK = 0.4  # seconds until a refusal is believed: a race is seen a moment late

DONE, HELD, ILLEGAL, REFUSED, OFFLINE, BUSY = "done", "held", "illegal", "refused", "offline", "busy"


class Synced(Value):
    """What a sync came to.

    `state`: "done"; "held", some commits are kept on branches of the outbox; "illegal", some are not pushed because of
    `illegal`; "refused" by the other side, which `said` something; "offline" for `reason`; "busy", every race was lost.
    `ahead` commits are not shared yet, `attempts` pushes were sent. What `repeated` commits (id and subject)
    do was there already: they are left out, with what else they say.
    """

    branch: str
    remote: Remote
    state: str = DONE
    tip: str = ""
    received: int = 0
    pushed: int = 0
    ahead: int = 0
    attempts: int = 0
    repeated: tuple[tuple[str, str], ...] = ()
    incoming: tuple[str, ...] = ()  # subjects, the oldest first
    renamed: tuple[tuple[str, str], ...] = ()
    held: tuple[Kept, ...] = ()
    illegal: tuple[Violation, ...] = ()
    said: tuple[str, ...] = ()
    reason: str = ""
    is_new: bool = False  # the branch was not over there before
    dry_run: bool = False


class Wanted(Value):
    """How to sync: with which remote, to push or only to tell; whether somebody can be asked and sees progress."""

    remote: str | None = None
    push: bool = True
    dry_run: bool = False
    asking: bool = False
    progress: bool = False


def sync(start: str, environ: Mapping[str, str], watch: Watch, wanted: Wanted) -> Synced:
    """Syncs the desk of a folder with its remote and returns what came of it.

    Raises SetupError where there is none to sync with, Stopped or Refused where a person has to decide first.
    """
    with Desk.open(start, environ, watch) as desk:
        location = desk.location
        if location.ref is None:
            from gitdesk.store import underway

            raise underway.detached(desk.repo, "sync")
        other = remote.choose(desk.repo, location.branch, wanted.remote)
        queue = Queue(
            f"{desk.repo.common_dir}/gitdesk/sync", Sharing(desk.repo.config("core.sharedRepository"))
        )
        queue.enter()
        try:
            desk.settle()
            return _Syncing(desk, location.ref, other, wanted).run()
        finally:
            queue.leave()


class _Syncing:
    """One sync: rounds of looking, bringing together and pushing until it is through or makes no sense any more."""

    def __init__(self, desk: Desk, ref: str, other: Remote, wanted: Wanted) -> None:
        self._desk, self._repo, self._ref, self._remote, self._wanted = desk, desk.repo, ref, other, wanted
        self._told = Synced(branch=desk.location.branch, remote=other, dry_run=wanted.dry_run)
        self._pace = pace.load(desk.repo, time.time)
        self._deadline = time.monotonic() + PATIENCE
        self._attempts = 0

    def run(self) -> Synced:
        """Returns what came of it."""
        try:
            return self._run()
        except Unreachable as error:
            return self._end(OFFLINE, reason=error.message)

    def _run(self) -> Synced:
        if self._wanted.push and not self._wanted.dry_run and self._is_ahead():
            _make_ready()
            with ServerTurn(self._repo, self._remote.name) as turn:
                return self._rounds(turn)
        return self._rounds(None)

    def _rounds(self, turn: ServerTurn | None) -> Synced:
        losses = broken = 0
        if turn is not None and not turn.is_held:
            self._wait()
        while True:
            looked = time.monotonic()
            plan = self._round()
            if self._wanted.dry_run or not self._wanted.push:
                if self._wanted.dry_run and plan.pushes:
                    self._count_pushed(plan.theirs, plan.pushes[-1])
                return self._end(self._state(plan), ahead=plan.ahead)
            failed = self._push(plan)
            if failed is None:
                if self._attempts:
                    won = self._pace.won(time.monotonic() - looked, at_once=not losses)
                    pace.keep(self._repo, won)
                return self._end(self._state(plan))
            answer, base, sent = failed
            took = time.monotonic() - looked
            now = self._look_again(base, answer)
            if now == sent or (now and self._contains(now, sent)):
                self._count_pushed(base, sent)  # it was taken, and the answer got lost
                continue
            if now == base and answer.flag:
                return self._end(REFUSED, said=answer.said, reason=answer.reason)
            if now == base:
                broken += 1
                if broken == _BROKEN:
                    return self._end(OFFLINE, reason=_broken(self._remote, answer))
            else:
                losses += 1
                self._pace = self._pace.lost(took)
                pace.keep(self._repo, self._pace)
            if losses + broken >= TRIES or time.monotonic() > self._deadline:
                return self._end(BUSY)
            if turn is not None:
                turn.release()  # nobody of this machine waits because we do
            self._wait()
            if turn is not None:
                turn.take()

    # A round

    def _round(self) -> Plan:
        """Looks what the others have, brings ours together with it and moves the branch; returns the plan of it."""
        before = remote.known_tip(self._repo, self._remote)
        if before:  # noted before Git may forget it
            shared_before.note(self._repo, self._remote)
        self._fetch()
        for _ in range(TRIES):
            tip = self._repo.read_ref(self._ref)
            theirs = remote.known_tip(self._repo, self._remote)
            if tip is None:  # it is over there only, and the first change here makes it
                return Plan(tip=theirs, theirs=theirs, target=theirs)
            if not theirs:
                self._require_not_gone(before)
            plan = self._planned(tip, theirs, before)
            if self._wanted.dry_run:
                self._require_movable(plan)
                self._note(plan)
                return plan
            try:
                self._move(plan)
            except write.Moved:
                continue  # a command has committed meanwhile
            self._note(plan)
            return plan
        raise Conflict("the branch moves all the time", hint="try again when fewer commands are running")

    def _fetch(self) -> None:
        with self._desk.watch(f"fetching from {self._remote.name}") as step:
            remote.fetch(
                self._repo,
                self._remote,
                asking=self._wanted.asking,
                step=step if self._wanted.progress else None,
            )

    def _planned(self, tip: str, theirs: str, before: str) -> Plan:
        if tip == theirs:
            return Plan(tip=tip, theirs=theirs, target=tip)
        from gitdesk.desk.sync_plan import Planning

        known = {before, *remote.had(self._repo, self._remote)} - {""}
        for _ in range(_BRINGINGS):
            try:
                return Planning(self._desk, self._remote).plan(tip, theirs, tuple(known))
            except Unreadable as error:
                if not error.missing or not self._repo.is_partial():
                    raise
                remote.bring(self._repo, self._remote, [error.missing], asking=self._wanted.asking)
        raise SetupError("this partial clone lacks too much", hint="git fetch --refetch --no-filter")

    def _require_not_gone(self, before: str) -> None:
        """Raises Stopped where a branch that once was over there is not any more."""
        is_known = before or shared_before.is_noted(self._repo, self._remote)
        if is_known or (
            self._remote.is_chosen
            and remote.has_branches(self._repo, self._remote, asking=self._wanted.asking)
        ):
            name, branch = self._remote.name, self._remote.branch
            raise Stopped(
                f'"{branch}" is gone from {name}: somebody has deleted or renamed it',
                hint=f"ask who did it; git push {name} {self._told.branch}:{branch} brings it back as it is here",
            )

    def _move(self, plan: Plan) -> None:
        """Moves the branch to where the plan has it; what is kept back has a branch of its own before."""
        if plan.target == plan.tip:
            return
        self._require_calm()
        if plan.held:
            from gitdesk.desk import outbox

            plan = replace(plan, held=outbox.keep(self._repo, plan.held))
            self._told = replace(self._told, held=(*self._told.held, *plan.held))
        _, committer = identity(self._repo, self._desk.environ, self._desk.now)
        location = read.branch_location(self._repo, self._told.branch, "it is synced")
        self._bring_for(plan, location)  # over the network, for which no other command waits
        with write.turn(self._repo, location) as turn:
            if turn.tip != plan.tip:
                raise write.Moved(self._told.branch)
            turn.move_to(plan.target, f"sync with {self._remote.short}", committer)

    def _require_movable(self, plan: Plan) -> None:
        """Raises what moving the branch would raise, as far as that can be foreseen."""
        if plan.target == plan.tip:
            return
        from gitdesk.store import switch

        self._require_calm()
        checkout = worktrees.find_checkout(self._repo, self._ref)
        if checkout is not None:
            switch.require_followable(self._repo, checkout, plan.tip, plan.target)

    def _bring_for(self, plan: Plan, location: read.Location) -> None:
        """Brings what the work tree is to show, where a partial clone lacks it."""
        if location.checkout is not None and self._repo.is_partial():
            from gitdesk.store import local_commits

            changed = local_commits.between(self._repo, plan.tip, plan.target)
            wanted = [one.new[1] for one in changed if one.new is not None and one.new[0] != "160000"]
            remote.bring(self._repo, self._remote, wanted, asking=self._wanted.asking)

    def _require_calm(self) -> None:
        """Raises Refused while Git is in the middle of something on this branch."""
        from gitdesk.store import underway

        if worktrees.find_rebase(self._repo, self._ref):
            raise Refused(
                f'branch "{self._told.branch}" is being rebased',
                hint="finish that: git rebase --continue; or git rebase --abort",
            )
        checkout = worktrees.find_checkout(self._repo, self._ref)
        found = underway.look(self._repo, checkout.git_dir) if checkout is not None else None
        if found is not None and checkout is not None:
            raise Refused(
                f"Git is in the middle of {found.named} in {checkout.path}",
                hint=f"finish it: {found.way}; then gitdesk sync",
            )

    def _note(self, plan: Plan) -> None:
        told = self._told
        held = plan.held if self._wanted.dry_run else told.held
        repeated = tuple((one.commit.id, one.commit.subject) for one in plan.made if not one.new)
        self._told = replace(
            told,
            received=told.received + plan.received,
            incoming=(*told.incoming, *self._subjects(plan)),
            renamed=(*told.renamed, *plan.renamed),
            held=held,
            repeated=(*told.repeated, *repeated),
            illegal=plan.illegal,
            is_new=not plan.theirs,
        )

    def _subjects(self, plan: Plan) -> tuple[str, ...]:
        """Returns the first lines of what came in, the last few of many; a merge is told by what it brings."""
        if not plan.received:
            return ()
        words = (
            "log",
            "--no-merges",
            "--format=%s%x00%an",
            "-z",
            "--reverse",
            f"--max-count={SHOWN}",
            plan.theirs,
            f"^{plan.tip}",
            "--",
        )
        parts = os.fsdecode(self._repo.run(*words)).split("\0")
        return tuple(f"{subject} · {who}" for subject, who in zip(parts[0::2], parts[1::2], strict=False))

    # Pushing

    def _push(self, plan: Plan) -> tuple[Answer, str, str] | None:
        """Pushes what the plan has, step by step; returns the answer that was none, onto what it went, and what."""
        base = plan.theirs
        for commit in plan.pushes:
            self._attempts += 1
            with self._desk.watch(f"pushing to {self._remote.name}") as step:
                answer = remote.push(
                    self._repo,
                    self._remote,
                    commit,
                    asking=self._wanted.asking,
                    step=step if self._wanted.progress else None,
                )
            if not answer.is_taken:
                return answer, base, commit
            self._count_pushed(base, commit)
            base = commit
        if plan.pushes and not plan.theirs and not self._repo.config(f"branch.{self._told.branch}.remote"):
            remote.follow(self._repo, self._remote, self._told.branch)
        return None

    def _count_pushed(self, base: str, commit: str) -> None:
        words = ("rev-list", "--count", commit, *((f"^{base}",) if base else ()), "--")
        count = int(self._repo.run(*words))
        self._told = replace(self._told, pushed=self._told.pushed + count)

    def _look_again(self, theirs: str, answer: Answer) -> str:
        """Returns what the other side has by now: that decides whether it was a race, not what was said."""
        self._fetch()
        now = remote.known_tip(self._repo, self._remote)
        if now == theirs and answer.flag:
            time.sleep(_SECOND_LOOK)
            self._fetch()
            now = remote.known_tip(self._repo, self._remote)
        return now

    def _contains(self, tip: str, commit: str) -> bool:
        from gitdesk.store import history

        return history.is_below(self._repo, commit, tip)

    def _is_ahead(self) -> bool:
        tip = self._repo.read_ref(self._ref)
        return bool(tip) and tip != remote.known_tip(self._repo, self._remote)

    def _wait(self) -> None:
        chance = int.from_bytes(os.urandom(4), "big") / (1 << 32)
        left = max(0.0, self._deadline - time.monotonic())
        time.sleep(min(self._pace.pause(chance), left))

    # The end

    def _state(self, plan: Plan) -> str:
        return ILLEGAL if plan.illegal else HELD if self._told.held else DONE

    def _end(
        self, state: str, *, reason: str = "", said: tuple[str, ...] = (), ahead: int | None = None
    ) -> Synced:
        tip = self._repo.read_ref(self._ref) or ""
        theirs = remote.known_tip(self._repo, self._remote)
        if ahead is None:
            words = ("rev-list", "--count", tip, *((f"^{theirs}",) if theirs else ()), "--")
            ahead = int(self._repo.run(*words)) if tip and tip != theirs else 0
        return replace(
            self._told, state=state, tip=tip, attempts=self._attempts, reason=reason, said=said, ahead=ahead
        )


def _make_ready() -> None:
    """Reads the code that is needed between looking and pushing: in that time others get through."""
    from gitdesk.desk import pasts, sync_plan  # noqa: F401


def _broken(other: Remote, answer: Answer) -> str:
    why = f": {answer.reason}" if answer.reason else ""
    return f"the connection to {other.name} ({other.url}) broke off{why}"
