"""Open proposals: branches that hold a change which is not on the desk yet, and what was said of it."""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property

from gitdesk.desk import proposal_remote
from gitdesk.desk.judging import is_desk_file
from gitdesk.domain.change import Change, is_config, is_document, owner_of, with_moves
from gitdesk.domain.people import author_of
from gitdesk.domain.workflow import PROPOSALS
from gitdesk.errors import NotFound, Refused, UsageError
from gitdesk.lazy import pattern
from gitdesk.store import codec, history, merge_result
from gitdesk.store.misplaced import is_mark
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gitdesk.desk.door import Desk
    from gitdesk.desk.proposal_remote import Remote
    from gitdesk.domain.change import Commit
    from gitdesk.domain.document import Document

SEVERAL = "several"
SHORT = 8  # digits of the first commit in a branch's name
_LEAST = 4  # digits of it by which people may call a proposal
_HEADS, _REMOTES = "refs/heads/", "refs/remotes/"
_DIGITS = pattern(r"[0-9a-f]{4,40}")
_MOST = 2_000  # commits of one proposal that are read


class Branch(Value):
    """A proposal's branch: its name, where it is here and on the remote ("" for nowhere), and that remote's name."""

    name: str
    here: str = ""
    there: str = ""
    remote: str = ""

    @property
    def short(self) -> str:
        """Returns the last part of the name, by which people call it."""
        return self.name.rpartition("/")[2]

    @property
    def shown(self) -> str:
        """Returns the branch as Git in this clone calls it."""
        return f"{self.remote}/{self.name}" if self.there and not self.here else self.name


class Proposal:
    """An open proposal, seen from a tip of the desk: its commits, what they change, and what was said."""

    def __init__(self, desk: Desk, tip: str, branch: Branch, head: str) -> None:
        self._desk, self.tip, self.branch, self.head = desk, tip, branch, head

    @property
    def name(self) -> str:
        """Returns the name of the branch, the same in every clone."""
        return self.branch.name

    @cached_property
    def base(self) -> str:
        """Returns the last commit that desk and proposal have in common, "" for histories that have nothing."""
        found = self._desk.repo.call("merge-base", self.tip, self.head).output.decode("ascii", "replace")
        return found.strip()

    @cached_property
    def commits(self) -> tuple[Commit, ...]:
        """Returns the commits that the desk does not have, oldest first."""
        return tuple(record.commit for record in self._records)

    @cached_property
    def _records(self) -> tuple[history.Record, ...]:
        found = history.commits(
            self._desk.repo, self.head, since_commits=(self.tip,), oldest_first=True, marks=True
        )
        records = []
        for record in found:
            records.append(record)
            if len(records) > _MOST:
                raise UsageError(
                    f'"{self.name}" has more than {_MOST:,} commits that the desk does not have',
                    hint="git log shows them; a proposal is made with gitdesk propose",
                )
        return tuple(records)

    @cached_property
    def is_endless(self) -> bool:
        """Tells whether it has more commits than are read of a proposal."""
        try:
            _ = self._records
        except UsageError:
            return True
        return False

    @cached_property
    def made(self) -> tuple[Commit, ...]:
        """Returns the commits that change files: the proposal itself."""
        return tuple(record.commit for record in self._records if record.changes)

    @property
    def author(self) -> str:
        """Returns who proposes, as `Name <address>` of the desk, of a stranger as the commit has it."""
        first = self.first
        if first is None:
            return ""
        person = self._desk.config.find_person(str(first.author))
        return author_of(person) if person is not None else str(first.author)

    @property
    def first(self) -> Commit | None:
        """Returns the commit that proposes: the last one that changes files and is no merge."""
        plain = [one for one in self.made if len(one.parents) < 2]
        return plain[-1] if plain else None

    @cached_property
    def files(self) -> tuple[tuple[str, str, str], ...]:
        """Returns path, blob id before and blob id after of every file the proposal changes."""
        if not self.base:
            return ()
        return tuple(merge_result.differences(self._desk.repo, self.base, self.head))

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """Returns the desk's files that the proposal changes."""
        return tuple(path for path, _, _ in self.files if is_desk_file(path))

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Returns the tickets that the proposal changes."""
        return tuple(dict.fromkeys(owner for path in self.paths if (owner := owner_of(path))))

    @cached_property
    def _there(self) -> dict[str, str]:
        """Returns what the desk has changed since, by path: blob ids, "" for what is gone."""
        if not self.base or self.base == self.tip:
            return {}
        return {path: new for path, _, new in merge_result.differences(self._desk.repo, self.base, self.tip)}

    @cached_property
    def outdated(self) -> tuple[str, ...]:
        """Returns the files that the desk has changed since, and otherwise than the proposal."""
        there = self._there
        return tuple(path for path, _, new in self.files if path in there and there[path] != new)

    def require_common(self) -> None:
        """Raises Refused for a branch that has nothing to do with the desk: nobody could tell what it changes."""
        if not self.base:
            raise Refused(
                f'"{self.name}" has no commit in common with the desk',
                hint="git log shows what it is; a proposal is made with gitdesk propose",
            )

    @property
    def is_merged(self) -> bool:
        """Tells whether the desk has the very commits of it."""
        return self.base == self.head

    @cached_property
    def is_done(self) -> bool:
        """Tells whether the desk has everything of it, by whatever way it came."""
        return bool(self.base) and all(self._there.get(path) == new for path, _, new in self.files)

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """Returns what the proposal changes, the desk's files only."""
        wanted = [
            (path, oid)
            for path, *sides in self.files
            if is_document(path)
            for oid in sides
            if oid and not is_mark(oid)
        ]
        documents: dict[tuple[str, str], Document] = {
            key: codec.parse(self._desk.repo.blob(key[1]), key[0]) for key in dict.fromkeys(wanted)
        }
        return tuple(
            with_moves(
                Change(
                    path=path,
                    before=documents.get((path, old)),
                    after=documents.get((path, new)),
                    old=old,
                    new=new,
                )
                for path, old, new in self.files
                if is_desk_file(path)
            )
        )


