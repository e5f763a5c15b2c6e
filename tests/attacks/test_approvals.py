"""Approvals: given to oneself, for something else, by somebody else, left out, or taken for what they are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitdesk.domain.approval import REJECTS, WITHDRAWS, Net

from .attacking import IVA, attack, text
from .proposing import FIRST, NINA_AT_HOME, SECOND, OpenPgp, Scene, a_ticket, path_of


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """Returns a desk that wants one lead's approval, on its server."""
    return Scene.of(tmp_path_factory.mktemp("approvals") / "one")


@pytest.fixture
def scene(template: Scene, tmp_path: Path) -> Scene:
    """Returns a copy of it for one test."""
    return template.copied(tmp_path / "scene")


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """Returns a desk that wants two."""
    return Scene.of(tmp_path_factory.mktemp("approvals") / "two", count=2)


@attack("A change that others must approve, made without them")
def test_what_nobody_has_approved_does_not_land(scene: Scene) -> None:
    direct = scene.closing()
    codes, told = scene.refused(direct)
    assert codes == ["A008"]
    assert "status resolved → closed is not approved: 0 of 1 approval by lead" in told
    assert "iva or nina may approve it" in told
    assert scene.refused(scene.merge(direct))[0] == ["A008"]


@attack("A good approval, landed by a merge")
def test_what_a_lead_has_approved_lands(scene: Scene) -> None:
    landing = scene.merge(scene.word(scene.closing()))
    assert scene.refused(landing)[0] == []
    assert scene.server.has("refs/heads/main") == landing
    assert "A00" not in scene.desk.gitdesk("check", "--history").stdout


# By whom


@attack("An approval of one's own: under a second address")
def test_nobody_approves_their_own_change_under_another_address(scene: Scene) -> None:
    files = {path_of(FIRST): a_ticket(status="closed")}
    made = scene.change(files, by="nina", author=NINA_AT_HOME)
    codes, told = scene.refused(scene.merge(scene.word(made, "nina")))
    assert codes == ["A008"]
    assert "nina's does not count: nobody approves what they made themselves" in told


@attack("An approval of one's own: with somebody else's name on the change")
@pytest.mark.parametrize("signed", [True, False])
def test_a_colleagues_name_on_ones_own_change_does_not_help(scene: Scene, signed: bool) -> None:
    tree = scene.tree({path_of(FIRST): a_ticket(status="closed")})
    key = "nina" if signed else None
    made = scene.made(tree, (scene.desk.base,), "marko", key=key, message="close it")
    codes, told = scene.refused(scene.merge(scene.word(made, "nina")))
    assert codes == ["A008"]
    words = "nobody approves what they made themselves" if signed else "the change by marko is not signed"
    assert words in told


@attack("An approval of one's own: with a name on the change that the desk does not know")
def test_a_change_by_nobody_cannot_be_approved(scene: Scene) -> None:
    tree = scene.tree({path_of(FIRST): a_ticket(status="closed")})
    made = scene.made(tree, (scene.desk.base,), "eve", message="close it")
    codes, told = scene.refused(scene.merge(scene.word(made, "nina")))
    assert codes == ["A008"]
    assert "a key of nobody on the desk as it was before" in told
    unsigned = scene.made(tree, (scene.desk.base,), "eve", key=None, message="close it")
    codes, told = scene.refused(scene.merge(scene.word(unsigned, "nina")))
    assert codes == ["A008"]
    assert "who is nobody on the desk" in told


@attack("An approver who is also a contributor, by a branch that was merged into the proposal")
def test_who_contributed_by_a_merge_does_not_count(scene: Scene) -> None:
    hers = scene.change({path_of(FIRST): a_ticket(priority="high")}, by="iva", message="more urgent")
    his = scene.closing()
    both = scene.tree({path_of(FIRST): a_ticket(status="closed", priority="high")})
    merged = scene.merge(hers, his, tree=both)
    codes, told = scene.refused(scene.merge(scene.word(merged, "iva")))
    assert codes == ["A008"]
    assert "iva's does not count: nobody approves what they made themselves" in told
    assert scene.refused(scene.merge(scene.word(merged, "nina")))[0] == []


