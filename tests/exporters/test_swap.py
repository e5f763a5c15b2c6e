"""A folder takes the place of another in one step: no reader and no kill finds nothing, or half of each."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from pathlib import Path

import pytest

from gitdesk.exporters import swap as swapping
from gitdesk.exporters.swap import swap, workroom

MONTHS = ("month=2026-01/part-0.parquet", "month=2026-02/part-0.parquet")


def made(folder: Path, text: str, names: tuple[str, ...] = MONTHS) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True)
        path.write_text(text)
    return folder


def files(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("exchanging", [True, False])
def test_a_folder_takes_the_place_of_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exchanging: bool
) -> None:
    if not exchanging:
        monkeypatch.setattr(swapping, "exchanged", lambda *_: False)
    place = tmp_path / "root" / "tickets" / "desk=a"
    swap(str(made(tmp_path / "one", "one")), str(place))
    assert files(place) == dict.fromkeys(MONTHS, "one")
    swap(str(made(tmp_path / "two", "two", (MONTHS[1], "month=2026-03/part-0.parquet"))), str(place))
    assert files(place) == {MONTHS[1]: "two", "month=2026-03/part-0.parquet": "two"}
    assert sorted(os.listdir(place)) == ["month=2026-02", "month=2026-03"]


def test_a_reader_always_finds_a_whole_one(tmp_path: Path) -> None:
    place, stop, met = tmp_path / "place", threading.Event(), set[str]()
    swap(str(made(tmp_path / "new", "0")), str(place))

    def look() -> None:
        while not stop.is_set():
            met.add(" ".join(sorted(os.listdir(place))))

    reader = threading.Thread(target=look)
    reader.start()
    try:
        for number in range(100):
            swap(str(made(tmp_path / f"new{number}", str(number))), str(place))
    finally:
        stop.set()
        reader.join()
    assert met == {"month=2026-01 month=2026-02"}


def test_a_kill_at_any_moment_leaves_one_of_the_two_and_the_next_export_clears_away(tmp_path: Path) -> None:
    root = tmp_path / "root"
    place = root / "tickets" / "desk=a"
    swap(str(made(tmp_path / "first", "first")), str(place))
    chance = random.Random(7)
    for _ in range(10):
        child = os.fork()
        if not child:
            try:
                while True:
                    with workroom(str(root)) as beside:
                        swap(str(made(Path(beside) / "done", "next")), str(place))
            finally:
                os._exit(1)
        time.sleep(chance.random() * 0.05)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        found = files(place)
        assert set(found) == set(MONTHS)
        assert len(set(found.values())) == 1
    for path in root.glob(".gitdesk-*"):
        os.utime(path, (1, 1))
    with workroom(str(root)) as beside:
        assert os.listdir(root) in (["tickets", Path(beside).name], [Path(beside).name, "tickets"])
        os.utime(beside, (1, 1))
        with workroom(str(root)):
            assert Path(beside).is_dir()  # somebody is at work in it
    assert os.listdir(root) == ["tickets"]
