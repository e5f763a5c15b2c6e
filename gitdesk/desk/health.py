"""The health of a clone and its desk, one finding after the other; it changes nothing but the index."""

from __future__ import annotations

import os
from contextlib import suppress

from gitdesk.desk.door import Desk
from gitdesk.desk.places import index_path
from gitdesk.desk.uncommitted import (
    CONFIG_CHANGED,
    changed,
    changed_words,
    config_differs,
    conflict_words,
    conflicts,
)
from gitdesk.domain import rules
from gitdesk.domain.config import PATH
from gitdesk.domain.rules_people import how_to_be_known
from gitdesk.errors import GitdeskError
from gitdesk.store import git, hook_files, write
from gitdesk.store.identity import identity
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from gitdesk.desk.door import Watch
    from gitdesk.desk.standing_in import StandIn

OK, WARNING, ERROR = "ok", "warning", "error"
_BESIDE = ("", "-wal", "-shm", "-journal")  # what SQLite keeps beside its file


class Finding(Value):
    """One thing looked at."""

    name: str
    state: str
    detail: str
    hint: str | None = None


def examine(
    start: str, environ: Mapping[str, str], watch: Watch, *, rebuild_index: bool
) -> Iterator[Finding]:
    """Yields the findings; what depends on something broken is left out."""
    yield from _tried("git", lambda: _git(environ))
    try:
        desk = Desk.open(start, environ, watch)
    except GitdeskError as error:
        yield _broken("desk", error)
        return
    with desk:
        stood_in: list[StandIn] = []
        desk.on_stand_in = stood_in.append
        if rebuild_index:
            for ending in _BESIDE:
                with suppress(FileNotFoundError):
                    os.unlink(index_path(desk.repo, desk.location) + ending)
        where = desk.repo.work_tree or desk.repo.git_dir
        branch = desk.location.branch or f"detached at {desk.tip[:10]}"
        yield Finding(
            name="desk", state=OK, detail=f"branch {branch} of {where}, because {desk.location.reason}"
        )
        yield from _tried("identity", lambda: _identity(desk))
        yield from _tried("gitdesk.yaml", lambda: _config(desk, stood_in))
        if not hook_files.is_bare(desk.repo):  # where nobody commits or merges
            yield from _signing(desk)
            yield from _hooks(desk)
        yield from _work_tree(desk)
        yield from _tried("tickets", lambda: _tickets(desk))
        yield _index(desk)
        yield from _clone(desk)


def _tried(name: str, look: Callable[[], Finding]) -> Iterator[Finding]:
    try:
        yield look()
    except GitdeskError as error:
        yield _broken(name, error)


def _broken(name: str, error: GitdeskError) -> Finding:
    return Finding(name=name, state=ERROR, detail=str(error), hint=error.hint)


def _git(environ: Mapping[str, str]) -> Finding:
    git.require_version(environ)
    version = ".".join(map(str, git.version(environ)))
    return Finding(name="git", state=OK, detail=f"version {version}")


def _identity(desk: Desk) -> Finding:
    author, _ = identity(desk.repo, desk.environ, desk.now)
    person = desk.config.find_person(author.email)
    if person is None:
        return Finding(
            name="identity",
            state=WARNING,
            detail=f"{author} is not one of the desk's people",
            hint=how_to_be_known(desk.config, str(author)),
        )
    return Finding(name="identity", state=OK, detail=f"{author} is {person.id}")


def _config(desk: Desk, stood_in: list[StandIn]) -> Finding:
    config = desk.config
    if stood_in:
        [found] = stood_in
        return Finding(
            name="gitdesk.yaml",
            state=ERROR,
            detail=f"{found.refusal}; until it is mended, commands that read go by that of {found.source}, and "
            "commands that write are refused",
            hint=found.way_out
            if found.deletion
            else "`gitdesk check` lists all that is wrong with it, "
            f"`git diff {found.commit[:10]} -- {PATH}` what was changed",
        )
    statuses, people = len(config.workflow.statuses), len(config.people)
    detail = f"{config.name}: {statuses} statuses, {people} people, prefix {config.prefix}"
    return Finding(name="gitdesk.yaml", state=OK, detail=detail)


