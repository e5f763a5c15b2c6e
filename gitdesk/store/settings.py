"""Git's configuration: the plain file read in process, the rest as `git config` lists it."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_BLANKS = " \t\r"
_MARKS = '"\\#;\t\r'  # with one of them a value says something else than it looks
_ESCAPED = {'"': '"', "\\": "\\", "n": "\n", "t": "\t"}  # a backspace, which Git knows too, is left to Git
_TRUE, _FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0", "")


def parse_bool(value: str | None, default: bool = False) -> bool:
    """Returns what Git takes a value for; `default` for none and for what is no truth value."""
    if value is None:
        return default
    folded = value.strip().lower()
    return True if folded in _TRUE else False if folded in _FALSE else default


def parse_list(listed: bytes) -> dict[str, str]:
    """Returns the settings of `git config -z --list`, the last of a key, at its place; no value is "true"."""
    settings: dict[str, str] = {}
    for item in listed.split(b"\0"):
        if item:
            key, newline, value = item.partition(b"\n")
            name = os.fsdecode(key)
            settings.pop(name, None)
            settings[name] = os.fsdecode(value) if newline else "true"
    return settings


def parse_scoped(listed: bytes) -> list[tuple[str, str, str]]:
    """Returns scope, key and value of each setting of `git config -z --show-scope --list`."""
    parts = listed.split(b"\0")
    found = []
    for scope, setting in zip(parts[0::2], parts[1::2], strict=False):
        key, newline, value = setting.partition(b"\n")
        found.append((os.fsdecode(scope), os.fsdecode(key), os.fsdecode(value) if newline else "true"))
    return found


def parse_file(data: bytes) -> dict[str, str] | None:
    """Returns the settings of a plain configuration file, None for one that only Git should read."""
    settings: dict[str, str] = {}
    section = ""
    for raw in data.decode("utf-8", "surrogateescape").split("\n"):
        line = raw.strip(_BLANKS)
        if not line or line[0] in "#;":
            continue
        if line[0] == "[":
            close = line.find("]")
            if close < 0 or line[close + 1 :].strip() or "\\" in line:
                return None
            name, _, sub = line[1:close].partition(" ")
            section = name.lower() + (f".{sub.strip()[1:-1]}" if sub else "")
            continue
        key, equals, value = line.partition("=")
        given = _value(value.strip(_BLANKS)) if equals else "true"
        if not section or given is None:
            return None
        settings[f"{section}.{key.strip().lower()}"] = given
    return settings


def _value(text: str) -> str | None:
    """Returns a value without its quotes and the remark behind it; None where Git's versions read it differently."""
    if not any(mark in text for mark in _MARKS):
        return text
    parts: list[str] = []
    is_quoted = False
    blanks = 0  # outside of quotes, which count once something follows
    letters = iter(text)
    for letter in letters:
        if letter == " " and not is_quoted:
            blanks += 1
            continue
        if letter in "#;" and not is_quoted:
            break
        if letter in "\t\r" and not is_quoted:
            return None
        parts.append(" " * (blanks if parts else 0))
        blanks = 0
        if letter == '"':
            is_quoted = not is_quoted
        elif letter == "\\":
            escaped = _ESCAPED.get(next(letters, ""))
            if escaped is None:
                return None
            parts.append(escaped)
        else:
            parts.append(letter)
    return None if is_quoted else "".join(parts)


def mentions(word: str, repository_files: tuple[str, ...], environ: Mapping[str, str]) -> bool:
    """Tells whether any configuration could set something of a section: then it is worth asking Git.

    Only looks for the word, and for includes, whose files it does not follow.
    """
    needles = (word.lower().encode(), b"[include")
    if any(name.startswith(("GIT_CONFIG_COUNT", "GIT_CONFIG_PARAMETERS")) for name in environ):
        return True
    for path in (*repository_files, *_shared_files(environ)):
        try:
            with open(path, "rb") as file:
                data = file.read().lower()
        except OSError:
            continue
        if any(needle in data for needle in needles):
            return True
    return False


def _shared_files(environ: Mapping[str, str]) -> list[str]:
    files = []
    if not parse_bool(environ.get("GIT_CONFIG_NOSYSTEM")):
        files.append(environ.get("GIT_CONFIG_SYSTEM") or "/etc/gitconfig")
    home = environ.get("HOME", "")
    if "GIT_CONFIG_GLOBAL" in environ:
        files.append(environ["GIT_CONFIG_GLOBAL"])
    elif home:
        files.append(f"{home}/.gitconfig")
        files.append(f"{environ.get('XDG_CONFIG_HOME') or home + '/.config'}/git/config")
    return files
