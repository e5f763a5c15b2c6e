"""What stands in a file: YAML that would like to be a program, and bytes that are no text."""

from __future__ import annotations

import pytest

from gitdesk.domain.violation import ERROR
from gitdesk.store import codec

from .attacking import PATH, Desk, attack, said, spent, text


def codes(data: str | bytes) -> set[str]:
    """Returns the codes of the errors in a ticket file; it has to be read in a moment."""
    started = spent()
    found = codec.parse(data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data, PATH)
    assert spent() - started < 5
    return {one.code for one in found.problems if one.severity == ERROR}


def header(*lines: str) -> str:
    """Returns a ticket file with more lines in its header."""
    return text().replace("\n---\n\n", "\n" + "\n".join(lines) + "\n---\n\n", 1)


@attack("A bomb of aliases")
def test_aliases_are_refused_and_never_followed(desk: Desk) -> None:
    bomb = ["fields:", "  a: &a [x,x,x,x,x,x,x,x,x]"]
    bomb += [f"  {chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]" for n in range(12)]
    assert "F012" in codes(header(*bomb))
    assert "F012" in desk.refused(desk.commit({PATH: header(*bomb)}))
    config = desk.git("show", f"{desk.base}:gitdesk.yaml") + "\n" + "\n".join(bomb)
    assert "F012" in desk.refused(
        desk.commit({"gitdesk.yaml": config}, author="Iva Kralj <iva@acme.example>")
    )


@attack("A merge key or an anchor: `<<`, `&`")
def test_anchors_are_refused(desk: Desk) -> None:
    assert "F012" in codes(header("fields: &all", "  a: b"))
    assert "F012" in codes(header("fields:", "  <<: *all"))


@attack("Tags that make objects: `!!python/object`, `!!binary`, `!include`")
@pytest.mark.parametrize(
    "value",
    [
        "!!python/object/apply:os.system ['touch sprung']",
        "!!python/name:os.system",
        "!!python/module:os",
        "!!binary aGk=",
        "!include /etc/passwd",
        "!!map {a: b}",
    ],
)
def test_tags_are_refused_and_nothing_is_made_of_them(desk: Desk, value: str) -> None:
    assert "F013" in codes(header(f"type: {value}"))
    assert "F013" in desk.refused(desk.commit({PATH: header(f"type: {value}")}))


@attack("A key twice, of which each reader sees another")
def test_no_key_stands_twice(desk: Desk) -> None:
    assert codes(header("status: closed")) == {"F011"}
    assert codes(header('"status": closed')) == {"F011"}
    assert "F011" in codes(header("fields:", "  a: 1", "  a: 2"))
    assert desk.refused(desk.commit({PATH: header("status: closed")})) == ["F011"]


@attack("More than one document, or a directive")
def test_a_header_is_one_document() -> None:
    assert codes(text().replace("---\n", "---\n%YAML 1.1\n", 1)) == {"F010"}
    ended = codec.parse(header("...", "status: closed").encode(), PATH).ticket
    assert ended is not None
    assert (ended.status, ended.description[:14]) == ("new", "status: closed")


@attack("A header of 64 KiB and more")
def test_a_header_has_a_limit(desk: Desk) -> None:
    large = header(*(f"# {'x' * 100}" for _ in range(700)))
    assert codes(large) == {"F006"}
    assert desk.refused(desk.commit({PATH: large})) == ["F006"]


@attack("Deep nesting")
def test_depth_has_a_limit() -> None:
    assert "F014" in codes(header("fields: " + "[" * 5_000 + "]" * 5_000))
    assert "F014" in codes(header("fields: " + "{a: " * 5_000 + "}" * 5_000))


@attack("A NUL byte")
def test_a_nul_byte_is_refused(desk: Desk) -> None:
    assert codes(text().replace("Help", "He\0lp")) == {"F002"}
    assert desk.refused(desk.commit({PATH: text().replace("Help", "He\0lp")})) == ["F002"]


@attack("Bytes that are no UTF-8")
@pytest.mark.parametrize("bad", [b"\xff\xfe", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\xe2\x80"])
def test_what_is_no_utf8_is_refused(desk: Desk, bad: bytes) -> None:
    data = text(said(desk.at)).encode().replace(b"Help", b"He" + bad + b"lp")
    assert codes(data) == {"F001"}
    assert desk.refused(desk.commit({PATH: data})) == ["F001"]


@attack("UTF-16, UTF-32 or UTF-7 that hides a header")
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "utf-7"])
def test_there_is_one_encoding(encoding: str) -> None:
    data = text().replace("Help", "Žurnal").encode(encoding)
    assert codes(data) & {"F001", "F002", "F004"} or b"urnal" in data


@attack("A header that never ends, or begins later")
def test_a_header_has_a_beginning_and_an_end() -> None:
    assert codes(text().replace("\n---\n", "\n")) == {"F005"}
    assert codes("\n" + text()) == {"F004"}
    assert codes(b"") == {"F004"}


@attack("Values of the wrong kind: a list for a status, a mapping for a title, a number for a time")
def test_every_value_has_one_kind() -> None:
    assert codes(text().replace('status: "new"', "status: [new, closed]")) & {"F022"}
    assert codes(text().replace('title: "Cannot log in"', "title: {a: b}")) & {"F022"}
    assert codes(text(created=0).replace("created: 1970-01-01T00:00:00Z", "created: 1795338843")) == {"F023"}


@attack("Control characters, direction overrides and invisible letters in a value")
@pytest.mark.parametrize("sign", ["\\e", "\\x9b", "\\u202e", "\\u2066", "\\n", "\\x7f", "\\u0085"])
def test_no_value_has_a_character_that_steers(desk: Desk, sign: str) -> None:
    odd = text(said(desk.at)).replace("Cannot log in", f"Cannot {sign}log in")
    assert codes(odd) == {"F027"}
    assert desk.refused(desk.commit({PATH: odd})) == ["F027"]


@attack("A message's author with a direction override")
def test_an_author_looks_like_nobody_else(desk: Desk) -> None:
    forged = said(desk.at + 60, author="Ma\u202eokr <marko@acme.example>")
    assert "F032" in desk.refused(desk.commit({PATH: text(said(desk.at), forged)}))


@attack("Markers of a conflict left in a file")
def test_a_half_merged_file_is_no_ticket(desk: Desk) -> None:
    half = text(said(desk.at)).replace("Help", "<<<<<<< ours\nHelp\n=======\nHelp me\n>>>>>>> theirs")
    assert "F007" in desk.refused(desk.commit({PATH: half}))


@attack("An id that is a path, an option or a pattern")
@pytest.mark.parametrize(
    "ticket", ["../../etc/passwd", "--output=x", "AC-*", "AC-7K3QX4M2/../x", "%s", "$(id)"]
)
def test_an_id_is_an_id(desk: Desk, ticket: str) -> None:
    assert "F025" in desk.refused(desk.commit({PATH: text(said(desk.at), ticket=f'"{ticket}"')}))
