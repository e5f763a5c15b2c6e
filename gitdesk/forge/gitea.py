"""Gitea and Forgejo: reviews of a pull request, by the event of an Actions job and the API."""

from __future__ import annotations

from types import MappingProxyType

from gitdesk.forge import answer, surroundings
from gitdesk.forge.client import Client
from gitdesk.forge.like_github import LikeGitHub
from gitdesk.forge.request import APPROVED, GONE, REFUSED, Account

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Any

TOKENS = ("GITEA_TOKEN",)
_TOKEN_HINT = "give the step env: {GITEA_TOKEN: ${{ gitea.token }}}, or a token for repositories and issues"
_PAGE = 50  # the most that a Gitea gives at once unless it is told otherwise
_RECENT = 500  # closed pull requests that are looked through for one that has landed


class Gitea(LikeGitHub):
    """Pull requests of a Gitea or a Forgejo."""

    name, title = "gitea", "Gitea"
    hint = "run it in a Gitea Actions job on pull_request, pull_request_review or push; see docs/ci.md"
    right = "the scopes read:repository and read:issue"
    states = MappingProxyType({"APPROVED": APPROVED, "REQUEST_CHANGES": REFUSED})

    def __init__(
        self, environ: Mapping[str, str], head: str, say: Callable[[str], None], **timing: Any
    ) -> None:
        base = surroundings.required(environ, "GITHUB_API_URL", self.hint)
        self.take_event(environ, head)
        token, self.variable = surroundings.token(environ, TOKENS, self.title, _TOKEN_HINT)
        self.client = Client(self.title, base, {"Authorization": f"token {token}"}, token, say, **timing)

    def landed(self, head: str) -> Any:
        """Returns the pull request of this head among those that were closed lately."""
        return self.ask(lambda: self._landed(head), f"pull requests of {self.repository}")

    def _landed(self, head: str) -> Any:
        for count, one in enumerate(self.pages("pulls", state="closed", sort="recentupdate")):
            if answer.commit(one, "head", "sha") == head and answer.text(one, "base", "ref") == self.branch:
                return one
            if count >= _RECENT:
                break
        return None

    def pages(self, path: str, **query: str) -> Iterator[Any]:
        """Yields what a path below the repository lists, page by page."""
        return self.client.pages(f"repos/{self.repository}/{path}", size=_PAGE, named="limit", **query)

    def dismissed(self, reviews: Sequence[Any], timeline: Callable[[], Sequence[Any]]) -> dict[int, Account]:
        """Returns by whom reviews that asked for changes were dismissed; GONE where the timeline does not tell."""
        refusals = [answer.number(one, "id") for one in reviews if self._is_dismissed_refusal(one)]
        if not refusals:
            return {}
        by = {
            answer.number(one, "review_id"): self.account(answer.part(one, "user"))
            for one in timeline()
            if answer.text(one, "type") == "dismiss_review"
        }
        return {number: by.get(number, GONE) for number in refusals}

    def account(self, data: Any) -> Account:
        """Returns an account; what is left of a deleted one has the number -1 and the name of a ghost."""
        login = answer.text(data, "login")
        number = answer.part(data, "id")
        return GONE if not login or (isinstance(number, int) and number < 0) else Account(login=login)

    def maker(self, data: Any) -> Account | None:
        """Returns whose commit it is when the site is sure, since it knows the key of the signature."""
        if not answer.flag(data, "commit", "verification", "verified"):
            return None
        maker = self.account(answer.part(data, "committer"))
        return maker if maker.login else None

    def _is_dismissed_refusal(self, data: Any) -> bool:
        state = answer.text(data, "state").upper()
        return answer.flag(data, "dismissed") and self.states.get(state) == REFUSED