@attack("An approver who brings a proposal up to date, and slips a byte in")
@pytest.mark.parametrize("flip", [False, True])
def test_who_merges_to_the_byte_has_made_nothing_and_who_adds_a_byte_has(scene: Scene, flip: bool) -> None:
    closed = scene.closing()
    urgent = scene.change({path_of(FIRST): a_ticket(priority="high")}, by="iva", message="more urgent")
    assert scene.pushed(urgent)[0] == []
    scene.desk.base = urgent
    merged = a_ticket(status="closed", priority="high")
    changed = a_ticket(status="closed", priority="low")
    for file, wanted in ((changed, ["A008"]), (merged + "\n", ["A008"]), (merged, [])):
        sides = (urgent, closed) if flip else (closed, urgent)
        tree = scene.tree({path_of(FIRST): file})
        updated = scene.merge(sides[1], sides[0], by="iva", tree=tree)
        codes, told = scene.refused(scene.merge(scene.word(updated, "iva")))
        assert codes == wanted, told
        assert not wanted or "nobody approves what they made themselves" in told


@attack("An approver who made the merge that decides what lands")
def test_who_settles_a_merge_by_hand_has_contributed(scene: Scene) -> None:
    spam = scene.change({path_of(FIRST): a_ticket(status="spam")})
    closed = scene.closing()
    chosen = scene.merge(spam, closed, by="iva", tree=scene.desk.git("rev-parse", f"{closed}^{{tree}}"))
    codes, told = scene.refused(scene.merge(scene.word(chosen, "iva")))
    assert codes == ["A008"]
    assert "nobody approves what they made themselves" in told


@attack("A robot as approver")
def test_a_program_approves_nothing(scene: Scene) -> None:
    codes, told = scene.refused(scene.merge(scene.word(scene.closing(), "bot")))
    assert codes == ["A008"]
    assert "a program approves nothing" in told


@attack("An approver without the role, or who is nobody")
@pytest.mark.parametrize(("who", "words"), [("marko", "not lead"), ("eve", "key of nobody on the desk")])
def test_who_lacks_the_role_does_not_count(scene: Scene, who: str, words: str) -> None:
    closed = scene.closing(by="iva")
    codes, told = scene.refused(scene.merge(scene.word(closed, who)))
    assert codes == ["A008"]
    assert words in told


@attack("A second approval by the same person")
def test_one_person_is_one_approval(two: Scene, tmp_path: Path) -> None:
    scene = two.copied(tmp_path / "two")
    once = scene.word(scene.closing())
    codes, told = scene.refused(scene.merge(scene.word(once)))
    assert codes == ["A008"]
    assert "1 of 2 approvals by lead (iva)" in told
    assert scene.refused(scene.merge(scene.word(once, "nina")))[0] == []


# With which key


@attack("An approval in a lead's name, unsigned or signed with another key")
@pytest.mark.parametrize(
    ("key", "words"),
    [
        (None, "not signed with a key of theirs"),
        ("thief", "a key of nobody on the desk"),
        ("marko", "signed with a key of marko"),
    ],
)
def test_a_name_without_its_key_approves_nothing(scene: Scene, key: str | None, words: str) -> None:
    codes, told = scene.refused(scene.merge(scene.word(scene.closing(), "iva", key=key)))
    assert codes == ["A008"]
    assert words in told


