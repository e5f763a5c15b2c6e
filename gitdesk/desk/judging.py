"""Judging files that are there: the whole desk at a commit, or what is staged for the next one."""

from __future__ import annotations

import codecs

from gitdesk.desk.accounting import context_now
from gitdesk.desk.configuration import DELETED
from gitdesk.desk.knowledge import informed
from gitdesk.domain import rules
from gitdesk.domain.change import Change, is_document, with_moves
from gitdesk.domain.config import DEFAULT_ATTACHMENT_BYTES, PATH
from gitdesk.domain.rules_file import check_file
from gitdesk.domain.violation import Violation
from gitdesk.errors import Unreadable
from gitdesk.store import codec, entries, misplaced, odd_trees, read, staging, underway
from gitdesk.store.objects import TREE_MODE
from gitdesk.store.staging import CALENDARS
from gitdesk.value import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence

    from gitdesk.desk.door import Desk
    from gitdesk.domain.config import Config
    from gitdesk.domain.document import Document
    from gitdesk.domain.rules_context import Context
    from gitdesk.store.staging import Staged

DELETION = "deleted"  # what the fingerprint of a missing gitdesk.yaml hangs on
_GROUP = 500  # documents judged between two tellings of progress
_MOST_SHOWN = 4_000  # characters of a line that are kept to be shown


def everything(desk: Desk) -> Iterator[Violation]:
    """Yields what is wrong on the desk at its tip: gitdesk.yaml first, then files in the order of their paths.

    With a gitdesk.yaml that cannot be used, files are judged by their format alone.
    """
    from gitdesk.desk.calendars import holiday_files

    data = read.find_file(desk.repo, desk.tip, PATH)
    if data is None:
        yield from _missing_at_tip(desk)
    yield from odd_trees.at(desk.repo, desk.tip)
    config = (yield from _configuration(data)) if data is not None else None
    data = data or b""
    yield from weighed(holidays(config, data, holiday_files(desk.repo, desk.tip)), config)
    limit = config.limits.attachment_bytes if config is not None else DEFAULT_ATTACHMENT_BYTES
    for path, mode, size in entries.listed(desk.repo, desk.tip):
        yield from weighed(check_entry(path, mode, size, limit), config)
    wanted = [
        (path, new)
        for path, _, new in desk.source.diff(None, desk.tip)
        if new and is_document(path) and not misplaced.is_mark(new)
    ]
    with desk.watch("checking tickets") as progress:
        for count, (_, _, document) in enumerate(desk.source.documents(wanted)):
            if count % _GROUP == 0:
                progress(count, len(wanted))
            yield from _judge(Change(path=document.path, after=document), config)


def staged(desk: Desk) -> Iterator[Violation]:
    """Yields what a commit of the index as it is would bring in."""
    from gitdesk.desk.amending import unless_amended

    yield from unless_amended(desk, lambda base: _staged(desk, staged_files(desk, base)))


def staged_files(desk: Desk, base: str | None = None) -> tuple[Staged, ...]:
    """Returns the desk's files in the index that Git is about to commit, against HEAD or another commit."""
    return staging.staged(desk.repo, desk.environ.get("GIT_INDEX_FILE"), base)


def _staged(desk: Desk, found: Sequence[Staged]) -> Iterator[Violation]:
    config: Config | None = desk.config if not any(one.path == PATH for one in found) else None
    data = read.find_file(desk.repo, desk.tip, PATH) or b""
    for one in found:
        if one.path == PATH and one.new is not None:
            data = desk.repo.blob(one.new)
            config = yield from _configuration(data)
        elif one.path == PATH:
            hint = f"`git restore --staged --worktree --source=HEAD :/{PATH}` brings it back"
            yield replace(missing(not one.deleted), hint=hint)
    if any(one.path == PATH or one.path.startswith(CALENDARS) for one in found):
        from gitdesk.desk.calendars import holiday_files

        files = holiday_files(desk.repo, desk.tip)
        for one in found:
            if one.path.startswith(CALENDARS) and one.path.endswith(".yaml"):
                files.pop(one.path, None)
                if one.new is not None:
                    files[one.path] = desk.repo.blob(one.new)
        yield from weighed(holidays(config, data, files), config)
    limit = config.limits.attachment_bytes if config is not None else DEFAULT_ATTACHMENT_BYTES
    for one in found:
        if one.path == PATH or one.deleted or one.path.startswith(CALENDARS):
            continue
        size = len(desk.repo.blob(one.new)) if one.new is not None else 0
        yield from weighed(check_entry(one.path, one.mode, size, limit), config)
        if is_document(one.path) and one.new is not None:
            before, after = _version(desk, one.path, one.old), _version(desk, one.path, one.new)
            yield from _judge(Change(path=one.path, before=before, after=after), config)
    yield from _made(desk, found)


def _made(desk: Desk, found: Sequence[Staged]) -> Iterator[Violation]:
    """Yields what hangs on who commits what is staged, and when, by the rules in force."""
    given = answered_for(desk, found)
    if given is None:
        return
    config, context, changes = given
    yield from of_people(changes, config, context)


