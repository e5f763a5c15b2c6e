"""Attacks through a pull request whose reviews are approvals, on the check and on the token that it holds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from forge import jobs
from forge.desks import DESK
from forge.proposal import Proposal
from forge.site import TOKEN, Answer, Site

from .attacking import attack

SIGNED = DESK.replace("signed: false", "signed: true")
HOSTILE = "::error::owned\n::stop-commands::x\x1b]0;owned\x07\x1b[31m\u202eno $(touch owned)"


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


@pytest.fixture
def elsewhere() -> Iterator[Site]:
    other = Site()
    yield other
    other.close()


@pytest.fixture
def proposal(tmp_path: Path, site: Site) -> Proposal:
    """Returns what marko has proposed on GitHub; iva alone may approve it."""
    return Proposal(tmp_path, site, "github")


def path(tail: str = "") -> str:
    return f"repos/acme/desk/pulls/7{tail}"


@attack("An approval by an account that the pull request itself gives to an approver")
def test_an_account_of_the_same_pull_request(proposal: Proposal) -> None:
    proposal.edit("iva", "github: iva-k", "github: eve", proposal.desk / "gitdesk.yaml")
    proposal.said(("eve", "yes", proposal.head))
    done = proposal.check()
    assert done.returncode == 1
    assert "A008" in done.stdout
    assert 'github account "eve" belongs to nobody on the desk' in done.stdout


@attack("An account that differs by case, or by a letter that folds to another one")
def test_accounts_that_look_alike(proposal: Proposal) -> None:
    proposal.said(("IVA-K", "yes", proposal.head))
    assert proposal.check().returncode == 0  # sites do not tell case apart either
    for login in ("iva-\u212a", "\u0131va-k", "iva\u2010k", "iva-k\u200b", "iva-k "):
        proposal.said((login, "yes", proposal.head))
        done = proposal.check()
        assert done.returncode == 1
        assert "A008" in done.stdout
    # Nor does another case let somebody approve what he made.
    proposal.said(("iva", "yes", proposal.head), author="IVA-K")
    assert proposal.check().returncode == 1


@attack("A redirection that would take the token to another host")
def test_a_redirection(proposal: Proposal, site: Site, elsewhere: Site) -> None:
    proposal.said(("iva", "yes", proposal.head))
    elsewhere.answers[path()] = jobs.pull(head=proposal.head)
    site.answers[path()] = Answer({}, 302, {"Location": f"{elsewhere.root}/{path()}"})
    done = proposal.check()
    assert done.returncode == 6
    assert "the token is not for that" in done.stderr
    assert elsewhere.asked == []


@attack("A next page that would take the token to another host")
def test_a_next_page(proposal: Proposal, site: Site, elsewhere: Site) -> None:
    proposal.said()
    link = f'<{elsewhere.root}/{path("/reviews")}?page=2>; rel="next"'
    site.answers[path("/reviews")] = Answer([jobs.review("x", "COMMENTED", 1)], headers={"Link": link})
    done = proposal.check()
    assert done.returncode == 6
    assert elsewhere.asked == []


@attack("An API at an address that is not https")
def test_an_address_in_the_clear(proposal: Proposal) -> None:
    done = proposal.check(GITHUB_API_URL="http://api.github.example")
    assert (done.returncode, "only https" in done.stderr) == (6, True)


@attack("A token in what is printed: sent back by the API, or broken over lines")
def test_a_token_that_is_sent_back(proposal: Proposal, site: Site) -> None:
    for status in (401, 403, 404, 422, 500):
        site.answers[path()] = Answer({"message": f"{TOKEN} Bearer {TOKEN}"}, status)
        if status < 500:
            assert proposal.check().returncode == 6  # `check` looks for the token in all that is printed
    done = proposal.check(GITHUB_TOKEN=f"{TOKEN}\r\nX-Other: y")
    assert (done.returncode, "is no token" in done.stderr) == (6, True)


@attack("The event of another pull request, of another repository, or of none")
def test_the_event_of_another(proposal: Proposal, tmp_path: Path) -> None:
    proposal.said(("iva", "yes", proposal.head))
    event = tmp_path / "other.json"
    for told, code in (
        (jobs.pull_event(head="f" * 40), 2),
        (jobs.pull_event(head=proposal.head, repository={"full_name": "eve/desk"}), 6),
        (jobs.push_event("refs/tags/x"), 6),
        ({"action": "created", "issue": {"number": 7, "pull_request": {"url": "x"}}}, 6),
    ):
        event.write_text(json.dumps(told))
        done = proposal.check(GITHUB_EVENT_PATH=str(event))
        assert (done.returncode, done.stdout) == (code, "")


@attack("A review of another pull request, or of one into another branch, after a push")
def test_a_review_of_another_pull_request(proposal: Proposal, tmp_path: Path) -> None:
    proposal.said(("iva", "yes", proposal.head))
    event = tmp_path / "push.json"
    event.write_text(json.dumps(jobs.push_event()))
    listed = f"repos/acme/desk/commits/{proposal.head}/pulls"
    for pull, code in (
        (jobs.pull(head=proposal.head, base={"ref": "elsewhere"}), 1),
        (jobs.pull(head="f" * 40), 1),
        (jobs.pull(head=proposal.head), 0),
    ):
        proposal.site.answers[listed] = [pull]
        done = proposal.check(GITHUB_EVENT_PATH=str(event))
        assert (done.returncode, "A008" in done.stdout) == (code, bool(code))


@attack("An answer that is huge, malformed, or never ends")
def test_answers_of_every_kind(proposal: Proposal, site: Site) -> None:
    good = jobs.review("iva-k", "APPROVED", 1, proposal.head)
    endless = Answer(
        [{"state": "COMMENTED"}], headers={"Link": f'<{site.root}/{path("/reviews")}>; rel="next"'}
    )
    for answer in (
        Answer(body=b"[" + b" " * 11_000_000 + b"]"), Answer(body=b"[" * 100_000), Answer(body=b"<html>"),
        Answer({"reviews": [good]}), Answer([[good]]), Answer([{**good, "state": ["APPROVED"]}]),
        Answer([{**good, "commit_id": "HEAD"}]), Answer([{**good, "submitted_at": "now"}]),
        Answer([{**good, "user": {"login": {"x": 1}}}]), endless,
    ):  # fmt: skip
        proposal.said()
        site.answers[path("/reviews")] = answer
        done = proposal.check()
        assert (done.returncode, done.stdout) == (6, ""), answer


@attack("Commands to the runner and escapes in a review, a login, or an error of the API")
def test_text_of_others(proposal: Proposal, site: Site) -> None:
    proposal.said()
    head = proposal.head
    site.answers[path("/reviews")] = [
        jobs.review(HOSTILE, "APPROVED", 1, head, body=HOSTILE),
        jobs.review("iva-k", "CHANGES_REQUESTED", 2, head, body=HOSTILE),
    ]
    for words in ((), ("--format", "github"), ("--format", "markdown")):
        done = proposal.check(*words)
        assert done.returncode == 1
        _harmless(done.stdout + done.stderr)
    site.answers[path()] = Answer({"message": HOSTILE}, 422)
    done = proposal.check()
    assert done.returncode == 6
    _harmless(done.stdout + done.stderr)
    assert not (proposal.desk / "owned").exists()


def _harmless(text: str) -> None:
    assert not any(line.startswith(("::error::owned", "::stop-commands")) for line in text.splitlines())
    assert not set(text) & set("\x1b\x07\u202e")


@attack("A rejection that a colleague's approval, or a new commit, would pass over")
def test_a_rejection_that_is_passed_over(proposal: Proposal, site: Site) -> None:
    older = proposal.head
    proposal.said(("iva", "no", older))
    assert "A009" in proposal.check().stdout
    proposal.edit("marko", "East terminal.", "West terminal.")
    proposal.said(("iva", "no", older), ("marko", "yes", proposal.head))
    assert "A009" in proposal.check().stdout


@attack("A rejection that somebody else dismisses")
def test_a_rejection_that_is_dismissed(proposal: Proposal, site: Site) -> None:
    proposal.said()
    site.answers[path("/reviews")] = [jobs.review("iva-k", "DISMISSED", 1, proposal.head)]
    timeline = "repos/acme/desk/issues/7/timeline"
    site.answers[timeline] = [jobs.dismissal(81, "changes_requested", "marko-b")]
    done = proposal.check()
    assert done.returncode == 1
    assert "A009" in done.stdout
    assert "marko-b dismissed it" in done.stdout
    site.answers[timeline] = [jobs.dismissal(81, "changes_requested", "iva-k")]
    assert "A009" not in proposal.check().stdout


@attack("A rejection on GitLab, and the reviewer taken off the list")
def test_a_reviewer_who_is_taken_off(tmp_path: Path, site: Site) -> None:
    proposal = Proposal(tmp_path, site, "gitlab")
    proposal.job()
    proposal.said(("iva", "yes", proposal.head))
    asked = "projects/42/merge_requests/7"
    site.answers[f"{asked}/notes"] = [jobs.note("iva.k", "requested changes", 8)]
    done = proposal.check()
    assert done.returncode == 1
    assert "A009" in done.stdout


@attack("A comment that reads like GitLab's own note of an approval")
def test_a_note_by_hand(tmp_path: Path, site: Site) -> None:
    proposal = Proposal(tmp_path, site, "gitlab")
    proposal.job()
    proposal.said()
    asked = "projects/42/merge_requests/7"
    site.answers[f"{asked}/notes"] = [jobs.note("iva.k", "approved this merge request", 8, system=False)]
    assert "A008" in proposal.check().stdout
    # One that does not say when it was given does not borrow the time of such a comment.
    site.answers[f"{asked}/approvals"] = {"approved_by": [jobs.approval("iva.k", None)]}
    done = proposal.check()
    assert (done.returncode, "no longer knows which commit" in done.stdout) == (1, True)


@attack("An approval of one commit, and another one pushed after it")
def test_a_commit_after_the_review(proposal: Proposal) -> None:
    older = proposal.head
    proposal.edit("marko", "East terminal.", "West terminal.")
    proposal.said(("iva", "yes", older))
    assert "A008" in proposal.check().stdout
    assert proposal.check(span=f"main..{older}").returncode == 2  # nor is the older one the head by now


@attack("A review by a program, by a deleted account, or by who opened the pull request")
def test_reviews_by_nobody(proposal: Proposal, site: Site) -> None:
    head = proposal.head
    for review in (
        jobs.review("iva-k", "APPROVED", 1, head, kind="Bot"),
        jobs.review(None, "APPROVED", 1, head),
        jobs.review("ghost", "APPROVED", 1, head),
    ):
        proposal.said()
        site.answers[path("/reviews")] = [review]
        assert "A008" in proposal.check().stdout
    proposal.said(("iva", "yes", head), author="iva")
    assert "A008" in proposal.check().stdout


@attack("A commit in a colleague's name, approved by who wrote it")
def test_a_commit_in_a_colleagues_name(tmp_path: Path, site: Site) -> None:
    proposal = Proposal(tmp_path, site, "github", SIGNED)
    proposal.said(("iva", "yes", proposal.head))
    done = proposal.check()
    assert done.returncode == 1
    assert "A008" in done.stdout
    assert "not signed" in done.stdout
    # The site knows whose key it was: iva's, under marko's name.
    site.answers[path("/commits")] = [jobs.commit(proposal.head, "marko-b", "iva-k")]
    assert "A008" in proposal.check().stdout
    site.answers[path("/commits")] = [jobs.commit(proposal.head, "marko-b", "marko-b")]
    assert proposal.check().returncode == 0
