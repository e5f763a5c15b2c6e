"""Where a pull request is opened: addresses of remotes, and the pages of sites made from them."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from gitdesk.desk.proposal_pages import opening, page, site_of

BRANCH = "propose/AC-7K3QX4M2/1a2b3c4d"


@pytest.mark.parametrize(
    ("url", "kind", "path"),
    [
        ("git@github.com:acme/desk.git", "github", "acme/desk"),
        ("https://github.com/acme/desk", "github", "acme/desk"),
        ("https://marko:secret@gitlab.com/acme/it/desk.git", "gitlab", "acme/it/desk"),
        ("ssh://git@gitlab.acme.example:2222/acme/desk.git", "gitlab", "acme/desk"),
        ("https://codeberg.org/acme/desk.git/", "gitea", "acme/desk"),
        ("git@bitbucket.org:acme/desk.git", "bitbucket", "acme/desk"),
    ],
)
def test_the_site_is_told_by_the_address(url: str, kind: str, path: str) -> None:
    site = site_of(url)
    assert site is not None
    assert (site.kind, site.path) == (kind, path)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/srv/git/desk.git",
        "file:///srv/github/acme/desk.git",
        "../github/acme",
        "C:/github/desk",
        "https://git.acme.example/acme/desk.git",
        "ext::sh -c github.com:acme/desk",
        "https://github.com:port/acme/desk",
        "https://github.com/desk",
    ],
)
def test_what_is_no_known_site_has_no_page(url: str) -> None:
    assert site_of(url) is None


def test_a_site_of_ones_own_is_told_by_a_setting() -> None:
    site = site_of("https://git.acme.example:8443/acme/desk.git", "gitea")
    assert site is not None
    assert page(site, BRANCH, "main", "x").startswith(
        "https://git.acme.example:8443/acme/desk/compare/main..."
    )


def test_no_password_gets_into_a_page() -> None:
    site = site_of("https://marko:secret@github.com/acme/desk.git")
    assert site is not None
    assert "secret" not in page(site, BRANCH, "main", "x")


def test_a_page_of_gitlab_names_both_branches_whatever_is_in_the_title() -> None:
    site = site_of("git@gitlab.com:acme/desk.git")
    assert site is not None
    told = parse_qs(urlsplit(page(site, BRANCH, "main", 'a&b=c "#1"')).query)
    assert told == {
        "merge_request[source_branch]": [BRANCH],
        "merge_request[target_branch]": ["main"],
        "merge_request[title]": ['a&b=c "#1"'],
    }


def test_a_title_is_never_an_option_of_the_program_that_opens() -> None:
    for url in ("git@github.com:a/b", "git@gitlab.com:a/b", "https://codeberg.org/a/b"):
        site = site_of(url)
        assert site is not None
        words = opening(site, BRANCH, "main", "--web", "-x")
        assert [word for word in words[3:] if not word.startswith("--")] == []
        assert "--title=--web" in words
