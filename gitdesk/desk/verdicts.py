"""What commits say of proposals and who made what of them: read with signatures, by the rules in force before."""

from __future__ import annotations

from gitdesk.domain.approval import APPROVES, Contributor, Verdict, said_in
from gitdesk.domain.rules_signatures import holders
from gitdesk.store import history
from gitdesk.store.read import find_entry as read_entry
from gitdesk.store.refs import PROPOSED
from gitdesk.value import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gitdesk.domain.approval import Net, Reviewed
    from gitdesk.domain.change import Commit
    from gitdesk.domain.config import Config
    from gitdesk.store.git import Repo
    from gitdesk.store.history import Record
    from gitdesk.store.signature import SignatureStatus

CO_AUTHOR, BEHALF = "co-authored-by", "on-behalf-of"
_DIGITS = frozenset("0123456789abcdef")


def says(record: Record) -> tuple[tuple[str, str, str], ...]:
    """Returns what a commit says of proposals, whether or not it may: (kind, digest, path)."""
    if "itdesk-" not in record.commit.message:
        return ()
    return said_in(record.commit.trailers)


def is_empty(record: Record) -> bool:
    """Tells whether a commit is what a verdict has to be: on one other, and without any file."""
    return len(record.commit.parents) == 1 and not record.changes


class Signers:
    """Who has signed commits, by the keys of one configuration; several commits are looked at together."""

    def __init__(self, repo: Repo, config: Config, *, late: bool = False) -> None:
        """With `late`, what is judged landed long ago: a key may have expired since."""
        self._repo, self._config, self._late = repo, config, late
        self._known: dict[str, SignatureStatus] = {}

    def look_at(self, commits: Iterable[Commit]) -> None:
        """Asks Git about the signatures of commits."""
        wanted = [one.id for one in commits if one.signed and one.id not in self._known]
        if wanted:
            from gitdesk.domain.rules_signatures import keys_of
            from gitdesk.store import signature

            self._known |= signature.verify(self._repo, wanted, keys_of(self._config))

    def of(self, commit: Commit) -> tuple[tuple[str, ...], str]:
        """Returns the people who have the key that a commit is signed with, and else why there are none."""
        from gitdesk.store import signature

        if not commit.signed:
            return (), ""
        self.look_at((commit,))
        status = self._known.get(commit.id, signature.UNSIGNED)
        if not status.keys:
            return (), status.reason or "its signature cannot be checked here"
        if status.status == signature.GOOD and status.reason and not self._late:
            return (), status.reason  # the key has expired: whether it had by then, only a date would say
        found = tuple(person.id for person in holders(self._config, status.keys))
        return (
            found,
            "" if found else f"signed with {status.keys[0]}, a key of nobody on the desk as it was before",
        )


def read(records: Iterable[Record], config: Config, signers: Signers) -> list[Verdict]:
    """Returns what empty commits say, first to last; `rejections.related` tells what takes what back."""
    found = [record for record in records if is_empty(record) and says(record)]
    signers.look_at(record.commit for record in found)
    return [verdict for record in found for verdict in _of_commit(record, config, signers)]


def _of_commit(record: Record, config: Config, signers: Signers) -> Iterator[Verdict]:
    commit = record.commit
    author = config.find_person(str(commit.author))
    person = author.id if author is not None else ""
    owners, problem = signers.of(commit)
    if owners and person not in owners:
        problem = f"signed with a key of {owners[0]}"
    committer = config.find_person(str(commit.committer))
    if not owners and committer != author:
        problem = problem or f"committed by {commit.committer}"
    for kind, digest, path in says(record):
        yield Verdict(
            kind=kind,
            who=str(commit.author),
            person=person,
            at=commit.author.at,
            path=path,
            digest=digest or "?",
            verified=bool(owners) and not problem,
            problem=problem or ("" if _is_digest(digest) and path else "it names no change"),
            source=commit.id,
            reason=commit.body,
            lifts=frozenset(),  # until `related` tells
        )


