"""GitLab: approvals of a merge request, by the variables of a CI job and the REST API."""

from __future__ import annotations

from datetime import UTC, datetime

from gitdesk.errors import SetupError
from gitdesk.forge import answer, surroundings
from gitdesk.forge.client import Client
from gitdesk.forge.forge import Forge
from gitdesk.forge.request import APPROVED, GONE, REFUSED, Account, Request, Review, latest
from gitdesk.lazy import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

TOKENS = ("GITLAB_TOKEN",)
_RIGHT = "the scope read_api in this project"
_TOKEN_HINT = (
    "CI_JOB_TOKEN may not ask for approvals: make a project access token (role Reporter, scope read_api) and keep it "
    "as the masked CI/CD variable GITLAB_TOKEN"
)
_HINT = "run it in a GitLab CI job of a merge request pipeline, or after a push; see docs/ci.md"
_ID = pattern(r"[0-9a-f]{40}([0-9a-f]{24})?")
_GHOST = "ghost"  # to whom GitLab gives what a deleted account left
# What the site itself notes down of a review; nobody can write such a note.
_YES, _TAKEN_BACK = "approved this merge request", "unapproved this merge request"
_NO = "requested changes"
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


class GitLab(Forge):
    """Merge requests of gitlab.com, or of a GitLab of one's own."""

    name, title, noun = "gitlab", "GitLab", "merge request"

    def __init__(
        self, environ: Mapping[str, str], head: str, say: Callable[[str], None], **timing: Any
    ) -> None:
        base = surroundings.required(environ, "CI_API_V4_URL", _HINT)
        self.number, self.branch, self.head = None, "", head
        source = environ.get("CI_PIPELINE_SOURCE", "")
        if environ.get("CI_MERGE_REQUEST_IID"):
            self.number = int(surroundings.number(environ, "CI_MERGE_REQUEST_IID", _HINT))
            self._project = surroundings.number(environ, "CI_MERGE_REQUEST_PROJECT_ID", _HINT)
            # A pipeline of the merged result has another commit than the one that people approve.
            known = environ.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") or environ.get("CI_COMMIT_SHA", "")
            if _ID.fullmatch(known) is None:
                raise SetupError("CI_COMMIT_SHA holds no commit", hint=_HINT)
            self.require_head(known, head)
        elif environ.get("CI_COMMIT_BRANCH"):
            self.branch = environ["CI_COMMIT_BRANCH"]
            self._project = surroundings.number(environ, "CI_PROJECT_ID", _HINT)
        else:
            kind = source[:60] or "unknown"
            raise SetupError(f'this pipeline ("{kind}") is about no merge request and no branch', hint=_HINT)
        token, self._variable = surroundings.token(environ, TOKENS, self.title, _TOKEN_HINT)
        self.client = Client(self.title, base, {"PRIVATE-TOKEN": token}, token, say, **timing)

    def request(self, head: str) -> Request | None:
        """Returns the merge request whose newest commit this is or was; None when there is none."""
        project = f"projects/{self._project}"
        if self.number is not None and head != self.head:
            return None
        if self.number is not None:
            path, what = f"{project}/merge_requests/{self.number}", f"merge request !{self.number}"
            return self._request(self._asked(lambda: self.client.get(path), what))
        path = f"{project}/repository/commits/{head}/merge_requests"
        found = self._asked(lambda: list(self.client.pages(path)), f"commit {head[:10]}")
        fitting = [
            one
            for one in found
            if answer.commit(one, "sha") == head and answer.text(one, "target_branch") == self.branch
        ]
        if not fitting:
            return None
        # Of several with one head the one that landed counts, else the newest.
        best = max(
            fitting, key=lambda one: (answer.text(one, "state") == "merged", answer.number(one, "iid"))
        )
        return self._request(best)

    def _asked(self, ask: Callable[[], Any], what: str) -> Any:
        return self.asked(ask, what, self._variable, _RIGHT)

    def _request(self, pull: Any) -> Request:
        number = answer.number(pull, "iid")
        path = f"projects/{self._project}/merge_requests/{number}"
        what = f"approvals of merge request !{number}"
        approvals = self._asked(lambda: self.client.get(f"{path}/approvals"), what)
        reviewers = self._asked(lambda: list(self.client.pages(f"{path}/reviewers")), what)
        versions = self._asked(lambda: list(self.client.pages(f"{path}/versions")), what)
        notes = self._asked(lambda: list(self.client.pages(f"{path}/notes", sort="asc")), what)
        history = sorted(
            (
                answer.moment(one, "created_at"),
                answer.number(one, "id"),
                answer.commit(one, "head_commit_sha"),
            )
            for one in versions
        )
        address = answer.text(pull, "web_url")
        said = _notes(notes)
        refusals = _refusals(reviewers, said, history, address)
        refusing = {one.account.login.lower() for one in refusals}
        given = _approvals(answer.items(approvals, "approved_by"), said, history, address)
        reviews = [*refusals, *(one for one in given if one.account.login.lower() not in refusing)]
        return Request(
            name=f"merge request !{number}",
            head=answer.commit(pull, "sha"),
            author=_account(answer.part(pull, "author")),
            reviews=latest(reviews),
            vouched={},  # GitLab does not say whose account the key of a signature is
            address=address,
        )


