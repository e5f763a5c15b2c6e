"""What each site says of a pull request: reviews of every kind, over pages, by accounts of every kind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gitdesk.errors import GitdeskError, SetupError, UsageError
from gitdesk.forge.forge import Forge
from gitdesk.forge.gitea import Gitea
from gitdesk.forge.github import GitHub
from gitdesk.forge.gitlab import GitLab
from gitdesk.forge.request import GONE, Request

from . import jobs
from .jobs import HEAD, OLDER
from .site import TOKEN, Answer, Site


def opened(kind: type[Forge], environ: dict[str, str], head: str = HEAD) -> Forge:
    waits: list[float] = []
    return kind(environ, head, lambda _: None, sleep=waits.append)


def told(request: Request | None) -> list[tuple[str, str, str]]:
    """Returns who said what of which commit."""
    assert request is not None
    return [(one.account.login, one.state, one.head[:1]) for one in request.reviews]


# GitHub


@pytest.mark.parametrize(
    ("reviews", "expected"),
    [
        ([], []),
        ([("iva-k", "APPROVED", 1, HEAD)], [("iva-k", "approved", "a")]),
        ([("iva-k", "APPROVED", 1, OLDER)], [("iva-k", "approved", "b")]),
        ([("iva-k", "CHANGES_REQUESTED", 1, OLDER), ("iva-k", "APPROVED", 2, HEAD)], [("iva-k", "approved", "a")]),
        ([("iva-k", "APPROVED", 1, HEAD), ("iva-k", "CHANGES_REQUESTED", 2, HEAD)], [("iva-k", "refused", "a")]),
        ([("iva-k", "APPROVED", 1, HEAD), ("iva-k", "COMMENTED", 2, HEAD)], [("iva-k", "approved", "a")]),
        ([("iva-k", "APPROVED", 1, HEAD), ("iva-k", "PENDING", 2, HEAD)], [("iva-k", "approved", "a")]),
        ([("iva-k", "APPROVED", 1, HEAD), ("IVA-K", "CHANGES_REQUESTED", 2, HEAD)], [("IVA-K", "refused", "a")]),
        ([(None, "APPROVED", 1, HEAD), (None, "APPROVED", 2, HEAD)], [("", "approved", "a"), ("", "approved", "a")]),
        ([("iva-k", "APPROVED", 1, None)], [("iva-k", "approved", "")]),
        ([("iva-k", "SOMETHING_NEW", 1, HEAD)], []),
        ([("b", "APPROVED", 2, HEAD), ("a", "APPROVED", 1, HEAD)], [("a", "approved", "a"), ("b", "approved", "a")]),
    ],
)  # fmt: skip
def test_github_gives_the_last_word_of_each_account(
    site: Site, tmp_path: Path, reviews: list[Any], expected: list[Any]
) -> None:
    jobs.github(site, [jobs.review(*one) for one in reviews])
    forge = opened(GitHub, jobs.github_job(site, tmp_path, jobs.pull_event()))
    assert told(forge.request(HEAD)) == expected


@pytest.mark.parametrize(
    ("state", "by", "expected"),
    [
        ("approved", "marko-b", "silent"),
        ("changes_requested", "iva-k", "silent"),
        ("changes_requested", "IVA-K", "silent"),
        ("changes_requested", "marko-b", "refused"),
        ("changes_requested", None, "refused"),
    ],
)
def test_on_github_only_who_gave_a_rejection_takes_it_back(
    site: Site, tmp_path: Path, state: str, by: str | None, expected: str
) -> None:
    earlier = jobs.review("iva-k", "CHANGES_REQUESTED", 1)
    jobs.github(site, [earlier, jobs.review("iva-k", "DISMISSED", 2, OLDER)])
    site.answers["repos/acme/desk/issues/7/timeline"] = [
        {"event": "labeled", "actor": jobs.user("x")},
        jobs.dismissal(81, "changes_requested", "marko-b"),  # of another review
        jobs.dismissal(82, state, by),
    ]
    forge = opened(GitHub, jobs.github_job(site, tmp_path, jobs.pull_event()))
    assert told(forge.request(HEAD)) == [("iva-k", expected, "b")]


def test_github_is_asked_as_it_documents(site: Site, tmp_path: Path) -> None:
    jobs.github(site, [jobs.review("iva-k", "APPROVED", 1)])
    forge = opened(GitHub, jobs.github_job(site, tmp_path, jobs.pull_event()))
    assert site.asked == []  # nothing before it has to
    request = forge.request(HEAD)
    assert request is not None
    assert (request.name, request.head, request.author.login) == ("pull request #7", HEAD, "marko-b")
    assert request.address == "https://github.com/acme/desk/pull/7"
    assert site.paths() == [f"repos/acme/desk/pulls/7{tail}" for tail in ("", "/reviews", "/commits")]
    for asked in site.asked:
        assert asked.headers["authorization"] == f"Bearer {TOKEN}"
        assert asked.headers["accept"] == "application/vnd.github+json"
        assert asked.headers["x-github-api-version"]


def test_hundreds_of_reviews_come_over_several_pages(site: Site, tmp_path: Path) -> None:
    some = [jobs.review(f"user-{number}", "COMMENTED", number) for number in range(230)]
    jobs.github(
        site, [*some, jobs.review("iva-k", "CHANGES_REQUESTED", 231), jobs.review("iva-k", "APPROVED", 232)]
    )
    forge = opened(GitHub, jobs.github_job(site, tmp_path, jobs.pull_event()))
    assert told(forge.request(HEAD)) == [("iva-k", "approved", "a")]
    assert site.paths().count("repos/acme/desk/pulls/7/reviews") == 3


def test_github_marks_programs_and_vouches_for_what_it_verified(site: Site, tmp_path: Path) -> None:
    commits = [
        jobs.commit("1" * 40, "marko-b", "marko-b"),
        jobs.commit("2" * 40, "marko-b", "web-flow"),
        jobs.commit("3" * 40, "marko-b", "iva-k"),  # signed by who committed it
        jobs.commit("4" * 40, "marko-b", "marko-b", verified=False),
        jobs.commit("5" * 40, None, "web-flow"),
        jobs.commit("6" * 40, "marko-b", None),
    ]
    jobs.github(site, [jobs.review("helper[bot]", "APPROVED", 1, kind="Bot")], commits)
    request = opened(GitHub, jobs.github_job(site, tmp_path, jobs.pull_event())).request(HEAD)
    assert request is not None
    assert [one.account.program for one in request.reviews] == [True]
    assert {key[0]: who.login for key, who in request.vouched.items()} == {
        "1": "marko-b",
        "2": "marko-b",
        "3": "iva-k",
    }


@pytest.mark.parametrize("event", [jobs.push_event(), jobs.queue_event()])
def test_after_the_landing_github_is_asked_for_the_pull_request_of_a_commit(
    site: Site, tmp_path: Path, event: Any
) -> None:
    jobs.github(site, [jobs.review("iva-k", "APPROVED", 1)])
    elsewhere = {"base": {"ref": "other"}}
    site.answers[f"repos/acme/desk/commits/{HEAD}/pulls"] = [
        jobs.pull(9, **elsewhere),
        jobs.pull(8, OLDER),
        jobs.pull(7, merged_at="2026-11-20T10:00:00Z"),
        jobs.pull(6),
    ]
    site.answers[f"repos/acme/desk/commits/{OLDER}/pulls"] = []
    forge = opened(GitHub, jobs.github_job(site, tmp_path, event))
    request = forge.request(HEAD)
    assert request is not None
    assert request.name == "pull request #7"
    assert forge.request(OLDER) is None


# Gitea


@pytest.mark.parametrize(
    ("reviews", "expected"),
    [
        ([("iva-k", "APPROVED", 1, HEAD)], [("iva-k", "approved", "a")]),
        ([("iva-k", "APPROVED", 1, OLDER)], [("iva-k", "approved", "b")]),
        (
            [("iva-k", "REQUEST_CHANGES", 1, OLDER), ("iva-k", "APPROVED", 2, HEAD)],
            [("iva-k", "approved", "a")],
        ),
        (
            [("iva-k", "APPROVED", 1, HEAD), ("iva-k", "REQUEST_CHANGES", 2, HEAD)],
            [("iva-k", "refused", "a")],
        ),
        ([("iva-k", "APPROVED", 1, HEAD), ("iva-k", "COMMENT", 2, HEAD)], [("iva-k", "approved", "a")]),
        ([("iva-k", "REQUEST_REVIEW", 1, "")], []),
        ([(None, "APPROVED", 1, HEAD)], [("", "approved", "a")]),
    ],
)
def test_gitea_gives_the_last_word_of_each_account(
    site: Site, tmp_path: Path, reviews: list[Any], expected: list[Any]
) -> None:
    environ = jobs.gitea_job(site, tmp_path, jobs.pull_event())
    jobs.github(site, [jobs.gitea_review(*one) for one in reviews])
    assert told(opened(Gitea, environ).request(HEAD)) == expected
    assert {asked.headers["authorization"] for asked in site.asked} == {f"token {TOKEN}"}
    assert {asked.query.get("limit") for asked in site.asked} == {None, "50"}


def test_a_dismissed_review_of_gitea_says_nothing(site: Site, tmp_path: Path) -> None:
    environ = jobs.gitea_job(site, tmp_path, jobs.pull_event())
    jobs.github(site, [jobs.gitea_review("iva-k", "APPROVED", 1, dismissed=True)])
    assert told(opened(Gitea, environ).request(HEAD)) == [("iva-k", "silent", "a")]


@pytest.mark.parametrize(("by", "expected"), [("iva", "silent"), ("marko", "refused"), ("", "refused")])
def test_on_gitea_only_who_gave_a_rejection_takes_it_back(
    site: Site, tmp_path: Path, by: str, expected: str
) -> None:
    environ = jobs.gitea_job(site, tmp_path, jobs.pull_event())
    jobs.github(site, [jobs.gitea_review("iva", "REQUEST_CHANGES", 1, dismissed=True)])
    entry = {"id": 5, "type": "dismiss_review", "review_id": 81, "user": jobs.user(by), "body": "x"}
    site.answers["repos/acme/desk/issues/7/timeline"] = [
        {"id": 4, "type": "comment"},
        *([entry] if by else []),
    ]
    assert told(opened(Gitea, environ).request(HEAD)) == [("iva", expected, "a")]


@pytest.mark.parametrize(("links", "totals"), [(True, True), (False, True), (False, False)])
def test_gitea_gives_smaller_pages_than_are_asked_for(
    site: Site, tmp_path: Path, links: bool, totals: bool
) -> None:
    environ = jobs.gitea_job(site, tmp_path, jobs.pull_event())
    site.links, site.totals, site.most = links, totals, 20
    some = [jobs.gitea_review(f"user-{number}", "COMMENT", number) for number in range(130)]
    jobs.github(site, [*some, jobs.gitea_review("iva-k", "APPROVED", 131)])
    assert told(opened(Gitea, environ).request(HEAD)) == [("iva-k", "approved", "a")]


def test_after_the_landing_gitea_is_looked_through_for_the_pull_request(site: Site, tmp_path: Path) -> None:
    environ = jobs.gitea_job(site, tmp_path, jobs.push_event())
    jobs.github(site, [jobs.gitea_review("iva-k", "APPROVED", 1)])
    others = [jobs.pull(number, OLDER) for number in range(100, 160)]
    site.answers["repos/acme/desk/pulls"] = [*others, jobs.pull(8, base={"ref": "other"}), jobs.pull(7)]
    forge = opened(Gitea, environ)
    request = forge.request(HEAD)
    assert request is not None
    assert request.name == "pull request #7"
    assert forge.request("d" * 40) is None
    assert {asked.query.get("state") for asked in site.asked if asked.path.endswith("/pulls")} == {"closed"}


# GitLab


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"approvals": []}, []),
        ({"approvals": [jobs.approval("iva-k", 5)]}, [("iva-k", "approved", "a")]),
        # Given before the newest version was pushed, it is for the one before.
        (
            {
                "approvals": [jobs.approval("iva-k", 5)],
                "versions": [jobs.version(2, HEAD, 9), jobs.version(1, OLDER, 0)],
            },
            [("iva-k", "approved", "b")],
        ),
        # The same commit pushed once more is the same commit.
        (
            {
                "approvals": [jobs.approval("iva-k", 5)],
                "versions": [jobs.version(3, HEAD, 9), jobs.version(2, OLDER, 7), jobs.version(1, HEAD, 0)],
            },
            [("iva-k", "approved", "a")],
        ),
        # Older sites tell when in a note alone.
        (
            {
                "approvals": [jobs.approval("iva-k", None)],
                "notes": [jobs.note("iva-k", "approved this merge request", 5)],
            },
            [("iva-k", "approved", "a")],
        ),
        (
            {
                "approvals": [jobs.approval("iva-k", None)],
                "notes": [jobs.note("iva-k", "approved this merge request", 5, system=False)],
            },
            [("iva-k", "approved", "")],
        ),
        ({"approvals": [jobs.approval("iva-k", None)]}, [("iva-k", "approved", "")]),
        ({"approvals": [jobs.approval("iva-k", 5)], "versions": []}, [("iva-k", "approved", "")]),
        ({"approvals": [jobs.approval("ghost", 5)]}, [("", "approved", "a")]),
        # Who asks for changes is among the reviewers …
        (
            {"approvals": [], "reviewers": [("iva-k", "requested_changes", 3)]},
            [("iva-k", "refused", "a")],
        ),
        (
            {"approvals": [jobs.approval("iva-k", 5)], "reviewers": [("IVA-k", "requested_changes", 3)]},
            [("IVA-k", "refused", "a")],
        ),
        (
            {"approvals": [jobs.approval("iva-k", 5)], "reviewers": [("iva-k", "approved", 3)]},
            [("iva-k", "approved", "a")],
        ),
        # … and is not forgotten when the author takes the reviewer off the list.
        (
            {"approvals": [], "notes": [jobs.note("iva-k", "requested changes", 4)]},
            [("iva-k", "refused", "a")],
        ),
        (
            {"approvals": [], "notes": [jobs.note("iva-k", "requested changes", 4, system=False)]},
            [],
        ),
        (
            {
                "approvals": [jobs.approval("iva-k", 5)],
                "notes": [
                    jobs.note("iva-k", "requested changes", 4),
                    jobs.note("iva-k", "approved this merge request", 5),
                ],
            },
            [("iva-k", "approved", "a")],
        ),
        (
            {
                "approvals": [],
                "notes": [
                    jobs.note("iva-k", "requested changes", 4),
                    jobs.note("iva-k", "approved this merge request", 5),
                    jobs.note("iva-k", "unapproved this merge request", 6),
                ],
            },
            [],
        ),
        (
            {
                "approvals": [],
                "notes": [
                    jobs.note("iva-k", "approved this merge request", 3),
                    jobs.note("iva-k", "requested changes", 4),
                    jobs.note("marko-b", "unapproved this merge request", 6),
                ],
            },
            [("iva-k", "refused", "a")],
        ),
    ],
)
def test_gitlab_gives_approvals_of_the_version_they_were_given_for(
    site: Site, given: dict[str, Any], expected: list[Any]
) -> None:
    environ = jobs.gitlab_job(site)
    if "reviewers" in given:
        given = {
            **given,
            "reviewers": [
                {"user": jobs.member(login), "state": state, "created_at": jobs.minute(at)}
                for login, state, at in given["reviewers"]
            ],
        }
    jobs.gitlab(site, **given)
    assert told(opened(GitLab, environ).request(HEAD)) == expected


def test_gitlab_is_asked_as_it_documents(site: Site) -> None:
    environ = jobs.gitlab_job(site)
    jobs.gitlab(site, [jobs.approval("iva-k", 5)])
    request = opened(GitLab, environ).request(HEAD)
    assert request is not None
    assert (request.name, request.author.login, request.vouched) == ("merge request !7", "marko-b", {})
    assert {asked.headers["private-token"] for asked in site.asked} == {TOKEN}
    assert site.paths()[0] == "projects/42/merge_requests/7"


def test_gitlab_is_judged_by_the_branch_where_the_pipeline_is_of_the_merged_result(site: Site) -> None:
    environ = jobs.gitlab_job(site, CI_COMMIT_SHA="d" * 40, CI_MERGE_REQUEST_SOURCE_BRANCH_SHA=HEAD)
    jobs.gitlab(site, [jobs.approval("iva-k", 5)])
    assert told(opened(GitLab, environ).request(HEAD)) == [("iva-k", "approved", "a")]


def test_after_the_landing_gitlab_is_asked_for_the_merge_request_of_a_commit(site: Site) -> None:
    environ = jobs.gitlab_job(site, CI_PIPELINE_SOURCE="push", CI_COMMIT_BRANCH="main")
    del environ["CI_MERGE_REQUEST_IID"]
    jobs.gitlab(site, [jobs.approval("iva-k", 5)])
    site.answers[f"projects/42/repository/commits/{HEAD}/merge_requests"] = [
        jobs.merge_request(9, target_branch="other"),
        jobs.merge_request(8, OLDER),
        jobs.merge_request(7, state="merged"),
        jobs.merge_request(10, state="closed"),
    ]
    request = opened(GitLab, environ).request(HEAD)
    assert request is not None
    assert request.name == "merge request !7"


# What is no pull request, or not this one


@pytest.mark.parametrize(
    ("event", "more", "error", "words"),
    [
        (
            {"schedule": "0 5 * * *"},
            {"GITHUB_EVENT_NAME": "schedule"},
            SetupError,
            '"schedule" of this job is about no',
        ),
        (jobs.push_event("refs/tags/v1"), {}, SetupError, "about no pull request"),
        ({}, {}, SetupError, "about no pull request"),
        ("[]", {}, SetupError, "is no event"),
        ("{", {}, SetupError, "is no event"),
        ("[" * 100_000, {}, SetupError, "is no event"),
        (jobs.pull_event(head=OLDER), {}, UsageError, "the head of the pull request is bbbbbbbbbb, and HEAD"),
        (
            jobs.pull_event(repository={"full_name": "eve/desk"}),
            {},
            SetupError,
            'of the repository "eve/desk"',
        ),
        ({"pull_request": []}, {}, SetupError, "is not an object"),
        ({"pull_request": {"number": "7"}}, {}, SetupError, "is not a number"),
        (
            {"pull_request": {"number": 7, "head": {"sha": "HEAD"}}},
            {},
            SetupError,
            "is not the id of a commit",
        ),
        (jobs.pull_event(), {"GITHUB_EVENT_PATH": "/nowhere"}, SetupError, "no such file"),
        (jobs.pull_event(), {"GITHUB_EVENT_PATH": ""}, SetupError, "GITHUB_EVENT_PATH is not set"),
        (jobs.pull_event(), {"GITHUB_REPOSITORY": ""}, SetupError, "GITHUB_REPOSITORY is not set"),
        (jobs.pull_event(), {"GITHUB_REPOSITORY": "acme/../x"}, SetupError, "no OWNER/NAME"),
        (jobs.pull_event(), {"GITHUB_REPOSITORY": "acme/desk?x"}, SetupError, "no OWNER/NAME"),
        (jobs.pull_event(), {"GITHUB_TOKEN": ""}, SetupError, "GITHUB_TOKEN is not set"),
        (jobs.pull_event(), {"GITHUB_TOKEN": f"{TOKEN}\nx"}, SetupError, "is no token"),
        (jobs.pull_event(), {"GITHUB_API_URL": "http://git.example"}, SetupError, "only https"),
        (jobs.pull_event(), {"GITEA_ACTIONS": "true"}, SetupError, "runs on Gitea"),
    ],
)
def test_a_job_that_is_about_no_pull_request_is_an_error(
    site: Site, tmp_path: Path, event: Any, more: dict[str, str], error: type[GitdeskError], words: str
) -> None:
    environ = {**jobs.github_job(site, tmp_path, event), **more}
    with pytest.raises(error) as caught:
        opened(GitHub, environ)
    assert words in str(caught.value)
    assert caught.value.exit_code in (2, 6)
    assert TOKEN not in f"{caught.value} {caught.value.hint}"
    assert site.asked == []


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"GITLAB_TOKEN": ""}, "GITLAB_TOKEN is not set"),
        ({"CI_API_V4_URL": ""}, "CI_API_V4_URL is not set"),
        ({"CI_MERGE_REQUEST_IID": "7/../8"}, "no number"),
        ({"CI_MERGE_REQUEST_PROJECT_ID": "a%2Fb"}, "no number"),
        ({"CI_COMMIT_SHA": OLDER}, "the head of the merge request is bbbbbbbbbb"),
        ({"CI_COMMIT_SHA": ""}, "holds no commit"),
        ({"CI_MERGE_REQUEST_IID": "", "CI_PIPELINE_SOURCE": "schedule"}, '"schedule"'),
    ],
)
def test_a_pipeline_that_is_about_no_merge_request_is_an_error(
    site: Site, more: dict[str, str], words: str
) -> None:
    with pytest.raises(GitdeskError) as caught:
        opened(GitLab, jobs.gitlab_job(site, **more))
    assert words in str(caught.value)
    assert caught.value.exit_code in (2, 6)


def test_outside_of_a_job_every_site_says_where_to_run(tmp_path: Path) -> None:
    for kind in (GitHub, GitLab, Gitea):
        with pytest.raises(SetupError) as caught:
            opened(kind, {})
        assert "docs/ci.md" in (caught.value.hint or "")


@pytest.mark.parametrize("status", [401, 403, 404])
@pytest.mark.parametrize("kind", [GitHub, Gitea, GitLab])
def test_a_token_that_is_not_enough_is_told_with_what_it_needs(
    site: Site, tmp_path: Path, kind: type[Forge], status: int
) -> None:
    job = {
        GitHub: lambda: jobs.github_job(site, tmp_path, jobs.pull_event()),
        Gitea: lambda: jobs.gitea_job(site, tmp_path, jobs.pull_event()),
        GitLab: lambda: jobs.gitlab_job(site),
    }[kind]()
    refusal = Answer({"message": f"Bad credentials {TOKEN}"}, status)
    site.answers = dict.fromkeys(("repos/acme/desk/pulls/7", "projects/42/merge_requests/7"), refusal)
    with pytest.raises(SetupError) as caught:
        opened(kind, job).request(HEAD)
    whole = f"{caught.value} {caught.value.hint}"
    assert TOKEN not in whole
    assert "_TOKEN" in whole
    assert ("accept" in whole) == (status == 401)


@pytest.mark.parametrize(
    "wrong",
    [
        None, [], 7, "x", {"number": 7}, {**jobs.pull(), "number": True}, {**jobs.pull(), "user": "iva-k"},
        {**jobs.pull(), "head": {"sha": 7}}, {**jobs.pull(), "head": {"sha": "A" * 40}},
    ],
)  # fmt: skip
def test_a_pull_request_of_another_shape_is_no_bug(site: Site, tmp_path: Path, wrong: Any) -> None:
    jobs.github(site, [])
    site.answers["repos/acme/desk/pulls/7"] = Answer(wrong)
    forge = opened(GitHub, jobs.github_job(site, tmp_path, jobs.pull_event()))
    if wrong == {"number": 7}:
        assert forge.request(HEAD) == Request(
            name="pull request #7", head="", author=GONE, reviews=(), vouched={}, address=""
        )
        return
    with pytest.raises(SetupError):
        forge.request(HEAD)


@pytest.mark.parametrize(
    "change",
    [
        {"submitted_at": None}, {"submitted_at": "yesterday"}, {"submitted_at": "2026-11-20T09:00:00"},
        {"submitted_at": 5}, {"state": 5}, {"user": 5}, {"user": {"login": ["x"]}}, {"commit_id": "main"},
        {"submitted_at": "0001-01-01T00:00:00+23:59"},
    ],
)  # fmt: skip
def test_a_review_of_another_shape_is_no_bug_and_no_approval(
    site: Site, tmp_path: Path, change: dict[str, Any]
) -> None:
    jobs.github(site, [{**jobs.review("iva-k", "APPROVED", 1), **change}])
    with pytest.raises(SetupError):
        opened(GitHub, jobs.github_job(site, tmp_path, jobs.pull_event())).request(HEAD)
