"""A click group that knows its commands from a table and imports the one that is called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from gitdesk.cli.table import Row, by_section, find, help_text, visible
from gitdesk.domain.near import closest
from gitdesk.errors import UsageError
from gitdesk.lazy import load

if TYPE_CHECKING:
    from collections.abc import Callable

    from gitdesk.cli.spec import Command


class LazyGroup(click.Group):
    """A group of commands given as rows; help and completion are answered from the rows alone."""

    def __init__(
        self, *args: Any, rows: tuple[Row, ...], adapt: Callable[[Command], click.Command], **settings: Any
    ) -> None:
        super().__init__(*args, **settings)
        self.rows, self._adapt = rows, adapt

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Returns the names in the order of the table."""
        return [row.name for row in visible(self.rows)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Imports and returns a command; None when the table has none of that name."""
        row = find(self.rows, cmd_name)
        if row is None:
            return None
        return self._adapt(load(row.target))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Returns the command that the first word names; raises UsageError with the near miss for another word."""
        row = find(self.rows, args[0])
        if row is not None:
            return row.name, self.get_command(ctx, row.name), args[1:]
        if ctx.resilient_parsing:
            return None, None, args[1:]
        names = [name for row in visible(self.rows) for name in (row.name, *row.aliases)]
        nearest = closest(args[0], names)
        hint = f'did you mean "{nearest}"?' if nearest else f"{ctx.command_path} --help lists the commands"
        raise UsageError(f'unknown command "{args[0]}"', hint=hint)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Writes the rows under their sections."""
        for section, rows in by_section(self.rows).items():
            with formatter.section(section or "commands"):
                formatter.write_dl([(row.name, row.line) for row in rows])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Returns the commands, or the options of the group, that start so."""
        found = [
            CompletionItem(row.name, help=row.line)
            for row in visible(self.rows)
            if row.name.startswith(incomplete)
        ]
        return found + click.Command.shell_complete(self, ctx, incomplete)


class Root(LazyGroup):
    """The group `gitdesk` itself; its help is the text that main.py prints without click."""

    def get_help(self, ctx: click.Context) -> str:  # noqa: ARG002
        """Returns the help text."""
        return help_text(self.rows).rstrip("\n")
