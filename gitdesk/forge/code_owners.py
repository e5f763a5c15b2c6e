"""CODEOWNERS out of the roles of a desk: whom a site asks for a review of what, in the words of that site."""

from __future__ import annotations

import os

from gitdesk.domain.people import CONFIGURE
from gitdesk.lazy import pattern
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gitdesk.desk import Desk
    from gitdesk.domain.config import Config
    from gitdesk.domain.people import Person
    from gitdesk.domain.workflow import Approvals

HEADER = "# Made by `gitdesk codeowners` of the roles in gitdesk.yaml. Do not edit: make it anew."
# Where each site looks for the file; it takes the first that is there.
PLACES = {
    "github": (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"),
    "gitlab": ("CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"),
    "gitea": ("CODEOWNERS", "docs/CODEOWNERS", ".gitea/CODEOWNERS"),
}
_ADDRESSES = ("github", "gitlab")  # sites that know people by their addresses too
_ADDRESS = pattern(r"[^\s@#\\<>,]+@[^\s@#\\<>,]+")
# What decides how the desk is judged, beside the desk's own files.
_JUDGES = {
    "github": ("/.github/", "/CODEOWNERS", "/docs/CODEOWNERS"),
    "gitlab": ("/.gitlab-ci.yml", "/.gitlab/", "/CODEOWNERS", "/docs/CODEOWNERS"),
    "gitea": (".gitea/.*", ".github/.*", "CODEOWNERS", "docs/CODEOWNERS"),
}


class Ownership(Value):
    """Files and who is asked about them: `owners` as the site calls them, `people` who that is on the desk.

    `unnamed` are people who ought to be asked and whom the site cannot be told of; `count` is how many must agree.
    """

    title: str
    patterns: tuple[str, ...]
    roles: tuple[str, ...]
    people: tuple[str, ...]
    owners: tuple[str, ...]
    unnamed: tuple[str, ...]
    count: int = 1


def ownerships(config: Config, site: str) -> tuple[Ownership, ...]:
    """Returns who is asked about the rules of the desk, and who about tickets where a step needs others to agree."""
    found = [_rules(config, site)]
    asked = [row.approvals for row in config.workflow.transitions if row.approvals is not None]
    given = config.rules.approvals
    asked += [one for one in (given.correct, given.loosen) if one is not None]
    if asked:
        found.append(_tickets(config, site, asked))
    return tuple(found)


def render(found: Sequence[Ownership], site: str) -> str:
    """Returns the file; the same desk gives the same bytes."""
    lines = [HEADER]
    for one in found:
        if one.owners:
            lines += ["", *_lines(one, site)]
    return "\n".join(lines) + "\n"


def on_desk(desk: Desk, site: str) -> tuple[str, bytes | None]:
    """Returns the name and the content of the file in the last commit that the site goes by; None for none."""
    from gitdesk.store import read

    for name in PLACES[site]:
        data = read.find_file(desk.repo, desk.tip, name)
        if data is not None:
            return name, data
    return PLACES[site][0], None


def in_work_tree(desk: Desk, site: str, text: str) -> str:
    """Returns the name of the file in the work tree that the site would go by and that says this; "" for none."""
    checkout = desk.location.checkout
    if checkout is None:
        return ""
    for name in PLACES[site]:
        try:
            with open(os.path.join(checkout.path, name), "rb") as file:
                return name if file.read(len(text) * 4 + 1) == text.encode() else ""
        except OSError:
            continue
    return ""


def is_ours(text: str) -> bool:
    """Tells whether a file was made here, and nobody's hands are in it as far as its first line says."""
    return text.startswith(HEADER)


def _lines(one: Ownership, site: str) -> Iterator[str]:
    roles = f" ({', '.join(one.roles)})" if one.roles else ""
    if site == "gitlab":
        # A section of its own asks for an approval of its own, as many as the desk does.
        yield f"# {one.title}{roles}"
        yield f"[{one.title}]" + (f"[{one.count}]" if one.count > 1 else "")
    else:
        yield f"# {one.title}{roles}"
    size = max(map(len, one.patterns))
    yield from (f"{each:{size}} {' '.join(one.owners)}" for each in one.patterns)


def _rules(config: Config, site: str) -> Ownership:
    asked = config.rules.approvals.configure
    roles = asked.roles if asked is not None and asked.roles else config.granting(CONFIGURE)
    files = ("gitdesk[.]yaml", "calendars/.*") if site == "gitea" else ("/gitdesk.yaml", "/calendars/")
    count = asked.count if asked is not None else 1
    return _ownership(config, site, "Rules of the desk", (*files, *_JUDGES[site]), roles, count)


def _tickets(config: Config, site: str, asked: Sequence[Approvals]) -> Ownership:
    named = dict.fromkeys(role for one in asked for role in one.roles)
    roles = () if any(not one.roles for one in asked) else tuple(named)
    files = ("tickets/.*",) if site == "gitea" else ("/tickets/",)
    return _ownership(config, site, "Tickets", files, roles, max(one.count for one in asked))


def _ownership(
    config: Config, site: str, title: str, patterns: tuple[str, ...], roles: tuple[str, ...], count: int
) -> Ownership:
    people = [
        one
        for one in config.people
        if not one.robot and (not roles or any(role in one.roles for role in roles))
    ]
    named = [(one, _name(one, site)) for one in people]
    return Ownership(
        title=title,
        patterns=patterns,
        roles=roles,
        people=tuple(one.id for one, name in named if name),
        owners=tuple(dict.fromkeys(name for _, name in named if name)),
        unnamed=tuple(one.id for one, name in named if not name),
        count=count,
    )


def _name(person: Person, site: str) -> str:
    """Returns what a site calls a person, "" for somebody it cannot be told of."""
    login = dict(person.accounts).get(site)
    if login:
        return f"@{login}"
    address = person.address
    return address if site in _ADDRESSES and _ADDRESS.fullmatch(address) else ""
