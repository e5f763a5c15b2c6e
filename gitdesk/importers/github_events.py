"""The story of one GitHub issue: its comments and events in order, and what it was before them."""

from __future__ import annotations

from gitdesk.importers.dates import reader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_GHOST = "ghost"  # whom GitHub shows where an account was deleted
_NOREPLY = "users.noreply.github.com"
_STATUS = ("closed", "reopened")
_LABELS = {"labeled": "add", "unlabeled": "remove"}
_ASSIGNED = ("assigned", "unassigned")
_MILESTONE = ("milestoned", "demilestoned")


def names(text: str) -> frozenset[str]:
    """Returns the names a text lists."""
    return frozenset(text.split())


_KNOWN_LEFT = names(
    "mentioned subscribed unsubscribed referenced cross-referenced connected disconnected locked unlocked pinned"
    " unpinned comment_deleted marked_as_duplicate unmarked_as_duplicate transferred converted_to_discussion"
    " user_blocked converted_note_to_issue added_to_project moved_columns_in_project removed_from_project"
    " added_to_project_v2 removed_from_project_v2 project_v2_item_status_changed"
    " issue_type_added issue_type_removed issue_type_changed"
    " sub_issue_added sub_issue_removed parent_issue_added parent_issue_removed line-commented commit-commented"
    " blocked_by_added blocked_by_removed blocking_added blocking_removed"
)
_WHEN = reader()


def person(user: Any) -> str:
    """Returns a user as `Name <address>`, with the address GitHub gives to those who keep theirs private."""
    login = user.get("login") if isinstance(user, dict) else user
    if not isinstance(login, str) or not login:
        return f"{_GHOST} <{_GHOST}@{_NOREPLY}>"
    name = str(user.get("name") or "") if isinstance(user, dict) else ""
    own = user.get("id") if isinstance(user, dict) else None
    name = "".join(sign for sign in name if sign not in '<>"').strip() or login
    return f"{name} <{f'{own}+' if isinstance(own, int) else ''}{login}@{_NOREPLY}>"


def login_of(user: Any) -> str:
    """Returns who a user is on GitHub, in one word."""
    login = user.get("login") if isinstance(user, dict) else user
    return login if isinstance(login, str) and login else _GHOST