@attack("An approval by a key that the same push adds")
def test_a_key_counts_once_it_has_landed(scene: Scene) -> None:
    config = scene.desk.git("show", f"{scene.desk.base}:gitdesk.yaml") + "\n"
    thief = scene.keys["thief"].with_suffix(".pub").read_text().strip()
    iva = scene.keys["iva"].with_suffix(".pub").read_text().strip()
    added = scene.change({"gitdesk.yaml": config.replace(f'"{iva}"', f'"{iva}", "{thief}"')}, by="iva")
    changed = scene.desk.git("rev-parse", f"{scene.desk.base}:gitdesk.yaml", f"{added}:gitdesk.yaml").split()
    net = Net(path="gitdesk.yaml", old=changed[0], new=changed[1])
    landed = scene.merge(scene.word(added, "nina", net))
    approved = scene.word(scene.closing(parent=landed), "iva", scene.net(scene.closing()), key="thief")
    both = scene.merge(approved, landed)
    codes, told = scene.refused(both)
    assert codes == ["A008"]
    assert "a key of nobody on the desk as it was before" in told
    # Once the key has landed, the same merge goes in.
    assert scene.pushed(landed)[0] == []
    assert scene.pushed(both)[0] == []


@attack("An approval by a key that was taken away, dated when it was not")
def test_a_removed_key_counts_no_more_whatever_the_date(scene: Scene) -> None:
    config = scene.desk.git("show", f"{scene.desk.base}:gitdesk.yaml") + "\n"
    iva = scene.keys["iva"].with_suffix(".pub").read_text().strip()
    thief = scene.keys["thief"].with_suffix(".pub").read_text().strip()
    at = scene.later()
    scene.let_in(scene.desk.commit({"gitdesk.yaml": config.replace(iva, thief)}, author=IVA))
    closed = scene.closing()
    codes, told = scene.refused(scene.merge(scene.word(closed, "iva", at=at)))
    assert codes == ["A008"]
    assert "a key of nobody on the desk" in told
    assert scene.refused(scene.merge(scene.word(closed, "iva", key="thief")))[0] == []


@attack("An approval by a key that has expired or was revoked, dated before")
@pytest.mark.parametrize(
    ("fate", "words"), [("lives", ""), ("expired", "the key has expired"), ("revoked", "the key was revoked")]
)
def test_what_became_of_a_key_counts_and_not_the_date(
    scene: Scene,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    fate: str,
    words: str,
) -> None:
    key = OpenPgp.of(tmp_path / "gnupg", "1y" if fate == "expired" else "never")
    request.addfinalizer(key.close)
    monkeypatch.setenv("GNUPGHOME", str(key.home))
    scene.desk.environ["GNUPGHOME"] = str(key.home)
    iva = scene.keys["iva"].with_suffix(".pub").read_text().strip()
    config = scene.desk.git("show", f"{scene.desk.base}:gitdesk.yaml") + "\n"
    scene.let_in(scene.desk.commit({"gitdesk.yaml": config.replace(iva, key.fingerprint)}, author=IVA))
    closed = scene.closing()
    approved = scene.word(closed, "iva", signing=key.options)
    if fate == "revoked":
        key.revoke()
    codes, told = scene.refused(scene.merge(approved))
    assert codes == (["A008"] if words else [])
    assert words in told


@attack("A role that the same push gives")
def test_a_role_counts_once_it_has_landed(scene: Scene) -> None:
    config = scene.desk.git("show", f"{scene.desk.base}:gitdesk.yaml") + "\n"
    raised = config.replace("[marko@acme.example], roles: [agent]", "[marko@acme.example], roles: [lead]")
    assert raised != config
    given = scene.change({"gitdesk.yaml": raised}, by="nina", message="marko leads")
    closed = scene.closing(parent=given, by="nina")
    approved = scene.word(closed, "marko", scene.net(closed))
    codes, told = scene.refused(scene.merge(approved))
    assert codes == ["A008"]
    assert "not lead, as the desk was before this change" in told


# For what


@attack("An approval, then an edit")
def test_what_was_edited_afterwards_is_not_approved(scene: Scene) -> None:
    approved = scene.word(scene.closing())
    edited = scene.change({path_of(FIRST): a_ticket(status="closed", priority="high")}, approved)
    codes, told = scene.refused(scene.merge(edited))
    assert codes == ["A008"]
    assert "iva's does not count: given for another version of the change" in told


