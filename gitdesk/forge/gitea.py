"""Gitea and Forgejo: reviews of a pull request, by the event of an Actions job and the API."""

from __future__ import annotations

from gitdesk.forge import answer, surroundings
from gitdesk.forge.client import Client
from gitdesk.forge.forge import LikeGitHub
from gitdesk.forge.request import APPROVED, GONE, REFUSED, SILENT, Account, Request, Review, kept, latest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

TOKENS = ("GITEA_TOKEN",)
_STATES = {"APPROVED": APPROVED, "REQUEST_CHANGES": REFUSED}  # others say neither yes nor no
_RIGHT = "the scopes read:repository and read:issue"
_TOKEN_HINT = "give the step env: {GITEA_TOKEN: ${{ gitea.token }}}, or a token for repositories and issues"
_PAGE = 50  # the most that a Gitea gives at once unless it is told otherwise
_RECENT = 500  # closed pull requests that are looked through for one that has landed


class Gitea(LikeGitHub):
    """Pull requests of a Gitea or a Forgejo."""

    name, title = "gitea", "Gitea"
    hint = "run it in a Gitea Actions job on pull_request, pull_request_review or push; see docs/ci.md"

    def __init__(
        self, environ: Mapping[str, str], head: str, say: Callable[[str], None], **timing: Any
    ) -> None:
        base = surroundings.required(environ, "GITHUB_API_URL", self.hint)
        self.take_event(environ, head)
        token, self._variable = surroundings.token(environ, TOKENS, self.title, _TOKEN_HINT)
        self.client = Client(self.title, base, {"Authorization": f"token {token}"}, token, say, **timing)

    def request(self, head: str) -> Request | None:
        """Returns the pull request whose newest commit this is or was; None when there is none."""
        if self.number is not None and head != self.head:
            return None
        if self.number is not None:
            path = f"repos/{self.repository}/pulls/{self.number}"
            what = f"pull request #{self.number} of {self.repository}"
            return self._request(self._asked(lambda: self.client.get(path), what))
        found: Request | None = self._asked(lambda: self._landed(head), f"pull requests of {self.repository}")
        return found

    def _landed(self, head: str) -> Request | None:
        for count, one in enumerate(self._list("", state="closed", sort="recentupdate")):
            if answer.commit(one, "head", "sha") == head and answer.text(one, "base", "ref") == self.branch:
                return self._request(one)
            if count >= _RECENT:
                break
        return None

    def _asked(self, ask: Callable[[], Any], what: str) -> Any:
        return self.asked(ask, what, self._variable, _RIGHT)

    def _list(self, path: str, **query: str) -> Iterator[Any]:
        return self.client.pages(f"repos/{self.repository}/pulls{path}", size=_PAGE, named="limit", **query)

    def _request(self, pull: Any) -> Request:
        number = answer.number(pull, "number")
        what = f"reviews of pull request #{number}"
        reviews = self._asked(lambda: list(self._list(f"/{number}/reviews")), what)
        commits = self._asked(lambda: list(self._list(f"/{number}/commits")), what)
        said = latest(one for each in reviews if (one := _review(each)) is not None)
        refusals = {answer.number(one, "id") for one in reviews if _is_dismissed_refusal(one)}
        if any(one.number in refusals for one in said):
            timeline = f"repos/{self.repository}/issues/{number}/timeline"
            pages = self.client.pages
            told = self._asked(lambda: list(pages(timeline, size=_PAGE, named="limit")), what)
            by = {
                answer.number(one, "review_id"): _account(answer.part(one, "user"))
                for one in told
                if answer.text(one, "type") == "dismiss_review"
            }
            said = tuple(
                kept(one, by.get(one.number, GONE)) if one.number in refusals else one for one in said
            )
        return Request(
            name=f"pull request #{number}",
            head=answer.commit(pull, "head", "sha"),
            author=_account(answer.part(pull, "user")),
            reviews=said,
            vouched={
                answer.commit(each, "sha"): who for each in commits if (who := _maker(each)) is not None
            },
            address=answer.text(pull, "html_url"),
        )


def _review(data: Any) -> Review | None:
    """Returns a review that says yes, no, or that what it said no longer holds; None for others."""
    state = _STATES.get(answer.text(data, "state").upper())
    if state is None:
        return None
    return Review(
        account=_account(answer.part(data, "user")),
        state=SILENT if answer.flag(data, "dismissed") else state,
        head=answer.commit(data, "commit_id"),
        at=answer.moment(data, "submitted_at"),
        address=answer.text(data, "html_url"),
        number=answer.number(data, "id"),
    )


def _is_dismissed_refusal(data: Any) -> bool:
    state = answer.text(data, "state").upper()
    return answer.flag(data, "dismissed") and _STATES.get(state) == REFUSED


def _account(data: Any) -> Account:
    """Returns an account; what is left of a deleted one has the number -1 and the name of a ghost."""
    login = answer.text(data, "login")
    number = answer.part(data, "id")
    return GONE if not login or (isinstance(number, int) and number < 0) else Account(login=login)


def _maker(data: Any) -> Account | None:
    """Returns whose commit it is when the site is sure, since it knows the key of the signature."""
    if not answer.flag(data, "commit", "verification", "verified"):
        return None
    maker = _account(answer.part(data, "committer"))
    return maker if maker.login else None
