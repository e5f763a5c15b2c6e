"""GitHub: issues as `gh issue list --json …` and the REST API give them, with comments and events, as tickets."""

from __future__ import annotations

from contextlib import closing

from gitdesk.importers.dates import reader
from gitdesk.importers.github_events import Story, names
from gitdesk.importers.grouping import grouped
from gitdesk.importers.json_items import json_items
from gitdesk.importers.shape import spot
from gitdesk.importers.stream import open_text
from gitdesk.lazy import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from typing import Any

    from gitdesk.importers.losses import Report
    from gitdesk.importers.stream import Settings

    _Part = tuple[int, str, dict[str, Any]]  # where it stands, what it is, itself

_ADDRESS = pattern(r"https?://[^/]+/(?:api/v3/)?(?:repos/)?([^/]+/[^/]+)/(issues|pull)/(\d+)")
_ISSUE, _COMMENT, _EVENT = "issue", "comment", "event"
# Keys of an issue that become something; what else is there is told as left out, or as unread where it is not known.
_USED = names(
    "number title body state closed labels assignee assignees milestone comments user author type issueType timeline"
    " timelineItems events pull_request url html_url created_at createdAt updated_at updatedAt closed_at closedAt"
    " closed_by closedBy state_reason stateReason"
)
# The same again in other words: numbers and addresses of what is imported anyway.
_PLUMBING = names(
    "id node_id databaseId fullDatabaseId resourcePath repository repository_url labels_url comments_url events_url"
    " timeline_url score author_association authorAssociation body_html body_text"
)
_IGNORED = names(
    "reactions reactionGroups locked active_lock_reason activeLockReason draft isPinned performed_via_github_app"
    " projectCards projectItems closedByPullRequestsReferences pinned_comment sub_issues_summary subIssuesSummary"
    " issue_dependencies_summary issue_field_values parent parent_issue_url subIssues blockedBy blocking"
    " text_matches"
)


def tickets(files: Sequence[str], settings: Settings, report: Report) -> Iterator[dict[str, Any]]:
    """Yields the issues of files as tickets, each with the comments and events the same files have of it.

    Pull requests are left out and counted, as are comments and events of issues that are not in the files. Raises
    UsageError for files that cannot be opened; tells the report of what is no issue, comment or event.
    """
    with closing(_sorted_out(files, settings, report)) as found:
        for _, group in grouped(found):
            ticket = _together([part for _, part in group], settings, report)
            if ticket is not None:
                report.items += ticket["_rows"]
                yield ticket


def _together(parts: list[_Part], settings: Settings, report: Report) -> dict[str, Any] | None:
    """Returns the ticket of one issue's parts, None where the issue itself is not among them."""
    issues = [(where, found) for where, kind, found in parts if kind == _ISSUE]
    rest = [(kind, found) for _, kind, found in parts if kind != _ISSUE]
    if not issues:
        for kind, found in rest:
            address = found.get("html_url") or found.get("issue_url") or found.get("url")
            report.ignored(f"{kind} without its issue", str(address or ""), items=1)
        return None
    for _, found in issues[:-1]:
        report.ignored("issue that is there twice", f"#{found.get('number')}", items=1)
    where, issue = issues[-1]
    ticket = _ticket(issue, rest, settings)
    ticket["_line"] = where
    return ticket


def _sorted_out(
    files: Sequence[str], settings: Settings, report: Report
) -> Generator[tuple[str, int, _Part], None, None]:
    """Yields what the files hold: the issue it belongs to, a running number, and (where, kind, object)."""
    when = reader()
    number = 0
    for at, path in enumerate(files):
        source = open_text(path, settings.encoding)
        report.reading = source
        try:
            for line, found in _unwrapped(json_items(source, report)):
                kind = _kind(found)
                key = _key(found, kind)
                if key is None:
                    report.bad(
                        source.place(line),
                        "is neither an issue nor a comment or event of one",
                        "files come from gh issue list --json … or from the REST API's issues, comments and events",
                    )
                elif key == "":
                    report.ignored(
                        "pull request", str(found.get("title") or found.get("html_url") or ""), items=1
                    )
                else:
                    try:
                        when(found.get("created_at") or found.get("createdAt"))
                    except ValueError:
                        report.bad(source.place(line), f"the {kind} has no time it was created")
                        continue
                    found.pop("issue", None)
                    yield key, number, (spot(at, line), kind, found)
                    number += 1
        finally:
            source.close()