@attack("An approval, then a rebase onto a ticket that has changed")
def test_what_was_rebased_onto_another_version_is_not_approved(scene: Scene) -> None:
    old = scene.closing()
    new = scene.change({path_of(FIRST): a_ticket(priority="high")}, by="marko", message="more urgent")
    assert scene.pushed(new)[0] == []
    moved = scene.change({path_of(FIRST): a_ticket(status="closed", priority="high")}, new)
    codes, told = scene.pushed(scene.merge(scene.word(moved, net=scene.net(old)), new))
    assert codes == ["A008"]
    assert "given for another version of the change" in told


@attack("An approval, then a rebase or a cherry-pick by somebody else, which leaves no signature")
def test_a_rebased_approval_has_lost_its_signature(scene: Scene) -> None:
    approved = scene.word(scene.closing())
    scene.desk.git("checkout", "-q", "-B", "rebased", approved)
    for key in ("user.name", "user.email"):
        scene.desk.git("config", key, {"user.name": "Marko Babic", "user.email": "marko@acme.example"}[key])
    scene.desk.git("rebase", "-q", "--force-rebase", "--keep-empty", scene.desk.base)
    rebased = scene.desk.git("rev-parse", "HEAD")
    assert rebased != approved
    codes, told = scene.refused(scene.merge(rebased))
    assert codes == ["A008"]
    assert "iva's does not count: committed by Marko Babic" in told


@attack("An approval, then a squash or a fast-forward instead of a merge")
def test_what_lands_without_a_merge_has_nothing_to_show(scene: Scene) -> None:
    approved = scene.word(scene.closing())
    squashed = scene.change({path_of(FIRST): a_ticket(status="closed")}, message="close it (#7)")
    assert scene.refused(squashed)[0] == ["A008"]
    codes, told = scene.pushed(approved)
    assert codes == ["A008"]
    assert "it lands by the merge of a proposal" in told


@attack("An approval of one ticket, replayed on another")
def test_an_approval_is_of_one_ticket(scene: Scene) -> None:
    first, second = scene.closing(), scene.closing(SECOND)
    replayed = scene.word(second, net=scene.net(first))
    codes, _ = scene.refused(scene.merge(replayed))
    assert codes == ["A008"]


@attack("An approval of one ticket, landed with another one beside it")
def test_an_approval_covers_nothing_beside_it(scene: Scene) -> None:
    approved = scene.word(scene.closing())
    codes, told = scene.refused(scene.merge(scene.closing(SECOND, approved)))
    assert codes == ["A008"]
    assert SECOND in told


@attack("An approval of one transition, used for another")
def test_an_approval_is_of_one_transition(scene: Scene) -> None:
    spam = scene.change({path_of(FIRST): a_ticket(status="spam")})
    approved = scene.word(spam)
    closed = scene.change({path_of(FIRST): a_ticket(status="closed")}, approved)
    assert "A008" in scene.refused(scene.merge(closed))[0]
    assert scene.refused(scene.merge(approved))[0] == []


@attack("An approval given before the change was made")
def test_an_approval_of_what_was_there_before_is_none_of_what_came(scene: Scene) -> None:
    touched = scene.change({path_of(FIRST): a_ticket(priority="high")}, message="more urgent")
    early = scene.word(touched)
    closed = scene.change({path_of(FIRST): a_ticket(status="closed", priority="high")}, early)
    codes, told = scene.refused(scene.merge(closed))
    assert codes == ["A008"]
    assert "given for another version of the change" in told


@attack("Two steps that come to what needs approval, or go around the row that asks for it")
def test_no_way_around_a_row_is_free(scene: Scene) -> None:
    path = path_of(FIRST)
    opened = scene.change({path: a_ticket(status="open")}, message="open again")
    assert scene.refused(scene.merge(scene.closing(parent=opened)))[0] == ["A008"]
    joined = scene.change({path: a_ticket(status="merged", merged_into=SECOND)}, message="the same")
    assert scene.refused(scene.closing(parent=joined))[0] == ["A008"]
    assert scene.refused(scene.merge(scene.closing(parent=joined)))[0] == ["A008"]
    there_and_back = scene.change(
        {path: a_ticket(status="resolved", priority="high")}, scene.closing(), by="iva"
    )
    assert "A008" in scene.refused(scene.merge(there_and_back))[0]


