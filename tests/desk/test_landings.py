"""Landings: what comes to the branch at once, how it stands, and what sites and old merges have to say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from attacks.attacking import IVA, MARKO
from attacks.proposing import FIRST, NINA, SECOND, Scene, a_ticket, path_of

from gitdesk.desk import judging_commits, landings
from gitdesk.desk.door import Desk
from gitdesk.domain.approval import APPROVES, REJECTS, Contributor, Reviewed, Standing, Verdict
from gitdesk.domain.config import Config
from gitdesk.domain.violation import Violation

NOW = datetime(2026, 11, 28, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return Scene.of(tmp_path_factory.mktemp("landings") / "one")


@pytest.fixture
def scene(template: Scene, tmp_path: Path) -> Scene:
    return template.copied(tmp_path / "scene")


class Site:
    """A hosting site that knows one pull request."""

    def __init__(
        self, head: str, *verdicts: Verdict, author: str = "marko", vouched: tuple[str, ...] = ()
    ) -> None:
        who = Contributor(who=f"{author}-b on GitHub", person=author, verified=True)
        self._found = Reviewed(
            name="#7", head=head, author=who, verdicts=verdicts, vouched=dict.fromkeys(vouched, who)
        )
        self.asked: list[str] = []

    def reviewed(self, head: str, config: Config) -> Reviewed | None:
        assert config.asks_for_approvals
        self.asked.append(head)
        return self._found if head == self._found.head else None


def review(head: str, person: str = "iva", kind: str = APPROVES) -> Verdict:
    return Verdict(kind=kind, who=f"{person}-k", person=person, at=NOW, head=head, verified=True)


@pytest.fixture
def desk(scene: Scene) -> Iterator[Desk]:
    from attacks.attacking import silent

    with Desk.open(str(scene.desk.path), scene.desk.environ, silent) as found:
        yield found


def told(desk: Desk, base: str, head: str, site: Site | None = None) -> list[Violation]:
    return list(judging_commits.between(desk, f"{base}..{head}", reviews=site))


def codes(found: list[Violation]) -> list[str]:
    return [one.code for one in found if one.severity == "error"]


def one_standing(desk: Desk, base: str, head: str) -> Standing:
    [found] = landings.standings(desk, base, head)
    return found


# How a proposal stands


def test_a_proposal_stands_by_what_it_would_land(scene: Scene, desk: Desk) -> None:
    closed = scene.closing()
    found = one_standing(desk, scene.desk.base, closed)
    assert (found.met, found.net, found.words) == (False, scene.net(closed), "0 of 1 approval by lead")
    assert [one.person for one in found.contributors] == ["marko"]
    assert one_standing(desk, scene.desk.base, scene.word(closed)).met


def test_the_desk_may_have_moved_on_as_long_as_the_ticket_has_not(scene: Scene, desk: Desk) -> None:
    approved = scene.word(scene.closing())
    elsewhere = scene.change({path_of(SECOND): a_ticket(SECOND, priority="high")})
    assert one_standing(desk, elsewhere, approved).met
    here = scene.change({path_of(FIRST): a_ticket(priority="high")})
    found = one_standing(desk, here, approved)
    assert not found.met
    assert "given for another version of the change" in found.words


def test_what_needs_nothing_has_no_standing(scene: Scene, desk: Desk) -> None:
    touched = scene.change({path_of(FIRST): a_ticket(priority="high")})
    assert landings.standings(desk, scene.desk.base, touched) == ()
    there_and_back = scene.change({path_of(FIRST): a_ticket()}, scene.closing())
    assert landings.standings(desk, scene.desk.base, there_and_back) == ()


def test_two_tickets_stand_by_themselves(scene: Scene, desk: Desk) -> None:
    both = scene.closing(SECOND, scene.word(scene.closing()))
    found = {one.need.path: one.met for one in landings.standings(desk, scene.desk.base, both)}
    assert found == {path_of(FIRST): True, path_of(SECOND): False}


# A branch that is to land, and one that has


def test_a_branch_that_has_landed_is_several_landings(scene: Scene, desk: Desk) -> None:
    base = scene.desk.base
    first = scene.merge(scene.word(scene.closing()))
    opened = scene.change({path_of(FIRST): a_ticket(status="open")}, first, message="open again")
    closed = scene.closing(parent=opened, priority="high")
    second = scene.merge(scene.word(closed, net=scene.net(closed, old=opened)), opened)
    assert codes(told(desk, base, second)) == []
    bare = scene.merge(scene.closing(SECOND, second), second)
    assert codes(told(desk, base, bare)) == ["A008"]


def test_a_fast_forward_is_as_good_as_a_merge_to_come_and_not_as_one_that_was(
    scene: Scene, desk: Desk
) -> None:
    approved = scene.word(scene.closing())
    assert codes(told(desk, scene.desk.base, approved)) == []
    pushed = judging_commits.between(desk, f"{scene.desk.base}..{approved}", landing=judging_commits.PUSH)
    assert codes(list(pushed)) == ["A008"]


def test_two_free_steps_that_have_landed_are_no_closing_at_once(scene: Scene, desk: Desk) -> None:
    rules = scene.desk.git("show", f"{scene.desk.base}:gitdesk.yaml").replace(
        "{from: [resolved, open], to: closed,", "{from: open, to: closed}\n    - {from: resolved, to: closed,"
    )
    base = scene.change({"gitdesk.yaml": rules}, by="iva")
    opened = scene.change({path_of(FIRST): a_ticket(status="open")}, base)
    closed = scene.change({path_of(FIRST): a_ticket(status="closed")}, opened)
    assert codes(told(desk, base, closed)) == ["A008"]  # a branch lands at once
    landed = judging_commits.between(desk, f"{base}..{closed}", landing=judging_commits.PUSH)
    assert codes(list(landed)) == []


# What was said on another branch


def test_a_rejection_that_was_fetched_counts_in_a_clone_too(scene: Scene, desk: Desk) -> None:
    closed = scene.closing()
    no = scene.word(closed, "nina", kind=REJECTS)
    scene.desk.git("update-ref", f"refs/remotes/origin/propose/{FIRST}/x", no)
    assert codes(told(desk, scene.desk.base, scene.word(closed))) == ["A009"]


def test_who_rejected_another_version_and_approves_this_one_has_changed_their_mind(
    scene: Scene, desk: Desk
) -> None:
    no = scene.word(scene.closing(), "nina", kind=REJECTS)
    scene.desk.git("update-ref", f"refs/heads/propose/{FIRST}/x", no)
    better = scene.closing(priority="high")
    assert codes(told(desk, scene.desk.base, scene.word(better, "iva"))) == ["A009"]
    assert codes(told(desk, scene.desk.base, scene.word(better, "nina"))) == []
    # But not who has rejected it since.
    approved = scene.word(better, "nina")
    scene.desk.git("update-ref", f"refs/heads/propose/{FIRST}/y", scene.word(approved, "nina", kind=REJECTS))
    assert sorted(codes(told(desk, scene.desk.base, approved))) == ["A008", "A009"]


def test_another_step_of_the_same_ticket_is_not_rejected_with_it(scene: Scene, desk: Desk) -> None:
    no = scene.word(scene.closing(), "nina", kind=REJECTS)
    scene.desk.git("update-ref", f"refs/heads/propose/{FIRST}/x", no)
    spam = scene.change({path_of(FIRST): a_ticket(status="spam")})
    assert codes(told(desk, scene.desk.base, scene.word(spam))) == []


# A hosting site


def test_a_review_of_the_head_approves_a_pull_request(scene: Scene, desk: Desk) -> None:
    closed = scene.closing()
    site = Site(closed, review(closed))
    assert codes(told(desk, scene.desk.base, closed, site)) == []
    assert closed in site.asked


def test_a_review_of_an_older_head_does_not(scene: Scene, desk: Desk) -> None:
    closed = scene.closing()
    edited = scene.change({path_of(FIRST): a_ticket(status="closed", priority="high")}, closed)
    found = told(desk, scene.desk.base, edited, Site(edited, review(closed)))
    assert codes(found) == ["A008"]
    assert f"given for commit {closed[:10]}" in found[-1].message


def test_a_review_does_not_cover_what_a_merge_makes_of_the_file(scene: Scene, desk: Desk) -> None:
    closed = scene.closing()
    here = scene.change({path_of(FIRST): a_ticket(tags=["vip"])})
    found = told(desk, here, closed, Site(closed, review(closed)))
    assert codes(found) == ["A008"]
    assert "a merge makes another of it" in found[-1].message


def test_a_review_counts_again_where_the_merge_that_a_site_made_is_judged(scene: Scene, desk: Desk) -> None:
    closed = scene.closing()
    landed = scene.merge(closed)
    assert codes(told(desk, scene.desk.base, landed, Site(closed, review(closed)))) == []
    assert codes(told(desk, scene.desk.base, landed)) == ["A008"]


def test_who_opened_the_pull_request_does_not_approve_it(scene: Scene, desk: Desk) -> None:
    closed = scene.closing()
    found = told(desk, scene.desk.base, closed, Site(closed, review(closed), author="iva"))
    assert codes(found) == ["A008"]
    assert "nobody approves what they made themselves" in found[-1].message


def test_changes_that_are_asked_for_block(scene: Scene, desk: Desk) -> None:
    closed = scene.closing()
    site = Site(closed, review(closed), review(scene.desk.base, "nina", REJECTS))
    assert codes(told(desk, scene.desk.base, closed, site)) == ["A009"]


def test_a_site_vouches_for_commits_without_a_signature(scene: Scene, desk: Desk) -> None:
    tree = scene.tree({path_of(FIRST): a_ticket(status="closed")})
    closed = scene.made(tree, (scene.desk.base,), "marko", key=None)
    assert codes(told(desk, scene.desk.base, closed, Site(closed, review(closed)))) == ["A008"]
    vouched = Site(closed, review(closed), vouched=(closed,))
    assert codes(told(desk, scene.desk.base, closed, vouched)) == []


# What landed long ago


def test_what_a_site_approved_is_told_in_the_history_as_nobody_can_verify_it(
    scene: Scene, desk: Desk
) -> None:
    by_nina = f"land it\n\nApproved-by: {NINA}"
    landed = scene.merge(scene.closing(), message=by_nina)
    scene.desk.git("update-ref", "refs/heads/main", landed)
    done = scene.desk.gitdesk("check", "--history")
    assert done.returncode == 0, done.stdout
    assert "A008 warn status resolved → closed was approved by nina, as the merge says" in done.stdout


@pytest.mark.parametrize("who", [MARKO, "Eve <eve@evil.example>"])
def test_a_trailer_of_who_could_not_approve_is_not_enough(scene: Scene, who: str) -> None:
    landed = scene.merge(scene.closing(), message=f"land it\n\nApproved-by: {who}")
    scene.desk.git("update-ref", "refs/heads/main", landed)
    done = scene.desk.gitdesk("check", "--history")
    assert done.returncode == 1
    assert "A008 error" in done.stdout


def test_what_landed_before_anything_was_to_be_approved_stays_as_it_was(scene: Scene, tmp_path: Path) -> None:
    """The side branch begins before the rule and is merged after it: all of it is looked at."""
    config = scene.desk.git("show", f"{scene.desk.base}:gitdesk.yaml") + "\n"
    free = config.replace(", approvals: {count: 1, roles: [lead]}", "")
    free = free.replace("configure: {roles: [lead]}, correct: {roles: [lead]}", "")
    assert "{count" not in free
    desk = scene.desk
    start = desk.commit({"gitdesk.yaml": free, path_of(FIRST): a_ticket()}, parents=(), author=IVA)
    closed_freely = scene.change({path_of(FIRST): a_ticket(status="closed")}, start)
    reopened = scene.change({path_of(FIRST): a_ticket()}, closed_freely, message="again")
    side = scene.change({path_of(FIRST): a_ticket(status="closed")}, reopened)
    ruled = scene.change({"gitdesk.yaml": config}, reopened, by="iva")
    approved = scene.word(side, "nina", scene.net(side, old=ruled))
    for landed, wanted in ((scene.merge(side, ruled), ["A008"]), (scene.merge(approved, ruled), [])):
        tree = scene.tree({"gitdesk.yaml": config}, landed)
        made = scene.merge(desk.git("rev-parse", f"{landed}^2"), ruled, tree=tree)
        desk.git("update-ref", "refs/heads/main", made)
        done = desk.gitdesk("check", "--history", "--json")
        found = [line for line in ("A008", "A009") if f'"{line}"' in done.stdout]
        assert found == wanted, done.stdout


# At the keyboard and in a clone


def test_a_command_refuses_what_others_must_approve(scene: Scene) -> None:
    scene.desk.git("reset", "-q", "--hard", "main")
    done = scene.desk.gitdesk("close", FIRST)
    assert done.returncode == 1
    assert "A008 status resolved → closed needs 1 approval by lead" in done.stderr
    assert "the same with --propose" in done.stderr
    assert scene.desk.gitdesk("close", FIRST, "--dry-run").returncode == 1
    assert scene.desk.gitdesk("set", FIRST, "priority=high").returncode == 0


def test_what_is_staged_by_hand_is_refused_on_the_desk_and_not_on_a_proposal(scene: Scene) -> None:
    desk = scene.desk
    desk.git("reset", "-q", "--hard", "main")
    (desk.path / path_of(FIRST)).write_text(a_ticket(status="closed"))
    desk.git("add", "-A")
    done = desk.gitdesk("check", "--staged")
    assert "A008 error" in done.stdout
    desk.git("checkout", "-q", "-b", f"propose/{FIRST}/x")
    assert desk.gitdesk("check", "--staged").returncode == 0


def test_the_way_out_is_judged_as_the_server_does_it(scene: Scene) -> None:
    desk, zeros = scene.desk, "0" * 40
    desk.git("fetch", "-q", "origin")

    def sent(commit: str, ref: str, old: str) -> tuple[int, str]:
        line = f"refs/heads/x {commit} {ref} {old}\n"
        done = desk.gitdesk("hook", "pre-push", "origin", "url", input=line)
        return done.returncode, done.stderr

    closed = scene.closing()
    code, words = sent(closed, "refs/heads/main", desk.base)
    assert (code, "A008" in words) == (1, True)
    assert sent(closed, f"refs/heads/propose/{FIRST}/x", zeros)[0] == 0
    assert sent(closed, "refs/heads/an-own-branch", zeros)[0] == 0
    assert sent(scene.merge(scene.word(closed)), "refs/heads/main", desk.base)[0] == 0


def test_a_word_about_a_proposal_is_refused_in_the_message_of_a_commit_with_files(
    scene: Scene, tmp_path: Path
) -> None:
    desk = scene.desk
    desk.git("reset", "-q", "--hard", "main")
    net = scene.net(scene.closing())
    message = tmp_path / "message"
    message.write_text(f"more urgent\n\nGitdesk-Approves: {net.digest} {net.path}\n")
    assert (
        desk.gitdesk("hook", "commit-msg", str(message)).returncode == 0
    )  # nothing is staged: it is an empty commit
    (desk.path / path_of(FIRST)).write_text(a_ticket(priority="high"))
    desk.git("add", "-A")
    done = desk.gitdesk("hook", "commit-msg", str(message))
    assert (done.returncode, "A005" in done.stdout + done.stderr) == (1, True)
