"""Whether Git would write a file otherwise than its blob is: line endings, encodings, keywords."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from gitdesk.store.git import Repo
    from gitdesk.store.worktrees import Checkout

_EMPTY, _FALSE = "GITDESK_EMPTY", "GITDESK_FALSE"  # variables that only Git's programs see
_ALWAYS = (b"ident", b"working-tree-encoding", b"eol=crlf")
_WITH_CRLF = (b"text", b"crlf")


def may_convert(repo: Repo, checkout: Checkout, paths: Iterable[str]) -> bool:
    """Tells whether settings or attributes could make the work tree's bytes differ from a blob's.

    Says yes rather too often: then Git converts, which is only slower. Filters are not run: they are programs that
    a configuration names.
    """
    setting = (repo.config("core.autocrlf") or "").lower()
    if setting not in ("", "input", "false", "no", "off", "0"):
        return True
    with_crlf = (repo.config("core.eol") or "").lower() == "crlf" or os.linesep == "\r\n"
    words = _ALWAYS + (_WITH_CRLF if with_crlf else ())
    for path in _attribute_files(repo, checkout, paths):
        try:
            with open(path, "rb") as file:
                data = file.read()
        except OSError:
            continue
        if any(word in data for word in words):
            return True
    return False


def _attribute_files(repo: Repo, checkout: Checkout, paths: Iterable[str]) -> list[str]:
    home = repo.environ.get("HOME", "")
    config_home = repo.environ.get("XDG_CONFIG_HOME") or f"{home}/.config"
    own = repo.config("core.attributesFile")
    folders = {""}
    for path in paths:
        parts = path.split("/")[:-1]
        folders.update("/".join(parts[: end + 1]) + "/" for end in range(len(parts)))
    return [
        "/etc/gitattributes",
        os.path.expanduser(own) if own else f"{config_home}/git/attributes",
        f"{repo.common_dir}/info/attributes",
        *(f"{checkout.path}/{folder}.gitattributes" for folder in sorted(folders)),
    ]


def filters_off(repo: Repo) -> tuple[list[str], dict[str, str]]:
    """Returns options and environment that keep the filters of the configuration from running.

    `-c` would cut a filter's name at the first `=`; this form cuts at the last one.
    """
    names = {key[7:].rpartition(".")[0] for key in repo.settings() if key.startswith("filter.")}
    options = []
    for name in sorted(names):
        options += [f"--config-env=filter.{name}.{part}={_EMPTY}" for part in ("clean", "smudge", "process")]
        options.append(f"--config-env=filter.{name}.required={_FALSE}")
    return options, {_EMPTY: "", _FALSE: "false"}
