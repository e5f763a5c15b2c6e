"""The HTTP client against a real server: pages, limits, failures, and where a token may not go."""

from __future__ import annotations

from typing import Any

import pytest

from gitdesk.errors import SetupError
from gitdesk.forge import client as client_module
from gitdesk.forge.client import MOST_WAIT, Client, Refusal

from .site import TOKEN, Answer, Site

NOW = 1_790_000_000.0


class Asking:
    """A client that waits for nothing, and what it said."""

    def __init__(self, site: Site, base: str = "") -> None:
        self.said: list[str] = []
        self.waited: list[float] = []
        headers = {"Authorization": f"Bearer {TOKEN}"}
        self.client = Client(
            "GitHub",
            base or site.base,
            headers,
            TOKEN,
            self.said.append,
            sleep=self.waited.append,
            clock=lambda: NOW,
        )

    def refused(self, path: str = "thing") -> SetupError:
        with pytest.raises(SetupError) as caught:
            self.client.get(path)
        error = caught.value
        assert error.exit_code == 6
        assert TOKEN not in f"{error} {error.hint} {' '.join(self.said)}"
        return error


def test_an_answer_is_asked_for_with_the_token_and_a_name(site: Site) -> None:
    site.answers["thing"] = {"a": [1]}
    assert Asking(site).client.get("thing", state="open & shut") == {"a": [1]}
    [asked] = site.asked
    assert asked.headers["authorization"] == f"Bearer {TOKEN}"
    assert asked.headers["user-agent"].startswith("gitdesk/")
    assert asked.query == {"state": "open & shut"}


@pytest.mark.parametrize(
    ("links", "totals", "most", "named", "questions"),
    [
        (True, False, 100, "per_page", 3),
        (False, True, 100, "per_page", 3),
        (False, False, 100, "per_page", 3),
        (True, False, 30, "limit", 9),
        (False, True, 30, "limit", 9),
        (False, False, 30, "limit", 10),  # only an empty page is the end
    ],
)
def test_a_list_comes_whole_over_several_pages(
    site: Site, links: bool, totals: bool, most: int, named: str, questions: int
) -> None:
    site.links, site.totals, site.most = links, totals, most
    site.answers["list"] = [{"id": number} for number in range(250)]
    found = list(Asking(site).client.pages("list", named=named, sort="asc"))
    assert [one["id"] for one in found] == list(range(250))
    assert len(site.asked) == questions
    assert {asked.query["sort"] for asked in site.asked} == {"asc"}


@pytest.mark.parametrize("count", [0, 1, 100])
def test_one_page_is_asked_for_once_or_twice(site: Site, count: int) -> None:
    site.answers["list"] = [{"id": number} for number in range(count)]
    assert len(list(Asking(site).client.pages("list"))) == count
    assert len(site.asked) == (2 if count == 100 else 1)


def test_a_site_that_knows_no_pages_gives_its_list_once(site: Site) -> None:
    site.answers["list"] = lambda _: Answer([{"id": number} for number in range(50)])
    assert len(list(Asking(site).client.pages("list", size=50, named="limit"))) == 50


def test_pages_that_lead_in_a_circle_are_an_error(site: Site) -> None:
    first = f'<{site.root}/list?per_page=100&page=1>; rel="next"'
    site.answers["list"] = Answer([1], headers={"Link": first})
    with pytest.raises(SetupError, match="circle"):
        list(Asking(site).client.pages("list"))


def test_there_is_an_end_to_pages(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "MOST_PAGES", 5)
    site.answers["list"] = [{"id": number} for number in range(600)]
    with pytest.raises(SetupError, match="more than 5 pages"):
        list(Asking(site).client.pages("list"))


def test_something_else_than_a_list_is_an_error(site: Site) -> None:
    site.answers["list"] = {"message": "hello"}
    with pytest.raises(SetupError, match="no list"):
        list(Asking(site).client.pages("list"))


# Limits of rate


