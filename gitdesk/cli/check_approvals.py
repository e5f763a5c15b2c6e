"""What `gitdesk check --approvals` adds: reviews of a hosting site, who approved in words, and lines for the merge."""

from __future__ import annotations

from gitdesk.cli.context import Context

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from gitdesk.desk import Desk
    from gitdesk.domain.approval import Standing
    from gitdesk.domain.config import Config
    from gitdesk.forge.reviews import Reviews


def opened(context: Context, desk: Desk, site: str, revisions: str) -> Reviews:
    """Returns what the site of this job can tell; raises SetupError or UsageError where it cannot."""
    from gitdesk.desk.revisions import span
    from gitdesk.forge import reviews
    from gitdesk.render.text import safe

    head = span(desk, revisions).head
    return reviews.opened(site, context.environ, head, lambda text: context.out.note(safe(text)))


def tell(context: Context, standings: Iterable[Standing]) -> None:
    """Says who approved what; what lacks approvals stands among the errors."""
    from gitdesk.domain.change import owner_of
    from gitdesk.render.text import safe

    for one in standings:
        if one.met:
            subject = owner_of(one.net.path) or one.net.path
            context.out.note(safe(f"{subject}: {one.need.why}: {one.words}"))


def write(context: Context, path: str, standings: Iterable[Standing], config: Config) -> None:
    """Writes the trailers that tell in a merge commit who approved it; nobody leaves the file empty."""
    from gitdesk.domain.change_message import APPROVED
    from gitdesk.domain.people import author_of
    from gitdesk.exporters import target

    people = dict.fromkeys(
        verdict.person for one in standings if one.met for verdict in one.counted if verdict.person
    )
    lines = [
        f"{APPROVED}: {author_of(person)}\n" for one in people if (person := config.agent(one)) is not None
    ]
    with target.file(path, force=True) as put:
        put("".join(lines).encode())
    context.out.note(f'"{path}" tells of {len(lines)} who approved')
