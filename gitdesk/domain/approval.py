"""Approvals: what has to be approved, what people said of it, and whether that is enough."""

from __future__ import annotations

from gitdesk.domain.change_message import one_line
from gitdesk.value import Value, fresh

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from gitdesk.domain.config import Config
    from gitdesk.domain.people import Person
    from gitdesk.domain.workflow import Approvals

APPROVES, REJECTS, WITHDRAWS = "approves", "rejects", "withdraws"
# Trailers of the empty commit that says it: digest and path, one trailer a path.
APPROVE_TRAILER, REJECT_TRAILER, WITHDRAW_TRAILER = (
    "Gitdesk-Approves",
    "Gitdesk-Rejects",
    "Gitdesk-Withdraws",
)
TRAILERS = {APPROVES: APPROVE_TRAILER, REJECTS: REJECT_TRAILER, WITHDRAWS: WITHDRAW_TRAILER}
MISPLACED = "such a word stands in a commit of its own, without files"

_FORM = b"gitdesk approval 1\n"  # another number whenever the same change gets another digest
_DIGEST = "sha256:"
_NAMED = 3  # verdicts that do not count and are told one by one


class Net(Value):
    """What a landing does to one file: the status of the ticket and the blob before and after, "" for none."""

    path: str
    from_: str = ""
    to: str = ""
    old: str = ""
    new: str = ""

    @property
    def digest(self) -> str:
        """Returns what an approval names: no two different changes have the same."""
        from hashlib import sha256

        parts = (self.path, self.from_, self.to, self.old, self.new)
        encoded = [part.encode("utf-8", "surrogatepass") for part in parts]
        text = b"".join(b"%d:%s\n" % (len(part), part) for part in encoded)
        return _DIGEST + sha256(_FORM + text).hexdigest()


class Need(Value):
    """That something at a path must be approved: why in words, how, and the people who are excluded by it."""

    path: str
    why: str
    approvals: Approvals
    excluded: tuple[str, ...] = ()


class Verdict(Value):
    """What somebody said of a proposal.

    `who` is the author of the commit or the login on a site, `person` who that is by the rules in force before, "" for
    nobody. `path` and `digest` are what a commit names; a review on a site was given for the commit `head` and all it
    brings. `verified`: signed by a key of that person, or vouched for by the site. `problem` says why it cannot count
    whatever else it is; `source` is the commit or the address of the review. `lifts` are the sources of that person's
    rejections that it stands on and takes back; None for a site, where the order of the words tells.
    """

    kind: str
    who: str
    at: datetime
    person: str = ""
    path: str = ""
    digest: str = ""
    head: str = ""
    verified: bool = False
    problem: str = ""
    source: str = ""
    reason: str = ""
    lifts: frozenset[str] | None = None

    @property
    def name(self) -> str:
        """Returns the person in a word, a stranger as Git or the site has them."""
        return self.person or self.who


class Contributor(Value):
    """Somebody who made something of what is to be approved; `problem` says why that is not certain."""

    who: str
    person: str = ""
    verified: bool = False
    problem: str = ""

    @property
    def name(self) -> str:
        """Returns the person in a word, a stranger as Git has them."""
        return self.person or self.who


class Reviewed(Value):
    """What a hosting site says of a pull request whose newest commit is `head`.

    `author` opened it. `vouched` are the people whom the site has seen bring in a commit, by its id: their word for it
    is as good as a signature.
    """

    name: str
    head: str
    author: Contributor
    verdicts: tuple[Verdict, ...] = ()
    vouched: Mapping[str, Contributor] = fresh(default_factory=dict)


