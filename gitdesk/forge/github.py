"""GitHub: reviews of a pull request, by the event of an Actions job and the REST API."""

from __future__ import annotations

from types import MappingProxyType

from gitdesk.errors import SetupError
from gitdesk.forge import answer, surroundings
from gitdesk.forge.client import Client
from gitdesk.forge.like_github import LikeGitHub
from gitdesk.forge.request import APPROVED, GONE, REFUSED, SILENT, Account

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Any

TOKENS = ("GITHUB_TOKEN", "GH_TOKEN")
_API = "https://api.github.com"
_WEB = "web-flow"  # makes and signs the commits that people make on the site's pages
_TOKEN_HINT = (
    "give the step env: {GITHUB_TOKEN: ${{ github.token }}}, and the job permissions: pull-requests: read"
)


class GitHub(LikeGitHub):
    """Pull requests of github.com, or of a GitHub server of one's own."""

    name, title = "github", "GitHub"
    hint = "run it in a GitHub Actions job on pull_request, pull_request_review, merge_group or push; see docs/ci.md"
    right = "permissions: pull-requests: read, contents: read"
    states = MappingProxyType({"APPROVED": APPROVED, "CHANGES_REQUESTED": REFUSED, "DISMISSED": SILENT})

    def __init__(
        self, environ: Mapping[str, str], head: str, say: Callable[[str], None], **timing: Any
    ) -> None:
        base = environ.get("GITHUB_API_URL", "").strip() or _API
        if environ.get("GITEA_ACTIONS") or base.rstrip("/").endswith("/api/v1"):
            raise SetupError(
                "this job runs on Gitea or Forgejo, and not on GitHub", hint="say --approvals gitea"
            )
        self.take_event(environ, head)
        token, self.variable = surroundings.token(environ, TOKENS, self.title, _TOKEN_HINT)
        headers = {
            "Authorization": f"Bearer {token}",
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
        }
        self.client = Client(self.title, base, headers, token, say, **timing)

    def landed(self, head: str) -> Any:
        """Returns the pull request of this head; of several the one that landed, else the newest."""
        found = self.ask(lambda: list(self.pages(f"commits/{head}/pulls")), f"commit {head[:10]}")
        fitting = [
            one
            for one in found
            if answer.commit(one, "head", "sha") == head and answer.text(one, "base", "ref") == self.branch
        ]
        return max(fitting, key=_rank, default=None)

    def pages(self, path: str) -> Iterator[Any]:
        """Yields what a path below the repository lists, page by page."""
        return self.client.pages(f"repos/{self.repository}/{path}")

    def dismissed(self, _: Sequence[Any], timeline: Callable[[], Sequence[Any]]) -> dict[int, Account]:
        """Returns by whom reviews that asked for changes were dismissed."""
        return {
            answer.number(one, "dismissed_review", "review_id"): self.account(answer.part(one, "actor"))
            for one in timeline()
            if answer.text(one, "event") == "review_dismissed"
            and self.states.get(answer.text(one, "dismissed_review", "state").upper()) == REFUSED
        }

    def account(self, data: Any) -> Account:
        """Returns an account; a program's says so."""
        login = answer.text(data, "login")
        return Account(login=login, program=answer.text(data, "type") == "Bot") if login else GONE

    def maker(self, data: Any) -> Account | None:
        """Returns whose commit it is when GitHub is sure: it knows the key, or made the commit itself."""
        if not answer.flag(data, "commit", "verification", "verified"):
            return None
        committer = self.account(answer.part(data, "committer"))
        maker = self.account(answer.part(data, "author")) if committer.login == _WEB else committer
        return maker if maker.login else None


def _rank(pull: Any) -> tuple[bool, int]:
    return bool(answer.text(pull, "merged_at")), answer.number(pull, "number")