def open_proposals(
    desk: Desk, remote: Remote | None, left_out: list[str] | None = None
) -> tuple[Proposal, ...]:
    """Returns the proposals that the desk does not have yet, as of the last fetch, the oldest first.

    A branch of more commits than are read is none; its name goes to `left_out`.
    """
    found = _open(desk, remote)
    if left_out is not None:
        left_out += [one.name for one in found if one.is_endless]
    return tuple(sorted((one for one in found if not one.is_endless), key=lambda one: (_date(one), one.name)))


def _open(desk: Desk, remote: Remote | None) -> tuple[Proposal, ...]:
    known = branches(desk, remote)
    if not known:
        return ()
    tips = _tips(desk, remote)
    prefixes = (f"{_HEADS}{PROPOSALS}", *([remote.tracking(PROPOSALS)] if remote is not None else ()))
    left = frozenset(
        proposal_remote.heads(desk.repo, *(f"--no-merged={tip}" for tip in tips), *prefixes).values()
    )
    return tuple(
        Proposal(desk, tips[0], branch, head) for branch in known if (head := head_of(desk, branch)) in left
    )


def _tips(desk: Desk, remote: Remote | None) -> tuple[str, ...]:
    """Returns where the desk is: its branch here and on the remote, that which has more first."""
    here = desk.tip
    there = desk.repo.read_ref(remote.tracking(remote.branch)) if remote is not None else None
    if not there or there == here or not desk.repo.has(there):
        return (here,)
    is_ahead = history.is_below(desk.repo, here, there)
    return (there, here) if is_ahead else (here, there)


def head_of(desk: Desk, branch: Branch) -> str:
    """Returns the newest commit of a branch: what is here while it goes on from what the remote has, else that."""
    if not branch.there or branch.here == branch.there:
        return branch.here or branch.there
    if not branch.here:
        return branch.there
    goes_on = history.is_below(desk.repo, branch.there, branch.here)
    return branch.here if goes_on else branch.there


def _landed(desk: Desk, remote: Remote | None, branch: Branch) -> Proposal:
    return Proposal(desk, _tips(desk, remote)[0], branch, head_of(desk, branch))


def seen(desk: Desk, branch: Branch) -> Proposal:
    """Returns the proposal of a branch as this clone sees it, whether or not the desk has it."""
    return _landed(desk, proposal_remote.remote_of(desk), branch)


def is_one(desk: Desk, one: str, other: str) -> bool:
    """Tells whether one of two commits goes on from the other."""
    return history.is_below(desk.repo, one, other) or history.is_below(desk.repo, other, one)


def _date(one: Proposal) -> float:
    first = one.first
    return first.author.at.timestamp() if first is not None else 0.0


def branches(desk: Desk, remote: Remote | None, *options: str) -> tuple[Branch, ...]:
    """Returns the branches of proposals, here and on the remote: all, or which Git lists with options."""
    prefixes = {"": f"{_HEADS}{PROPOSALS}"}
    if remote is not None:
        prefixes[remote.name] = remote.tracking(PROPOSALS)
    heads = proposal_remote.heads(desk.repo, *options, *prefixes.values())
    found: dict[str, Branch] = {}
    for where, prefix in prefixes.items():
        for ref, oid in heads.items():
            if not ref.startswith(prefix):
                continue
            name = PROPOSALS + ref.removeprefix(prefix)
            known = found.get(name, Branch(name=name))
            found[name] = Branch(
                name=name,
                here=known.here if where else oid,
                there=oid if where else known.there,
                remote=where or known.remote,
            )
    return tuple(found.values())


