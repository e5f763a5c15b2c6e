"""Who answers for a change that is about to be committed: the context in which the rules judge it."""

from __future__ import annotations

from gitdesk.domain.change_message import BEHALF, VIA, clean_reason
from gitdesk.domain.people import author_of
from gitdesk.domain.rules_context import Context
from gitdesk.errors import SetupError
from gitdesk.store.identity import identity, parse_date

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from gitdesk.desk.plan import Why
    from gitdesk.domain.config import Config
    from gitdesk.store.git import Repo


def trailers_of(why: Why) -> tuple[tuple[str, str], ...]:
    """Returns the trailers of a commit: what its difference does not show."""
    given = ((VIA, why.via), (BEHALF, author_of(why.behalf) if why.behalf is not None else ""))
    return tuple((key, value) for key, value in given if value)


def context_now(
    repo: Repo, environ: Mapping[str, str], now: datetime, tip: str, config: Config, why: Why | None
) -> Context | None:
    """Returns the context of a commit on `tip`; None where Git knows nobody, who can then commit nothing either.

    `why` is None before a commit by hand has its message: reason and trailers are then not known.
    """
    try:
        author, committer = identity(repo, environ, now)
    except SetupError:
        return None
    return Context(
        actor=str(author),
        person=config.find_person(str(author)),
        behalf=why.behalf if why is not None else None,
        reason=clean_reason(why.reason) if why is not None else None,
        trailers=trailers_of(why) if why is not None else (),
        via=why.via if why is not None else "",
        at=committer.at,
        authored_at=author.at,
        parent_at=committed_at(repo.commit(tip)) if tip else None,
        now=now,
        made_here=True,
    )


def committed_at(commit: bytes) -> datetime | None:
    """Returns the committer's time of a commit object; None of one that has none Git could read."""
    head = commit.partition(b"\n\n")[0]
    line = next((line for line in head.split(b"\n") if line.startswith(b"committer ")), b"")
    try:
        return parse_date("@" + line.rpartition(b"> ")[2].decode("ascii"))
    except (ValueError, OverflowError, OSError):
        return None