@pytest.mark.parametrize(
    ("answer", "wait"),
    [
        (Answer({}, 429, {"Retry-After": "7"}), 7),
        (Answer({}, 403, {"Retry-After": "7"}), 7),
        (Answer({}, 403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": f"{NOW + 30:.0f}"}), 30),
        (Answer({}, 429, {"RateLimit-Remaining": "0", "RateLimit-Reset": f"{NOW + 30:.0f}"}), 30),
        (Answer({}, 429, {"Retry-After": "Mon, 21 Sep 2026 14:13:50 GMT"}), 30),
        (Answer({}, 403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": f"{NOW - 30:.0f}"}), 1),
        (Answer({"message": "You have exceeded a secondary rate limit."}, 403), 60),
        (Answer({}, 429), 60),
        (Answer({}, 429, {"Retry-After": "soon"}), 60),
    ],
)
def test_a_limit_of_requests_is_waited_for_and_told(site: Site, answer: Answer, wait: float) -> None:
    site.answers["thing"] = [answer, Answer({"a": 1})]
    asking = Asking(site)
    assert asking.client.get("thing") == {"a": 1}
    assert asking.waited == [wait]
    assert asking.said == [f"GitHub: its limit of requests is reached; asking again in {wait} s"]


def test_a_limit_that_lasts_is_an_error_that_says_until_when(site: Site) -> None:
    reset = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": f"{NOW + 1800:.0f}"}
    site.answers["thing"] = Answer({}, 403, reset)
    asking = Asking(site)
    error = asking.refused()
    assert "until 2026-09-21 14:43 UTC" in error.message
    assert asking.waited == []


def test_waiting_has_an_end_however_often_a_site_asks_for_it(site: Site) -> None:
    for seconds, times in (("0", 150), ("50", 3)):
        site.answers["thing"] = Answer({}, 429, {"Retry-After": seconds})
        asking = Asking(site)
        asking.refused()
        assert (len(asking.waited), sum(asking.waited)) == (times, MOST_WAIT)


@pytest.mark.parametrize("value", ["9" * 30, "-5", "١", "1e9", "Mon, 99 Foo 2026"])
def test_a_limit_in_strange_words_is_no_bug(site: Site, value: str) -> None:
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": value}
    for name in ("Retry-After", "X-RateLimit-Reset"):
        if value.isascii():
            site.answers["thing"] = Answer({}, 429, {**headers, name: value})
            Asking(site).refused()


# What fails


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_failure_of_the_site_is_asked_again_and_then_told(site: Site, status: int) -> None:
    site.answers["thing"] = [Answer({}, status), Answer({}, status), Answer({"a": 1})]
    asking = Asking(site)
    assert asking.client.get("thing") == {"a": 1}
    assert asking.waited == [1, 4]
    site.answers["thing"] = Answer({}, status)
    assert str(status) in Asking(site).refused().message


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 422])
def test_a_refusal_is_told_at_once_with_the_words_of_the_site(site: Site, status: int) -> None:
    site.answers["thing"] = Answer({"message": f"No\x1b[31m, {TOKEN}\n::error::x " + "y" * 500}, status)
    asking = Asking(site)
    with pytest.raises(Refusal) as caught:
        asking.client.get("thing")
    assert caught.value.status == status
    assert TOKEN not in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300
    assert asking.waited == []


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"\xff\xfe", b"[" * 200_000, b'{"a": ' + b"9" * 10_000 + b"}", b"nul"]
)
def test_what_is_no_json_is_told(site: Site, body: bytes) -> None:
    site.answers["thing"] = Answer(body=body)
    assert "no JSON" in Asking(site).refused().message


def test_an_answer_has_a_largest_size(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "MOST_BYTES", 2_000_000)
    site.answers["thing"] = Answer(body=b'"' + b"x" * 3_000_000 + b'"')
    assert "more than 2 MB" in Asking(site).refused().message
    site.answers["thing"] = Answer(body=b"x" * 3_000_000, status=404)
    assert "more than 2 MB" in Asking(site).refused().message


def test_a_site_that_does_not_answer_is_given_up(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "TIMEOUT", 0.2)
    site.answers["thing"] = Answer({}, pause=1)
    asking = Asking(site)
    assert "timed out" in asking.refused().message
    assert asking.waited == [1, 4]


def test_a_site_that_is_not_there_is_told(site: Site) -> None:
    gone = Site()
    gone.close()
    assert "does not answer: Connection refused" in Asking(site, gone.root).refused().message
    assert "does not answer" in Asking(site, "https://127.0.0.1:1").refused().message


def test_a_certificate_is_checked(site: Site) -> None:
    # The server speaks no TLS: whatever it is, nothing was sent to it in the clear.
    asking = Asking(site, site.root.replace("http:", "https:"))
    asking.refused()
    assert site.asked == []


# Where the token may not go


@pytest.fixture
def elsewhere() -> Any:
    other = Site()
    other.answers["thing"] = {"a": "stolen"}
    yield other
    other.close()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirection_to_another_place_is_not_followed(site: Site, elsewhere: Site, status: int) -> None:
    for address in (
        f"{elsewhere.root}/thing",
        f"http://user:pw@{elsewhere.root[7:]}/thing",
        "file:///etc/passwd",
    ):
        site.answers["thing"] = Answer({}, status, {"Location": address})
        error = Asking(site).refused()
        assert "token is not for" in error.message or "no address" in error.message
        assert "pw" not in error.message
    assert elsewhere.asked == []


def test_a_redirection_within_the_site_is_followed(site: Site) -> None:
    site.answers["thing"] = Answer({}, 301, {"Location": f"{site.root}/moved"})
    site.answers["moved"] = {"a": 1}
    assert Asking(site).client.get("thing") == {"a": 1}
    assert site.asked[-1].headers["authorization"] == f"Bearer {TOKEN}"


def test_redirections_come_to_an_end(site: Site) -> None:
    site.answers["thing"] = Answer({}, 302, {"Location": f"{site.root}/thing"})
    Asking(site).refused()
    assert len(site.asked) < 30


@pytest.mark.parametrize("link", ["{other}/thing?page=2", "//{host}/thing", "https://[", "ftp://x/y"])
def test_a_next_page_elsewhere_is_not_asked_for(site: Site, elsewhere: Site, link: str) -> None:
    address = link.format(other=elsewhere.root, host=elsewhere.root[7:])
    site.answers["list"] = Answer([1], headers={"Link": f'<{address}>; rel="next"'})
    with pytest.raises(SetupError):
        list(Asking(site).client.pages("list"))
    assert elsewhere.asked == []


@pytest.mark.parametrize(
    "base", ["http://git.example.com/api", "ftp://127.0.0.1", "file:///x", "", "x", "https://", "http://["]
)
def test_a_token_is_given_to_https_alone(site: Site, base: str) -> None:
    with pytest.raises(SetupError):
        Client("GitHub", base, {}, TOKEN, print)
