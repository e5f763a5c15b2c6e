"""What goes in and out: imports, exports, attachments, baselines, and gitdesk's own files in `.git`."""

from __future__ import annotations

import gzip
import json
import os
import sqlite3
from contextlib import suppress
from pathlib import Path

import pytest

from .attacking import ANA, ID, PATH, START, Desk, attack, said, spent, stamp, text


def ticket(**more: object) -> str:
    """Returns a line of the exchange format."""
    given = {"source": {"system": "j", "id": "1"}, "title": "t", "created": stamp(START), "requester": ANA}
    return json.dumps({**given, "status": "new", "priority": "normal", "events": [], **more}) + "\n"


def imported(desk: Desk, content: bytes | str, name: str = "in.jsonl", *words: str) -> tuple[int, str]:
    file = desk.path.parent / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    done = desk.gitdesk("import", "jsonl", str(file), *words, GITDESK_NOW=stamp(desk.at + 3600))
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout + done.stderr


def attachments(desk: Desk) -> list[str]:
    listed = desk.git("ls-tree", "-rz", "--name-only", "main", "tickets").split("\0")
    return [one for one in listed if one and not one.endswith(".md")]


@attack("A bomb of zeros in a `.gz` that is imported")
def test_what_a_small_file_unpacks_to_has_a_limit(own: Desk) -> None:
    bomb = gzip.compress(b"0" * 100_000_000, compresslevel=1)
    assert len(bomb) < 1_000_000
    started = spent()
    code, told = imported(own, bomb, "in.jsonl.gz")
    assert code in (1, 2, 5), told
    assert spent() - started < 20
    assert own.git("rev-parse", "main") == own.base


@attack("An attachment whose name leads elsewhere")
@pytest.mark.parametrize("name", ["../../../sprung", "..\\..\\sprung", ".git/config", "a/../../sprung", "-x"])
def test_an_attachment_has_a_name_and_no_path(own: Desk, name: str) -> None:
    event = {"id": "1", "at": stamp(START + 60), "by": ANA, "message": {"kind": "customer", "text": "x"}}
    file = {"name": name, "data": "eA=="}
    code, told = imported(
        own, ticket(events=[{**event, "message": {**event["message"], "attachments": [file]}}])
    )
    kept = attachments(own)
    assert code in (0, 2, 5), told
    assert all(one.count("/") == 3 and ".." not in one for one in kept), kept
    assert not list(own.path.parent.rglob("*sprung*")) or all(
        own.path in one.parents for one in own.path.parent.rglob("*sprung*")
    )


@attack("An attachment taken from a path outside of the import: `path: /etc/passwd`")
@pytest.mark.parametrize("path", ["/etc/passwd", "../secret", "link"])
def test_an_import_reads_no_file_elsewhere(own: Desk, path: str) -> None:
    folder = own.path.parent / "exchange"
    folder.mkdir()
    (own.path.parent / "secret").write_text("SECRET")
    (folder / "link").symlink_to(own.path.parent / "secret")
    event = {"id": "1", "at": stamp(START + 60), "by": ANA}
    message = {"kind": "customer", "text": "x", "attachments": [{"name": "a.txt", "path": path}]}
    code, told = imported(own, ticket(events=[{**event, "message": message}]), "exchange/in.jsonl")
    kept = [own.git("show", f"main:{one}", check=False) for one in attachments(own)]
    assert not any("SECRET" in one or "root:" in one for one in kept)
    assert (code, "outside" in told or "not there" in told or "attachment" in told) == (0, True), told


@attack("An attachment named with control characters, or after a device")
@pytest.mark.parametrize("name", ["\x1b[31m.txt", "a\nb.txt", "\u202etxt.exe", "CON", "a:b"])
def test_an_attachment_gets_a_portable_name(own: Desk, tmp_path: Path, name: str) -> None:
    from gitdesk.domain.format import is_safe_name

    file = tmp_path / "files"
    file.mkdir()
    (file / name).write_text("x")
    given = next(iter(file.iterdir()))
    done = own.gitdesk("attach", "7k3", str(given), GITDESK_NOW=stamp(own.at + 60))
    assert (done.returncode, len(attachments(own))) == ((2, 0) if name == "CON" else (0, 1)), done.stderr
    assert all(is_safe_name(one.rpartition("/")[2]) for one in attachments(own))
    assert "\x1b" not in done.stdout + done.stderr