def answered_for(desk: Desk, found: Sequence[Staged]) -> tuple[Config, Context, list[Change]] | None:
    """Returns the rules in force, who answers for what is staged, and that as changes; None where nobody does.

    While Git puts commits of others together, of each of them somebody else is the author.
    """
    if not found or underway.going_on(desk.repo) is not None:
        return None
    try:
        config = desk.config
    except Unreadable:
        return None
    context = context_now(desk.repo, desk.environ, desk.now, desk.tip, config, None)
    if context is None:
        return None
    context = replace(context, parent_at=None)  # Git has not yet said when it will be
    changes = with_moves(_change(desk, one) for one in found)
    return config, informed(desk, context, changes, config, desk.tip), changes


def of_people(changes: Sequence[Change], config: Config, context: Context) -> Iterator[Violation]:
    """Yields what changes do wrong because of who makes them, when and why, and what the commit as a whole does."""
    for change in changes:
        known = {each.fingerprint for each in rules.check(change, config)}
        fresh = [each for each in rules.check(change, config, context) if each.fingerprint not in known]
        yield from with_excerpts(fresh, change.after.data if change.after is not None else b"")
    if changes:
        yield from rules.check_commit(config, context, changes[0].path)


def _change(desk: Desk, one: Staged) -> Change:
    old, new = one.old or "", one.new or ""
    if not is_document(one.path):
        return Change(path=one.path, old=old, new=new)
    before, after = _version(desk, one.path, one.old), _version(desk, one.path, one.new)
    return Change(path=one.path, before=before, after=after, old=old, new=new)


def is_desk_file(path: str) -> bool:
    """Tells whether a path belongs to the desk and not to what else its branch may hold."""
    return path == PATH or path == read.TICKETS or path.startswith((f"{read.TICKETS}/", CALENDARS))


def with_excerpts(found: Iterable[Violation], data: bytes) -> Iterator[Violation]:
    """Yields violations with the line of the file that each is about."""
    lines: list[bytes] | None = None
    for one in found:
        if one.line is None or not data:
            yield one
            continue
        if lines is None:
            lines = data.removeprefix(codecs.BOM_UTF8).split(b"\n")
        line = lines[one.line - 1] if one.line <= len(lines) else b""
        text = line.rstrip(b"\r").decode("utf-8", "replace")[:_MOST_SHOWN]
        yield replace(one, excerpt=text) if text.strip() else one


def holidays(config: Config | None, data: bytes, files: Mapping[str, bytes]) -> Iterator[Violation]:
    """Yields what is wrong in the files of holidays, then what gitdesk.yaml asks of them in vain."""
    from gitdesk.desk.calendars import known_holidays
    from gitdesk.domain import rules_holidays

    known, broken = known_holidays(files)
    for path in sorted(broken):
        yield from with_excerpts(broken[path], files[path])
    if config is None:
        return
    unreadable = frozenset(path.removeprefix(CALENDARS).removesuffix(".yaml") for path in broken)
    findings = list(rules_holidays.check(config.calendars, known, unreadable))
    if findings:
        from gitdesk.store.config_file import placed

        severities = {rule.code: rule.severity for rule in rules_holidays.RULES}
        yield from with_excerpts(placed(findings, data, severities), data)


def check_entry(path: str, mode: str, size: int, limit: int) -> tuple[Violation, ...]:
    """Returns what is wrong with an entry by its path, mode and size; a folder is fine where no file belongs."""
    problem = misplaced.find(path, mode)
    if problem is not None:
        return (problem,)
    return () if mode == TREE_MODE else check_file(path, mode, size, limit)


def _version(desk: Desk, path: str, oid: str | None) -> Document | None:
    return codec.parse(desk.repo.blob(oid), path) if oid is not None else None


def _missing_at_tip(desk: Desk) -> Iterator[Violation]:
    """Yields that the last commit has no gitdesk.yaml, and who took it away."""
    from gitdesk.store import deleted_config

    deletion = deleted_config.find_deletion(desk.repo, desk.tip)
    found = missing(deletion is None)
    if deletion is not None:
        message = f"{found.message} (commit {deletion[:10]})"
        found = replace(found, message=message, hint=deleted_config.way_back(deletion))
    yield found


def missing(is_other: bool = False) -> Violation:
    """Returns what is wrong where there is no gitdesk.yaml: it is deleted, or something else is in its place."""
    if is_other:
        message, hint = "no plain file, which gitdesk.yaml has to be", "put the file itself there"
    else:
        message, hint = "the file is deleted, and without it there is no desk", "take the deletion back"
    return Violation(code=DELETED, message=message, path=PATH, hint=hint, subject=DELETION)


def _configuration(data: bytes) -> Generator[Violation, None, Config | None]:
    from gitdesk.store.config_file import parse_config

    config, violations = parse_config(data, PATH)
    yield from with_excerpts(violations, data)
    return config


def _judge(change: Change, config: Config | None) -> Iterator[Violation]:
    found = (
        rules.check(change, config) if config is not None else change.after.problems if change.after else ()
    )
    yield from with_excerpts(found, change.after.data if found and change.after else b"")


def weighed(found: Iterable[Violation], config: Config | None) -> Iterator[Violation]:
    """Yields violations at the severities of a desk, as they are where there is none."""
    yield from rules.weigh(found, config) if config is not None else found
