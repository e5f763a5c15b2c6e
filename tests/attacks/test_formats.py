"""Text in CI logs, reports and tables: what a title says is text there, whatever the format would make of it."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET

import pytest

from .attacking import PATH, START, Desk, H, attack, stamp, text

pytestmark = pytest.mark.xdist_group("attacks-formats")

TITLES = [
    "::error file=x::owned",
    "%0A::error::owned",
    "##[error]owned",
    "::stop-commands::owned",
    "::set-output name=x::owned",
    "::add-mask::a",
    "##vso[task.setvariable variable=x]owned",
    "section_start:1:owned[collapsed=true]",
    "=cmd|' /C calc'!A0",
    "+1+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "</testcase></testsuite><evil/>",
    "]]><evil/>",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "a | b | c",
    "[click](javascript:alert(1)) ![x](http://evil.example/x.png)",
    "```\n::error::owned".replace("\n", " "),
    "<!-- hidden",
    "&lt;b&gt; &#x1b;",
]
FORMATS = (
    "table",
    "markdown",
    "json",
    "jsonl",
    "csv",
    "junit",
    "sarif",
    "github",
    "summary",
    "gitlab",
    "html",
)
# At the beginning of a line, a runner of GitHub, Azure or GitLab takes these for commands.
COMMAND = re.compile(
    r"^\s*(::(?!error |warning |notice |error::|warning::)|##\[|##vso\[|section_start:)", re.MULTILINE
)


def name_of(number: int) -> str:
    return f"AC-7K3QX40{'0123456789ABCDEFGHJKMNPQRSTVWXYZ'[number]}"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Desk, dict[str, str]]:
    """Returns a desk of hostile titles and what a report of it is in every format, out of one run."""
    desk = Desk.of(tmp_path_factory.mktemp("titles") / "desk")
    files = {
        f"tickets/7K/{name_of(number)}.md": text(ticket=name_of(number), title=title, type=title)
        for number, title in enumerate(TITLES)
    }
    tip = desk.commit({**files, PATH: None})
    desk.git("update-ref", "refs/heads/main", tip)
    told: dict[str, str] = {}
    for command in ("check", "sla report"):
        names = [name for name in FORMATS if (command, name) != ("check", "html")]
        outputs = [f"--output={name}={desk.path}/out.{name}" for name in names]
        done = desk.gitdesk(*command.split(), *outputs, GITDESK_NOW=stamp(START + 100 * H))
        assert done.returncode in (0, 1), done.stderr
        for file in desk.path.glob("out.*"):
            told[f"{command} {file.suffix[1:]}"] = file.read_bytes().decode()
            file.unlink()
    for command in ("list --all -n 0", "search owned calc alert evil hidden", "log -n 99"):
        for name in ("table", "csv", "markdown", "jsonl"):
            done = desk.gitdesk(*command.split(), "--format", name, GITDESK_NOW=stamp(START + 100 * H))
            told[f"{command.split()[0]} {name}"] = done.stdout
    return desk, told


def of(made: tuple[Desk, dict[str, str]], *formats: str) -> dict[str, str]:
    found = {key: value for key, value in made[1].items() if key.split()[-1] in formats}
    assert found
    return found


@attack("`::error`, `##[error]`, `::stop-commands` in a title, in the log of a CI server")
def test_no_title_starts_a_command_of_a_ci_server(made: tuple[Desk, dict[str, str]]) -> None:
    for key, told in of(made, "table", "github", "summary", "markdown").items():
        lines = [line for line in told.splitlines() if COMMAND.match(line)]
        assert lines == [], (key, lines)
    annotations = [line for line in made[1]["check github"].splitlines() if "owned" in line]
    assert annotations
    assert all(line.startswith(("::error file=", "::warning file=")) for line in annotations)
    assert not any(re.search(r"(?<!^)(?<=[\r\n])::", line) for line in annotations)


@attack("A formula in a CSV file")
def test_no_cell_of_a_csv_file_is_a_formula(made: tuple[Desk, dict[str, str]]) -> None:
    for key, told in of(made, "csv").items():
        rows = list(csv.reader(io.StringIO(told)))
        assert len({len(row) for row in rows}) == 1, key
        cells = [cell for row in rows[1:] for cell in row]
        wrong = [
            cell for cell in cells if cell[:1] in "=+-@\t\r" and cell and not re.fullmatch(r"-?[\d.]+", cell)
        ]
        assert wrong == [], (key, wrong)


@attack("An element that ends, or begins, in XML (JUnit)")
def test_no_title_ends_an_element(made: tuple[Desk, dict[str, str]]) -> None:
    for key, told in of(made, "junit").items():
        root = ET.fromstring(told)
        assert root.find(".//evil") is None, key
        assert "evil" in told


@attack("Markup, a script or a picture from elsewhere in a page (HTML)")
def test_no_title_is_markup_of_a_page(made: tuple[Desk, dict[str, str]]) -> None:
    for key, told in of(made, "html").items():
        assert "<script>alert" not in told, key
        assert "<img src=x" not in told
        assert "<evil/>" not in told
        assert "&lt;script&gt;alert(1)" in told


@attack("A link, a picture, a table or HTML in Markdown")
def test_no_title_is_markup_of_markdown(made: tuple[Desk, dict[str, str]]) -> None:
    for key, told in of(made, "markdown", "summary").items():
        assert "](javascript" not in told.replace("\\]", ""), key
        assert not re.search(r"(?<!\\)<(script|img|evil|!--)", told), key
        tables = [line for line in told.splitlines() if line.startswith("|")]
        for line in tables:
            assert len(re.findall(r"(?<!\\)\|", line)) < 30, (key, line)
        widths = {len(re.findall(r"(?<!\\)\|", line)) for line in tables if "owned" in line or "calc" in line}
        assert len(widths) <= 2, (key, widths)


@attack("A quote or a line end in JSON, JSON Lines, SARIF, code quality")
def test_no_title_ends_a_text_of_json(made: tuple[Desk, dict[str, str]]) -> None:
    for told in of(made, "json", "sarif", "gitlab").values():
        json.loads(told)
    for told in of(made, "jsonl").values():
        for line in told.splitlines():
            assert isinstance(json.loads(line), dict)


@attack("A statement instead of a question: `gitdesk sql`")
@pytest.mark.parametrize(
    "statement",
    [
        "drop table tickets",
        "delete from tickets",
        "attach database '/tmp/x' as x",
        "pragma writable_schema=1",
        "select load_extension('x')",
        "select writefile('sprung', 'x')",
        "select 1; drop table tickets",
        "vacuum into 'sprung'",
    ],
)
def test_sql_only_reads(made: tuple[Desk, dict[str, str]], statement: str) -> None:
    desk, _ = made
    done = desk.gitdesk("sql", statement, GITDESK_NOW=stamp(START + 100 * H))
    assert done.returncode != 0 or done.stdout == "", done.stdout
    assert "Traceback" not in done.stderr
    assert not (desk.path / "sprung").exists()
    count = desk.gitdesk("sql", "select count(*) from tickets", "--format", "csv").stdout
    assert count.split()[-1] == str(len(TITLES))


@attack("SQL or a pattern of full-text search in a query")
@pytest.mark.parametrize(
    "query", ["title:x' or 1=1 --", 'title:"x\' union select 1"', 'zz"qq', "NEAR(zz qq)", "tag:'); --"]
)
def test_a_query_is_no_statement(made: tuple[Desk, dict[str, str]], query: str) -> None:
    desk, _ = made
    for words in (["list", "-q", "--", query], ["search", "-q", "--", query]):
        done = desk.gitdesk(*words, GITDESK_NOW=stamp(START + 100 * H))
        assert done.returncode in (0, 1, 2), done.stderr
        assert "Traceback" not in done.stderr
        assert done.stdout == ""
