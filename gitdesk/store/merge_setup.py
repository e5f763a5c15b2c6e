"""What a clone is told about merging and showing tickets: the driver that `.gitattributes` names, headers of hunks."""

from __future__ import annotations

from gitdesk.store import install
from gitdesk.store.merge_file import STATUS_OF_CONFLICT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.store.git import Repo

DRIVER_KEY = "merge.gitdesk.driver"
_CALL = "gitdesk merge-driver"
_PLAIN = "git merge-file --marker-size=%L -L ours -L base -L theirs %A %O %B"
# Without gitdesk, or when it comes to grief, Git's own text merge: with a driver Git does not do it by itself.
DRIVER = (
    f"if command -v gitdesk >/dev/null 2>&1; then {_CALL} -- %O %A %B %L %P;"
    f" case $? in 0) exit 0;; {STATUS_OF_CONFLICT}) exit 1;; esac; fi; {_PLAIN}"
)
# The line above a hunk: the start of a message, or the key of the header that the change is under.
HEADERS = "^(### [0-9].*|[a-z_]+:.*|  [A-Za-z0-9_.-]+:.*)$"
SETTINGS = {
    "merge.gitdesk.name": "tickets, field by field",
    DRIVER_KEY: DRIVER,
    "diff.gitdesk.xfuncname": HEADERS,
}


def put_in(repo: Repo) -> bool:
    """Tells this clone how tickets are merged and shown; returns whether anything had to be changed.

    What somebody has set to something else stays.
    """
    found = {key: repo.own_setting(key) for key in SETTINGS}
    missing = [key for key, value in found.items() if value is None or _is_outdated(key, value)]
    for key in missing:
        install.set_config(repo, key, SETTINGS[key])
    return bool(missing)


def take_out(repo: Repo) -> bool:
    """Takes that back, and nothing that somebody else has set; returns whether there was anything."""
    ours = [
        (key, value)
        for key in SETTINGS
        if (value := _own(repo, key)) is not None and (value == SETTINGS[key] or _is_outdated(key, value))
    ]
    for key, value in ours:
        repo.run("config", "--local", "--fixed-value", "--unset-all", key, value)
    repo.forget_settings()
    return bool(ours)


def is_current(repo: Repo) -> bool:
    """Tells whether this clone merges tickets as this version would set it up, and has headers of hunks."""
    return repo.own_setting(DRIVER_KEY) == DRIVER and all(repo.config(key) is not None for key in SETTINGS)


def others(repo: Repo) -> str | None:
    """Returns the driver that somebody has set up in place of ours, None when there is none."""
    driver = repo.config(DRIVER_KEY)
    return None if driver is None or driver == DRIVER or _is_outdated(DRIVER_KEY, driver) else driver


def _own(repo: Repo, key: str) -> str | None:
    """Returns what the clone's own settings say, and not those of its user."""
    done = repo.call("config", "--local", "--get", key)
    return done.output.decode("utf-8", "surrogateescape").removesuffix("\n") if done.status == 0 else None


def _is_outdated(key: str, value: str) -> bool:
    """Tells whether a driver is that of another version of ours."""
    return key == DRIVER_KEY and value != DRIVER and _CALL in value
