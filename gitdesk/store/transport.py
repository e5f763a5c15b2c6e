"""How Git may talk to another repository: by protocols we know, with programs that the person names and no others.

Which address a remote has is the clone's to say. Which program reaches it is not: the repository's own settings are
passed over there, as for signatures (decision 0011), and what the person's or the machine's say is kept.
"""

from __future__ import annotations

import os

from gitdesk.lazy import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitdesk.store.git import Repo

_PROTOCOLS = ("file", "git", "http", "https", "ssh")  # no helper of a name that a repository could choose
_NEVER = "ext"  # a protocol that is a command line
_REPOSITORYS = ("local", "worktree")  # scopes; what such a file includes has its scope too
_NOTHING, _FALSE = "GITDESK_NOTHING", "GITDESK_FALSE"  # variables that only Git's programs see
_CREDENTIALS = pattern(r"(?i)\b([a-z][a-z0-9+.-]*://)[^/@\s]*@")
_PASSWORD = pattern(r"(?i)\b(ssh://[^/@:\s]*):[^/@\s]*@")

Setting = tuple[str, str, str]  # scope, key, value


def hardened(repo: Repo, remote: str, *, asking: bool) -> tuple[list[str], dict[str, str]]:
    """Returns options and environment for a call of Git that goes to a remote.

    `asking`: somebody is there who can be asked for a password; else neither Git nor ssh ask anybody.
    """
    told = repo.scoped_settings() if _names_programs(repo) else []
    options = ["-c", "protocol.ext.allow=never", "-c", "maintenance.auto=false", "-c", "gc.auto=0"]
    options += [
        "-c",
        "core.logAllRefUpdates=true",
    ]  # what a remote once had is known afterwards, in a bare clone too
    environ = {
        "GIT_ALLOW_PROTOCOL": repo.environ.get("GIT_ALLOW_PROTOCOL") or ":".join(_protocols(told)),
        "GIT_TERMINAL_PROMPT": "1" if asking else "0",
        _NOTHING: "",
        _FALSE: "false",
    }
    # In its own form: `-c` would cut a name with `=` in it at the wrong place.
    options.append(f"--config-env=remote.{remote}.mirror={_FALSE}")
    options += _own_programs(repo, told, environ)
    if not asking:
        _ask_nobody(repo, told, environ)
    return options, environ


def program(repo: Repo, remote: str, command: str) -> str:
    """Returns the option of a command that says what runs on the other side, or here where that is a folder.

    Of several settings Git takes the first, so that another setting could not stand in for it.
    """
    key = "receivepack" if command == "push" else "uploadpack"
    told = repo.scoped_settings() if _names_programs(repo) else []
    usual = f"git-{key.replace('pack', '-pack')}"
    return f"--{usual.removeprefix('git-')}={_last(told, f'remote.{remote}.{key}') or usual}"


def _names_programs(repo: Repo) -> bool:
    """Tells whether any setting says which program, or which protocol, is used."""
    return any(map(_concerns, repo.settings()))


def _concerns(key: str) -> bool:
    section, _, rest = key.partition(".")
    name = rest.rpartition(".")[2]
    if section == "core":
        return name in ("sshcommand", "gitproxy", "askpass", "alternaterefscommand")
    if section == "credential":
        return name == "helper"
    if section == "remote":
        return name in ("uploadpack", "receivepack", "vcs")
    return section == "protocol" and name == "allow"


def _is_repositorys(told: Sequence[Setting], key: str) -> bool:
    return any(scope in _REPOSITORYS for scope, name, _ in told if name == key)


def _last(told: Sequence[Setting], key: str) -> str:
    """Returns what the person or the machine say, the last that was said; "" for nothing."""
    values = [value for scope, name, value in told if name == key and scope not in _REPOSITORYS]
    return values[-1] if values else ""


