"""What is wrong with a file of a commit by itself: with a gitdesk.yaml, or with a path, its mode and size."""

from __future__ import annotations

from gitdesk.desk import judging
from gitdesk.desk.commit_changes import mode_of, plain
from gitdesk.desk.rules_in_force import config_of
from gitdesk.domain.calendar_parse import FOLDER
from gitdesk.domain.change import is_document
from gitdesk.store.misplaced import is_mark

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitdesk.domain.change import FileVersion
    from gitdesk.domain.config import Config
    from gitdesk.domain.violation import Violation
    from gitdesk.store.git import Repo


def of_config(repo: Repo, version: FileVersion) -> list[Violation]:
    """Returns what is wrong with a gitdesk.yaml and was not before; a link or a submodule is as good as none."""
    new = plain(version.new)
    if not new or is_mark(new):
        return [judging.missing(bool(new))]
    data = repo.blob(new)
    olds = [plain(each) for each in version.old]
    known = {
        each.fingerprint for old in olds if old and not is_mark(old) for each in config_of(repo.blob(old))[1]
    }
    fresh = [each for each in config_of(data)[1] if each.fingerprint not in known]
    return list(judging.with_excerpts(fresh, data))


def of_entry(version: FileVersion, sizes: Mapping[str, int], config: Config) -> Iterator[Violation]:
    """Yields what is wrong with a file by its path, mode and size, and was not before."""
    path, new = version.path, plain(version.new)
    if not new or path.startswith(FOLDER) or (is_document(path) and is_mark(new)):
        return  # nothing is there, or what says itself what is wrong
    limit = config.limits.attachment_bytes
    known = {
        each.fingerprint
        for old in version.old
        if old
        for each in judging.check_entry(path, mode_of(old), 0, limit)
    }
    for one in judging.check_entry(path, mode_of(version.new), sizes.get(new, 0), limit):
        if one.fingerprint not in known:
            yield one