@attack("A rule of the desk changed, or the record corrected, without approval")
def test_rules_and_record_are_as_dear(scene: Scene) -> None:
    config = scene.desk.git("show", f"{scene.desk.base}:gitdesk.yaml") + "\n"
    eased = scene.change({"gitdesk.yaml": config.replace("count: 1", "count: 2")}, by="iva")
    codes, told = scene.refused(scene.merge(scene.word(eased, "iva")))
    assert codes == ["A008"]
    assert "a change of gitdesk.yaml is not approved" in told
    corrected = a_ticket().replace("By noon.", "By Friday.")
    rewritten = scene.change({path_of(FIRST): corrected}, by="iva", message="correct\n\nit was Friday")
    codes, told = scene.refused(scene.merge(rewritten))
    assert codes == ["A008"]
    assert "a correction of the record is not approved" in told
    assert scene.refused(scene.merge(scene.word(rewritten, "nina")))[0] == []


@attack("A late ticket given more time without approval, by a commit or by how a merge is made")
def test_a_promise_is_not_loosened_alone(scene: Scene) -> None:
    config = scene.desk.git("show", f"{scene.desk.base}:gitdesk.yaml") + "\n"
    config = config.replace("correct: {roles: [lead]}}", "loosen: {roles: [lead]}}")
    config += "sla: {policies: [{id: gold, targets: {normal: {resolution: 4h}, low: none}}]}\n"
    scene.let_in(scene.desk.commit({"gitdesk.yaml": config}, author=IVA))
    late, path = "AC-3F4G5H6J", path_of("AC-3F4G5H6J")
    at = scene.later()
    fresh = {path: text(ticket=late, created=at, status="open")}
    scene.let_in(scene.desk.commit(fresh, at=at))
    scene.desk.at += 6 * 3600
    low = {path: text(ticket=late, created=at, status="open", priority="low")}
    loosened = scene.change(low, message="less urgent\n\nthere is a way around it")
    codes, told = scene.refused(loosened)
    assert codes == ["A008"]
    assert "a promise loosened is not approved" in told
    other = scene.change({path_of(SECOND): a_ticket(SECOND, "open", tags=["vip"])})
    slipped = scene.tree(low, other)
    evil = scene.merge(other, tree=slipped, message="merge\n\nthere is a way around it")
    assert "A008" in scene.refused(evil)[0]
    assert scene.refused(scene.merge(scene.word(loosened, net=scene.net(loosened, late))))[0] == []


# Merges


@attack("An evil merge: the landing holds something else than was approved")
def test_what_the_merge_makes_of_it_is_what_counts(scene: Scene) -> None:
    approved = scene.word(scene.closing())
    other = scene.tree({path_of(FIRST): a_ticket(status="closed", priority="low")}, approved)
    assert scene.refused(scene.merge(approved, tree=other))[0] == ["A008"]
    nothing = scene.change({"README": "hello"}, message="say hello")
    closed = scene.tree({path_of(FIRST): a_ticket(status="closed")}, nothing)
    assert scene.refused(scene.merge(nothing, tree=closed))[0] == ["A008"]


@attack("An evil merge of the approver's own, approved before it is made")
def test_who_makes_a_change_in_the_merge_cannot_have_approved_it(scene: Scene) -> None:
    nothing = scene.change({"README": "hello"}, message="say hello")
    closed = scene.closing()
    approved = scene.word(nothing, "iva", scene.net(closed))
    tree = scene.tree({path_of(FIRST): a_ticket(status="closed")}, nothing)
    codes, told = scene.refused(scene.merge(approved, by="iva", tree=tree))
    assert codes == ["A008"]
    # It was given where the file was another one: that alone is enough.
    assert "iva's does not count: it was given on other versions of the file" in told


