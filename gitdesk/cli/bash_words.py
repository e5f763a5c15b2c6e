"""Completion in bash, which cuts words at colons and equals signs: puts them together, and answers with the rest."""

from __future__ import annotations

import os
from typing import Any

from click.shell_completion import BashComplete, CompletionItem, add_completion_class, split_arg_string

_BREAKS = frozenset(":=")
_ADDING = "COMPREPLY+=($value)\n"


@add_completion_class
class Bash(BashComplete):
    """Click's completion for bash, with `status:open` and `priority=high` as one word each."""

    # What ends in a colon or an equals sign goes on: no blank after it.
    source_template = BashComplete.source_template.replace(
        _ADDING, f"{_ADDING}            [[ $value == *[:=] ]] && compopt -o nospace\n"
    )
    _typed = ""  # what bash keeps of the word being completed

    def get_completion_args(self) -> tuple[list[str], str]:
        """Returns the words before the one being completed, and that one."""
        cut = split_arg_string(os.environ["COMP_WORDS"])
        at = int(os.environ["COMP_CWORD"])
        before = joined(cut[:at])
        if at >= len(cut):
            return before[1:], ""
        words = joined(cut[: at + 1])
        if len(words) > len(before):
            return before[1:], words[-1]
        self._typed = words[-1][: 1 + max(words[-1].rfind(mark) for mark in _BREAKS)]
        return words[1:-1], words[-1]

    def format_completion(self, item: CompletionItem[Any]) -> str:
        """Returns an answer without what bash keeps in front of it."""
        return f"{item.type},{str(item.value).removeprefix(self._typed)}"


def joined(cut: list[str]) -> list[str]:
    """Returns words as they were typed: a piece of only colons and equals signs joins its neighbours."""
    words: list[str] = []
    open_ended = False
    for piece in cut:
        is_break = bool(piece) and set(piece) <= _BREAKS
        if words and (is_break or open_ended):
            words[-1] += piece
        else:
            words.append(piece)
        open_ended = is_break
    return words
