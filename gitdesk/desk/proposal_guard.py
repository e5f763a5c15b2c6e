"""What a server keeps of proposals: nobody takes back what was said of one by moving or deleting its branch."""

from __future__ import annotations

import re

from gitdesk.desk import rejections, verdicts
from gitdesk.desk.rules_in_force import config_of
from gitdesk.domain.approval import APPROVES, REJECTS, WITHDRAWS, Rejections, discounted
from gitdesk.domain.config import PATH
from gitdesk.domain.workflow import PROPOSALS
from gitdesk.errors import Refused
from gitdesk.store import history, read, refs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from gitdesk.domain.approval import Verdict
    from gitdesk.domain.config import Config
    from gitdesk.store.git import Repo

_PREFIX = refs.BRANCHES + PROPOSALS
_NAME = re.compile(rf"{PROPOSALS}[A-Za-z0-9._-]+/[A-Za-z0-9._-]+")


def require_kept(repo: Repo, moves: Sequence[tuple[str, str, str]], desk_refs: Collection[str]) -> None:
    """Raises Refused for a proposal that a push rewinds, deletes while words on it must not be lost, or names oddly.

    Such words are rejections that stand and approvals that were taken back: whoever has those could land them still.

    A move is a branch with its commits before and after. On a desk where nothing must be approved, and where there is
    no desk, such branches are as free as others.
    """
    touched = [(ref, old, new) for ref, old, new in moves if f"{ref}/".startswith(_PREFIX)]
    if not touched:
        return
    tips = [tip for ref in desk_refs if (tip := refs.read(repo, ref))]
    # Any of them: who could add a branch of the desk whose gitdesk.yaml asks for nothing would be free here.
    found = [config for tip in tips if (config := _config(repo, tip)) is not None]
    asking = [config for config in found if config.asks_for_approvals]
    if not asking:
        return
    coming = [new for ref, _, new in moves if ref in desk_refs and new]
    for ref, old, new in touched:
        name = ref.removeprefix(refs.BRANCHES)
        if new and not _NAME.fullmatch(name):
            raise Refused(
                f'"{name}" is no name of a proposal, and would be in the way of others',
                hint=f"{PROPOSALS}TICKET/WORD, of letters, digits, dots, dashes and underscores",
            )
        if new and old and not history.is_below(repo, old, new):
            raise Refused(
                f'"{name}" is a proposal: what was said of it cannot be taken away or rewritten',
                hint="bring it up to date with gitdesk propose ID --update, or make another one",
            )
        if old and not new and not any(history.is_below(repo, old, tip) for tip in (*coming, *tips)):
            _require_unsaid(name, [one for config in asking for one in _words(repo, old, tips, config)])


def _require_unsaid(name: str, words: Sequence[Verdict]) -> None:
    """Raises Refused where words on a branch that is to be deleted must not be lost."""
    rejected = ", ".join(dict.fromkeys(one.name for one in words if one.kind == REJECTS))
    if rejected:
        raise Refused(
            f'"{name}" was rejected by {rejected}, and stays while that stands',
            hint=f"{rejected} takes it back: gitdesk reject {name} --withdraw",
        )
    if words:
        names = ", ".join(dict.fromkeys(one.name for one in words))
        raise Refused(
            f'"{name}" has an approval that {names} took back, and stays: deleted, it would count again',
            hint="its administrator can delete it, on the server",
        )


def _config(repo: Repo, tip: str) -> Config | None:
    data = read.find_file(repo, tip, PATH)
    return config_of(data)[0] if data is not None else None


def _words(repo: Repo, head: str, tips: Sequence[str], config: Config) -> list[Verdict]:
    """Returns the rejections on a branch that nobody has taken back, and the words that take an approval back."""
    found = history.commits(repo, head, since_commits=tips, oldest_first=True, marks=True)
    said = verdicts.read(found, config, verdicts.Signers(repo, config))
    standing: dict[str, Rejections] = {}
    approved: set[tuple[str, str]] = set()
    taken_back: dict[tuple[str, str], Verdict] = {}
    for one in rejections.related(said, repo, config, tips):
        if discounted(one, config):
            continue
        rejecting = standing.setdefault(one.path, Rejections())
        if one.kind == REJECTS:
            rejecting.add(one)
        else:
            rejecting.lift(one)
        key = one.person, one.path
        if one.kind == APPROVES:
            approved.add(key)
            taken_back.pop(key, None)
        elif one.kind == WITHDRAWS and key in approved:
            taken_back[key] = one
    rejected = (one for rejecting in standing.values() for one in rejecting.all())
    return [*rejected, *taken_back.values()]