@attack("An octopus merge")
def test_an_octopus_lands_what_each_of_its_arms_has(scene: Scene) -> None:
    approved, bare = scene.word(scene.closing()), scene.closing(SECOND)
    tree = scene.tree({path_of(one): a_ticket(one, "closed") for one in (FIRST, SECOND)})
    codes, told = scene.refused(scene.merge(approved, others=(bare,), tree=tree))
    assert codes == ["A008"]
    assert SECOND in told
    assert f"{FIRST}.md" not in told


@attack("A foxtrot merge: the desk's branch as the second parent")
def test_which_parent_comes_first_makes_no_difference(scene: Scene) -> None:
    closed = scene.closing()
    ahead = scene.change({path_of(SECOND): a_ticket(SECOND, priority="high")}, message="more urgent")
    assert scene.pushed(ahead)[0] == []
    tree = scene.tree({path_of(FIRST): a_ticket(status="closed")}, ahead)
    assert scene.pushed(scene.merge(ahead, closed, tree=tree))[0] == ["A008"]
    assert scene.pushed(scene.merge(ahead, scene.word(closed), tree=tree))[0] == []


# A no


@attack("A rejected proposal, landed with the rejection")
def test_a_rejection_blocks(scene: Scene) -> None:
    no = scene.word(scene.closing(), "nina", kind=REJECTS, reason="the customer has not answered")
    codes, told = scene.refused(scene.merge(scene.word(no)))
    assert codes == ["A009"]
    assert "status resolved → closed was rejected by nina: the customer has not answered" in told
    back = scene.word(no, "nina", kind=WITHDRAWS)
    assert scene.refused(scene.merge(scene.word(back)))[0] == []


@attack("A rejected proposal, landed by leaving the rejection out")
def test_a_rejection_on_an_open_proposal_cannot_be_left_out(scene: Scene) -> None:
    closed = scene.closing()
    scene.proposed(scene.word(closed, "nina", kind=REJECTS))
    codes, told = scene.pushed(scene.merge(scene.word(closed)))
    assert codes == ["A009"]
    assert "rejected by nina" in told


@attack("A rejected proposal, landed by another branch")
@pytest.mark.parametrize("again", ["the same", "almost the same"])
def test_another_branch_does_not_get_around_a_rejection(scene: Scene, again: str) -> None:
    scene.proposed(scene.word(scene.closing(), "nina", kind=REJECTS))
    other = scene.closing(**({} if again == "the same" else {"priority": "high"}))
    assert scene.pushed(scene.merge(scene.word(other)))[0] == ["A009"]


@attack(
    "A rejected proposal, landed once the rejection is buried in the history by a merge that leaves the change out"
)
def test_a_rejection_cannot_be_buried(scene: Scene) -> None:
    closed = scene.closing()
    no = scene.word(closed, "nina", kind=REJECTS, reason="not yet")
    scene.proposed(no)
    nothing = scene.desk.git("rev-parse", f"{scene.desk.base}^{{tree}}")
    codes, told = scene.pushed(scene.merge(no, tree=nothing, message="-s ours"))
    assert codes == ["A009"]
    assert "was rejected by nina: not yet" in told
    # Nor in the same push, after it has landed.
    landed = scene.merge(scene.word(closed))
    tree = scene.desk.git("rev-parse", f"{landed}^{{tree}}")
    assert scene.pushed(scene.merge(no, landed, tree=tree))[0] == ["A009"]
    back = scene.word(no, "nina", kind=WITHDRAWS)
    assert scene.pushed(scene.merge(back, tree=nothing, message="-s ours"))[0] == []


@attack("A rejected proposal, landed after its branch is deleted or taken back")
def test_what_was_said_of_a_proposal_stays(scene: Scene) -> None:
    closed = scene.closing()
    scene.proposed(scene.word(closed, "nina", kind=REJECTS))
    ref = f"refs/heads/propose/{FIRST}/one"
    for words in ((f":{ref}",), (f"+{closed}:{ref}",)):
        done = scene.server.push(*words)
        assert done.returncode != 0
        assert "rejected by nina" in done.stderr or "cannot be taken away" in done.stderr
    landing = scene.merge(scene.word(closed))
    done = scene.server.push(f"{landing}:refs/heads/main", f":{ref}")
    assert done.returncode != 0
    assert scene.server.has(ref)
    # Taken back, it lands and the branch may go.
    back = scene.word(scene.server.has(ref), "nina", kind=WITHDRAWS)
    scene.proposed(back)
    done = scene.server.push(f"{scene.merge(scene.word(back))}:refs/heads/main", f":{ref}")
    assert done.returncode == 0, done.stderr
    assert not scene.server.has(ref)