def _unwrapped(items: Iterator[tuple[int, dict[str, Any]]]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yields the objects, those of a search's answer one by one."""
    for line, found in items:
        inner = found.get("items")
        if isinstance(inner, list) and "total_count" in found:
            yield from ((line, one) for one in inner if isinstance(one, dict))
        else:
            yield line, found


def _kind(found: dict[str, Any]) -> str:
    if isinstance(found.get("event"), str):
        return _EVENT
    return _COMMENT if "issue_url" in found and "number" not in found else _ISSUE


def _key(found: dict[str, Any], kind: str) -> str | None:
    """Returns repository and number of the issue something belongs to; "" for a pull request's, None for nothing's."""
    issue = found if kind == _ISSUE else found.get("issue")
    about = issue if isinstance(issue, dict) else {}
    addresses = [about.get("html_url"), about.get("url"), found.get("html_url"), found.get("issue_url")]
    matches = [hit for address in addresses if isinstance(address, str) and (hit := _ADDRESS.match(address))]
    if about.get("pull_request") or any(hit[2] == "pull" for hit in matches):
        return ""
    number = about.get("number")
    if not isinstance(number, int) and kind != _ISSUE and matches:
        number = int(matches[-1][3])
    if not isinstance(number, int) or (kind == _ISSUE and not isinstance(found.get("title"), str | None)):
        return None
    return f"{matches[0][1] if matches else ''}#{number:012}"


def _ticket(
    issue: dict[str, Any], rest: list[tuple[str, dict[str, Any]]], settings: Settings
) -> dict[str, Any]:
    """Returns one issue as a ticket; `rest` are its comments and events from elsewhere in the files."""
    address = _first(issue, "html_url", "url")
    matched = _ADDRESS.match(address) if isinstance(address, str) else None
    system = settings.system or (f"github/{matched[1]}" if matched else "github")
    story = Story(issue)
    for key in ("timeline", "timelineItems", "events"):
        for one in _dicts(issue.get(key)):
            story.event(one)
    for one in _dicts(issue.get("comments")):
        story.comment(one)
    for kind, one in rest:
        story.comment(one) if kind == _COMMENT else story.event(one)
    source = {"system": system, "id": str(issue["number"])}
    if isinstance(address, str):
        source["url"] = address
    ticket: dict[str, Any] = {
        "source": source,
        "title": issue.get("title"),
        "description": issue.get("body") or "",
        "requester": story.author,
        "author": story.author,
        "created": _first(issue, "created_at", "createdAt"),
        **story.now(),
    }
    if updated := _first(issue, "updated_at", "updatedAt"):
        ticket["updated"] = updated
    kind = _first(issue, "type", "issueType")
    if isinstance(kind, dict) and kind.get("name"):
        ticket["type"] = str(kind["name"])
    ticket["events"] = story.events()
    ticket["_rows"] = 1 + story.parts
    ignored = sorted({*story.ignored, *(name for name in _IGNORED if _is_there(issue.get(name)))})
    unread = [[name, str(value)[:60]] for name, value in issue.items() if _is_unread(name, value)]
    unread += [[name, example] for name, example in story.unread.items()]
    if ignored:
        ticket["_ignored"] = ignored
    if unread:
        ticket["_unread"] = unread
    return ticket


def _is_unread(name: str, value: Any) -> bool:
    return name not in _USED and name not in _PLUMBING and name not in _IGNORED and _is_there(value)


def _is_there(value: Any) -> bool:
    """Tells whether something says anything: no list without entries, no reactions that nobody had."""
    if isinstance(value, dict):
        counted = value.get("total_count", value.get("total", value.get("totalCount")))
        return bool(value) if counted is None else bool(counted)
    return bool(value)


def _first(found: dict[str, Any], *names: str) -> Any:
    return next((found[name] for name in names if found.get(name)), None)


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