class Standing(Value):
    """How a need stands: verdicts that count, those that do not and why, rejections, and what else is in the way."""

    need: Need
    net: Net
    contributors: tuple[Contributor, ...] = ()
    counted: tuple[Verdict, ...] = ()
    ignored: tuple[tuple[Verdict, str], ...] = ()
    blocking: tuple[Verdict, ...] = ()
    obstacles: tuple[str, ...] = ()

    @property
    def missing(self) -> int:
        """Returns how many more approvals are needed."""
        return max(0, self.need.approvals.count - len(self.counted))

    @property
    def met(self) -> bool:
        """Tells whether it may land."""
        return not (self.missing or self.blocking or self.obstacles)

    @property
    def words(self) -> str:
        """Returns how it stands: `1 of 2 approvals by lead (marko); iva's is for another version`."""
        wanted, counted = self.need.approvals, len(self.counted)
        roles = f" by {' or '.join(wanted.roles)}" if wanted.roles else ""
        names = ", ".join(one.name if one.verified else f"{one.name}, unverified" for one in self.counted)
        noun = "approval" if wanted.count == 1 else "approvals"
        parts = [f"{counted} of {wanted.count} {noun}{roles}" + (f" ({names})" if names else "")]
        parts += [
            f"rejected by {one.name}" + (f": {one.reason}" if one.reason else "") for one in self.blocking
        ]
        told = [f"{_possessive(one.name)} does not count: {why}" for one, why in self.ignored]
        parts += told[:_NAMED]
        if len(told) > _NAMED:
            parts.append(f"{len(told) - _NAMED} more do not count")
        return "; ".join((*parts, *self.obstacles))


def _possessive(name: str) -> str:
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def trailers_for(kind: str, nets: Iterable[Net]) -> tuple[tuple[str, str], ...]:
    """Returns the trailers of the commit that says something of these changes."""
    return tuple((TRAILERS[kind], f"{net.digest} {one_line(net.path)}") for net in nets)


def said_in(trailers: Sequence[tuple[str, str]]) -> tuple[tuple[str, str, str], ...]:
    """Returns (kind, digest, path) of each trailer of a commit that says something of a proposal."""
    kinds = {trailer.casefold(): kind for kind, trailer in TRAILERS.items()}
    found = []
    for key, value in trailers:
        kind = kinds.get(key.casefold())
        if kind is not None:
            digest, _, path = value.strip().partition(" ")
            found.append((kind, digest, path.strip()))
    return tuple(found)


def is_about(verdict: Verdict, path: str) -> bool:
    """Tells whether a verdict is about a path; a review on a site is about everything."""
    return not verdict.path or verdict.path == one_line(path)


def may_approve(person: Person, approvals: Approvals) -> bool:
    """Tells whether somebody's word could count at all: no program's, and that of one of the roles."""
    if person.robot:
        return False
    return not approvals.roles or any(role in person.roles for role in approvals.roles)


def approvers(need: Need, config: Config, contributors: Iterable[Contributor] = ()) -> tuple[Person, ...]:
    """Returns the people whose approval would count."""
    out = {one.person for one in contributors} | set(need.excluded)
    return tuple(one for one in config.people if one.id not in out and may_approve(one, need.approvals))


