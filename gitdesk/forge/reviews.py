"""Reviews on a site as verdicts of the desk: accounts become people by the rules in force before the change."""

from __future__ import annotations

from gitdesk.domain.approval import APPROVES, REJECTS, WITHDRAWS, Contributor, Reviewed, Verdict
from gitdesk.forge import SITES
from gitdesk.forge.request import APPROVED, REFUSED, SILENT
from gitdesk.lazy import load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from gitdesk.domain.config import Config
    from gitdesk.domain.people import Person
    from gitdesk.forge.forge import Forge
    from gitdesk.forge.request import Account, Request, Review

_KINDS = {APPROVED: APPROVES, REFUSED: REJECTS, SILENT: WITHDRAWS}


def opened(
    site: str, environ: Mapping[str, str], head: str, say: Callable[[str], None], **timing: Any
) -> Reviews:
    """Returns what a job of a site can tell of a HEAD; raises SetupError or UsageError where it cannot."""
    return Reviews(load(SITES[site])(environ, head, say, **timing))


class Reviews:
    """What a site says of pull requests, asked once for each commit and only when somebody wants to know."""

    def __init__(self, forge: Forge) -> None:
        self._forge = forge
        self._known: dict[str, Request | None] = {}

    def reviewed(self, head: str, config: Config) -> Reviewed | None:
        """Returns what was said of the pull request whose newest commit this is or was; None when there is none."""
        if head not in self._known:
            self._known[head] = self._forge.request(head)
        found = self._known[head]
        if found is None:
            return None
        return Reviewed(
            name=found.name,
            head=found.head,
            author=self._contributor(found.author, config),
            verdicts=tuple(self._verdict(one, found.name, config) for one in found.reviews),
            vouched={commit: self._contributor(who, config) for commit, who in found.vouched.items()},
        )

    def _verdict(self, review: Review, name: str, config: Config) -> Verdict:
        account, kind = review.account, _KINDS[review.state]
        person = self._person(account, config)
        problem = self._problem(account, person)
        if not problem and kind == APPROVES and not review.head:
            problem = (
                f"{self._forge.title} no longer knows which commit of the {self._forge.noun} it was given for"
            )
        return Verdict(
            kind=kind,
            who=account.login or f"a deleted account on {self._forge.title}",
            at=review.at.replace(microsecond=0),
            person=person.id if person is not None else "",
            head=review.head,
            verified=True,
            problem=problem,
            source=review.address or name,
            reason=review.remark,
        )

    def _problem(self, account: Account, person: Person | None) -> str:
        """Returns why what an account says cannot count, whatever it is."""
        if not account.login:
            return f"the account on {self._forge.title} is gone, and nobody can tell whose it was"
        if account.program:
            return f'{self._forge.name} account "{account.login}" is a program'
        if person is None:
            return f'{self._forge.name} account "{account.login}" belongs to nobody on the desk'
        return ""

    def _contributor(self, account: Account, config: Config) -> Contributor:
        person = self._person(account, config)
        who = f"{account.login} on {self._forge.title}" if account.login else "an account that is gone"
        return Contributor(who=who, person=person.id if person is not None else "", verified=True)

    def _person(self, account: Account, config: Config) -> Person | None:
        # Sites know logins of plain letters alone; another one only looks like somebody's.
        if not account.login or not account.login.isascii():
            return None
        return config.find_account(self._forge.name, account.login)
