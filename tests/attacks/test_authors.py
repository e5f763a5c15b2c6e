"""Who did it, and when: forged names, forged trailers, forged times."""

from __future__ import annotations

import pytest

from .attacking import ANA, BOT, CONFIG, EVE, IVA, MARKO, PATH, Desk, H, attack, said, stamp, text


def raised(desk: Desk) -> dict[str, str]:
    """Returns the ticket with another priority, which everybody may give it."""
    return {PATH: text(said(desk.at), priority="high")}


def with_trailer(desk: Desk, trailer: str, author: str = MARKO) -> str:
    return desk.commit(raised(desk), message=f"more urgent\n\n{trailer}", author=author)


@attack("Somebody else's name as the author")
def test_a_forged_author_is_believed_and_the_committer_stays_in_the_trail(desk: Desk) -> None:
    forged = desk.commit({PATH: text(said(desk.at), status="spam")}, author=IVA, committer=MARKO)
    assert desk.refused(forged) == []  # a name is what Git says: see "What it does not protect against"
    assert desk.refused(desk.commit({PATH: text(said(desk.at), status="spam")})) == ["P003"]
    assert "Marko Babic" in desk.git("log", "-1", "--format=%cn", forged)


@attack("Somebody else's name as the committer")
def test_a_forged_committer_gives_no_right(desk: Desk) -> None:
    forged = desk.commit({PATH: text(said(desk.at), status="spam")}, author=MARKO, committer=IVA)
    assert desk.refused(forged) == ["P003"]


@attack("An author whom the desk does not know")
def test_a_stranger_has_no_rights_and_is_named(desk: Desk) -> None:
    assert desk.told(desk.commit(raised(desk), author=EVE)) == ["P002"]
    assert desk.refused(desk.commit({PATH: text(said(desk.at), status="spam")}, author=EVE)) == ["P003"]


@attack("An author who looks like somebody of the desk")
@pytest.mark.parametrize(
    "name", ["Iva Kralj <iva@acme.example.evil>", "Ivа Kralj <ivа@acme.example>", "iva <eve@evil.example>"]
)
def test_a_name_that_looks_alike_is_nobodys(desk: Desk, name: str) -> None:
    forged = desk.commit({PATH: text(said(desk.at), status="spam")}, author=name)
    assert desk.refused(forged) == ["P003"]
    assert "P002" in desk.told(forged)


@attack("Somebody else's name, where the desk asks for signatures")
def test_a_name_is_believed_with_a_key_alone(desk: Desk) -> None:
    key = "SHA256:" + "A" * 43
    listed = CONFIG.replace("[iva@acme.example],", f'[iva@acme.example], signing_keys: ["{key}"],')
    asking = desk.commit({"gitdesk.yaml": f"{listed}rules: {{signed_commits: required}}\n"}, author=IVA)
    forged = desk.commit({PATH: text(said(desk.at), status="open")}, parents=(asking,), author=IVA)
    assert desk.refused(forged, asking) == ["A007"]
    # Nor does he who brings the key along have one.
    own = listed.replace("A" * 43, "B" * 43)
    keyed = desk.commit(
        {"gitdesk.yaml": f"{own}rules: {{signed_commits: none}}\n"}, parents=(asking,), author=IVA
    )
    assert "A007" in desk.refused(keyed, asking)


@attack("A forged `Gitdesk-Source`")
def test_who_calls_his_commit_imported_is_judged_like_everybody(desk: Desk) -> None:
    forged = desk.commit(
        {PATH: text(said(desk.at), status="spam")}, message="import\n\nGitdesk-Source: jira:4711"
    )
    assert desk.refused(forged) == ["P003"]
    late = desk.commit(raised(desk), at=desk.at - 2 * H, message="import\n\nGitdesk-Source: jira:4711")
    assert desk.refused(late) == ["A006"]


@attack("A forged `Gitdesk-Via`")
def test_a_way_that_was_not_taken_gives_no_right(desk: Desk) -> None:
    forged = desk.commit({PATH: text(said(desk.at), status="spam")}, message="x\n\nGitdesk-Via: sweep")
    assert desk.refused(forged) == ["P003"]


@attack("A forged `Gitdesk-Automation`")
def test_only_a_robot_of_the_desk_is_a_robot(desk: Desk) -> None:
    assert desk.refused(with_trailer(desk, "Gitdesk-Automation: sweep")) == ["A005"]
    assert desk.refused(with_trailer(desk, "gitdesk-automation: sweep")) == ["A005"]
    assert desk.refused(with_trailer(desk, "Gitdesk-Automation: sweep", BOT)) == []