class Rejections:
    """Rejections that nobody has taken back, as words are taken one by one; only words that can count are."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, bool], dict[str, Verdict]] = {}

    def add(self, verdict: Verdict) -> None:
        """Takes a rejection."""
        found = self._found.setdefault((verdict.person, not verdict.digest), {})
        found[verdict.source if verdict.lifts is not None else ""] = verdict

    def lift(self, verdict: Verdict) -> None:
        """Takes a word that takes back what it stands on: on a site and in commits each what was said there."""
        found = self._found.get((verdict.person, not verdict.digest), {})
        for source in tuple(found) if verdict.lifts is None else verdict.lifts:
            found.pop(source, None)

    def all(self) -> list[Verdict]:
        """Returns all that stand."""
        return [one for found in self._found.values() for one in found.values()]

    def standing(self) -> tuple[Verdict, ...]:
        """Returns the newest of each person that stands."""
        return tuple(list(found.values())[-1] for found in self._found.values() if found)


def discounted(verdict: Verdict, config: Config) -> str:
    """Returns why a word counts for nothing at all, neither as one nor to take another back; "" where it may."""
    if verdict.problem:
        return verdict.problem
    person = config.agent(verdict.person) if verdict.person else None
    if person is None:
        return "nobody on the desk, as it was before this change"
    if person.robot:
        return "a program approves nothing"
    if config.rules.approvals.signed and not verdict.verified:
        return "not signed with a key of theirs"
    return ""


def weigh(
    need: Need,
    net: Net,
    verdicts: Iterable[Verdict],
    contributors: Sequence[Contributor],
    config: Config,
    *,
    head: str = "",
    at_head: str | None = None,
) -> Standing:
    """Returns how a need stands with what was said, first to last, by the rules in force before the change.

    `head` is the commit that reviews on a site must have been given for, `at_head` the file's blob there when a merge
    could come to another one.
    """
    signed = config.rules.approvals.signed
    made_by = {one.person for one in contributors}
    approving: dict[str, Verdict] = {}
    rejecting = Rejections()
    ignored: dict[str, tuple[Verdict, str]] = {}
    for verdict in verdicts:
        if not is_about(verdict, need.path):
            continue
        why = discounted(verdict, config) or _ineligible(verdict, need, config, made_by)
        if why:
            ignored[verdict.person or verdict.who] = (verdict, why)
            continue
        if verdict.kind == REJECTS:
            rejecting.add(verdict)
            approving.pop(verdict.person, None)
        elif verdict.kind == WITHDRAWS:
            rejecting.lift(verdict)
            approving.pop(verdict.person, None)
        elif stale := _stale(verdict, net, head, at_head):
            ignored[verdict.person] = (verdict, stale)
        else:
            rejecting.lift(verdict)
            approving[verdict.person] = verdict
            ignored.pop(verdict.person, None)
    blocking = rejecting.standing()
    blocked = {one.person for one in blocking}
    return Standing(
        need=need,
        net=net,
        contributors=tuple(contributors),
        counted=tuple(one for person, one in approving.items() if person not in blocked),
        ignored=tuple(ignored.values()),
        blocking=blocking,
        obstacles=tuple(dict.fromkeys(_obstacles(contributors, signed=signed))),
    )


def _ineligible(verdict: Verdict, need: Need, config: Config, made_by: set[str]) -> str:
    """Returns why the word of somebody on the desk does not count here, "" when it does."""
    person = config.agent(verdict.person)
    if person is None or person.id in made_by:
        return "nobody approves what they made themselves"
    if not may_approve(person, need.approvals):
        return f"not {' or '.join(need.approvals.roles)}, as the desk was before this change"
    if person.id in need.excluded:
        return "the assignee is excluded"
    return ""


def _stale(verdict: Verdict, net: Net, head: str, at_head: str | None) -> str:
    """Returns why an approval is for something else, "" when it is for this change."""
    if verdict.digest:
        return "" if verdict.digest == net.digest else "given for another version of the change"
    if not head or verdict.head != head:
        return f"given for commit {verdict.head[:10]}, and the head is {head[:10] or 'another'}"
    if at_head is not None and at_head != net.new:
        return "given for the file as it is on the branch, and a merge makes another of it"
    return ""


def _obstacles(contributors: Sequence[Contributor], *, signed: bool) -> Iterable[str]:
    """Yields why nobody can tell whether an approver made the change himself."""
    for one in contributors:
        if one.problem:
            yield f"who made the change is not certain: {one.problem}"
        elif not one.person:
            yield f"the change is by {one.who}, who is nobody on the desk: nobody can tell whether that is an approver"
    unsigned = [one.person for one in contributors if one.person and not one.problem and not one.verified]
    if signed and unsigned:
        names = ", ".join(unsigned[:_NAMED]) + (
            f" and {len(unsigned) - _NAMED} more" if unsigned[_NAMED:] else ""
        )
        yield f"the change by {names} is not signed with a key of theirs"
