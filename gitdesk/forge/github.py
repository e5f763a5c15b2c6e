"""GitHub: reviews of a pull request, by the event of an Actions job and the REST API."""

from __future__ import annotations

from functools import partial

from gitdesk.errors import SetupError
from gitdesk.forge import answer, surroundings
from gitdesk.forge.client import Client
from gitdesk.forge.forge import LikeGitHub
from gitdesk.forge.request import APPROVED, GONE, REFUSED, SILENT, Account, Request, Review, kept, latest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Any

TOKENS = ("GITHUB_TOKEN", "GH_TOKEN")
_API = "https://api.github.com"
_STATES = {
    "APPROVED": APPROVED,
    "CHANGES_REQUESTED": REFUSED,
    "DISMISSED": SILENT,
}  # others say neither yes nor no
_RIGHT = "permissions: pull-requests: read, contents: read"
_WEB = "web-flow"  # makes and signs the commits that people make on the site's pages
_TOKEN_HINT = (
    "give the step env: {GITHUB_TOKEN: ${{ github.token }}}, and the job permissions: pull-requests: read"
)


class GitHub(LikeGitHub):
    """Pull requests of github.com, or of a GitHub server of one's own."""

    name, title = "github", "GitHub"
    hint = "run it in a GitHub Actions job on pull_request, pull_request_review, merge_group or push; see docs/ci.md"

    def __init__(
        self, environ: Mapping[str, str], head: str, say: Callable[[str], None], **timing: Any
    ) -> None:
        base = environ.get("GITHUB_API_URL", "").strip() or _API
        if environ.get("GITEA_ACTIONS") or base.rstrip("/").endswith("/api/v1"):
            raise SetupError(
                "this job runs on Gitea or Forgejo, and not on GitHub", hint="say --approvals gitea"
            )
        self.take_event(environ, head)
        token, self._variable = surroundings.token(environ, TOKENS, self.title, _TOKEN_HINT)
        headers = {
            "Authorization": f"Bearer {token}",
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
        }
        self.client = Client(self.title, base, headers, token, say, **timing)

    def request(self, head: str) -> Request | None:
        """Returns the pull request whose newest commit this is or was; None when there is none."""
        if self.number is not None and head != self.head:
            return None
        if self.number is not None:
            return self._request(self._pull(self.number))
        ask = partial(self.client.pages, f"repos/{self.repository}/commits/{head}/pulls")
        found = self.asked(lambda: list(ask()), f"commit {head[:10]}", self._variable, _RIGHT)
        fitting = [
            one
            for one in found
            if answer.commit(one, "head", "sha") == head and answer.text(one, "base", "ref") == self.branch
        ]
        if not fitting:
            return None
        # Of several with one head the one that landed counts, else the newest.
        best = max(
            fitting, key=lambda one: (bool(answer.text(one, "merged_at")), answer.number(one, "number"))
        )
        return self._request(best)

    def _pull(self, number: int) -> Any:
        path = f"repos/{self.repository}/pulls/{number}"
        return self.asked(
            lambda: self.client.get(path),
            f"pull request #{number} of {self.repository}",
            self._variable,
            _RIGHT,
        )

    def _request(self, pull: Any) -> Request:
        number = answer.number(pull, "number")
        path, what = f"repos/{self.repository}/pulls/{number}", f"reviews of pull request #{number}"
        pages = self.client.pages
        reviews = self.asked(lambda: list(pages(f"{path}/reviews")), what, self._variable, _RIGHT)
        commits = self.asked(lambda: list(pages(f"{path}/commits")), what, self._variable, _RIGHT)
        said = latest(one for each in reviews if (one := _review(each)) is not None)
        if any(one.state == SILENT for one in said):
            # A dismissed review no longer says what it was.
            timeline = f"repos/{self.repository}/issues/{number}/timeline"
            told = self.asked(lambda: list(pages(timeline)), what, self._variable, _RIGHT)
            refusals = dict(_dismissed(told))
            said = tuple(kept(one, refusals[one.number]) if one.number in refusals else one for one in said)
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
    """Returns a review that says yes, no, or that an earlier word no longer holds; None for a comment or a draft."""
    state = _STATES.get(answer.text(data, "state").upper())
    if state is None:
        return None
    return Review(
        account=_account(answer.part(data, "user")),
        state=state,
        head=answer.commit(data, "commit_id"),
        at=answer.moment(data, "submitted_at"),
        address=answer.text(data, "html_url"),
        number=answer.number(data, "id"),
    )


def _dismissed(events: Iterable[Any]) -> Iterator[tuple[int, Account]]:
    """Yields the number of each review that asked for changes and was dismissed, and by whom."""
    for one in events:
        if answer.text(one, "event") == "review_dismissed":
            state = answer.text(one, "dismissed_review", "state").upper()
            if _STATES.get(state) == REFUSED:
                yield answer.number(one, "dismissed_review", "review_id"), _account(answer.part(one, "actor"))


def _account(data: Any) -> Account:
    login = answer.text(data, "login")
    return Account(login=login, program=answer.text(data, "type") == "Bot") if login else GONE


def _maker(data: Any) -> Account | None:
    """Returns whose commit it is when GitHub is sure: it knows the key of the signature, or made the commit itself."""
    if not answer.flag(data, "commit", "verification", "verified"):
        return None
    committer = _account(answer.part(data, "committer"))
    maker = _account(answer.part(data, "author")) if committer.login == _WEB else committer
    return maker if maker.login else None