@attack("A link as what is attached or imported")
def test_a_link_is_not_followed(own: Desk, tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_text("real")
    (tmp_path / "link.txt").symlink_to(tmp_path / "real.txt")
    done = own.gitdesk("attach", "7k3", str(tmp_path / "link.txt"), GITDESK_NOW=stamp(own.at + 60))
    assert (done.returncode, "it is a link" in done.stderr) == (2, True)
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for words in (["attach", "7k3", str(tmp_path / "loop")], ["import", "jsonl", str(tmp_path / "loop")]):
        assert own.gitdesk(*words).returncode in (2, 4, 5, 6), words
    endless = own.gitdesk("attach", "7k3", "/dev/zero")
    assert endless.returncode != 0


@attack("A link where an export is to go")
def test_an_export_goes_over_nothing_that_is_there(own: Desk, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("kept")
    (tmp_path / "out.jsonl").symlink_to(victim)
    done = own.gitdesk("export", "jsonl", "-o", str(tmp_path / "out.jsonl"))
    assert done.returncode == 1
    assert victim.read_text() == "kept"


@attack("A ticket whose attachments an export would write elsewhere")
def test_an_export_writes_attachments_below_its_folder(own: Desk, tmp_path: Path) -> None:
    blob = ("100644", own.blob(b"x"))
    folder = ("40000", own.tree({b"..": blob, b"-x": blob, b"CON": blob, b"a\\..\\b": blob, b"\x1b": blob}))
    own.git("update-ref", "refs/heads/main", own.beside_the_ticket({ID.encode(): folder}))
    out = tmp_path / "out"
    out.mkdir()
    (out / "files").mkdir()
    done = own.gitdesk("export", "jsonl", "-o", str(out / "all.jsonl"), "--attachments", str(out / "files"))
    assert done.returncode == 0, done.stderr
    written = [path for path in tmp_path.rglob("*") if path.is_file() and own.path not in path.parents]
    assert written
    assert all(path.parent == out / "files" / ID or path == out / "all.jsonl" for path in written), written


@attack("A baseline that hides new errors, brought by the branch itself")
def test_a_baseline_is_to_be_taken_from_the_base(own: Desk, tmp_path: Path) -> None:
    bad = own.commit({PATH: text(said(own.at), priority="normla")})
    own.git("update-ref", "refs/heads/topic", bad)
    own.git("update-ref", "refs/heads/keep", own.base)
    own.git("update-ref", "refs/heads/main", bad)
    hidden = own.gitdesk("check", "--write-baseline", "baseline.json")
    assert hidden.returncode in (0, 1)
    own.git("update-ref", "refs/heads/main", own.base)
    # The file is the caller's word: who takes it from the branch lets the branch say what is not told.
    assert own.gitdesk("check", "keep..topic", "--baseline", "baseline.json").returncode == 0
    assert own.gitdesk("check", "keep..topic").returncode == 1
    docs = (Path(__file__).resolve().parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
    assert "git show origin/main:baseline.json" in docs


@attack("A baseline that is no baseline, or endless")
@pytest.mark.parametrize(
    "content", ["", "[]", "{", '{"entries": 1}', "\x00", '[{"fingerprint": "\x1b[31m"}]']
)
def test_a_baseline_that_cannot_be_read_stops_the_check(own: Desk, content: str) -> None:
    (own.path / "baseline.json").write_text(content)
    done = own.gitdesk("check", "--baseline", "baseline.json")
    assert done.returncode == 5, (done.stdout, done.stderr)
    assert "\x1b" not in done.stderr


@attack("The index replaced by a hostile one")
def test_an_index_of_somebody_else_is_rebuilt_or_only_wrong(own: Desk) -> None:
    assert own.gitdesk("list", "-q").stdout == f"{ID}\n"
    folder = own.path / ".git" / "gitdesk"
    (file,) = folder.rglob("*.sqlite")
    whole = file.read_bytes()
    for data in (b"", whole[:5000], whole[:200] + b"\xff" * 4000, os.urandom(100_000)):
        for extra in ("-wal", "-shm", "-journal"):
            Path(f"{file}{extra}").unlink(missing_ok=True)
        file.write_bytes(data)
        done = own.gitdesk("list", "-q")
        assert (done.returncode, done.stdout) == (0, f"{ID}\n"), (data[:20], done.stderr)
    with sqlite3.connect(file) as connection:
        listed = "select name from sqlite_master where type = 'table' and sql not like '%virtual%' and sql not null"
        for (name,) in connection.execute(listed).fetchall():
            with suppress(sqlite3.OperationalError):  # a table of SQLite's own
                connection.execute(
                    f'create trigger "evil {name}" after insert on "{name}" begin select load_extension(1); end'
                )
        connection.execute("create view more as select load_extension('sprung')")
    connection.close()
    done = own.gitdesk("new", "Hello", "-m", "x", GITDESK_NOW=stamp(own.at + 60))
    assert done.returncode == 0, done.stderr
    assert own.gitdesk("list", "-q").returncode == 0
    assert not list(own.path.rglob("*sprung*"))


@attack("An import file that lies: alien ids, times of no calendar, people who are none")
@pytest.mark.parametrize(
    "more",
    [
        {"created": "9999999-01-01"}, {"title": "\x1b[31m"}, {"title": ["x"]}, {"id": "../../etc/passwd"},
        {"requester": {"name": "\u202e"}}, {"events": "x"}, {"events": [{"at": "soon"}]}, {"fields": {"a": {"b": 1}}},
        {"source": {"system": "a\nGitdesk-Source: b", "id": "--output=x"}}, {"tags": ["a\nb"]},
    ],
)  # fmt: skip
def test_what_an_import_makes_is_a_sound_desk(own: Desk, more: dict[str, object]) -> None:
    code, told = imported(own, ticket(**more))
    assert code in (0, 1, 2, 5), told
    assert "\x1b" not in told
    assert own.gitdesk("check").returncode == 0
    assert "etc/passwd" not in own.git("ls-tree", "-r", "--name-only", "main")


@attack("Deep or endless JSON in an import")
def test_json_has_limits(own: Desk) -> None:
    for data in (
        "[" * 200_000,
        '{"a":' * 100_000,
        "1" * 100_000,
        '{"a": 1e999999}',
    ):
        started = spent()
        code, told = imported(own, data)
        assert code in (1, 2, 5), told[:300]
        assert spent() - started < 20
        assert len(told) < 5_000
