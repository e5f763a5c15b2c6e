"""GitHub and the sites that are like it: their CI tells of itself as GitHub's does, and their API has its paths."""

from __future__ import annotations

from abc import abstractmethod

from gitdesk.errors import SetupError
from gitdesk.forge import answer, surroundings
from gitdesk.forge.forge import Forge
from gitdesk.forge.request import SILENT, Request, Review, kept, latest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Any

    from gitdesk.forge.request import Account


class LikeGitHub(Forge):
    """A site whose jobs have an event in a file and the repository in the environment."""

    hint: str  # how to be in a job of the site
    right: str  # what a token must be allowed
    states: Mapping[str, str]  # of reviews that say yes, no, or nothing any more, as the site calls them
    repository: str
    variable: str  # that holds the token

    def take_event(self, environ: Mapping[str, str], head: str) -> None:
        """Finds out which pull request, or which branch, the job is about."""
        self.repository = surroundings.repository(environ, self.hint)
        event = surroundings.event(environ, self.hint)
        told = answer.text(event, "repository", "full_name")
        if told and told.lower() != self.repository.lower():
            raise SetupError(
                f'the event is of the repository "{told}", and the job runs in "{self.repository}"'
            )
        self.number, self.branch, self.head = None, "", head
        if answer.part(event, "pull_request") is not None:
            self.number = answer.number(event, "pull_request", "number")
            self.require_head(answer.commit(event, "pull_request", "head", "sha"), head)
        elif answer.part(event, "merge_group") is not None:
            self.branch = surroundings.branch(answer.text(event, "merge_group", "base_ref"))
        elif answer.part(event, "after") is not None:
            self.branch = surroundings.branch(answer.text(event, "ref"))
        if self.number is None and not self.branch:
            kind = environ.get("GITHUB_EVENT_NAME", "") or "unknown"
            raise SetupError(f'the event "{kind[:60]}" of this job is about no {self.noun}', hint=self.hint)

    def request(self, head: str) -> Request | None:
        """Returns the pull request whose newest commit this is or was; None when there is none."""
        if self.number is None:
            pull = self.landed(head)
            return self._request(pull) if pull is not None else None
        if head != self.head:
            return None
        path, what = f"repos/{self.repository}/pulls/{self.number}", f"pull request #{self.number}"
        return self._request(self.ask(lambda: self.client.get(path), f"{what} of {self.repository}"))

    def ask(self, ask: Callable[[], Any], what: str) -> Any:
        """Returns what a question gives; raises SetupError where the token may not ask it."""
        return self.asked(ask, what, self.variable, self.right)

    def _request(self, pull: Any) -> Request:
        number = answer.number(pull, "number")
        what = f"reviews of pull request #{number}"

        def ask(path: str) -> list[Any]:
            found: list[Any] = self.ask(lambda: list(self.pages(path)), what)
            return found

        reviews, commits = ask(f"pulls/{number}/reviews"), ask(f"pulls/{number}/commits")
        said = latest(one for each in reviews if (one := self._review(each)) is not None)
        refusals: dict[int, Account] = {}
        if any(one.state == SILENT for one in said):  # it no longer says what it was
            refusals = self.dismissed(reviews, lambda: ask(f"issues/{number}/timeline"))
        return Request(
            name=f"pull request #{number}",
            head=answer.commit(pull, "head", "sha"),
            author=self.account(answer.part(pull, "user")),
            reviews=tuple(kept(one, refusals[one.number]) if one.number in refusals else one for one in said),
            vouched={
                answer.commit(each, "sha"): who for each in commits if (who := self.maker(each)) is not None
            },
            address=answer.text(pull, "html_url"),
        )

    def _review(self, data: Any) -> Review | None:
        """Returns a review that says yes, no, or that what it said no longer holds; None for a comment or a draft."""
        state = self.states.get(answer.text(data, "state").upper())
        if state is None:
            return None
        return Review(
            account=self.account(answer.part(data, "user")),
            state=SILENT if answer.flag(data, "dismissed") else state,
            head=answer.commit(data, "commit_id"),
            at=answer.moment(data, "submitted_at"),
            address=answer.text(data, "html_url"),
            number=answer.number(data, "id"),
        )

    # What each site has of its own

    @abstractmethod
    def landed(self, head: str) -> Any:
        """Returns what the site says of a pull request that came to the branch with this newest commit, else None."""

    @abstractmethod
    def pages(self, path: str) -> Iterator[Any]:
        """Yields what a path below the repository lists, page by page."""

    @abstractmethod
    def dismissed(self, reviews: Sequence[Any], timeline: Callable[[], Sequence[Any]]) -> dict[int, Account]:
        """Returns by whom reviews that asked for changes were dismissed, by the numbers of the reviews."""

    @abstractmethod
    def account(self, data: Any) -> Account:
        """Returns an account; GONE for what is left of one that was deleted."""

    @abstractmethod
    def maker(self, data: Any) -> Account | None:
        """Returns whose commit it is when the site is sure, since it knows the key of the signature."""
