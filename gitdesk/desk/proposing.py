"""Proposing: a change goes on a branch of its own, where others approve it; messages go to the desk at once."""

from __future__ import annotations

from gitdesk.desk import landings, proposal_branch, proposals, seals, verdicts
from gitdesk.desk.accounting import context_now, trailers_of
from gitdesk.desk.plan import Proposed
from gitdesk.desk.proposal_remote import remote_of
from gitdesk.desk.writing import ATTEMPTS, Draft, Writing
from gitdesk.domain import rules
from gitdesk.domain.change import Change, is_document, render_message, subject
from gitdesk.domain.config import PATH
from gitdesk.errors import Refused, SetupError
from gitdesk.store import codec, entries, history, write
from gitdesk.store.objects import object_id
from gitdesk.store.signed_commit import Unsigned
from gitdesk.value import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitdesk.desk.door import Desk
    from gitdesk.desk.plan import Why, Wish
    from gitdesk.domain.document import Document
    from gitdesk.domain.rules_context import Context
    from gitdesk.domain.ticket import Ticket


class Parts:
    """A draft in two: what is said goes to the desk, the rest into the proposal; `kept` are said with the rest."""

    def __init__(self) -> None:
        self.said: dict[str, bytes | None] = {}
        self.rest: dict[str, bytes | None] = {}
        self.saying: list[Change] = []
        self.changing: list[Change] = []
        self.kept: tuple[str, ...] = ()


class Proposing(Writing):
    """Turns wishes into a proposal on one clone."""

    def __init__(self, desk: Desk) -> None:
        from gitdesk.desk.knowledge import informed

        super().__init__(
            desk.repo,
            desk.location,
            desk.config_at,
            desk.now,
            desk.environ,
            lambda *given: informed(desk, *given),
        )
        self._desk = desk

    def propose(self, wishes: Sequence[Wish], why: Why, *, dry_run: bool) -> Proposed:
        """Returns what came of the wishes: messages on the desk and the rest on a branch, or an error and nothing."""
        if dry_run:
            tip = self._repo.read_ref(self._location.ref or "HEAD") or self._location.tip or ""
            draft, parts = self._prepared(wishes, tip, why)
            return Proposed(outcome=self._outcome(None, draft, diff=self._diff(draft, tip)), kept=parts.kept)
        author, committer = write.identity(self._repo, self._environ, self._now)
        for attempt in range(ATTEMPTS):
            with write.turn(self._repo, self._location) as turn:
                if turn.tip is None:
                    raise SetupError("the desk's branch is gone")
                draft, parts = self._prepared(wishes, turn.tip, why)
                if not draft.files:
                    return Proposed(outcome=self._outcome(None, draft))
                same = self._same(parts)
                if same is not None:
                    has = same.first.body if same.first is not None else ""
                    given = "" if why.reason.strip() in has else why.reason.strip()
                    outcome = self._outcome(None, draft)
                    return Proposed(outcome=outcome, name=same.name, existed=True, unwritten=given)
                try:
                    said = self._say(turn, draft, parts, why, author, committer)
                except write.Moved:
                    if attempt == ATTEMPTS - 1:
                        raise
                    continue
                base = self._base(turn.tip, parts)
            made = self._branch(draft, parts, base, why, author, committer)
            return replace(made, said=said, kept=parts.kept)
        raise AssertionError("unreachable")

    def _branch(
        self,
        draft: Draft,
        parts: Parts,
        base: str,
        why: Why,
        author: write.Identity,
        committer: write.Identity,
    ) -> Proposed:
        """Makes the proposal's commit and its branch."""
        message = render_message(subject(parts.changing), why.reason, trailers_of(why))
        making = proposal_branch.Making(
            self._desk, draft.config, draft.context, author=author, committer=committer
        )
        commit = making.files(base, parts.rest, message)
        draft.warnings += making.warnings
        self._require_own_key(base, commit, draft, author, said=bool(parts.said))
        name = proposals.name_of(parts.changing, commit)
        proposal_branch.move(self._desk, name, "", commit, "proposed", committer)
        return Proposed(outcome=self._outcome(commit, draft), name=name, base=base)

    def _require_own_key(
        self, base: str, commit: str, draft: Draft, author: write.Identity, *, said: bool
    ) -> None:
        """Raises Refused for a proposal that nobody could approve: it is not signed with its author's key."""
        config = draft.config
        if not (config.asks_for_approvals and config.rules.approvals.signed):
            return
        if not landings.standings(self._desk, base, commit):
            return  # nothing of it waits for anybody
        [record] = history.commits(self._repo, commit, since_commits=(base,))
        owners, problem = verdicts.Signers(self._repo, config).of(record.commit)
        me = config.find_person(str(author))
        if me is None or me.id in owners:
            return
        why = f"signed with a key of {owners[0]}" if owners else problem or "not signed with a key of yours"
        hint = seals.SET_UP + (
            "; the message is on the desk already: the same without -m then" if said else ""
        )
        raise Refused(f"your proposal could not be approved: {why}", hint=hint)

    # ---- in two

    def _prepared(self, wishes: Sequence[Wish], tip: str, why: Why) -> tuple[Draft, Parts]:
        """Builds both parts on a tip; raises the first thing that speaks against the change as a whole."""
        draft = self._built(wishes, tip)
        if not draft.changes:
            return draft, Parts()
        self._judge(draft, tip, why)
        whole = rules.net(draft.changes)
        parts = split(draft, whole)
        if parts.said and not parts.rest:
            raise Refused(
                "a message waits for nobody's approval, and nothing else would change",
                hint="the same without --propose",
            )
        if parts.said and not self._stand_alone(parts, draft):
            parts = together(draft, whole)
        return draft, parts

    def _judge(self, draft: Draft, tip: str, why: Why) -> None:
        """Has the change judged as a whole."""
        context = self._context(draft, tip, why)
        draft.warnings = rules.enforce(draft.changes, draft.config, (), context)
        draft.context = context

    def _context(self, draft: Draft, tip: str, why: Why) -> Context | None:
        context = context_now(self._repo, self._environ, self._now, tip, draft.config, why)
        if context is None:
            return None
        context = self._inform(context, rules.net(draft.changes), draft.config, tip)
        return replace(context, direct=False)  # that nobody has approved it yet is what a proposal is for

    @staticmethod
    def _stand_alone(parts: Parts, draft: Draft) -> bool:
        """Tells whether each part can be a change of its own: a way to a status may need a message in the same one."""
        context = draft.context
        if context is not None:
            context = replace(context, clocks=None, loads=None)  # they were asked about the whole
        try:
            rules.enforce(parts.saying, draft.config, (), context)
            rules.enforce(parts.changing, draft.config, (), context)
        except Refused:
            return False
        return True

    def _say(
        self,
        turn: write.Turn,
        draft: Draft,
        parts: Parts,
        why: Why,
        author: write.Identity,
        committer: write.Identity,
    ) -> str | None:
        """Commits the messages to the desk; signed like the proposal, whose history they may become a part of."""
        if not parts.said:
            return None
        message = render_message(subject(parts.saying), "", trailers_of(why))
        sign = proposal_branch.must_sign(draft.config)
        try:
            return turn.commit(parts.said, message, author, committer, sign=True if sign else None)
        except Unsigned as error:
            raise proposal_branch.unsigned(error) from None

    # ---- what is there already

    def _same(self, parts: Parts) -> proposals.Proposal | None:
        """Returns the open proposal of the very same files; raises Refused for one that differs in messages only."""
        wanted = {
            path: object_id(self._repo.hash_name, "blob", data) if data is not None else ""
            for path, data in parts.rest.items()
        }
        tickets = {one.path: _without_messages(one) for one in parts.changing}
        for one in proposals.open_proposals(self._desk, remote_of(self._desk)):
            if not set(wanted).issubset(one.paths) or one.is_done:
                continue
            if {path: new for path, _, new in one.files if path in wanted} == wanted:
                return one
            theirs = {change.path: _without_messages(change) for change in one.changes}
            if all(theirs.get(path) == ticket is not None for path, ticket in tickets.items()):
                way = " --update brings it up to date" if one.branch.there else " sends it"
                raise Refused(
                    f"the same is proposed already, as {one.branch.shown}",
                    hint=f"gitdesk propose {one.branch.short}{way}; gitdesk reply ID says something more",
                )
        return None

    def _base(self, tip: str, parts: Parts) -> str:
        """Returns what the proposal stands on: what the remote has of the desk, where nothing it is about differs."""
        remote = remote_of(self._desk)
        there = self._repo.read_ref(remote.tracking(remote.branch)) if remote is not None else None
        if not there or there == tip or not history.is_below(self._repo, there, tip):
            return tip
        watched = (*parts.rest, PATH)
        same = entries.find_files(self._repo, there, watched) == entries.find_files(self._repo, tip, watched)
        return there if same else tip


