"""Hooks of a clone or of a server: putting them in, taking them out, telling how they stand."""

from __future__ import annotations

import shutil

from gitdesk.errors import GitdeskError, Refused, UsageError
from gitdesk.store import hook_files, hook_managers, install, merge_setup, read
from gitdesk.store.git import Repo, require_version
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_WORDS = {
    hook_files.OURS: "gitdesk's",
    hook_files.CHAINED: "gitdesk's, behind the one that was there",
    hook_files.OUTDATED: "gitdesk's, but not of this version",
    hook_files.THEIRS: "somebody else's",
    hook_files.NONE: "none",
}
_REFRESH = (hook_files.OUTDATED, hook_files.THEIRS, hook_files.NONE)


class Standing(Value):
    """How one hook, or what hooks need, stands; `done` is what a command has just done about it."""

    name: str
    state: str
    detail: str
    hint: str | None = None
    done: str = ""


def put_in(start: str, environ: Mapping[str, str], *, server: bool) -> tuple[Standing, ...]:
    """Puts our hooks in; raises Refused where another program keeps the hooks, UsageError in the wrong place."""
    require_version(environ)
    with Repo.discover(start, environ) as repo:
        bare = hook_files.is_bare(repo)
        if server and not bare:
            raise UsageError(
                "--server is for the bare repository that people push to",
                hint="in a clone: gitdesk hooks install",
            )
        if bare and not server:
            raise UsageError(
                "nobody commits in a bare repository", hint="for a server: gitdesk hooks install --server"
            )
        manager = hook_managers.find_manager(repo)
        if manager is not None and manager.advice is not None:
            raise Refused(f"{manager.name} keeps the hooks here, so none was put in", hint=manager.advice)
        if manager is not None:
            found = [_elsewhere(manager, "none was put in")]
        else:
            folder = hook_files.directory(repo)
            done = {name: hook_files.put_in(folder, name) for name in _names(repo)}
            found = [_standing(folder, name, state) for name, state in done.items()]
        if not bare:
            found.append(_driver(repo, merge_setup.put_in(repo), "put in"))
        return (*found, _program(environ))


def take_out(start: str, environ: Mapping[str, str]) -> tuple[Standing, ...]:
    """Takes our hooks out and puts back what was there before."""
    with Repo.discover(start, environ) as repo:
        folder = hook_files.directory(repo)
        names = _names(repo)
        done = {name: hook_files.take_out(folder, name) for name in names}
        found = [_standing(folder, name, done[name]) for name in names]
        if merge_setup.take_out(repo):
            found.append(_driver(repo, True, "taken out"))
        return tuple(found)


def standing(start: str, environ: Mapping[str, str]) -> tuple[Standing, ...]:
    """Returns whose each hook is, whether they would find gitdesk, and what `init` sets for Git's merges."""
    with Repo.discover(start, environ) as repo:
        manager = hook_managers.find_manager(repo)
        folder = hook_files.directory(repo)
        found = [_standing(folder, name) for name in _names(repo)]
        if manager is not None:
            found = [Standing(name=one.name, state=one.state, detail=one.detail) for one in found]
            found.append(_elsewhere(manager))
        found.append(_program(environ))
        if not hook_files.is_bare(repo):  # where nobody merges
            found += _attributes(repo, environ)
        return tuple(found)


def lacking(repo: Repo) -> str:
    """Returns what a clone lacks of what `hooks install` puts in, in words; "" for nothing.

    `init` leaves `pre-push` to those who push, so that one alone is not missed.
    """
    manager = hook_managers.find_manager(repo)
    folder = hook_files.directory(repo)
    if manager is not None:
        missing = [f"a call of gitdesk by {manager.name}"] if manager.advice is not None else []
    else:
        states = {name: hook_files.state(folder, name) for name in hook_files.COMMITTING}
        missing = [
            f"the hook {name}" + (" of this version" if state == hook_files.OUTDATED else "")
            for name, state in states.items()
            if state in _REFRESH
        ]
    if not merge_setup.is_current(repo) and merge_setup.others(repo) is None:
        missing.append(
            "the merge driver" + (" of this version" if repo.config(merge_setup.DRIVER_KEY) else "")
        )
    return ", ".join(missing)


def _names(repo: Repo) -> tuple[str, ...]:
    return hook_files.SERVER if hook_files.is_bare(repo) else hook_files.CLIENT


def _standing(folder: str, name: str, done: str = "") -> Standing:
    state = hook_files.state(folder, name)
    server = " --server" if name in hook_files.SERVER else ""
    hint = f"gitdesk hooks install{server} puts it in" if state in _REFRESH and not done else None
    return Standing(name=name, state=state, detail=f"{_WORDS[state]}, in {folder}", hint=hint, done=done)


def _elsewhere(manager: hook_managers.Manager, done: str = "") -> Standing:
    """Returns how hooks stand that another program keeps: whether it calls gitdesk."""
    state, words = (
        ("called", "keeps them and calls gitdesk") if manager.advice is None else ("elsewhere", "keeps them")
    )
    return Standing(
        name="hooks", state=state, detail=f"{manager.name} {words}", hint=manager.advice, done=done
    )


def _program(environ: Mapping[str, str]) -> Standing:
    """Returns whether a hook would find gitdesk, by the PATH there is now."""
    path = shutil.which("gitdesk", path=environ.get("PATH", ""))
    if path is not None:
        return Standing(name="program", state="ok", detail=path)
    hint = "put a link to it into a folder of the PATH that Git has, such as /usr/local/bin"
    return Standing(name="program", state="missing", detail="no gitdesk on the PATH", hint=hint)


def _attributes(repo: Repo, environ: Mapping[str, str]) -> Iterator[Standing]:
    """Yields what `.gitattributes` of the desk says, and whether a merge driver of that name is set up."""
    try:
        location = read.locate(repo, environ)
        tip = location.tip or ""
        data = read.find_file(repo, tip, install.ATTRIBUTES_PATH)
    except GitdeskError as error:
        yield Standing(name="attributes", state="none", detail=error.message, hint=error.hint)
        return
    present = data is not None and install.attributes_with_ours(data) == data
    yield Standing(
        name="attributes",
        state="ok" if present else "missing",
        detail=f"{install.ATTRIBUTES_PATH} of the desk {'has' if present else 'lacks'} its line",
        hint=None if present else f"add to {install.ATTRIBUTES_PATH}: {install.ATTRIBUTES}",
    )
    yield _driver(repo)


def _driver(repo: Repo, is_done: bool = False, word: str = "") -> Standing:
    """Returns how this clone merges tickets; `word` is for what has been done to a driver of ours."""
    name, done = "merge driver", word if is_done else ""
    if merge_setup.is_current(repo):
        return Standing(name=name, state="ok", detail="Git merges tickets field by field", done=done)
    driver = repo.config(merge_setup.DRIVER_KEY)
    if merge_setup.others(repo) is not None:
        hint = (
            None if word else f"git config --unset-all {merge_setup.DRIVER_KEY}, then gitdesk hooks install"
        )
        return Standing(
            name=name, state="other", detail=f"somebody's own, which is kept: {driver}", hint=hint
        )
    if driver is not None:
        state, detail = "outdated", "gitdesk's, but not of this version"
    else:
        state, detail = "none", "none set, so Git merges tickets line by line"
    hint = None if done else "gitdesk hooks install sets it up"
    return Standing(name=name, state=state, detail=detail, hint=hint, done=done)
