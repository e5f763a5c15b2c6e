"""A click group that knows its commands from a table and imports the one that is called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from gitdesk.cli.table import NOUNS, Row, by_section, find, heads, help_text, under, visible
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
        return [row.name for row in heads(self.rows)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Imports and returns a command, or returns the group of a noun; None when the table has none of that name."""
        row = find(self.rows, cmd_name)
        if row is not None and " " not in cmd_name:
            return self._adapt(load(row.target))
        rows = under(self.rows, cmd_name)
        return Noun(cmd_name, rows=rows, adapt=self._adapt, help=NOUNS.get(cmd_name)) if rows else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Returns the command that the first word names; raises UsageError with the near miss for another word."""
        row = find(self.rows, args[0])
        found = self.get_command(ctx, args[0])
        if found is not None:
            return row.name if row else args[0], found, args[1:]
        if ctx.resilient_parsing:
            return None, None, args[1:]
        before, meant = _nouns(ctx), self._meant(args[0])
        hint = f"{ctx.command_path} --help lists the commands"
        if meant:
            hint = f'did you mean "{" ".join([*before, meant])}"?'
        raise UsageError(f'unknown command "{" ".join([*before, args[0]])}"', hint=hint)

    def _meant(self, word: str) -> str | None:
        """Returns the command a wrong word is near to; the second word of a command stands for both."""
        for row in visible(self.rows):
            if row.name.partition(" ")[2] == word:
                return row.name
        return closest(word, [name for row in heads(self.rows) for name in (row.name, *row.aliases)])

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Writes the rows under their sections."""
        for section, rows in by_section(self.rows).items():
            with formatter.section(section or "commands"):
                formatter.write_dl([(row.name, row.line) for row in rows])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Returns the commands, or the options of the group, that start so."""
        found = [
            CompletionItem(row.name, help=row.line)
            for row in heads(self.rows)
            if row.name.startswith(incomplete)
        ]
        return found + click.Command.shell_complete(self, ctx, incomplete)


class Root(LazyGroup):
    """The group `gitdesk` itself; its help is the text that main.py prints without click."""

    def get_help(self, ctx: click.Context) -> str:  # noqa: ARG002
        """Returns the help text."""
        return help_text(self.rows).rstrip("\n")


class Noun(LazyGroup):
    """The commands under a noun, as in `gitdesk calendar due`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Reads the words; without any it tells on standard error what they could be, and ends as wrong usage."""
        if not args and not ctx.resilient_parsing:
            from gitdesk.cli.output import say

            say(self.get_help(ctx))
            ctx.exit(UsageError.exit_code)
        return super().parse_args(ctx, args)


def _nouns(ctx: click.Context) -> list[str]:
    """Returns the nouns that the words before have named."""
    return [] if ctx.parent is None or ctx.info_name is None else [*_nouns(ctx.parent), ctx.info_name]
