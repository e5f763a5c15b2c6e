"""Reads the words of a call by its declaration; None whenever click could see in them anything else than we do."""

from __future__ import annotations

from gitdesk.cli.spec import Option, Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from gitdesk.cli.spec import Argument, Command


def values(command: Command, words: Sequence[str]) -> dict[str, Any] | None:
    """Returns a value for every parameter of a command, exactly as click would; None leaves the call to click."""
    options = _Options(command)
    places = options.read(words, minus_words=command.minus_words)
    arguments = [param for param in command.params if not isinstance(param, Option)]
    if places is None or not _place(arguments, places, options.found):
        return None
    return options.finished()


def leading(command: Command, words: Sequence[str]) -> tuple[dict[str, Any], Sequence[str]] | None:
    """Returns the values of the options before the first other word, and the words from there on; None as above."""
    options = _Options(command)
    rest = options.read(words, leading=True)
    found = options.finished() if rest is not None else None
    return None if found is None or rest is None else (found, rest)


def names_files(command: Command, values: dict[str, Any]) -> bool:
    """Tells whether one of the values is the path of a file or folder."""
    return any(isinstance(param.kind, Path) and values[param.name] for param in command.params)


class _Options:
    """The options of a command and what was found for them."""

    def __init__(self, command: Command) -> None:
        self._params = [param for param in command.params if isinstance(param, Option)]
        self._by_word = {word: param for param in self._params for word in (*param.on, *param.off)}
        self.found: dict[str, Any] = {}

    def read(
        self, words: Sequence[str], *, minus_words: bool = False, leading: bool = False
    ) -> list[str] | None:
        """Takes options in and returns the other words; None when there is any doubt."""
        others: list[str] = []
        rest = iter(words)
        for word in rest:
            if word == "--" and not leading:
                return [*others, *rest]
            if word[:1] != "-" or word == "-" or (minus_words and self._is_word(word)):
                others.append(word)
                if leading:
                    return [*others, *rest]
            elif not self._take(word, rest):
                return None
        return others

    def _is_word(self, word: str) -> bool:
        return not word.startswith("--") and not (len(word) == 2 and word[1].isascii() and word[1].isalpha())

    def _take(self, word: str, rest: Any) -> bool:
        """Takes one option in; False for one that is not understood."""
        name, equals, value = word.partition("=")
        option = self._by_word.get(name)
        if option is None or (equals and (option.flag or not name.startswith("--"))):
            return False
        if option.flag:
            self.found[option.name] = name in option.on
            return True
        given = value if equals else next(rest, None)
        taken = None if given is None else option.kind.take(given)
        if taken is None:
            return False
        self.found[option.name] = (*self.found.get(option.name, ()), taken) if option.multiple else taken
        return True

    def finished(self) -> dict[str, Any] | None:
        """Returns what was found, and the default of every other option; None when one is missing."""
        for option in self._params:
            if option.name not in self.found:
                if option.required:
                    return None
                self.found[option.name] = _default(option)
        return self.found


def _default(option: Option) -> Any:
    if option.multiple:
        return ()
    return False if option.flag and not option.off and option.default is None else option.default


def _place(arguments: Sequence[Argument], words: list[str], found: dict[str, Any]) -> bool:
    """Gives the words to the arguments by their places; False when there are too few or too many."""
    single = sum(argument.nargs == 1 for argument in arguments)
    many = len(words) - single
    if len(arguments) == single and many > 0:
        return False
    if many < 0:
        if any(argument.nargs != 1 for argument in arguments):
            return False
        many = 0
    start = 0
    for argument in arguments:
        count = 1 if argument.nargs == 1 else many
        taken = [argument.kind.take(word) for word in words[start : start + count]]
        start += count
        if None in taken or (argument.required and not taken):
            return False
        found[argument.name] = tuple(taken) if argument.nargs != 1 else taken[0] if taken else None
    return True