# ---- which one is meant


def find(desk: Desk, remote: Remote | None, word: str, *, landed: bool = False) -> Proposal:
    """Returns the open proposal that a branch, its last part, a ticket or a file names; raises NotFound.

    With `landed`, one that the desk has, and whose branch is still there, is found where no open one is meant.
    """
    found = open_proposals(desk, remote)
    chosen = _meant(desk, found, remote, word)
    if not chosen:  # one that cannot be read is found by its name, for whoever reads it to say why not
        chosen = [one for one in _called(_open(desk, remote), remote, word) if one.is_endless]
    if not chosen and landed:
        known = {one.name for one in found}
        others = [_landed(desk, remote, one) for one in branches(desk, remote) if one.name not in known]
        chosen = _meant(desk, others, remote, word)
    if len(chosen) == 1:
        return chosen[0]
    if chosen:
        shown = "\n".join(f"  {one.name}" for one in chosen)
        raise NotFound(
            f'there are {len(chosen)} proposals about "{word}"', hint=f"name one of them:\n{shown}"
        )
    raise _nothing(desk, remote, word)


def _meant(desk: Desk, found: Sequence[Proposal], remote: Remote | None, word: str) -> list[Proposal]:
    """Returns the proposals that a word can mean: by their names, else by what they are about."""
    chosen = list(_called(found, remote, word))
    if chosen or not found:
        return chosen
    ticket = ""
    with suppress(NotFound, UsageError):  # else one that only the proposal has
        ticket = desk.resolve(word)
    wanted = ticket or word
    known = wanted.casefold()
    exact = [
        one
        for one in found
        if wanted in one.paths or any(each.casefold() == known for each in (*one.ids, one.name.split("/")[1]))
    ]
    return exact if exact or ticket else [one for one in found if _codes(one, known)]


def _codes(one: Proposal, start: str) -> dict[str, str]:
    """Returns what begins so and calls a ticket of a proposal, and the ticket: its id, and the code in that."""
    codes = {code: ticket for ticket in one.ids for code in (ticket, ticket.rpartition("-")[2])}
    return {code: ticket for code, ticket in codes.items() if code.casefold().startswith(start)}


def _called(found: Sequence[Proposal], remote: Remote | None, word: str) -> Iterator[Proposal]:
    short = word.removeprefix("refs/heads/").removeprefix("refs/remotes/")
    if remote is not None:
        short = short.removeprefix(f"{remote.name}/")
    for one in found:
        exact = short in (one.name, one.name.removeprefix(PROPOSALS))
        if exact or (_DIGITS.fullmatch(word) and len(word) >= _LEAST and one.branch.short.startswith(word)):
            yield one


def _nothing(desk: Desk, remote: Remote | None, word: str) -> NotFound:
    """Returns the error for a word that names no open proposal: perhaps it has landed."""
    for branch in branches(desk, remote):
        if word in (branch.name, branch.short, branch.name.removeprefix(PROPOSALS)):
            return NotFound(
                f'"{branch.name}" is on the desk already', hint="gitdesk review lists what is open"
            )
    hint = "gitdesk review --fetch lists what there is"
    if "/" not in word and not is_config(word):
        try:
            desk.resolve(word)
        except NotFound as error:
            if "\n" in error.message:
                raise  # several tickets are meant, and it names them
            return NotFound(f'no ticket and no open proposal is called "{word}"', hint=hint)
    return NotFound(f'no open proposal about "{word}"', hint=hint)


def name_of(changes: Sequence[Change], commit: str) -> str:
    """Returns the name of the branch for a proposal: whose file it changes, and its first commit."""
    owners = tuple(dict.fromkeys(one.ticket_id or one.path.rpartition("/")[2] for one in changes))
    owner = owners[0] if len(owners) == 1 else SEVERAL
    if owners and all(not one.ticket_id for one in changes) and "gitdesk.yaml" in owners:
        owner = "gitdesk.yaml"  # calendars go with it
    return f"{PROPOSALS}{owner}/{commit[:SHORT]}"


def offers(desk: Desk, prefix: str) -> list[tuple[str, str]]:
    """Returns what can name an open proposal and begins so: its ticket, the digits of its branch, or all of that."""
    start = prefix.casefold()
    told: dict[str, str] = {}
    for one in open_proposals(desk, proposal_remote.remote_of(desk)):
        about = one.first.subject if one.first is not None else ""
        for name in _codes(one, start).values():
            told.setdefault(name, about)
        if start:  # without a word of it, tickets are enough to choose from
            for name in (one.branch.short, one.name):
                if name.casefold().startswith(start):
                    told.setdefault(name, about)
    return list(told.items())
