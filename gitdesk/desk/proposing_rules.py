"""Proposing rules: gitdesk.yaml and calendars as the work tree has them go on a branch that others approve."""

from __future__ import annotations

import os

from gitdesk.desk import judging
from gitdesk.desk.calendars import holiday_files
from gitdesk.desk.plan import Proposed
from gitdesk.desk.proposing import Parts, Proposing
from gitdesk.desk.writing import Draft
from gitdesk.domain import rules
from gitdesk.domain.change import Change, is_config
from gitdesk.domain.config import PATH
from gitdesk.errors import Refused, SetupError, UsageError
from gitdesk.store import read, write
from gitdesk.store.config_file import parse_config
from gitdesk.store.objects import object_id

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitdesk.desk.plan import Why
    from gitdesk.domain.violation import Violation


class ProposingRules(Proposing):
    """Turns files of the work tree into a proposal."""

    def propose_files(self, paths: Sequence[str], why: Why, *, dry_run: bool) -> Proposed:
        """Returns what came of it; raises Refused for rules that cannot be used or that this person may not change."""
        tip = self._repo.read_ref(self._location.ref or "HEAD") or self._location.tip or ""
        draft = Draft(self._config_at(tip))
        for path in dict.fromkeys(paths):
            self._take(path, tip, draft)
        if not draft.files:
            raise Refused(
                f"{' and '.join(paths)} {'is' if len(paths) == 1 else 'are'} here as on the desk: nothing to propose",
                hint="edit it first; it need not be committed",
            )
        self._judge_files(draft, tip, why)
        if dry_run:
            return Proposed(outcome=self._outcome(None, draft, diff=self._diff(draft, tip)))
        author, committer = write.identity(self._repo, self._environ, self._now)
        parts = Parts()
        parts.rest, parts.changing = draft.files, draft.changes
        same = self._same(parts)
        if same is not None:
            return Proposed(outcome=self._outcome(None, draft), name=same.name, existed=True)
        return self._branch(draft, parts, self._base(tip, parts), why, author, committer)

    def _take(self, path: str, tip: str, draft: Draft) -> None:
        """Takes a file as the work tree has it, if it is another than the desk's."""
        checkout = self._location.checkout
        if checkout is None:
            raise SetupError(
                "the desk is not checked out here, so there is no other version to propose",
                hint="in a clone: git worktree add ../desk " + self._location.branch,
            )
        if not is_config(path):
            raise UsageError(
                f'"{path}" holds no rules', hint="gitdesk.yaml, or a calendar: calendars/HR.yaml"
            )
        file = os.path.join(checkout.path, path)
        content: bytes | None = None
        if os.path.lexists(file):
            if os.path.islink(file) or not os.path.isfile(file):
                raise Refused(f'"{path}" is no plain file')
            try:
                with open(file, "rb") as opened:
                    content = opened.read().replace(b"\r\n", b"\n")
            except OSError as error:
                raise SetupError(f"cannot read {file}: {(error.strerror or str(error)).lower()}") from None
        before = read.find_file(self._repo, tip, path)
        if content is None and before is None:
            raise UsageError(f'there is no "{path}", neither here nor on the desk')
        if content == before:
            return
        if path == PATH and content is None:
            raise Refused("gitdesk.yaml is deleted here, and without it there is no desk")
        draft.files[path] = content
        ids = [
            object_id(self._repo.hash_name, "blob", one) if one is not None else ""
            for one in (before, content)
        ]
        draft.changes.append(Change(path=path, old=ids[0], new=ids[1]))

    def _judge_files(self, draft: Draft, tip: str, why: Why) -> None:
        """Has the files judged as a commit of them would be."""
        data = draft.files.get(PATH) or read.find_file(self._repo, tip, PATH) or b""
        config, found = parse_config(data, PATH)
        problems: list[Violation] = list(found) if PATH in draft.files else []
        files = holiday_files(self._repo, tip)
        for path, content in draft.files.items():
            if path != PATH:
                files.pop(path, None)
                if content is not None:
                    files[path] = content
        problems += judging.weighed(judging.holidays(config, data, files), config)
        context = self._context(draft, tip, why)
        draft.warnings = rules.enforce(draft.changes, draft.config, problems, context)
        draft.context = context
