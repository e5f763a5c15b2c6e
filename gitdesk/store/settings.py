"""Git's configuration: the plain file read in process, the rest as `git config` lists it."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

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
    for raw in data.decode("utf-8", "surrogateescape").splitlines():
        line = raw.strip()
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
        value = value.strip()
        if not section or any(mark in value for mark in '"\\#;'):
            return None
        settings[f"{section}.{key.strip().lower()}"] = value if equals else "true"
    return settings


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
