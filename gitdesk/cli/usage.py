"""Wrong usage in one voice: what click says about a call, said as gitdesk says it, with the near miss."""

from __future__ import annotations

import click

from gitdesk.cli.table import GLOBAL_OPTIONS
from gitdesk.domain.near import closest
from gitdesk.errors import UsageError


def from_click(error: click.ClickException) -> UsageError:
    """Returns the same complaint as a UsageError."""
    context = getattr(error, "ctx", None)
    manual = f"{context.command_path} --help tells how to call it" if context else None
    if isinstance(error, click.NoSuchOption):
        return UsageError(f'unknown option "{error.option_name}"', hint=_near_option(error) or manual)
    if isinstance(error, click.MissingParameter):
        return UsageError(_missing(error), hint=manual)
    if isinstance(error, click.BadParameter):
        named = error.param_hint or (error.param.get_error_hint(error.ctx) if error.param else None)
        said = _restyled(error.message)
        return UsageError(f"{_restyled(_joined(named))}: {said}" if named else said, hint=manual)
    return UsageError(_restyled(error.format_message()), hint=manual)


def _near_option(error: click.NoSuchOption) -> str | None:
    name = error.option_name
    if error.ctx is None:
        return None
    known = [
        opt
        for param in error.ctx.command.get_params(error.ctx)
        for opt in (*param.opts, *param.secondary_opts)
    ]
    elsewhere = [opt for names, _ in GLOBAL_OPTIONS for opt in names.split() if opt.startswith("-")]
    if name in elsewhere and name not in known:
        return f'"{name}" goes before the command: gitdesk {name} … {_named(error.ctx)}'
    nearest = closest(name, [opt for opt in known if opt.startswith("--")])
    return f'did you mean "{nearest}"?' if nearest else None


def _named(context: click.Context) -> str:
    """Returns the word or the two words of a command."""
    return context.command_path.partition(" ")[2]


def _missing(error: click.MissingParameter) -> str:
    param = error.param
    if param is None:
        return "something is missing"
    if isinstance(param, click.Argument):
        return f"missing {param.make_metavar(error.ctx) if error.ctx else param.name}".replace("...", "")
    return f'missing option "{param.opts[-1]}"'


def _joined(named: object) -> str:
    return " or ".join(map(str, named)) if isinstance(named, list | tuple) else str(named)


def _restyled(text: str) -> str:
    """Returns click's sentence in lower case, without its full stop, values in double quotes."""
    text = text.strip().removesuffix(".").replace("Got unexpected extra", "unexpected")
    return (text[:1].lower() + text[1:]).replace("'", '"')
