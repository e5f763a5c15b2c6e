"""Standard streams that are closed, full, or read by somebody who leaves."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from conversation import FAKE, environ, piped


def shell(home: Path, script: str, **more: str) -> subprocess.CompletedProcess[str]:
    settings = environ(home, GITDESK=f"{sys.executable} {FAKE}", **more)
    return subprocess.run(["bash", "-c", script], env=settings, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("format_", ["table", "jsonl", "csv"])
def test_a_reader_that_leaves_ends_it_quietly(tmp_path: Path, format_: str) -> None:
    done = shell(
        tmp_path, f"$GITDESK rows --count 4000 --format {format_} | head -1; echo ${{PIPESTATUS[0]}}"
    )
    *_, code = done.stdout.split()
    assert (done.stderr, code) == ("", "141")


def test_a_reader_that_left_before_the_first_line_ends_it_quietly(tmp_path: Path) -> None:
    for call in ("rows", "--help", "rows --help"):
        done = shell(tmp_path, f"{{ sleep 0.1; $GITDESK {call}; echo $? >&2; }} | true")
        assert done.stderr == "141\n", call


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full")
def test_a_full_disk_is_an_error(tmp_path: Path) -> None:
    for call in ("rows", "rows --count 20000 -q", "--version"):
        done = shell(tmp_path, f"$GITDESK {call} > /dev/full")
        assert done.stderr.splitlines()[0] == (
            "error: standard output cannot be written: no space left on device"
        ), call
        assert done.returncode == 6


def test_a_closed_standard_output_is_an_error_only_for_who_writes_to_it(tmp_path: Path) -> None:
    done = shell(tmp_path, "$GITDESK rows >&-")
    assert (done.returncode, done.stderr) == (6, "error: standard output is closed\n")
    assert shell(tmp_path, "$GITDESK fail exit >&-").returncode == 1


def test_closed_standard_input_and_error_are_survived(tmp_path: Path) -> None:
    assert shell(tmp_path, "$GITDESK rows -q <&-").stdout == "GD-00000000\nGD-00000001\n"
    assert shell(tmp_path, "$GITDESK bulk - <&-").returncode == 0
    assert shell(tmp_path, "$GITDESK say <&-").returncode == 1
    assert shell(tmp_path, "$GITDESK fail place 2>&-").returncode == 3
    assert shell(tmp_path, "$GITDESK rows -q <&- >&- 2>&-").returncode == 6


def test_ctrl_c_ends_it_quietly_with_130(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, str(FAKE), "work"],
        env=environ(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"working\n"
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
    assert (process.returncode, said) == (130, b"")


def test_a_broken_pipe_that_is_not_ours_is_a_bug_and_not_silence(tmp_path: Path) -> None:
    assert piped(tmp_path, "fail", "pipe").returncode == 70


def test_machine_formats_are_utf_8_whatever_the_locale(tmp_path: Path) -> None:
    for format_ in ("json", "jsonl", "csv"):
        done = piped(tmp_path, "rows", "--format", format_, PYTHONIOENCODING="ascii", LC_ALL="C")
        assert "\u202ereset" in done.stdout
    assert "\\u{202e}reset" in piped(tmp_path, "rows", PYTHONIOENCODING="ascii").stdout


def test_what_is_not_unicode_in_a_call_is_shown_and_not_fatal(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(FAKE).encode(), b"rows\xff"],
        env=environ(tmp_path),
        capture_output=True,
        timeout=60,
    )
    assert done.returncode == 2
    assert b'unknown command "rows\\u{dcff}"' in done.stderr


def test_every_format_says_the_same_rows(tmp_path: Path) -> None:
    whole = json.loads(piped(tmp_path, "rows", "--json").stdout)
    assert (whole["schema"], whole["kind"]) == ("gitdesk.output/1", "tickets")
    lines = [json.loads(line) for line in piped(tmp_path, "rows", "--format", "jsonl").stdout.splitlines()]
    assert lines == whole["items"]
    ids = piped(tmp_path, "rows", "-q").stdout.split()
    assert ids == [item["id"] for item in lines]
    csv = piped(tmp_path, "rows", "--format", "csv").stdout.split("\r\n")
    assert csv[0] == "id,title,status,created"
    assert [line.split(",")[0] for line in csv[1:-1]] == ids


def test_no_rows_say_so_on_standard_error_only_to_people(tmp_path: Path) -> None:
    done = piped(tmp_path, "rows", "--count", "0")
    assert (done.stdout, done.stderr) == ("", "no tickets match\n")
    done = piped(tmp_path, "rows", "--count", "0", "--json")
    assert (json.loads(done.stdout)["items"], done.stderr) == ([], "")