@attack("An approval that was taken back, landed from before")
def test_an_approval_that_was_taken_back_does_not_count(scene: Scene) -> None:
    approved = scene.word(scene.closing())
    scene.proposed(scene.word(approved, kind=WITHDRAWS))
    assert scene.pushed(scene.merge(approved))[0] == ["A008"]


@attack("A rejection, or its withdrawal, forged in somebody else's name")
@pytest.mark.parametrize("key", [None, "marko"])
def test_a_forged_word_neither_blocks_nor_lifts(scene: Scene, key: str | None) -> None:
    closed = scene.closing()
    forged = scene.word(closed, "nina", kind=REJECTS, key=key)
    real = scene.word(closed, "nina", kind=REJECTS)
    lifted = scene.word(real, "nina", kind=WITHDRAWS, key=key)
    assert scene.refused(scene.merge(scene.word(lifted)))[0] == ["A009"]
    assert scene.refused(scene.merge(scene.word(forged)))[0] == []


# What only looks like one


@attack("`Gitdesk-Approves` in a commit with files, or in the merge itself")
def test_an_approval_stands_in_a_commit_of_its_own(scene: Scene) -> None:
    closed = scene.closing()
    net = scene.net(closed)
    trailer = f"Gitdesk-Approves: {net.digest} {net.path}"
    with_files = scene.change({"README": "hello"}, closed, by="iva", message=f"say hello\n\n{trailer}")
    assert scene.refused(scene.merge(with_files))[0] == ["A005", "A008"]
    merged = scene.merge(closed, by="iva", message=f"land it\n\n{trailer}")
    assert scene.refused(merged)[0] == ["A005", "A008"]


@attack("`Approved-by` in a merge, of somebody who has approved nothing")
def test_a_merge_cannot_claim_what_nobody_said(scene: Scene) -> None:
    approved = scene.word(scene.closing())
    claim = scene.merge(approved, message="land it\n\nApproved-by: Nina Novak <nina@acme.example>")
    assert scene.refused(claim)[0] == ["A005"]
    bare = scene.merge(scene.closing(), message="land it\n\nApproved-by: Nina Novak <nina@acme.example>")
    assert scene.refused(bare)[0] == ["A005", "A008"]
    true = scene.merge(approved, by="iva", message="land it\n\nApproved-by: Iva Kralj <iva@acme.example>")
    assert scene.refused(true)[0] == []


@attack("A digest that is none, or of nothing")
def test_a_word_about_nothing_is_none(scene: Scene) -> None:
    closed = scene.closing()
    tree = scene.desk.git("rev-parse", f"{closed}^{{tree}}")
    for value in (f"sha256:{'0' * 64} {path_of(FIRST)}", "sha256:x", path_of(FIRST), f"* {path_of(FIRST)}"):
        message = f"approve\n\nGitdesk-Approves: {value}"
        blank = scene.made(tree, (closed,), "iva", message=message)
        assert scene.refused(scene.merge(blank))[0] == ["A008"], value


@attack("Without signatures, an approval in a colleague's name")
def test_without_signatures_a_name_is_enough(tmp_path: Path) -> None:
    scene = Scene.of(tmp_path / "unsigned", count=2, signed=False)
    forged = scene.word(scene.closing(), "iva", key=None)
    codes, told = scene.refused(scene.merge(forged))
    assert codes == ["A008"]
    assert "1 of 2 approvals by lead (iva, unverified)" in told
    assert scene.refused(scene.merge(scene.word(forged, "nina", key=None)))[0] == []
