"""What is made on first use: objects named "module:name", and patterns, which are costly to compile."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from typing import Any, AnyStr


def load(target: str) -> Any:
    """Returns the object that "package.module:name" names."""
    from importlib import import_module

    module, _, name = target.partition(":")
    return getattr(import_module(module), name)


def pattern(text: AnyStr) -> re.Pattern[AnyStr]:
    """Returns `re.compile(text)`, compiled when it is first asked something; flags go into the text: `(?m)`."""
    return _Pattern(text)  # type: ignore[return-value]


class _Pattern:
    """Stands in for a compiled pattern and keeps each of its methods once it was used."""

    def __init__(self, text: str | bytes) -> None:
        self._text = text

    def __getattr__(self, name: str) -> Any:
        import re

        found = getattr(re.compile(self._text), name)
        self.__dict__[name] = found
        return found