def _is_digest(text: str) -> bool:
    name, _, digits = text.partition(":")
    return name == "sha256" and len(digits) == 64 and _DIGITS.issuperset(digits)


def contributors(
    records: Sequence[Record], config: Config, signers: Signers, reviewed: Reviewed | None
) -> tuple[Contributor, ...]:
    """Returns who made something of a file, by the commits that changed it, and who a site says has."""
    signers.look_at(record.commit for record in records)
    found: dict[tuple[str, str], Contributor] = {}
    for record in records:
        for one in _makers(record.commit, config, signers, reviewed):
            known = found.get((one.person or one.who, one.problem))
            if known is None or (known.verified and not one.verified):
                found[one.person or one.who, one.problem] = one  # a single commit that is not sure is enough
    if reviewed is not None and records:
        author = reviewed.author
        found.setdefault((author.person or author.who, ""), author)
    return tuple(found.values())


def _makers(
    commit: Commit, config: Config, signers: Signers, reviewed: Reviewed | None
) -> Iterator[Contributor]:
    """Yields who made a commit: its author, who committed, signed and is named in it, and whom a site has seen."""
    owners, problem = signers.of(commit)
    vouched = reviewed.vouched.get(commit.id) if reviewed is not None else None
    who = str(commit.author)
    author = config.find_person(who)
    sure = bool(owners) or vouched is not None
    if author is not None or not sure:  # who else can be told of is told below
        person = author.id if author is not None else ""
        yield Contributor(
            who=who, person=person, verified=sure, problem="" if sure or not commit.signed else problem
        )
    if vouched is not None:
        yield vouched
    for owner in owners:
        yield Contributor(who=owner, person=owner, verified=True)
    named = [value for key, value in commit.trailers if key.casefold() in (CO_AUTHOR, BEHALF)]
    for text in (str(commit.committer), *named):
        other = config.find_person(text)
        if other is not None:
            yield Contributor(who=text, person=other.id, verified=sure)


# What was said on branches that are still open: it holds, whatever a landing leaves out


def spoken_of(repo: Repo, head: str, known: str) -> list[Record]:
    """Returns the commits that say something of proposals and that another commit does not have, oldest first.

    They are those of a head and of all proposals that are open, here and on remotes as far as this clone knows.
    """
    grep = ("--grep=^Gitdesk-Rejects:", "--grep=^Gitdesk-Withdraws:", "--grep=^Gitdesk-Approves:")
    open_ = [f"--glob={one}" for one in PROPOSED]
    words = ("--no-replace-objects", "rev-list", "--topo-order", "--reverse", "-i", *grep, *open_)
    listed = repo.run(*words, "--end-of-options", head, f"^{known}", "--").decode("ascii").split()
    return list(history.these(repo, listed, marks=True))


def is_proposed(repo: Repo, commit: str) -> bool:
    """Tells whether a proposal that is open, here or on a remote as far as this clone knows, has a commit."""
    words = ("for-each-ref", "--count=1", "--format=%(objectname)", f"--contains={commit}")
    return bool(repo.run(*words, *PROPOSED))


def in_place(repo: Repo, found: Iterable[Verdict], net: Net, before: str) -> Iterator[Verdict]:
    """Yields verdicts; approvals of a change that the branch has taken before, or that is not below them, do not count.

    An approval that was not needed is in nobody's history, and would be good again once the file is what it was.
    """
    for verdict in found:
        counts = verdict.kind == APPROVES and verdict.digest == net.digest and not verdict.problem
        if counts and not _is_in_place(repo, verdict.source, net, before):
            yield replace(verdict, problem="it was given on other versions of the file than those that land")
        else:
            yield verdict


def _is_in_place(repo: Repo, commit: str, net: Net, before: str) -> bool:
    words = ("merge-base", "--all", "--end-of-options", before, commit)
    bases = repo.call(*words).output.decode("ascii").split()
    blobs = [(one, net.old) for one in bases] + [(commit, net.new)]
    for one, wanted in blobs:
        entry = read_entry(repo, one, net.path)
        if (entry.oid if entry is not None else "") != wanted:
            return False
    return bool(bases)