def _own_programs(repo: Repo, told: Sequence[Setting], environ: dict[str, str]) -> list[str]:
    """Returns options by which programs that only the repository names give way to the person's, or Git's."""
    options: list[str] = []
    if _is_repositorys(told, "core.sshcommand"):
        options += ["-c", f"core.sshCommand={_last(told, 'core.sshcommand') or 'ssh'}"]
    if _is_repositorys(told, "core.askpass"):
        wanted = _last(told, "core.askpass") or repo.environ.get("SSH_ASKPASS", "")
        options += ["-c", f"core.askPass={wanted}"]
    if _is_repositorys(told, "core.alternaterefscommand"):
        options += ["-c", f"core.alternateRefsCommand={_last(told, 'core.alternaterefscommand') or 'true'}"]
    if _is_repositorys(
        told, "core.gitproxy"
    ):  # of several, Git takes the first: only this keeps it from looking
        environ["GIT_PROXY_COMMAND"] = repo.environ.get("GIT_PROXY_COMMAND", "")
    if any(key.endswith(".helper") and scope in _REPOSITORYS for scope, key, _ in told if _is_helper(key)):
        options.append(f"--config-env=credential.helper={_NOTHING}")  # an empty one clears the list
        kept = [(key, value) for scope, key, value in told if _is_helper(key) and scope not in _REPOSITORYS]
        for number, (key, value) in enumerate(kept):
            environ[f"GITDESK_HELPER_{number}"] = value
            options.append(f"--config-env={key}=GITDESK_HELPER_{number}")
    return options


def _is_helper(key: str) -> bool:
    return key.startswith("credential.") and key.endswith(".helper")


def foreign(repo: Repo, remote: str) -> bool:
    """Tells whether the repository's settings have a remote reached by a program of their own choice."""
    return _is_repositorys(repo.scoped_settings(), f"remote.{remote}.vcs") if _names_programs(repo) else False


def _protocols(told: Sequence[Setting]) -> list[str]:
    """Returns what may be spoken: what Git knows itself, and what the person has allowed."""
    allowed = set(_PROTOCOLS) if _last(told, "protocol.allow") != "never" else set()
    for scope, key, value in told:
        if scope in _REPOSITORYS or not key.startswith("protocol.") or key.count(".") < 2:
            continue
        name = key[len("protocol.") : -len(".allow")]
        (allowed.discard if value.lower() == "never" else allowed.add)(name)
    return sorted(allowed - {_NEVER})


def _ask_nobody(repo: Repo, told: Sequence[Setting], environ: dict[str, str]) -> None:
    """Keeps ssh from asking for a passphrase; another program than OpenSSH's is left as it is."""
    if "GIT_SSH" in repo.environ and "GIT_SSH_COMMAND" not in repo.environ:
        return
    settings = _last(told, "core.sshcommand") if told else repo.config("core.sshCommand")
    command = repo.environ.get("GIT_SSH_COMMAND") or settings or "ssh"
    program = command.split()[0] if command.split() else ""
    if os.path.basename(program) == "ssh":
        environ["GIT_SSH_COMMAND"] = f"{command} -o BatchMode=yes"


def shown(text: str) -> str:
    """Returns an address, or a text with addresses in it, without passwords and tokens."""
    kept = _PASSWORD.sub(r"\1@", text)
    return _CREDENTIALS.sub(lambda found: found[0] if found[1].lower() == "ssh://" else found[1], kept)


def progress_of(piece: bytes) -> tuple[int, int] | None:
    """Returns how far Git says it is, of how much; None when a piece of its error output says nothing of that."""
    found = None
    for found in _PROGRESS.finditer(piece):  # noqa: B007  the last one counts
        pass
    return (int(found[1]), int(found[2])) if found is not None else None


def said(error: bytes) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Returns what the other side said and what Git here said, line by line, without its progress."""
    remote: list[str] = []
    own: list[str] = []
    for raw in error.decode("utf-8", "replace").replace("\r", "\n").split("\n"):
        line = raw.rstrip()
        is_theirs = line.startswith("remote:")
        text = line.removeprefix("remote:").removeprefix(" ") if is_theirs else line
        if text.strip() and not _NO_NEWS.search(text):
            (remote if is_theirs else own).append(shown(text))
    return tuple(remote), tuple(own)


_PROGRESS = pattern(rb"\d+% \((\d+)/(\d+)\)")
_NO_NEWS = pattern(
    r"\d+% \(\d+/\d+\)|^(?:Enumerating|Counting|Compressing) objects: |^Total \d+ \(|^Delta compression "
)


def last_words(error: bytes) -> str:
    """Returns the line in which Git says what went wrong, with the next one where it announces that, "" for none."""
    _, own = said(error)
    wrong = [line for line in own if line.startswith(("fatal: ", "error: ", "ssh: "))] or list(own)
    first = wrong[0] if wrong else ""
    if first.endswith(":") and first in own[:-1]:
        first = f"{first} {own[own.index(first) + 1].strip()}"
    return first.removeprefix("fatal: ").removeprefix("error: ")
