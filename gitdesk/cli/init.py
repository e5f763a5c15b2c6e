"""`gitdesk init`: makes a desk."""

from __future__ import annotations

from gitdesk.cli import spec
from gitdesk.cli.context import Context
from gitdesk.cli.options import format_options
from gitdesk.cli.spec import Path, argument, option
from gitdesk.render.table import Column


@spec.command("init")
@format_options()
@option("--from", "template", metavar="FILE", help="Take gitdesk.yaml from a file instead of the usual one.")
@option("--branch", metavar="NAME", help="Keep the desk on a branch of its own, beside code.")
@option("--name", metavar="TEXT", help="What the desk is called; default: the folder.")
@option("--prefix", metavar="XX", help="What ticket ids begin with; default: GD.")
@argument("directory", required=False, metavar="[DIR]", type=Path(folder=True))
def command(
    context: Context,
    directory: str | None,
    prefix: str | None,
    name: str | None,
    branch: str | None,
    template: str | None,
) -> None:
    """Make a desk, here or in DIR: gitdesk.yaml, .gitattributes and a first commit.

    In a repository that is there, nothing else is touched and nothing is overwritten. With --branch desk, the desk
    lives beside the code and needs no checkout.
    """
    from gitdesk.desk.founding import found_desk

    made = found_desk(
        directory or context.start,
        context.environ,
        now=context.now,
        prefix=prefix,
        name=name,
        branch=branch,
        template=template,
    )
    if context.out.format != "table":
        columns = [Column("name"), Column("branch"), Column("place")]
        context.out.table("rows", columns, [(made.name, made.branch, made.place)])
        return
    context.out.text(f'made the desk "{made.name}" on branch {made.branch} of {made.place}\n')
    for line in made.remarks:
        context.out.note(line)
    context.out.note("next: gitdesk new 'My first ticket', then gitdesk list")
    context.out.note("gitdesk.yaml holds what you may want to change")
