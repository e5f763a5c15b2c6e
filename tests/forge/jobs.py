"""What jobs of the sites have in their environment, and the answers of their APIs, in the documented shapes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .site import TOKEN, Site

HEAD, OLDER, BASE = "a" * 40, "b" * 40, "c" * 40


def pull_event(number: int = 7, head: str = HEAD, **more: Any) -> dict[str, Any]:
    """Returns the event of a pull request."""
    return {
        "action": "opened",
        "number": number,
        "pull_request": {
            "number": number,
            "head": {"ref": "topic", "sha": head},
            "base": {"ref": "main", "sha": BASE},
            "user": {"login": "marko-b"},
        },
        "repository": {"full_name": "acme/desk", "default_branch": "main"},
        **more,
    }


def push_event(ref: str = "refs/heads/main") -> dict[str, Any]:
    return {"ref": ref, "before": BASE, "after": HEAD, "repository": {"full_name": "acme/desk"}}


def queue_event() -> dict[str, Any]:
    group = {"head_sha": HEAD, "base_sha": BASE, "base_ref": "refs/heads/main"}
    return {"action": "checks_requested", "merge_group": group, "repository": {"full_name": "Acme/Desk"}}


def github_job(site: Site, folder: Path, event: Any, **more: str) -> dict[str, str]:
    path = folder / "event.json"
    path.write_text(event if isinstance(event, str) else json.dumps(event), encoding="utf-8")
    return {
        "GITHUB_ACTIONS": "true",
        "GITHUB_API_URL": site.base,
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_EVENT_PATH": str(path),
        "GITHUB_REPOSITORY": "acme/desk",
        "GITHUB_TOKEN": TOKEN,
        **more,
    }


def gitea_job(site: Site, folder: Path, event: Any, **more: str) -> dict[str, str]:
    site.prefix = "/api/v1"
    job = github_job(site, folder, event, GITEA_ACTIONS="true", GITEA_TOKEN=TOKEN, **more)
    del job["GITHUB_TOKEN"]
    return job


def gitlab_job(site: Site, **more: str) -> dict[str, str]:
    site.prefix = "/api/v4"
    return {
        "GITLAB_CI": "true",
        "CI_API_V4_URL": site.base,
        "CI_PIPELINE_SOURCE": "merge_request_event",
        "CI_MERGE_REQUEST_IID": "7",
        "CI_MERGE_REQUEST_PROJECT_ID": "42",
        "CI_PROJECT_ID": "42",
        "CI_COMMIT_SHA": HEAD,
        "GITLAB_TOKEN": TOKEN,
        **more,
    }


def minute(number: int) -> str:
    return f"2026-11-20T{9 + number // 60:02}:{number % 60:02}:00Z"


# GitHub


def user(login: str, kind: str = "User") -> dict[str, Any]:
    return {"login": login, "id": 1, "type": kind, "site_admin": False}


def review(
    login: str | None, state: str, at: int, commit: str | None = HEAD, kind: str = "User", body: str = ""
) -> dict[str, Any]:
    """Returns a review as GitHub lists it."""
    return {
        "id": 80 + at,
        "node_id": "MDE3OlB1bGxSZXF1ZXN0UmV2aWV3ODA=",
        "user": user(login, kind) if login is not None else None,
        "body": body,
        "state": state,
        "html_url": f"https://github.com/acme/desk/pull/7#pullrequestreview-{80 + at}",
        "pull_request_url": "https://api.github.com/repos/acme/desk/pulls/7",
        "author_association": "MEMBER",
        "submitted_at": None if state == "PENDING" else minute(at),
        "commit_id": commit,
    }


def dismissal(number: int, state: str, by: str | None) -> dict[str, Any]:
    """Returns the event of a dismissed review as GitHub lists it."""
    return {
        "id": 1000 + number,
        "event": "review_dismissed",
        "actor": user(by) if by else None,
        "created_at": minute(50),
        "dismissed_review": {"state": state, "review_id": number, "dismissal_message": "no longer"},
    }


def pull(number: int = 7, head: str = HEAD, author: str | None = "marko-b", **more: Any) -> dict[str, Any]:
    """Returns a pull request as GitHub and Gitea show it, of which more is there than is read."""
    return {
        "number": number,
        "state": "open",
        "user": user(author) if author is not None else None,
        "head": {"ref": "topic", "sha": head, "label": "acme:topic"},
        "base": {"ref": "main", "sha": BASE, "label": "acme:main"},
        "html_url": f"https://github.com/acme/desk/pull/{number}",
        "merged_at": None,
        **more,
    }


def commit(sha: str, author: str | None, committer: str | None, *, verified: bool = True) -> dict[str, Any]:
    """Returns a commit of a pull request as GitHub and Gitea list it."""
    return {
        "sha": sha,
        "author": user(author) if author else None,
        "committer": user(committer) if committer else None,
        "commit": {
            "message": "status: resolved → closed",
            "verification": {"verified": verified, "reason": "valid" if verified else "unsigned"},
        },
    }


def github(site: Site, reviews: list[Any], commits: list[Any] | None = None, **given: Any) -> None:
    """Lets a site know one pull request."""
    site.answers["repos/acme/desk/pulls/7"] = pull(**given)
    site.answers["repos/acme/desk/pulls/7/reviews"] = reviews
    site.answers["repos/acme/desk/pulls/7/commits"] = commits or []


# Gitea


def gitea_review(
    login: str | None, state: str, at: int, commit: str = HEAD, *, dismissed: bool = False
) -> dict[str, Any]:
    """Returns a review as Gitea lists it."""
    account = {"id": 3, "login": login, "username": login} if login else {"id": -1, "login": "Ghost"}
    return {
        "id": 80 + at,
        "user": account,
        "team": None,
        "state": state,
        "body": "",
        "commit_id": commit,
        "stale": commit != HEAD,
        "official": True,
        "dismissed": dismissed,
        "comments_count": 0,
        "submitted_at": minute(at).replace("Z", "+00:00"),
        "updated_at": minute(at).replace("Z", "+00:00"),
        "html_url": f"https://gitea.example/acme/desk/pulls/7#issuecomment-{at}",
    }


# GitLab


def member(login: str) -> dict[str, Any]:
    return {"id": 1, "username": login, "name": login.title(), "state": "active"}


def merge_request(iid: int = 7, head: str = HEAD, author: str = "marko-b", **more: Any) -> dict[str, Any]:
    return {
        "id": 1000 + iid,
        "iid": iid,
        "state": "opened",
        "sha": head,
        "target_branch": "main",
        "author": member(author),
        "web_url": f"https://gitlab.example/acme/desk/-/merge_requests/{iid}",
        **more,
    }


def version(number: int, head: str, at: int) -> dict[str, Any]:
    return {
        "id": number,
        "head_commit_sha": head,
        "base_commit_sha": BASE,
        "start_commit_sha": BASE,
        "created_at": minute(at).replace("Z", ".250Z"),
        "merge_request_id": 1007,
        "state": "collected",
    }


def approval(login: str, at: int | None) -> dict[str, Any]:
    """Returns an approval; older sites do not say when it was given."""
    given: dict[str, Any] = {"user": member(login)}
    return given if at is None else {**given, "approved_at": minute(at)}


def note(login: str, body: str, at: int, *, system: bool = True) -> dict[str, Any]:
    return {"id": at, "body": body, "author": member(login), "created_at": minute(at), "system": system}


def gitlab(
    site: Site,
    approvals: list[Any],
    versions: list[Any] | None = None,
    reviewers: list[Any] | None = None,
    notes: list[Any] | None = None,
    **given: Any,
) -> None:
    """Lets a site know one merge request; the newest version comes first, as GitLab lists them."""
    request = "projects/42/merge_requests/7"
    site.answers[request] = merge_request(**given)
    site.answers[f"{request}/approvals"] = {"id": 1007, "iid": 7, "approved": True, "approved_by": approvals}
    site.answers[f"{request}/versions"] = versions if versions is not None else [version(1, HEAD, 0)]
    site.answers[f"{request}/reviewers"] = reviewers or []
    site.answers[f"{request}/notes"] = notes or []