def split(draft: Draft, whole: Sequence[Change]) -> Parts:
    """Returns a draft in two parts: messages that are added, with their files, and the rest."""
    parts = Parts()
    speaking: set[str] = set()
    for change in whole:
        if not is_document(change.path):
            continue
        middle = _with_messages(change)
        if middle is None:
            parts.changing.append(change)
            parts.rest[change.path] = draft.files[change.path]
            continue
        speaking.add(change.ticket_id)
        parts.said[change.path] = middle.data
        parts.saying.append(replace(change, after=middle))
        if _without_messages(change) != _without_messages(replace(change, after=change.before)):
            parts.changing.append(replace(change, before=middle))
            parts.rest[change.path] = draft.files[change.path]
    for change in whole:
        if not is_document(change.path):
            said = change.ticket_id in speaking
            (parts.saying if said else parts.changing).append(change)
            (parts.said if said else parts.rest)[change.path] = draft.files[change.path]
    return parts


def together(draft: Draft, whole: Sequence[Change]) -> Parts:
    """Returns all of a draft as the part that is proposed, messages too."""
    parts = Parts()
    parts.rest, parts.changing = dict(draft.files), list(whole)
    parts.kept = tuple(one.ticket_id for one in whole if _with_messages(one) is not None)
    return parts


def _with_messages(change: Change) -> Document | None:
    """Returns the file before a change with the messages that it adds, None where it adds none."""
    before, after = change.before, change.after
    if before is None or after is None or before.ticket is None or after.ticket is None:
        return None
    old, new = before.ticket.messages, after.ticket.messages
    if len(new) <= len(old) or new[: len(old)] != old:
        return None
    data = codec.amend(before, replace(before.ticket, messages=new))
    return codec.parse(data, change.path)


def _without_messages(change: Change) -> Ticket | None:
    """Returns what a ticket comes to beside its messages."""
    ticket = change.after.ticket if change.after is not None else None
    return replace(ticket, messages=()) if ticket is not None else None
