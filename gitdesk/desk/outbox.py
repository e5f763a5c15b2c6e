"""Local commits that could not be shared, kept on branches of their own: `gitdesk/outbox/GD-7K3QX4M2`."""

from __future__ import annotations

import os

from gitdesk.desk.reapplying import subjects
from gitdesk.domain.format import parse_id
from gitdesk.errors import SetupError
from gitdesk.store import refs
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gitdesk.desk.reapplying import Held
    from gitdesk.store.git import Repo

FOLDER = "gitdesk/outbox/"
_SHORT = 10


class Kept(Value):
    """A branch of the outbox: its commits, oldest first, what they are about and why they are there."""

    branch: str
    commits: tuple[str, ...]
    subjects: tuple[str, ...]
    tickets: tuple[str, ...]
    reason: str
    hint: str = ""


class Waiting(Value):
    """A branch of the outbox as `status` lists it; `subjects` are those of all that it keeps, oldest first."""

    branch: str
    commit: str
    subject: str
    at: str  # RFC 3339 with its zone
    subjects: tuple[str, ...] = ()


def groups(held: Sequence[Held]) -> tuple[Kept, ...]:
    """Returns what goes onto each branch: a commit that was held, and those that build on it."""
    roots: dict[str, list[Held]] = {}
    of: dict[str, str] = {}
    for one in held:
        root = of.get(one.behind, one.commit.id)
        of[one.commit.id] = root
        roots.setdefault(root, []).append(one)
    return tuple(_kept(members) for members in roots.values())


def _kept(members: Sequence[Held]) -> Kept:
    first = members[0]
    about = dict.fromkeys(one for held in members for one in sorted(subjects(held.commit)))
    tickets = tuple(one for one in about if parse_id(one))
    own = [one for one in sorted(subjects(first.commit)) if parse_id(one)]
    return Kept(
        branch=FOLDER + (own[0] if len(own) == 1 else first.commit.id[:_SHORT]),
        commits=tuple(held.commit.id for held in members),
        subjects=tuple(held.commit.subject for held in members),
        tickets=tickets,
        reason=first.reason,
        hint=first.hint,
    )


def keep(repo: Repo, wanted: Iterable[Kept]) -> tuple[Kept, ...]:
    """Makes the branches, each at its last commit as it was; returns them by the names that were free."""
    from gitdesk.value import replace

    return tuple(replace(one, branch=_branch(repo, one)) for one in wanted)


def _branch(repo: Repo, one: Kept) -> str:
    last, name, number = one.commits[-1], one.branch, 1
    while True:
        ref = refs.BRANCHES + name
        there = repo.read_ref(ref)
        if there == last:
            return name
        if there is None:
            words = ("update-ref", "--create-reflog", "-m", "gitdesk: kept from sync", ref, last, repo.no_id)
            done = repo.call(*words)
            if not done.status:
                return name
            if repo.read_ref(ref) is None:
                raise SetupError(
                    f'the branch "{name}", which is to keep what cannot be shared, cannot be made',
                    hint="nothing was changed; is there a branch of the name gitdesk, or gitdesk/outbox?",
                )
        number += 1
        name = f"{one.branch}-{number}"


def listed(repo: Repo, tip: str) -> tuple[Waiting, ...]:
    """Returns the branches of the outbox, as seen from the tip of the desk's branch."""
    form = "--format=%(refname)%00%(objectname)%00%(contents:subject)%00%(committerdate:iso-strict)"
    lines = repo.run("for-each-ref", form, f"{refs.BRANCHES}{FOLDER}*").removesuffix(b"\n").split(b"\n")
    found = []
    for line in filter(None, lines):
        ref, commit, subject, at = (os.fsdecode(part) for part in line.split(b"\0"))
        found.append(
            Waiting(
                branch=ref.removeprefix(refs.BRANCHES),
                commit=commit,
                subject=subject,
                at=at,
                subjects=_left(repo, tip, commit) or (subject,),
            )
        )
    return tuple(found)


def _left(repo: Repo, tip: str, commit: str) -> tuple[str, ...]:
    """Returns the subjects of what a branch has and the desk has not.

    What was made again and shared is another commit there, of the same author, date and subject.
    """
    form = "--format=%m%x00%an%x00%ae%x00%at%x00%s"
    done = repo.call("log", "-z", "--reverse", "--left-right", form, f"{tip}...{commit}", "--")
    parts = os.fsdecode(done.output).split("\0") if not done.status else []
    commits = [tuple(parts[at : at + 5]) for at in range(0, len(parts) - 4, 5)]
    shared = {one[1:] for one in commits if one[0] == "<"}
    return tuple(one[4] for one in commits if one[0] == ">" and one[1:] not in shared)