class Story:
    """What happened to one issue. Parts are added in any order; `now` and `events` tell the whole."""

    def __init__(self, issue: dict[str, Any]) -> None:
        self.issue = issue
        opener = issue.get("user", issue.get("author"))
        self.author, self._opener = person(opener), login_of(opener)
        self.parts = 0
        self.ignored: dict[str, None] = {}
        self.unread: dict[str, str] = {}
        self._seen: set[str] = set()
        self._told: list[tuple[float, dict[str, Any], dict[str, Any]]] = []

    def comment(self, found: dict[str, Any]) -> None:
        """Adds a comment, once: those of the issue itself and of a file of comments may be the same."""
        self.parts += 1
        user = found.get("user", found.get("author", found.get("actor")))
        kind = "customer" if login_of(user) == self._opener else "reply"
        message = {"kind": kind, "text": str(found.get("body") or "")}
        self._tell(found, user, {"message": message}, self._own_id(found))
        reactions = found.get("reactions") or found.get("reactionGroups")
        if reactions and not (isinstance(reactions, dict) and not reactions.get("total_count")):
            self.ignored["reactions"] = None

    def event(self, found: dict[str, Any]) -> None:
        """Adds an event of the issue's events or timeline."""
        name = str(found.get("event"))
        if name == "commented":
            self.comment(found)
            return
        self.parts += 1
        if name in _STATUS or name in _LABELS or name in _ASSIGNED or name in _MILESTONE or name == "renamed":
            self._tell(found, found.get("actor", found.get("user")), {}, self._own_id(found))
        elif name in _KNOWN_LEFT:
            self.ignored[f"event {name}"] = None
        else:
            self.unread.setdefault(
                f"event {name}", str(found.get("created_at") or found.get("createdAt") or "")
            )

    def _own_id(self, found: dict[str, Any]) -> str:
        """Returns what tells this part from others; a comment goes by the number in its address, as REST has it."""
        address = str(found.get("html_url") or found.get("url") or "")
        _, mark, number = address.partition("#issuecomment-")
        return f"comment-{number}" if mark else str(found.get("id") or "")

    def _tell(self, found: dict[str, Any], user: Any, what: dict[str, Any], own: str) -> None:
        at = found.get("created_at") or found.get("createdAt")
        try:
            moment = _WHEN(at)[0]
        except ValueError:
            self.unread.setdefault("part without a time", own)
            return
        if own:
            if own in self._seen:
                return
            self._seen.add(own)
            what = {"id": own, **what}
        self._told.append((moment, {"at": at, "by": person(user), **what}, found))

    def now(self) -> dict[str, Any]:
        """Returns what the issue is now: status, tags, assignee, watchers, milestone."""
        issue = self.issue
        logins = self._logins()
        now: dict[str, Any] = {
            "status": self._status(issue.get("state"), issue.get("state_reason", issue.get("stateReason"))),
            "tags": [name for one in issue.get("labels") or [] if (name := _name(one))],
            "assignee": logins[0] if logins else None,
            "watchers": logins[1:],
        }
        if milestone := _name(issue.get("milestone")):
            now["fields"] = {"milestone": milestone}
        return now

    def _logins(self) -> list[str]:
        users = self.issue.get("assignees")
        if not users:
            users = [self.issue["assignee"]] if self.issue.get("assignee") else []
        return [login_of(user) for user in users]

    def _status(self, state: Any, reason: Any) -> str:
        if str(state or "open").lower() != "closed":
            return "open"
        why = str(reason or "").lower()
        return why.replace("_", " ") if why in ("not_planned", "duplicate") else "closed"

    def events(self) -> list[dict[str, Any]]:
        """Returns the events, oldest first, each with what it changed."""
        self._closing()
        told = sorted(self._told, key=lambda one: one[0])
        status, milestone = "open", None
        holders = self._logins()
        for _, _, found in reversed(told):  # who held it before all of them
            self._hold(holders, found, back=True)
        events = []
        for _, event, found in told:
            name = found.get("event")
            changes: dict[str, Any] = {}
            if name in _STATUS:
                to = self._status("closed" if name == "closed" else "open", self._reason(found))
                changes["status"], status = {"from": status, "to": to}, to
            elif name in _LABELS:
                changes["tags"] = {_LABELS[name]: [_name(found.get("label")) or ""]}
            elif name in _MILESTONE:
                to_stone = _name(found.get("milestone")) if name == "milestoned" else None
                changes["fields.milestone"] = {
                    "from": milestone if to_stone else _name(found.get("milestone")),
                    "to": to_stone,
                }
                milestone = to_stone
            elif name == "renamed" and isinstance(found.get("rename"), dict):
                changes["title"] = {"from": found["rename"].get("from"), "to": found["rename"].get("to")}
            elif name in _ASSIGNED:
                changes = self._assigned(holders, found)
            if changes:
                event["changes"] = changes
            events.append(event)
        return events

    def _reason(self, found: dict[str, Any]) -> Any:
        """Returns why an issue was closed: as the event says; where it has no word for it, as the issue does."""
        own = found.get("state_reason", found.get("stateReason", self))
        return self.issue.get("state_reason", self.issue.get("stateReason")) if own is self else own

    def _closing(self) -> None:
        """Tells of the closing where no event does."""
        at = self.issue.get("closed_at") or self.issue.get("closedAt")
        if not at or any(found.get("event") in _STATUS for _, _, found in self._told):
            return
        by = self.issue.get("closed_by") or self.issue.get("closedBy")
        try:
            moment = _WHEN(at)[0]
        except ValueError:
            self.unread.setdefault("closed_at", str(at))
            return
        event = {"id": "closed", "at": at, **({"by": person(by)} if by else {})}
        self._told.append((moment, event, {"event": "closed"}))

    def _hold(self, holders: list[str], found: dict[str, Any], *, back: bool = False) -> None:
        """Takes somebody into the holders of an issue or out of them, as an event says, or takes that back."""
        if found.get("event") not in _ASSIGNED:
            return
        who = login_of(found.get("assignee"))
        if (found["event"] == "assigned") != back:
            if who not in holders:
                holders.append(who)
        elif who in holders:
            holders.remove(who)

    def _assigned(self, holders: list[str], found: dict[str, Any]) -> dict[str, Any]:
        before = list(holders)
        self._hold(holders, found)
        changes: dict[str, Any] = {}
        if before[:1] != holders[:1]:
            changes["assignee"] = {"from": next(iter(before), None), "to": next(iter(holders), None)}
        added = [one for one in holders[1:] if one not in before[1:]]
        removed = [one for one in before[1:] if one not in holders[1:]]
        if added or removed:
            changes["watchers"] = {"add": added, "remove": removed}
        return changes


def _name(one: Any) -> str | None:
    """Returns what a label or milestone is called."""
    found = (one.get("name") or one.get("title")) if isinstance(one, dict) else one
    return str(found) if found else None
