"""The activity on a desk: who did what, who approved what, and how far the record can be relied on."""

from __future__ import annotations

from gitdesk.domain.approval import APPROVES, REJECTS, TRAILERS, WITHDRAWS
from gitdesk.index.activity import Activity, Stretch
from gitdesk.store.signature import GOOD

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from typing import Any

    from gitdesk.desk.door import Desk
    from gitdesk.desk.lives import Lived
    from gitdesk.domain.config import Config
    from gitdesk.store.signature import SignatureStatus

__all__ = ["Activity", "Said", "activity", "beginning", "landings", "said_of", "signatures"]

# What the empty commits say with which people agree to a proposal, do not, or take it back.
_SAID = {APPROVES: "approved", REJECTS: "rejected", WITHDRAWS: "withdrawn"}
Said = tuple[str, str, str, str, str, str, str]


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


def landings(desk: Desk, found: Activity, wanted: frozenset[str] | None) -> Iterator[Sequence[Any]]:
    """Yields time, person, approvers, commit, subject and tickets of what names an approver, of wanted tickets.

    What the index does not know the tickets of, Git is asked for: a landing that came here by a merge of two clones.
    """
    from gitdesk.domain.change import owner_of
    from gitdesk.store import codec
    from gitdesk.store.history import History

    source = History(desk.repo, codec.parse)
    for *row, tickets in found.approved():
        commit = row[3]
        if not tickets and (parents := source.parents(commit)):
            owners = {owner_of(path) for path, _, _ in source.diff(parents[0], commit)}
            tickets = ",".join(sorted(owners - {""}))
        if wanted is None or not wanted.isdisjoint((tickets or "").split(",")):
            yield (*row, tickets)


def said_of(desk: Desk, found: Activity, *, verify: bool = False) -> list[Said]:
    """Returns time, person, what was said, path, commit, subject and what is odd about the signature, of proposals.

    From the beginning of history: what has landed in a stretch of time may have been approved before it. Whether a
    signature is good, and of that person, is asked only to `verify`.
    """
    from gitdesk.desk.signers import statuses

    said = list(_said(desk, found))
    signed = dict.fromkeys(one[4] for one in said if not one[6])
    judged = statuses(desk.repo, desk.config, tuple(signed)) if verify else {}
    return [
        (*one[:6], _doubt(desk.config, judged[one[4]], one[1])) if one[4] in judged else one for one in said
    ]


def _said(desk: Desk, found: Activity) -> Iterator[Said]:
    from gitdesk.domain.change_message import parse_message

    kinds = {trailer.lower(): _SAID[kind] for kind, trailer in TRAILERS.items()}
    for time, who, commit, subject, signed in list(found.empty()):
        message = desk.repo.commit(commit).partition(b"\n\n")[2].decode("utf-8", "replace")
        for key, value in parse_message(message)[2]:
            kind = kinds.get(key.lower())
            if kind is not None:
                yield (
                    time,
                    who,
                    kind,
                    value.partition(" ")[2] or value,
                    commit,
                    subject,
                    "" if signed else "unsigned",
                )


def _doubt(config: Config, status: SignatureStatus, who: str) -> str:
    """Returns why a signature does not say that a person said something, "" where it does."""
    if status.status != GOOD:
        return f"signature {status.status}"
    signer = config.agent(status.signer) or config.find_person(status.signer)
    return "" if signer is None or signer.id == who else f"signed by {signer.id}"


def signatures(desk: Desk, found: Activity) -> dict[str, SignatureStatus]:
    """Returns what is known of the signatures there are, by the keys of gitdesk.yaml at the tip and by Git."""
    from gitdesk.desk.signers import statuses

    return statuses(desk.repo, desk.config, found.signed())
