"""A pull request as a hosting site tells of it: whose it is, and what was said of which of its commits."""

from __future__ import annotations

from gitdesk.value import Value, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

APPROVED, REFUSED, SILENT = "approved", "refused", "silent"  # silent: what was said before no longer holds


class Account(Value):
    """Who somebody is on a site; `login` is "" when the account is gone. `program`: nobody types there."""

    login: str
    program: bool = False


GONE = Account(login="")


class Review(Value):
    """What an account said: `state` of the commit `head`, which is "" when the site no longer has it.

    `number` is what the site counts it by; `remark` what else there is to say of it.
    """

    account: Account
    state: str
    head: str
    at: datetime
    address: str = ""
    number: int = 0
    remark: str = ""


class Request(Value):
    """A pull request: `name` in words, its newest commit, who opened it, and what counts of each account.

    `vouched` tells of commits whose maker the site is sure of, by a signature of theirs or because it made them itself
    for that account.
    """

    name: str
    head: str
    author: Account
    reviews: tuple[Review, ...]
    vouched: Mapping[str, Account]
    address: str = ""


def latest(reviews: Iterable[Review]) -> tuple[Review, ...]:
    """Returns the last word of each account in the order of time; of accounts that are gone, every one.

    Of two in the same second the later listed is the last: sites list reviews as they came in.
    """
    last: dict[str, Review] = {}
    gone = []
    for one in sorted(reviews, key=lambda review: review.at):
        if one.account.login:
            last[one.account.login.lower()] = one
        else:
            gone.append(one)
    return tuple(sorted((*last.values(), *gone), key=lambda review: review.at))


def kept(review: Review, by: Account) -> Review:
    """Returns a rejection that `by` dismissed: it is taken back by who gave it, and by nobody else."""
    if by.login and by.login.lower() == review.account.login.lower():
        return replace(review, state=SILENT)
    who = by.login or "somebody"
    return replace(review, state=REFUSED, remark=f"{who} dismissed it, and only who gave it takes it back")
