"""Proposals as this clone knows them: branches `propose/…`, its own and those that a remote had at the last fetch."""

from __future__ import annotations

import os

from gitdesk.store.refs import BRANCHES
from gitdesk.store.remote import PROPOSALS
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.desk.door import Desk


class Proposal(Value):
    """An open proposal: its branch, its commit, what it says, who made it and when (RFC 3339)."""

    branch: str
    commit: str
    subject: str
    author: str
    at: str


def waiting(desk: Desk) -> tuple[Proposal, ...]:
    """Returns the proposals that wait for who is here: those of others that are not on the desk's branch yet."""
    mine = _address(desk)
    return tuple(one for one in proposals(desk) if mine is None or f"<{mine}>" not in one.author)


def proposals(desk: Desk) -> tuple[Proposal, ...]:
    """Returns the proposals that have not landed, each once however many references lead to its branch."""
    parts = (
        "refname",
        "objectname",
        "contents:subject",
        "authorname) %(authoremail",
        "authordate:iso-strict",
    )
    form = "--format=" + "%00".join(f"%({part})" for part in parts)
    words = (
        "for-each-ref",
        form,
        f"--no-merged={desk.tip}",
        f"{BRANCHES}{PROPOSALS}",
        f"refs/remotes/*/{PROPOSALS}**",
    )
    found: dict[str, Proposal] = {}
    for line in desk.repo.run(*words).splitlines():
        ref, commit, subject, author, at = (os.fsdecode(part) for part in line.split(b"\0"))
        branch = PROPOSALS + ref.partition(f"/{PROPOSALS}")[2]
        found.setdefault(
            branch, Proposal(branch=branch, commit=commit, subject=subject, author=author, at=at)
        )
    return tuple(found.values())


def _address(desk: Desk) -> str | None:
    from gitdesk.errors import GitdeskError
    from gitdesk.store.identity import identity

    try:
        return identity(desk.repo, desk.environ, desk.now)[0].email
    except GitdeskError:
        return None
