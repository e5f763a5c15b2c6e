"""What a clone is told about merging and showing tickets: the driver that `.gitattributes` names, headers of hunks."""

from __future__ import annotations

from gitdesk.store import install
from gitdesk.store.merge_file import STATUS_OF_CONFLICT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.store.git import Repo

_PLAIN = "git merge-file --marker-size=%L -L ours -L base -L theirs %A %O %B"
# Without gitdesk, or when it comes to grief, Git's own text merge: with a driver Git does not do it by itself.
DRIVER = (
    "if command -v gitdesk >/dev/null 2>&1; then gitdesk merge-driver -- %O %A %B %L %P;"
    f" case $? in 0) exit 0;; {STATUS_OF_CONFLICT}) exit 1;; esac; fi; {_PLAIN}"
)
# The line above a hunk: the start of a message, or the key of the header that the change is under.
HEADERS = "^(### [0-9].*|[a-z_]+:.*|  [A-Za-z0-9_.-]+:.*)$"
SETTINGS = {
    "merge.gitdesk.name": "tickets, field by field",
    "merge.gitdesk.driver": DRIVER,
    "diff.gitdesk.xfuncname": HEADERS,
}


def put_in(repo: Repo) -> bool:
    """Tells this clone how tickets are merged and shown; returns whether anything had to be changed."""
    missing = {key: value for key, value in SETTINGS.items() if repo.own_setting(key) != value}
    for key, value in missing.items():
        install.set_config(repo, key, value)
    return bool(missing)


def take_out(repo: Repo) -> bool:
    """Takes that back; returns whether there was anything."""
    found = False
    for section in ("merge.gitdesk", "diff.gitdesk"):
        found = repo.call("config", "--local", "--remove-section", section).status == 0 or found
    repo.forget_settings()
    return found


def is_current(repo: Repo) -> bool:
    """Tells whether this clone merges tickets as this version would set it up."""
    return all(repo.own_setting(key) == value for key, value in SETTINGS.items())
