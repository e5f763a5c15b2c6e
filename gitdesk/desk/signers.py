"""Signatures as the desk sees them: SSH keys that gitdesk.yaml lists are known, and it says whose they are."""

from __future__ import annotations

from gitdesk.domain.rules_signatures import holders, keys_of
from gitdesk.store import signature
from gitdesk.value import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitdesk.domain.config import Config
    from gitdesk.store.git import Repo
    from gitdesk.store.signature import SignatureStatus


def statuses(repo: Repo, config: Config | None, commits: Sequence[str]) -> dict[str, SignatureStatus]:
    """Returns the status of commits that carry a signature.

    A key that gitdesk.yaml lists is known and names its holder; of any other Git's own settings say what there is to
    say.
    """
    if not commits:
        return {}
    keys = tuple(keys_of(config)) if config is not None else ()
    found = signature.verify(repo, commits, keys) if keys else {}
    ours = {
        commit: replace(status, signer=people[0].id)
        for commit, status in found.items()
        if config is not None and status.status == signature.GOOD and (people := holders(config, status.keys))
    }
    rest = [commit for commit in commits if commit not in ours]
    return {**(signature.verify(repo, rest) if rest else {}), **ours}
