"""The activity on a desk: who did what, who approved what, and how far the record can be relied on."""

from __future__ import annotations

from gitdesk.domain.approval import APPROVES, REJECTS, TRAILERS, WITHDRAWS
from gitdesk.index.activity import Activity, Stretch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from gitdesk.desk.door import Desk
    from gitdesk.desk.lives import Lived
    from gitdesk.domain.config import Config
    from gitdesk.store.signature import SignatureStatus

__all__ = ["Activity", "Said", "activity", "beginning", "said_of", "signatures"]

# What the empty commits say with which people agree to a proposal, do not, or take it back.
_SAID = {APPROVES: "approved", REJECTS: "rejected", WITHDRAWS: "withdrawn"}
Said = tuple[str, str, str, str, str, str, bool]


def activity(
    desk: Desk,
    lived: Lived,
    *,
    begin: datetime | None,
    end: datetime,
    edges: Sequence[int] = (),
    names: Iterable[tuple[str, str]] | None = None,
) -> Activity:
    """Returns the activity of a stretch of time, as far as the lives reach; `names` as of Activity."""
    stretch = Stretch(begin=begin, end=end, until=lived.until, tickets=lived.ids, edges=edges)
    return desk.index.activity(stretch, lambda name, email: person(lived.config, name, email), names)


def beginning(desk: Desk) -> datetime | None:
    """Returns the time of the first commit that is not an import's, None without any."""
    from datetime import datetime

    ((first,),) = desk.sql("SELECT min(time) FROM commits WHERE NOT imported")[1]
    return None if first is None else datetime.fromisoformat(first)


def person(config: Config, name: str, email: str) -> str:
    """Returns the id of an author, and of a stranger the name and address that Git has."""
    found = config.find_person(email) if email else None
    return found.id if found is not None else f"{name} <{email}>" if email else name


def said_of(desk: Desk, found: Activity) -> Iterator[Said]:
    """Yields time, person, what was said, path, commit, subject and whether it is signed, of proposals.

    From the beginning of history: what has landed in a stretch of time may have been approved before it.
    """
    from gitdesk.domain.change_message import parse_message

    kinds = {trailer.lower(): _SAID[kind] for kind, trailer in TRAILERS.items()}
    for time, who, commit, subject, signed in list(found.empty()):
        message = desk.repo.commit(commit).partition(b"\n\n")[2].decode("utf-8", "replace")
        for key, value in parse_message(message)[2]:
            kind = kinds.get(key.lower())
            if kind is not None:
                yield time, who, kind, value.partition(" ")[2] or value, commit, subject, bool(signed)


def signatures(desk: Desk, found: Activity) -> dict[str, SignatureStatus]:
    """Returns what is known of the signatures there are, by the keys of gitdesk.yaml at the tip and by Git."""
    from gitdesk.desk.signers import statuses

    return statuses(desk.repo, desk.config, found.signed())