@attack("A forged `On-behalf-of`")
def test_nobody_acts_for_others_without_the_right(desk: Desk) -> None:
    assert desk.refused(with_trailer(desk, f"On-behalf-of: {IVA}")) == ["P004"]
    assert desk.refused(with_trailer(desk, "On-behalf-of: Nobody <nobody@acme.example>")) == ["A005", "P004"]
    assert desk.refused(with_trailer(desk, f"On-behalf-of: {MARKO}", IVA)) == []


@attack("An approval of one's own, or of nobody: `Approved-by`")
def test_an_approval_needs_another_person_of_the_desk(desk: Desk) -> None:
    assert desk.refused(with_trailer(desk, f"Approved-by: {MARKO}")) == ["A005"]
    assert desk.refused(with_trailer(desk, f"Approved-by: {EVE}")) == ["A005"]


@attack("An approval in a colleague's name: `Approved-by`")
def test_an_approval_that_a_colleague_never_gave_is_believed(desk: Desk) -> None:
    forged = with_trailer(desk, f"Approved-by: {IVA}")
    assert desk.refused(forged) == []
    # It allows nothing that the author may not do anyway.
    spam = desk.commit({PATH: text(said(desk.at), status="spam")}, message=f"x\n\nApproved-by: {IVA}")
    assert desk.refused(spam) == ["P003"]


@attack("A reason that reads like a trailer")
def test_a_line_of_a_reason_becomes_no_trailer(own: Desk) -> None:
    reason = f"x\n\nApproved-by: {IVA}"
    done = own.gitdesk("set", "7k3", "priority=high", "--reason", reason, GITDESK_NOW=stamp(own.at + 60))
    assert done.returncode == 0, done.stderr
    assert "Approved-by" in own.git("log", "-1", "--format=%B", "main")
    assert own.git("log", "-1", "--format=%(trailers:key=Approved-by)", "main") == ""


@attack("A backdated commit")
def test_a_commit_dated_before_the_one_below_is_refused(desk: Desk) -> None:
    assert desk.refused(desk.commit(raised(desk), at=desk.at - H)) == ["A006"]
    assert desk.refused(desk.commit(raised(desk), at=desk.at - 240)) == []


@attack("A commit of the future that touches no ticket, for others to stand on")
def test_a_commit_beside_the_desk_is_dated_by_the_servers_clock_too(desk: Desk) -> None:
    ahead = desk.commit({"readme": "1"}, at=desk.at + 48 * H)
    assert desk.refused(ahead, now=desk.at + H) == ["A006"]


@attack("A commit of the future")
def test_a_commit_dated_after_the_servers_clock_is_refused(desk: Desk) -> None:
    assert desk.refused(desk.commit(raised(desk), at=desk.at + 600), now=desk.at) == ["A006"]


@attack("A commit made late and dated early, but after its parent")
def test_a_commit_dated_back_to_its_parent_cannot_be_told_from_work_without_a_network(desk: Desk) -> None:
    assert desk.refused(desk.commit(raised(desk), at=desk.at + 60), now=desk.at + 100 * H) == []


@attack("A time that no calendar has")
@pytest.mark.parametrize("at", [0, 2**31, 99_999_999_999, 253_402_300_800])
def test_a_time_beyond_the_calendar_is_refused(desk: Desk, at: int) -> None:
    assert "A006" in desk.refused(desk.commit(raised(desk), at=at))


@attack("A header of a commit that is damaged")
@pytest.mark.parametrize("line", ["", "author", "author Eve", f"author {IVA}", f"author {IVA} soon +9999"])
def test_a_commit_without_a_readable_author_has_none(desk: Desk, line: str) -> None:
    spam = desk.commit({PATH: text(said(desk.at), status="spam")})
    lines = [f"tree {desk.git('rev-parse', f'{spam}^{{tree}}')}", f"parent {desk.base}", line]
    data = "\n".join([*filter(None, lines), f"committer {MARKO} {desk.at + 60} +0000", "", "odd\n"])
    odd = desk.git("hash-object", "-t", "commit", "-w", "--stdin", "--literally", input=data.encode())
    assert "P003" in desk.refused(odd) or IVA in line


@attack("A ticket or a message in a customer's name")
def test_a_customers_words_are_typed_in_by_whoever_has_them(desk: Desk) -> None:
    said_by_ana = text(said(desk.at), said(desk.at + 60, "Thank you.", ANA, "customer"))
    assert desk.refused(desk.commit({PATH: said_by_ana})) == []
    assert MARKO in desk.git("log", "-1", "--format=%an <%ae>", desk.commit({PATH: said_by_ana}))