def _account(data: Any) -> Account:
    login = answer.text(data, "username")
    return GONE if not login or login.lower() == _GHOST else Account(login=login)


def _notes(notes: Sequence[Any]) -> dict[str, _Said]:
    """Returns what the site has noted down of each account, by its name in small letters."""
    said: dict[str, _Said] = {}
    for one in notes:
        body = answer.text(one, "body").strip()
        if not answer.flag(one, "system") or body not in (_YES, _TAKEN_BACK, _NO):
            continue
        account = _account(answer.part(one, "author"))
        if account.login:
            known = said.setdefault(account.login.lower(), _Said(account))
            known.last[body] = answer.moment(one, "created_at")
    return said


class _Said:
    """When an account last approved, took that back, and asked for changes."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.last: dict[str, datetime] = {}

    @property
    def refused(self) -> datetime | None:
        """Returns since when it asks for changes; None when it has approved, or taken that back, since."""
        at = self.last.get(_NO)
        later = (self.last.get(word) for word in (_YES, _TAKEN_BACK))
        return None if at is None or any(one is not None and one >= at for one in later) else at


def _at(history: Sequence[tuple[datetime, int, str]], moment: datetime) -> str:
    """Returns the newest commit of a merge request at a moment, "" before there was any."""
    return next((head for since, _, head in reversed(history) if since < moment), "")


def _approvals(
    given: Sequence[Any],
    said: Mapping[str, _Said],
    history: Sequence[tuple[datetime, int, str]],
    address: str,
) -> list[Review]:
    """Returns the approvals that stand; each is of the commit that was the newest when it was given.

    When that was, older sites tell in a note alone. One of which nobody knows is of no commit.
    """
    found = []
    for one in given:
        account = _account(answer.part(one, "user"))
        noted = said.get(account.login.lower())
        at = noted.last.get(_YES) if noted is not None else None
        if answer.text(one, "approved_at"):
            at = answer.moment(one, "approved_at")
        if at is not None:
            review = Review(account=account, state=APPROVED, head=_at(history, at), at=at, address=address)
        else:
            review = Review(account=account, state=APPROVED, head="", at=_LONG_AGO, address=address)
        found.append(review)
    return found


def _refusals(
    reviewers: Sequence[Any],
    said: Mapping[str, _Said],
    history: Sequence[tuple[datetime, int, str]],
    address: str,
) -> list[Review]:
    """Returns who asks for changes and has not approved or taken it back since.

    A reviewer may be taken off the list by whoever made the merge request; what the site noted down stays.
    """
    asking = {login: (one.account, at) for login, one in said.items() if (at := one.refused) is not None}
    for one in reviewers:
        account = _account(answer.part(one, "user"))
        if account.login and answer.text(one, "state") == "requested_changes":
            asking.setdefault(account.login.lower(), (account, answer.moment(one, "created_at")))
    return [
        Review(account=account, state=REFUSED, head=_at(history, at), at=at, address=address)
        for account, at in asking.values()
    ]
