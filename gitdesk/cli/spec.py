"""How a command is declared: its name, options, arguments and help, in click's words and without click.

The one grammar there is. `click_adapter` makes the real click command of a declaration, which prints help, completes
and complains; `quick` reads the calls that need none of this. Every command is given the Context first.
"""

from __future__ import annotations

import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    from gitdesk.cli.context import Context

    Body = TypeVar("Body", bound=Callable[..., Any])
    # Takes values of options out and puts what they say together in, or into the context.
    Preparation = Callable[[Context, dict[str, Any]], None]


class Text:
    """Any text."""

    __slots__ = ()

    def take(self, word: str) -> Any:
        """Returns the value of a word; None for one that only click may judge."""
        return word


class OneOf(Text):
    """One of a few words; another word is told the near miss."""

    __slots__ = ("noun", "words")

    def __init__(self, noun: str, *words: str) -> None:
        self.noun, self.words = noun, words

    def take(self, word: str) -> Any:
        """Returns the word when it is one of them."""
        return word if word in self.words else None


class Named(Text):
    """A name the desk knows, completed by it.

    `kind` is id, agent, assignee (agents, me, nobody), whom (those, group:NAME), group, status, priority, type, tag,
    signed (+TAG, -TAG), field, calendar, pair (KEY=VALUE), proposal,
    proposed (statuses and gitdesk.yaml) or query; `last` is what a later word may be instead.
    """

    __slots__ = ("kind", "last")

    def __init__(self, kind: str, last: str = "") -> None:
        self.kind, self.last = kind, last


class Whole(Text):
    """A whole number, `least` or more; None for any."""

    __slots__ = ("least",)

    def __init__(self, least: int | None = None) -> None:
        self.least = least

    def take(self, word: str) -> Any:
        """Returns a number of at most nine plain digits."""
        if not (word.isascii() and word.isdigit() and len(word) < 10):
            return None
        return int(word) if self.least is None or int(word) >= self.least else None


class Path(Text):
    """The path of a file or a folder, there or not; what is there must be readable."""

    __slots__ = ("folder",)

    def __init__(self, *, folder: bool = False) -> None:
        self.folder = folder  # then it must not be a file

    def take(self, word: str) -> Any:
        """Returns the path unless something is there that cannot be it."""
        try:
            mode = os.stat(word).st_mode
        except OSError:
            return word
        except ValueError:
            return None
        fits = os.access(word, os.R_OK) and not (self.folder and stat.S_ISREG(mode))
        return word if fits else None


TEXT = Text()


class Option:
    """`--name VALUE` or a flag; `off` are the words that turn a flag off."""

    __slots__ = (
        "declared", "default", "flag", "help", "kind", "metavar", "multiple", "name", "off", "on", "required",
        "show_default",
    )  # fmt: skip

    def __init__(
        self,
        *declared: str,
        type: Text = TEXT,
        default: Any = None,
        is_flag: bool = False,
        multiple: bool = False,
        required: bool = False,
        metavar: str | None = None,
        help: str | None = None,
        show_default: bool = False,
    ) -> None:
        words = [word.partition("/") for word in declared if word[0] == "-"]
        self.on = tuple(on for on, _, _ in words)
        self.off = tuple(off for _, _, off in words if off)
        named = [word for word in declared if word[0] != "-"]
        longest = max(self.on, key=lambda word: len(word) - len(word.lstrip("-")))
        self.name = named[0] if named else longest.lstrip("-").replace("-", "_").lower()
        self.declared, self.kind, self.flag, self.multiple = (
            declared,
            type,
            is_flag or bool(self.off),
            multiple,
        )
        self.required, self.metavar, self.help, self.show_default = required, metavar, help, show_default
        self.default = default


class Argument:
    """A word by its place; `nargs` 1, or -1 for any number of them."""

    __slots__ = ("kind", "metavar", "name", "nargs", "required")

    def __init__(
        self,
        name: str,
        *,
        type: Text = TEXT,
        nargs: int = 1,
        required: bool | None = None,
        metavar: str | None = None,
    ) -> None:
        self.name, self.kind, self.nargs, self.metavar = name, type, nargs, metavar
        self.required = nargs == 1 if required is None else required


class Command:
    """A declared command. `minus_words`: words may start with a minus, only `--long` and `-x` are options.

    `reads`: it changes nothing, so it goes on by the last gitdesk.yaml that could be used.
    """

    __slots__ = ("_body", "_preparations", "help", "hidden", "minus_words", "name", "params", "reads")

    def __init__(
        self,
        name: str,
        body: Callable[..., Any],
        help: str | None,
        hidden: bool,
        minus_words: bool,
        reads: bool,
    ):
        self.name, self.hidden, self.minus_words, self.reads = name, hidden, minus_words, reads
        self.help = help or body.__doc__
        self.params: tuple[Option | Argument, ...] = tuple(reversed(body.__dict__.pop(_PARAMS, ())))
        self._preparations: tuple[Preparation, ...] = tuple(reversed(body.__dict__.pop(_PREPARATIONS, ())))
        self._body = body

    def call(self, context: Context, values: dict[str, Any]) -> Any:
        """Runs the command with a value for every parameter, and pushes what it has committed if that is wanted."""
        context.reads = self.reads
        for prepare in self._preparations:
            prepare(context, values)
        result = self._body(context, **values)
        if context.shared:
            from gitdesk.cli import publishing

            if publishing.is_wanted(context):
                publishing.publish(context)
        return result


_PARAMS, _PREPARATIONS = "__params__", "__preparations__"


def command(
    name: str,
    *,
    help: str | None = None,
    hidden: bool = False,
    minus_words: bool = False,
    reads: bool = False,
) -> Callable[[Callable[..., Any]], Command]:
    """Makes a command of a function and of the options and arguments declared under it."""
    return lambda body: Command(name, body, help, hidden, minus_words, reads)


def option(*declared: str, **settings: Any) -> Callable[[Body], Body]:
    """Declares an option as click does: its words, perhaps a name, and settings of `Option`."""
    return _adding(_PARAMS, Option(*declared, **settings))


def argument(name: str, **settings: Any) -> Callable[[Body], Body]:
    """Declares an argument; the settings are those of `Argument`."""
    return _adding(_PARAMS, Argument(name, **settings))


def preparing(prepare: Preparation) -> Callable[[Body], Body]:
    """Declares what happens to the values before the command gets them; the topmost declared comes first."""
    return _adding(_PREPARATIONS, prepare)


def _adding(kept: str, item: object) -> Callable[[Body], Body]:
    def decorate(body: Body) -> Body:
        body.__dict__.setdefault(kept, []).append(item)
        return body

    return decorate
