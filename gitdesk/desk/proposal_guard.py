"""What a server keeps of proposals: nobody takes back what was said of one by moving or deleting its branch."""

from __future__ import annotations

from gitdesk.desk import rejections, verdicts
from gitdesk.desk.rules_in_force import config_of
from gitdesk.domain.approval import PROPOSALS, REJECTS, Rejections, discounted
from gitdesk.domain.config import PATH
from gitdesk.errors import Refused
from gitdesk.store import history, read, refs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from gitdesk.domain.approval import Verdict
    from gitdesk.domain.config import Config
    from gitdesk.store.git import Repo

_PREFIX = refs.BRANCHES + PROPOSALS


def require_kept(repo: Repo, moves: Sequence[tuple[str, str, str]], desk_refs: Collection[str]) -> None:
    """Raises Refused for a proposal that a push rewinds, or deletes while a rejection of it stands.

    A move is a branch with its commits before and after. On a desk where nothing must be approved, and where there is
    no desk, such branches are as free as others.
    """
    touched = [(ref, old, new) for ref, old, new in moves if ref.startswith(_PREFIX) and old]
    if not touched:
        return
    tips = [tip for ref in desk_refs if (tip := refs.read(repo, ref))]
    config = next((found for tip in tips if (found := _config(repo, tip)) is not None), None)
    if config is None or not config.asks_for_approvals:
        return
    coming = [new for ref, _, new in moves if ref in desk_refs and new]
    for ref, old, new in touched:
        name = ref.removeprefix(refs.BRANCHES)
        if new and not verdicts.is_below(repo, old, new):
            raise Refused(
                f'"{name}" is a proposal: what was said of it cannot be taken away or rewritten',
                hint="bring it up to date with gitdesk propose ID --update, or make another one",
            )
        if not new and not any(verdicts.is_below(repo, old, tip) for tip in (*coming, *tips)):
            standing = _rejections(repo, old, tips, config)
            if standing:
                names = ", ".join(dict.fromkeys(one.name for one in standing))
                raise Refused(
                    f'"{name}" was rejected by {names}, and stays while that stands',
                    hint=f"{names} takes it back: gitdesk reject {name} --withdraw",
                )


def _config(repo: Repo, tip: str) -> Config | None:
    data = read.find_file(repo, tip, PATH)
    return config_of(data)[0] if data is not None else None


def _rejections(repo: Repo, head: str, tips: Sequence[str], config: Config) -> list[Verdict]:
    """Returns the rejections on a branch that nobody has taken back."""
    found = history.commits(repo, head, since_commits=tips, oldest_first=True, marks=True)
    said = verdicts.read(found, config, verdicts.Signers(repo, config))
    standing: dict[str, Rejections] = {}
    for one in rejections.related(said, repo, config, tips):
        if discounted(one, config):
            continue
        rejecting = standing.setdefault(one.path, Rejections())
        if one.kind == REJECTS:
            rejecting.add(one)
        else:
            rejecting.lift(one)
    return [one for rejecting in standing.values() for one in rejecting.all()]
