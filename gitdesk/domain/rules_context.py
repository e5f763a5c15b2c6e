"""What a rule may know of a change beside the files: who made it, for whom, when and why."""

from __future__ import annotations

from datetime import timedelta

from gitdesk.domain.change_message import BEHALF, VIA
from gitdesk.domain.ticket import timestamp
from gitdesk.value import Value, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from gitdesk.domain.change import Change, Commit
    from gitdesk.domain.config import Config
    from gitdesk.domain.people import Person
    from gitdesk.domain.sla_facts import ClockFacts

BASE = "ORIGIN/BRANCH"  # in hints: what is pushed already; whoever judges a range names its base instead
SKEW = timedelta(minutes=5)  # by which two honest clocks may differ


class Seal(Value):
    """What is known of the signature of a commit.

    `keys` are the fingerprints of the key it was made with and of the one that belongs to; none where it does not fit
    the commit, or where that could not be found out. `reason` says so in words; "" of a commit without a signature.
    `coming`: who is to have the key by what the branch brings along.
    """

    keys: tuple[str, ...] = ()
    reason: str = ""
    coming: str = ""


class Context(Value):
    """Who, when and why of a commit that is made or was made. What is None is not known, and no rule guesses it.

    `actor` is the author as `Name <address>`, `person` who that is on the desk, `behalf` for whom. `at` is the
    committer's time, `parent_at` that of the commit below; `now` is the clock of who judges. `loads` counts the open
    tickets of people, and `clocks` tells where those of a ticket stand around a change; both are filled in where they
    are needed. `made_here`: a command of this machine is about to make it, by the clock that judges it. `committer` is
    who made the commit, `seal` its signature where the desk asks for one. `direct`: it goes to the desk's branch by
    itself, and nobody could have approved it. `lands`: it is a merge whose approvals are judged with all it brings.
    """

    actor: str
    person: Person | None = None
    behalf: Person | None = None
    reason: str | None = None
    trailers: tuple[tuple[str, str], ...] = ()
    via: str = ""
    at: datetime | None = None
    authored_at: datetime | None = None
    parent_at: datetime | None = None
    now: datetime | None = None
    loads: Mapping[str, int] | None = None
    clocks: Callable[[Change], ClockFacts | None] | None = None
    made_here: bool = False
    committer: str = ""
    seal: Seal | None = None
    direct: bool = False
    lands: bool = False

    @property
    def who(self) -> str:
        """Returns the actor in a word: the short name on the desk, else what Git has."""
        return self.person.id if self.person is not None else self.actor or "nobody"

    @property
    def reply_by_hand(self) -> str:
        """Returns how whoever makes the change writes a public reply into the file."""
        moment = self.at or self.now
        time = timestamp(moment) if moment is not None else "TIME"
        return f'a block "### {time} · reply · {self.actor or "NAME <ADDRESS>"}" at the end of the file'


def context_of(
    commit: Commit,
    config: Config,
    *,
    now: datetime | None = None,
    parent_at: datetime | None = None,
    seal: Seal | None = None,
) -> Context:
    """Returns the context of a commit that is there. `config` is that of its parent, which says who people are."""
    context = Context(
        actor=str(commit.author),
        person=config.find_person(str(commit.author)),
        at=commit.committer.at,
        authored_at=commit.author.at,
        parent_at=parent_at,
        now=now,
        committer=str(commit.committer),
        seal=seal,
    )
    return with_message(context, config, commit.body, commit.trailers)


def with_message(
    context: Context, config: Config, body: str, trailers: tuple[tuple[str, str], ...]
) -> Context:
    """Returns a context that knows what the commit's message says below its subject."""
    given = {key.casefold(): value for key, value in trailers}
    return replace(
        context,
        behalf=config.find_person(given.get(BEHALF.casefold(), "")),
        reason=body,
        trailers=trailers,
        via=given.get(VIA.casefold(), ""),
    )


def claims(context: Context, key: str) -> Iterator[str]:
    """Yields the values of the trailers of a key, in any case, as Git reads them."""
    for name, value in context.trailers:
        if name.casefold() == key.casefold():
            yield value
