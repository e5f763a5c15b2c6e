"""What the sites have in common: which pull request a job is about, and what their refusals mean."""

from __future__ import annotations

from abc import ABC, abstractmethod

from gitdesk.errors import SetupError, UsageError
from gitdesk.forge.client import Client, Refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from gitdesk.forge.request import Request


class Forge(ABC):
    """One site. Made from the environment of a CI job and the HEAD that is judged; asks nothing until it has to.

    `number` is the pull request that the job is for; None for a job after the landing, or of a merge queue, that looks
    for the pull requests behind what came to `branch`.
    """

    name: str  # as --approvals and `accounts` call it
    title: str  # as people call it
    noun = "pull request"
    number: int | None
    branch: str
    head: str
    client: Client

    @abstractmethod
    def __init__(
        self, environ: Mapping[str, str], head: str, say: Callable[[str], None], **timing: Any
    ) -> None: ...

    @abstractmethod
    def request(self, head: str) -> Request | None:
        """Returns the pull request whose newest commit this is or was; None when there is none."""

    def require_head(self, expected: str, head: str) -> None:
        """Raises UsageError when the range does not end where the pull request does."""
        if expected != head:
            raise UsageError(
                f"the head of the {self.noun} is {expected[:10]}, and HEAD of the range is {head[:10]}",
                hint=f"write BASE..{expected[:10]}: what a CI job checks out is often the merge of both branches, "
                "which nobody has reviewed",
            )

    def asked(self, ask: Callable[[], Any], what: str, token: str, right: str) -> Any:
        """Returns what a question gives, and says in words what a refusal means."""
        try:
            return ask()
        except Refusal as refusal:
            if refusal.status == 401:
                raise SetupError(
                    f"{self.title} does not accept the token in {token}",
                    hint="it may have expired, or belong to another site",
                ) from None
            if refusal.status in (403, 404):
                raise SetupError(
                    f"{self.title} shows no {what} to the token in {token} ({refusal.message})",
                    hint=f"it needs {right}",
                ) from None
            raise
