"""Three versions of one text into one, by Git's own merge of lines."""

from __future__ import annotations

import os

from gitdesk.errors import GitdeskError
from gitdesk.store import passing
from gitdesk.store.git import Repo


def merged(repo: Repo, base: str, current: bytes, draft: bytes) -> bytes:
    """Returns the draft merged into the current text, with markers where both changed the same lines.

    `base` is the id of the blob both came from; the draft itself is returned when that is not to be had.
    """
    try:
        origin = repo.blob(base)
    except GitdeskError:
        return draft
    if origin == current:
        return draft
    with passing.folder() as folder:
        names = []
        for name, data in (("now", current), ("before", origin), ("draft", draft)):
            path = os.path.join(folder, name)
            with open(path, "wb") as file:
                file.write(data)
            names.append(path)
        labels = ("-L", "what is there now", "-L", "where your draft began", "-L", "your draft")
        done = repo.call("merge-file", "-p", *labels, *names)
    return done.output if done.status < 128 else draft
