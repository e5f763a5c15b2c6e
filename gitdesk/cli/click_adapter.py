"""Click, for all that is no plain call: makes its commands of our declarations; runs, explains and completes them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from gitdesk.cli import spec
from gitdesk.cli.context import Context
from gitdesk.cli.lazy_group import Root
from gitdesk.cli.usage import from_click
from gitdesk.domain.near import hint as near
from gitdesk.errors import GitdeskError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitdesk.cli.table import Row
    from gitdesk.desk import Desk
    from gitdesk.desk.standing_in import StandIn


_TELLING = 2  # characters of a word, from which on ids are offered beside names


def root(rows: tuple[Row, ...], declared: spec.Command | None = None) -> Root:
    """Returns the group `gitdesk` over a table of commands."""
    if declared is None:
        from gitdesk.cli.run import GITDESK

        declared = GITDESK
    group = Root(
        declared.name,
        rows=rows,
        adapt=command,
        callback=_callback(declared),
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    version = click.Option(
        ["--version"], is_flag=True, is_eager=True, expose_value=False, callback=_print_version
    )
    group.params = [*map(_param, declared.params), version]
    return group


def call(args: list[str], rows: tuple[Row, ...], context: Context) -> int:
    """Runs a call through click; its complaints are raised as UsageError, its Ctrl-C as KeyboardInterrupt."""
    if args[:1] == ["help"]:
        args = [*args[1:], "--help"]
    group = root(rows)
    try:
        with group.make_context(group.name, args, obj=context) as ctx:
            result: Any = group.invoke(ctx)
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.Abort as error:
        raise KeyboardInterrupt from error
    except click.ClickException as error:
        raise from_click(error) from error
    return result if isinstance(result, int) else 0


def _print_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from gitdesk import __version__

        click.echo(f"gitdesk {__version__}")
        ctx.exit()


def command(declared: spec.Command) -> click.Command:
    """Returns click's command of a declaration."""
    kind = MinusWords if declared.minus_words else click.Command
    return kind(
        declared.name,
        params=[_param(param) for param in declared.params],
        callback=_callback(declared),
        help=declared.help,
        hidden=declared.hidden,
    )


def _callback(declared: spec.Command) -> Any:
    def callback(**values: Any) -> Any:
        return declared.call(_context(click.get_current_context()), values)

    return callback


def _param(param: spec.Option | spec.Argument) -> click.Parameter:
    settings: dict[str, Any] = {
        "type": _type(param.kind),
        "metavar": param.metavar,
        "required": param.required,
    }
    if isinstance(param, spec.Argument):
        return click.Argument([param.name], nargs=param.nargs, **settings)
    if param.flag:
        del settings["type"]
        settings["is_flag"] = True
    if param.default is not None or param.off:
        settings["default"] = param.default
    return click.Option(
        list(param.declared),
        help=param.help,
        multiple=param.multiple,
        show_default=param.show_default,
        **settings,
    )


def _type(kind: spec.Text) -> click.ParamType[Any]:
    match kind:
        case spec.OneOf():
            return OneOf(kind)
        case spec.Named():
            return Named(kind)
        case spec.Whole():
            return WholeNumber(kind)
        case spec.Path():
            return click.Path(file_okay=not kind.folder)
    return click.STRING


class OneOf(click.ParamType[str]):
    """One of a few words; another word is told the near miss."""

    def __init__(self, declared: spec.OneOf) -> None:
        self.name, self.words = declared.noun, declared.words

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ARG002
        """Returns the word; raises UsageError for one that is not in the list."""
        if value in self.words:
            return str(value)
        raise UsageError(
            f'unknown {self.name} "{value}"',
            hint=near(str(value), self.words),
        )

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:  # noqa: ARG002
        """Returns the words for the help."""
        return "|".join(self.words)

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002
        param: click.Parameter,  # noqa: ARG002
        incomplete: str,
    ) -> list[CompletionItem]:
        """Returns the words that start so."""
        return [CompletionItem(word) for word in self.words if word.startswith(incomplete)]


class WholeNumber(click.IntRange):
    """A whole number; what is none is told what would do."""

    def __init__(self, declared: spec.Whole) -> None:
        super().__init__(min=declared.least)
        self.expected = "a whole number" + ("" if declared.least is None else f" of {declared.least} or more")

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Returns the number."""
        try:
            return int(super().convert(value, param, ctx))
        except click.BadParameter:
            self.fail(f'"{value}" is not {self.expected}', param, ctx)


class Named(click.ParamType[str]):
    """A name the desk knows, completed by it."""

    def __init__(self, declared: spec.Named) -> None:
        self.name = self.kind = declared.kind
        self.last = declared.last

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Returns what the desk has of this kind; nothing where there is no desk."""
        try:
            desk = _context(ctx).desk
            desk.on_stand_in = _say_nothing
            found = self._offered(desk, ctx, param, incomplete)
        except GitdeskError:
            return []
        return [CompletionItem(value, help=_one_line(text) or None) for value, text in found]

    def _offered(
        self, desk: Desk, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> Sequence[tuple[str, str]]:
        by_query = bool(ctx.params.get("query"))
        if not self.last or not (by_query or ctx.params.get(param.name or "")):
            return desk.complete(self.kind, incomplete)
        named = desk.complete(self.last, incomplete)
        # Of many tickets some begin with any one letter: they would hide the few names that do.
        if by_query or (named and len(incomplete) < _TELLING):
            return named
        return [*named, *desk.complete(self.kind, incomplete)]


def _context(ctx: click.Context) -> Context:
    """Returns the Context of a click context, also while completing, when no callback has run."""
    context: Context = ctx.ensure_object(Context) if ctx.obj is not None else Context(os.environ)
    top = ctx.find_root()
    if ctx.resilient_parsing and top.params.get("directories"):
        context.configure(top.params["directories"], "never", False)
    return context


def _say_nothing(_: StandIn) -> None:
    """Lets what stands in for a gitdesk.yaml be used, in the midst of a line that is being typed."""


def _one_line(text: str) -> str:
    from gitdesk.render.text import cut, safe

    return cut(safe(" ".join(text.split())), 60)


class MinusWords(click.Command):
    """A command whose words may start with a minus (`-tag:vip`, `-urgent`): only `--long` and `-x` are options."""

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Returns the options that start so, and the words that do."""
        found = super().shell_complete(ctx, incomplete)
        if not incomplete.startswith("--"):
            for param in self.get_params(ctx):
                if isinstance(param, click.Argument):
                    found += param.shell_complete(ctx, incomplete)
        return found

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Sorts options from words before click reads them."""
        taking = {
            name
            for param in self.get_params(ctx)
            if isinstance(param, click.Option) and not param.is_flag and not param.count
            for name in param.opts
        }
        flags = {name for param in self.get_params(ctx) for name in (*param.opts, *param.secondary_opts)}
        options: list[str] = []
        words: list[str] = []
        rest = iter(args)
        for arg in rest:
            if arg == "--":
                words.extend(rest)
            elif arg.startswith("--") or (len(arg) == 2 and arg in flags):
                options.append(arg)
                if arg in taking:
                    value = next(rest, None)
                    if value is None and not ctx.resilient_parsing:
                        raise UsageError(f'option "{arg}" requires an argument')
                    options.append(value or "")
            elif (
                not ctx.resilient_parsing
                and len(arg) == 2
                and arg[0] == "-"
                and arg[1].isascii()
                and arg[1].isalpha()
            ):
                raise UsageError(f'unknown option "{arg}"', hint=f'for the word itself: -- "{arg}"')
            else:
                words.append(arg)
        return super().parse_args(ctx, [*options, "--", *words])
