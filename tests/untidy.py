"""Files as people leave them: headers in which each key has a style of its own, bodies that imitate the format."""

from __future__ import annotations

from hypothesis import strategies as st

Chunk = tuple[str, str]  # a key, and its lines with what stands above them

WORDS = [
    "login",
    "vip",
    "billing",
    "api",
    "zeta",
    "no",
    "17:00",
    "a: b",
    "it's",
    'say "hi"',
    "# x",
    "Ärger",
    "-dash",
]
ITEMS = ["login", "vip", "billing", "api", "a b", "zeta", "area:net"]


def single(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def double(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def is_plain(text: str) -> bool:
    return not any(mark in text for mark in (": ", "#", '"')) and text[0] not in "-'"


START = "### 2026-11-22T10:15:00Z · reply · Marko <marko@acme.example>"
_MEANT = [
    START, f"\\{START}", f"\\\\{START}", f"  {START}", "###2026-11-22 10:15", "---", "...", "<<<<<<< HEAD", "=======",
    ">>>>>>> topic", "<!-- via: email -->", "```", "id: GD-00000000", "\\", "", " ", "\r", "x\r",
]  # fmt: skip
# Text that gravitates to the lines the format gives a meaning to.
nasty = st.lists(
    st.sampled_from(_MEANT)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12),
    max_size=8,
).map("\n".join)

blanks = st.sampled_from(["", " ", "   "])
comments = st.sampled_from(["", "", "", " # why", "   #"])
above = st.sampled_from(["", "", "", "\n", "# above\n", "\n# above: it\n\n", " \n"])


@st.composite
def text_chunks(draw: st.DrawFn, key: str) -> tuple[Chunk, str]:
    """Draws a key with one text; returns its chunk and what it says."""
    word = draw(st.sampled_from(WORDS))
    styles = ["single", "double", "literal", "folded", "unset", "null", "below", "long"]
    if is_plain(word):
        styles += ["plain", "plain", "plain"]
    style = draw(st.sampled_from(styles))
    name = draw(st.sampled_from([key, key, key, single(key), double(key)]))
    gap, end = draw(st.sampled_from([" ", "   "])), draw(blanks) + draw(comments)
    if style in ("unset", "null"):
        value = {"unset": "", "null": gap + draw(st.sampled_from(["~", "null"]))}[style]
        return (key, f"{draw(above)}{name}:{value}{end}\n"), ""
    if style in ("literal", "folded"):
        mark = {"literal": "|", "folded": ">"}[style] + draw(st.sampled_from(["", "-", "+"]))
        margin = " " * draw(st.integers(1, 4))
        tail = draw(st.sampled_from(["", "\n"]))
        return (key, f"{draw(above)}{name}:{gap}{mark}{draw(comments)}\n{margin}{word}\n{tail}"), word
    if style == "below":
        return (key, f"{draw(above)}{name}:\n   {single(word)}{end}\n"), word
    if style == "long":
        return (
            key,
            f"{draw(above)}{name}:{gap}{double(word + ' and')}{end}\n".replace(" and", "\n  and"),
        ), f"{word} and"
    written = {"plain": word, "single": single(word), "double": double(word)}[style]
    return (key, f"{draw(above)}{name}:{gap}{written}{end}\n"), word


@st.composite
def list_chunks(draw: st.DrawFn, key: str) -> tuple[Chunk, list[str]]:
    """Draws a key with a list; returns its chunk and its items."""
    items = draw(st.lists(st.sampled_from(ITEMS), max_size=4, unique=True))
    if draw(st.booleans()):
        items.sort()
    quote = draw(st.sampled_from([str, str, single, double]))
    style = draw(st.sampled_from(["block", "block", "flow", "flow lines", "alone"]))
    head = draw(above)
    if style == "alone" and len(items) == 1:
        return (key, f"{head}{key}: {quote(items[0])}{draw(comments)}\n"), items
    if not items:
        return (
            key,
            f"{head}{key}:{draw(st.sampled_from(['', ' []', ' [ ]', ' ~']))}{draw(comments)}\n",
        ), items
    if style == "flow":
        inner = draw(st.sampled_from([", ", ",", " , "])).join(map(quote, items))
        return (key, f"{head}{key}: [{inner}{draw(blanks)}]{draw(comments)}\n"), items
    if style == "flow lines":
        comma = draw(st.sampled_from(["", ","]))
        inner = ",\n    ".join(map(quote, items))
        return (key, f"{head}{key}: [\n    {inner}{comma}\n  ]{draw(comments)}\n"), items
    margin = " " * draw(st.integers(0, 4))
    lines = [f"{key}:{draw(comments)}\n"]
    for item in items:
        lines.append(draw(st.sampled_from(["", "", "", "\n", f"{margin}# about the next\n"])))
        lines.append(
            f"{margin}-{draw(st.sampled_from([' ', '   ']))}{quote(item)}{draw(blanks)}{draw(comments)}\n"
        )
    return (key, head + "".join(lines)), items


@st.composite
def headers(draw: st.DrawFn) -> tuple[list[Chunk], dict[str, str | list[str]]]:
    """Draws a header in chunks, and what its keys say."""
    chunks: list[Chunk] = []
    says: dict[str, str | list[str]] = {}
    for key in draw(st.permutations(["title", "status", "tags", "owner", "labels", "note"])):
        chunk, value = draw(list_chunks(key) if key in ("tags", "labels") else text_chunks(key))
        chunks.append(chunk)
        says[key] = value
    return chunks, says