def _signing(desk: Desk) -> Iterator[Finding]:
    """Yields with what commits would be signed, where the desk asks for signatures."""
    from gitdesk.desk import seals
    from gitdesk.domain import rules_signatures

    with suppress(GitdeskError):  # what is wrong with the identity or gitdesk.yaml is told above
        if not rules.asks_for_signatures(desk.config):
            return
        author, _ = identity(desk.repo, desk.environ, desk.now)
        person = desk.config.find_person(author.email)
        listed = rules_signatures.fingerprints(person) if person is not None else ()
        key = desk.repo.config("user.signingkey")
        if not listed:
            hint = "somebody who may change gitdesk.yaml lists your key there, under signing_keys"
            yield Finding(name="signing", state=ERROR, detail="the desk knows no key of yours", hint=hint)
        elif key is None:
            detail = "this desk takes signed commits only, and user.signingkey is not set"
            yield Finding(name="signing", state=WARNING, detail=detail, hint=seals.SET_UP)
        else:
            detail = f"Git signs with {key}; the desk knows {', '.join(listed)}"
            yield Finding(name="signing", state=OK, detail=detail)
        if listed and not desk.repo.config_bool("commit.gpgSign"):
            detail = "commands sign, commits by hand do not, and are refused: commit.gpgSign is not set"
            yield Finding(name="signing", state=WARNING, detail=detail, hint="git config commit.gpgSign true")


def _hooks(desk: Desk) -> Iterator[Finding]:
    """Yields what `hooks install` would put in and is not here, as in every clone that is new."""
    from gitdesk.desk.hook_care import lacking

    if missing := lacking(desk.repo):
        yield Finding(
            name="hooks",
            state=WARNING,
            detail=f"this clone lacks {missing}: mistakes by hand are noticed late",
            hint="gitdesk hooks install puts in what is missing; gitdesk hooks status tells more",
        )


def _work_tree(desk: Desk) -> Iterator[Finding]:
    """Yields what lies in the work tree and is not in force."""
    if config_differs(desk):
        yield Finding(
            name="gitdesk.yaml",
            state=WARNING,
            detail=CONFIG_CHANGED,
            hint=f"git commit :/{PATH}, or git restore :/{PATH}",
        )
    if paths := conflicts(desk):
        yield Finding(
            name="work tree",
            state=ERROR,
            detail=conflict_words(paths),
            hint="gitdesk settle joins what it can; edit and git add the rest; git status tells the way on or back",
        )
    elif paths := changed(desk):
        yield Finding(
            name="work tree",
            state=WARNING,
            detail=f"{changed_words(paths)}; commands do not see them",
            hint="git commit them, or git restore them",
        )


def _tickets(desk: Desk) -> Finding:
    _, rows = desk.index.sql("SELECT count(*), count(nullif(problem, '')) FROM tickets")
    total, unreadable = next(iter(rows))
    if unreadable:
        return Finding(
            name="tickets",
            state=ERROR,
            detail=f"{unreadable:,} of {total:,} cannot be read",
            hint="`gitdesk check` tells where and why",
        )
    return Finding(name="tickets", state=OK, detail=f"{total:,}, all readable")


def _index(desk: Desk) -> Finding:
    if desk.index.in_memory:
        return Finding(
            name="index",
            state=WARNING,
            detail="kept in memory, because its place cannot be written; every command makes it again",
            hint=f"make {os.path.dirname(index_path(desk.repo, desk.location))} writable",
        )
    size = os.path.getsize(index_path(desk.repo, desk.location))
    return Finding(name="index", state=OK, detail=f"at {desk.tip[:10]}, {size / 1e6:,.1f} MB")


def _clone(desk: Desk) -> Iterator[Finding]:
    if desk.location.ref is None:
        yield Finding(
            name="branch",
            state=WARNING,
            detail="HEAD is detached: the desk can be read but not written",
            hint="git switch BRANCH",
        )
    if os.path.exists(os.path.join(desk.repo.common_dir, "shallow")):
        yield Finding(
            name="history",
            state=WARNING,
            detail="this is a shallow clone: the audit trail begins where it was cut",
            hint="git fetch --unshallow",
        )
    if write.is_pending(desk.repo):
        yield Finding(
            name="writer",
            state=WARNING,
            detail="a command is writing, or one was killed while it did",
            hint="the next command that writes puts it right by itself",
        )
