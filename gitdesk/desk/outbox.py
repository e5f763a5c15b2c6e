"""Local commits that could not be shared, kept on branches of their own: `gitdesk/outbox/GD-7K3QX4M2`."""

from __future__ import annotations

import os

from gitdesk.desk.reapplying import subjects
from gitdesk.domain.format import attachment_dir, parse_id, path_of
from gitdesk.errors import SetupError
from gitdesk.lazy import pattern
from gitdesk.store import refs
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gitdesk.desk.reapplying import Held
    from gitdesk.store.git import Repo

FOLDER = "gitdesk/outbox/"
_SHORT = 10
_NAMED = pattern(r"([A-Z]+-[0-9A-Z]+)(?:-\d+)?$")  # after a ticket, and counted where there were more


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
                subjects=_left(repo, tip, commit, ref.removeprefix(refs.BRANCHES + FOLDER)) or (subject,),
            )
        )
    return tuple(found)


def _left(repo: Repo, tip: str, commit: str, name: str) -> tuple[str, ...]:
    """Returns the subjects of what a branch is there for and the desk has not.

    The branch has all that was local below it as well: its name says which ticket it is about, or with which commit
    it begins. What was made again and shared is another commit there, of the same author, date and subject.
    """
    named = _NAMED.match(name)
    ticket = parse_id(named[1]) if named is not None else None
    only = (path_of(ticket), attachment_dir(ticket)) if ticket is not None else ()
    form = "--format=%m%x00%H%x00%an%x00%ae%x00%at%x00%s"
    done = repo.call("log", "-z", "--reverse", "--left-right", form, f"{tip}...{commit}", "--", *only)
    parts = os.fsdecode(done.output).split("\0") if not done.status else []
    commits = [tuple(parts[at : at + 6]) for at in range(0, len(parts) - 5, 6)]
    shared = {one[2:] for one in commits if one[0] == "<"}
    left = [one for one in commits if one[0] == ">" and one[2:] not in shared]
    begins = [at for at, one in enumerate(left) if one[1].startswith(name[:_SHORT])]
    return tuple(one[5] for one in left[begins[0] if begins else 0 :])
