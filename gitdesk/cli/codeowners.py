"""`gitdesk codeowners`: CODEOWNERS of a hosting site, made of the roles of the desk."""

from __future__ import annotations

from gitdesk.cli import spec
from gitdesk.cli.context import Context
from gitdesk.cli.options import format_options
from gitdesk.cli.spec import OneOf, Path, option
from gitdesk.errors import Place, Refused, UsageError
from gitdesk.render.table import Column

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitdesk.domain.people import Person
    from gitdesk.forge.code_owners import Ownership

_COLUMNS = tuple(
    Column(name) for name in ("title", "patterns", "roles", "people", "owners", "unnamed", "count")
)
_MOST = 3_000_000  # bytes; what GitHub reads


@spec.command("codeowners", reads=True)
@format_options("table", "json", "jsonl")
@option("--site", type=OneOf("site", "github", "gitlab", "gitea"), help="For which site.")
@option("-o", "--output", "output", metavar="FILE", type=Path(), help="Write it there.")
@option("--force", is_flag=True, help="Replace a file that was not made here.")
@option("--check", "checks", is_flag=True, help="Write nothing; end with 1 when the desk's file differs.")
def command(context: Context, site: str | None, output: str | None, force: bool, checks: bool) -> int:
    """Make CODEOWNERS of the roles in gitdesk.yaml: whom a hosting site asks to review what.

    gitdesk.yaml, calendars/ and the files of CI go to those who may configure or must approve it; tickets/, where
    a step needs approvals, to those who give them. People are named by their accounts, or by their addresses.

    \b
      gitdesk codeowners --site github -o .github/CODEOWNERS
      gitdesk codeowners --site github --check
    """
    from gitdesk.desk.uncommitted import CONFIG_CHANGED, config_differs
    from gitdesk.forge import code_owners

    config = context.desk.config
    site = site or _only_site(config.people)
    found = code_owners.ownerships(config, site)
    _tell_unnamed(context, found, site)
    if config_differs(context.desk):
        context.out.note(CONFIG_CHANGED)
    text = code_owners.render(found, site)
    if output is not None and not checks:
        _write(context, text, output, force=force)
        return 0
    if context.out.format != "table":
        context.out.items("codeowners", [_plain(one) for one in found], _COLUMNS)
    elif not checks:
        context.out.text(text)
    return _checked(context, text, site, output) if checks else 0


def _plain(one: Ownership) -> dict[str, object]:
    lists = {name: list(getattr(one, name)) for name in ("patterns", "roles", "people", "owners", "unnamed")}
    return {"title": one.title, **lists, "count": one.count}


def _only_site(people: Sequence[Person]) -> str:
    """Returns the site that people have accounts on; raises UsageError when that does not tell one."""
    sites = sorted({site for person in people for site, _ in person.accounts})
    if len(sites) == 1:
        return sites[0]
    told = "nobody has an account in gitdesk.yaml"
    if sites:
        told = f"people have accounts on {', '.join(sites[:-1])} and {sites[-1]}"
    raise UsageError(f"for which site? {told}", hint="say --site github, gitlab or gitea")


def _tell_unnamed(context: Context, found: Sequence[Ownership], site: str) -> None:
    """Says who ought to stand in the file and cannot, and what nobody is asked about for it."""
    unnamed = dict.fromkeys(name for one in found for name in one.unnamed)
    if unnamed:
        context.out.warn(
            f"{site} cannot be told of {', '.join(unnamed)}",
            f"add accounts: {{{site}: LOGIN}} to them under people in gitdesk.yaml",
        )
    for one in found:
        if not one.owners:
            roles = f"the role {' or '.join(one.roles)}" if one.roles else "a name on the desk"
            context.out.warn(
                f'nobody is asked about "{one.title.lower()}": nobody with {roles} can be named',
                "whoever may write to the repository may agree there",
            )


def _checked(context: Context, text: str, site: str, output: str | None) -> int:
    """Says whether the file on the desk is what it should be; a file that is named is read where it is."""
    from gitdesk.cli import report_files
    from gitdesk.forge import code_owners

    name, data = code_owners.on_desk(context.desk, site)
    made = code_owners.in_work_tree(context.desk, site, text) if output is None else ""
    if output is not None:
        name, data = output, report_files.read(output, _MOST)
    if data == text.encode():
        context.out.note(f'"{name}" is what the roles of gitdesk.yaml come to')
        return 0
    if data is None:
        context.out.note(f"the last commit has no CODEOWNERS for {site}")
    else:
        context.out.note(f'"{name}" is not what the roles of gitdesk.yaml come to')
        _differ(context, data.decode("utf-8", "replace"), text, name)
    if made:
        context.out.note(f'"{made}" in the work tree is what it should be: commit it')
        return 1
    context.out.note(f'to make it: gitdesk codeowners --site {site} -o "{name}"')
    return 1


def _differ(context: Context, old: str, new: str, name: str) -> None:
    from difflib import unified_diff

    from gitdesk.render.text import safe

    style = {"+": "added", "-": "removed", "@": "hunk"}
    for line in unified_diff(old.splitlines(), new.splitlines(), f"a/{name}", f"b/{name}", lineterm=""):
        context.out.line(context.out.paint(style.get(line[:1], ""), safe(line)) if line else "")


def _write(context: Context, text: str, path: str, *, force: bool) -> None:
    import os

    from gitdesk.cli import report_files
    from gitdesk.exporters import target
    from gitdesk.forge import code_owners

    if not force and os.path.lexists(path):
        there = report_files.read(path, _MOST).decode("utf-8", "replace") if os.path.isfile(path) else ""
        if there and not code_owners.is_ours(there):
            raise Refused(
                "the file was not made by gitdesk", place=Place(path), hint="--force replaces it all the same"
            )
    folder = os.path.dirname(path)
    if os.path.isdir(os.path.dirname(folder) or ".") and not os.path.lexists(folder or "."):
        os.mkdir(folder)  # .github and the like
    with target.file(path, force=True) as write:
        write(text.encode())
    context.out.note(f'"{path}" is written; commit it')
