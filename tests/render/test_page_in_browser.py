"""The page of a report in a real Chromium: it runs, complains of nothing, fits a phone. Skipped where there is none."""

from __future__ import annotations

import html
import json
import re
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parent.parent / "reports"))

from made_cycles import HOSTILE, START, cycle, report, written

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
    "--hide-scrollbars", "--enable-logging=stderr", "--virtual-time-budget=3000",
)  # fmt: skip
PHONE = 360  # pixels
pytestmark = pytest.mark.skipif(
    not CHROMIUM.exists(), reason="needs /usr/bin/chromium: apt-get install chromium"
)

# Puts the page into a frame as wide as a phone, sorts a table in it, and tells what it found.
PROBE = """<!DOCTYPE html><meta charset="utf-8"><body><iframe id="f" style="border:0;width:{width}px;height:800px"
srcdoc="{page}"></iframe><pre id="told"></pre><script>
document.getElementById("f").addEventListener("load", (event) => {{
  const inner = event.target.contentDocument;
  const wide = [...inner.querySelectorAll("body *")].filter((each) => !each.closest("svg, .wide, caption, thead")
    && each.getBoundingClientRect().right > {width} + 0.5).map((each) => each.outerHTML.slice(0, 80));
  const table = [...inner.querySelectorAll("table.sortable")].find((each) => each.caption.textContent === "Breaches");
  const ids = () => table ? [...table.tBodies[0].rows].map((row) => row.cells[0].textContent) : [];
  const before = ids();
  if (table) table.tHead.rows[0].cells[2].querySelector("button").click();
  document.getElementById("told").textContent = JSON.stringify({{
    scroll: inner.documentElement.scrollWidth, wide, before, after: ids(), owned: typeof inner.defaultView.owned,
    sort: table && table.tHead.rows[0].cells[2].getAttribute("aria-sort"),
    font: inner.defaultView.getComputedStyle(inner.body).fontSize,
    dark: inner.defaultView.getComputedStyle(inner.body).backgroundColor,
  }});
}});
</script>"""


def many() -> list[object]:
    """Returns cycles of every kind, with every hostile title."""
    found: list[object] = [
        cycle("breached", f"GD-{n:08}", title=f"{title}<script>owned=1</script>", late_by=100 * n + 1)
        for n, title in enumerate(HOSTILE)
    ]
    found += [cycle("running", f"GD-1{n:07}", title="w" * 90 + f" {n}", elapsed=28000) for n in range(9)]
    found += [
        cycle(ticket=f"GD-2{n:07}", paused=n * 3600, assignee="an.agent.with.a.long.name" + "x" * n)
        for n in range(40)
    ]
    return found


def pages() -> dict[str, str]:
    times = [
        ("GD-00000001", {name: 3600 * n for n, name in enumerate(("new", "open", "waiting", "gone"), 1)})
    ]
    return {
        "full": written(report(*many(), status_times=times, problems=HOSTILE, query="q" * 200), "html"),  # type: ignore[arg-type]
        "empty": written(report(), "html"),
        "one": written(report(cycle("n/a", started_at=START, stopped_at=None, target=None)), "html"),
    }


def chromium(folder: Path, *words: str) -> tuple[str, str]:
    """Runs the browser without any profile but a fresh one; returns what it printed and what its console said."""
    command = [str(CHROMIUM), *FLAGS, f"--user-data-dir={folder / 'profile'}", *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=120, check=True)
    said = done.stderr.decode("utf-8", "replace")
    return done.stdout.decode("utf-8", "replace"), "\n".join(re.findall(r".*CONSOLE.*", said))


def probe(folder: Path, page: str, width: int, *words: str) -> dict[str, object]:
    file = folder / "probe.html"
    file.write_text(PROBE.format(width=width, page=html.escape(page)), encoding="utf-8")
    dom, console = chromium(folder, "--dump-dom", *words, file.as_uri())
    assert console == ""
    told = re.search(r'<pre id="told">(.*?)</pre>', dom, re.DOTALL)
    assert told is not None
    found: dict[str, object] = json.loads(html.unescape(told[1]))
    return found


@pytest.mark.parametrize("which", ["full", "empty", "one"])
def test_a_page_runs_without_a_complaint_and_fits_a_phone(tmp_path: Path, which: str) -> None:
    told = probe(tmp_path, pages()[which], PHONE)
    assert told["scroll"] == PHONE
    assert told["wide"] == []
    assert told["owned"] == "undefined"
    assert told["font"] == "16px"  # the style sheet is taken, under its own policy
    if which == "full":
        assert told["sort"] == "ascending"
        before, after = told["before"], told["after"]
        assert isinstance(before, list)
        assert after == before[::-1] != before


def test_a_page_has_a_dark_side(tmp_path: Path) -> None:
    page = pages()["one"]
    light = probe(tmp_path, page, 1200)["dark"]
    dark = probe(tmp_path, page, 1200, "--blink-settings=preferredColorScheme=0")["dark"]
    assert (light, dark) == ("rgb(244, 245, 247)", "rgb(17, 21, 27)")


def test_a_page_opened_as_a_file_draws_something_and_loads_nothing(tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_text(pages()["full"], encoding="utf-8")
    dom, console = chromium(tmp_path, "--dump-dom", file.as_uri())
    assert console == ""
    assert "th button" in dom
    assert '<button type="button">' in dom  # the script ran
    picture = tmp_path / "report.png"
    chromium(tmp_path, f"--screenshot={picture}", "--window-size=1200,900", file.as_uri())
    size, colours = looked_at(picture.read_bytes())
    assert size == (1200, 900)
    assert colours > 50


def looked_at(data: bytes) -> tuple[tuple[int, int], int]:
    """Returns the size of a PNG and how many different runs of four bytes its rows have: an empty page has few."""
    size = struct.unpack(">II", data[16:24])
    packed, place = b"", 8
    while place < len(data):
        length, kind = struct.unpack(">I4s", data[place : place + 8])
        if kind == b"IDAT":
            packed += data[place + 8 : place + 8 + length]
        place += length + 12
    rows = zlib.decompress(packed)
    return (size[0], size[1]), len({rows[at : at + 4] for at in range(0, len(rows), 4)})
