"""The grammar of a ticket file: ids, paths, times, titles, messages, escapes, attachment names, limits."""

from __future__ import annotations

from datetime import UTC, datetime

from gitdesk.domain.ticket import MESSAGE_KINDS, Message, TicketId, timestamp
from gitdesk.errors import Refused, UsageError
from gitdesk.lazy import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

MAX_FILE = 20_000_000  # bytes of a ticket file
MAX_HEADER = 65_536  # bytes between the two lines of dashes
MAX_TITLE = 500  # characters
MAX_ATTACHMENT_NAME = 120  # bytes of UTF-8: file systems stop at 255, and archives add to it
CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 8

ID_PATTERN = "[A-Z][A-Z0-9]{1,5}-[0-9A-HJKMNP-TV-Z]{8}"
_ID = pattern(ID_PATTERN)
_TIME = pattern(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)")
LINK_KIND = pattern(r"[a-z][a-z0-9_-]*")

# What a reader cannot see or what takes over a terminal: controls, line separators, direction overrides, a
# byte-order mark, and what is no character at all.
_CONTROL = pattern(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)

# Letters, marks and symbols that print nothing although Unicode does not call them format characters.
_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0") | {
    chr(code) for code in range(0xFE00, 0xFE10)
}

# The literal beginning lets the regex engine skip through a long body; text is searched behind a newline.
_START = pattern(
    r"\n### (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)) · ("
    + "|".join(MESSAGE_KINDS)
    + r") · (\S[^\n]*)"
)
_META = pattern(r"\n<!-- ([^\n]*?) -->[ \t]*(?=\n|\Z)")
_META_KEY = pattern(r"[a-z][a-z0-9-]*")
_META_UNSAFE = pattern(r"[\x00-\x1f\x7f-\x9f;%]|-(?=-)|(?<=-)>|-\Z|\A | \Z")
_META_CODE = pattern(r"%([0-9A-F]{2})")

# A superset of _START: every heading that begins with a date, and the outer markers of a merge conflict.
_GUARDED = r"[ \t]*#{1,6}[ \t]*\d{4}-\d\d-\d\d[T ]|(?:<<<<<<<|>>>>>>>)(?: |$)"
_TO_ESCAPE = pattern(rf"(?m)^(?=\\*(?:{_GUARDED}))")
_ESCAPED = pattern(rf"(?m)^\\(?=\\*(?:{_GUARDED}))")
_DATED_HEADING = pattern(r"#[ \t]*\d{4}-\d\d-\d\d[T ]")
# By hand, few people can type the dot: the word for a kind of message gives the heading away as well.
_NEAR_START = pattern(
    r"(?m)^[ \t]*#{1,6}[ \t]*\d{4}-\d\d-\d\d[T ](?=[^\n]*(?:·|\b(?i:"
    + "|".join(MESSAGE_KINDS)
    + r")\b))[^\n]*$"
)

_DEVICE = pattern(r"(?i)(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9¹²³])")


# ---- ids and paths


def parse_id(text: str) -> TicketId | None:
    """Returns a full id in its canonical form, or None."""
    return TicketId(text) if _ID.fullmatch(text) else None


def normal_code(text: str) -> str:
    """Returns the code (or its beginning) a person meant: upper case, no prefix, I and L as 1, O as 0."""
    code = text.strip().upper().rpartition("-")[2]
    return code.replace("I", "1").replace("L", "1").replace("O", "0")


def path_of(ticket_id: str) -> str:
    """Returns the path of a ticket's file: `tickets/7K/GD-7K3QX4M2.md`."""
    return f"tickets/{ticket_id.rpartition('-')[2][:2]}/{ticket_id}.md"


def id_of(path: str) -> TicketId | None:
    """Returns the id that a path is the ticket file of, None if it is no ticket's path."""
    found = parse_id(path.rpartition("/")[2].removesuffix(".md"))
    return found if found is not None and path_of(found) == path else None


def attachment_dir(ticket_id: str) -> str:
    """Returns the folder of a ticket's attachments: `tickets/7K/GD-7K3QX4M2/`."""
    return path_of(ticket_id)[:-3] + "/"


def safe_name(name: str) -> str:
    """Returns a portable file name for an attachment; raises UsageError when nothing is left of it.

    Letters and digits of any script, `.`, `-`, `+` and `_` stay (composed, as NFC); the rest becomes `_`.
    """
    import re
    import unicodedata

    base = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1])
    kept = "".join(char if char in ".-+_" or unicodedata.category(char)[0] in "LNM" else "_" for char in base)
    kept = re.sub("__+", "_", kept).strip("._ -")
    if not kept or _DEVICE.fullmatch(kept):
        raise UsageError(f'"{shown(name)}" cannot be the name of an attachment', hint="rename the file")
    if _DEVICE.fullmatch(kept.partition(".")[0]):
        kept = f"file_{kept}"
    return _cut_name(kept)


def is_safe_name(name: str) -> bool:
    """Tells whether a name is one that `safe_name` gives."""
    try:
        return safe_name(name) == name
    except UsageError:
        return False


def _cut_name(name: str) -> str:
    """Returns the name within MAX_ATTACHMENT_NAME bytes, its extension kept."""
    if len(name.encode()) <= MAX_ATTACHMENT_NAME:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension.encode()) > 16:
        stem, dot, extension = name, "", ""
    room = MAX_ATTACHMENT_NAME - len((dot + extension).encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip("._ -") + dot + extension


# ---- single values


def parse_time(text: str) -> datetime | None:
    """Returns an RFC 3339 time with a zone as UTC to the second, or None."""
    if not _TIME.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(text.upper())
        return moment if moment.tzinfo is UTC and not moment.microsecond else _utc(moment)
    except (ValueError, OverflowError):
        return None


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)


def find_control(text: str) -> str | None:
    """Returns the first control character, line break or direction override in a one-line text, or None."""
    if text.isprintable():
        return None
    found = _CONTROL.search(text)
    return found[0] if found else None


def is_visible(text: str) -> bool:
    """Tells whether a reader sees anything of a text: it is more than blanks, format characters and fillers."""
    if text.isascii():
        return not text.isspace() and text != ""
    import unicodedata

    return any(
        char not in _FILLERS and unicodedata.category(char) not in ("Cc", "Cf", "Zs", "Zl", "Zp")
        for char in text
    )


def check_title(text: str) -> str:
    """Returns the title without blanks around it; raises UsageError when it cannot be one."""
    title = text.strip()
    if not is_visible(title):
        raise UsageError("the title is empty")
    if "\n" in title or "\r" in title:
        raise UsageError("a title is one line", hint="put the rest into the description")
    if len(title) > MAX_TITLE:
        hint = "put the rest into the description"
        raise UsageError(f"the title has {len(title):,} characters, {MAX_TITLE} are allowed", hint=hint)
    control = find_control(title)
    if control is not None:
        raise UsageError(
            f"the title contains the control character U+{ord(control):04X}", hint="leave it out"
        )
    return title


def shown(text: str, limit: int = 60) -> str:
    """Returns a value as a message may quote it: one line, controls as escapes, cut to `limit` characters."""
    clean = _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text[: limit + 1])
    return clean if len(text) <= limit else clean[:limit] + "…"


# ---- bodies


def normal_text(text: str) -> str:
    """Returns a body in its normal form: LF line ends, no newline at either end."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.strip("\n")


def escape(text: str) -> str:
    r"""Returns the text with a backslash before each line that reads as a message start or a conflict."""
    return _TO_ESCAPE.sub(r"\\", text) if "#" in text or "<<<<<<<" in text or ">>>>>>>" in text else text


def unescape(text: str) -> str:
    """Returns what `escape` was given."""
    return _ESCAPED.sub("", text) if "\\" in text else text


def message_starts(body: str) -> tuple[int, ...]:
    """Returns the offsets at which the messages of a body (LF) begin; each ends where the next begins."""
    return tuple(found.start() for found in _START.finditer("\n" + body) if _start_time(found) is not None)


def parse_body(body: str) -> tuple[str, tuple[Message, ...]]:
    """Returns the description and the messages of what follows the header, without escapes."""
    if "\r" in body:
        body = body.replace("\r\n", "\n")
    text = "\n" + body
    starts = [(found, at) for found in _START.finditer(text) if (at := _start_time(found)) is not None]
    if not starts:
        return unescape(body.strip("\n")), ()
    ends = [found.start() for found, _ in starts[1:]]
    ends.append(len(text))
    messages = tuple(
        _parse_message(found, at, text, end) for (found, at), end in zip(starts, ends, strict=True)
    )
    return unescape(text[: starts[0][0].start()].strip("\n")), messages


def _start_time(found: re.Match[str]) -> datetime | None:
    text = found[1]
    try:
        moment = datetime.fromisoformat(text)
        return moment if text[-1] == "Z" else _utc(moment)
    except (ValueError, OverflowError):
        return None


def _parse_message(found: re.Match[str], at: datetime, text: str, end: int) -> Message:
    begin = found.end()
    meta: tuple[tuple[str, str], ...] = ()
    if text.startswith("\n<!-- ", begin):
        comment = _META.match(text, begin, end)
        pairs = _parse_meta(comment[1]) if comment else None
        if comment and pairs is not None:
            begin, meta = comment.end(), pairs
    body = unescape(text[begin:end].strip("\n"))
    return Message(at=at, kind=found[2], author=found[3].rstrip(), body=body, meta=meta)


def _parse_meta(text: str) -> tuple[tuple[str, str], ...] | None:
    pairs = []
    for part in text.split(";"):
        key, colon, value = part.strip(" ").partition(":")
        if not colon or not _META_KEY.fullmatch(key):
            return None
        pairs.append((key, _META_CODE.sub(lambda code: chr(int(code[1], 16)), value.strip(" "))))
    return tuple(pairs)


def render_message(message: Message) -> str:
    """Returns a message as its block of text, beginning with `### ` and without a newline at the end.

    Raises Refused for an author, a kind or a key of the comment line that cannot be written.
    """
    author = message.author.strip()
    if not author or find_control(author) is not None:
        raise Refused(f'"{shown(message.author)}" cannot be the author of a message')
    if message.kind not in MESSAGE_KINDS:
        hint = f"known: {', '.join(MESSAGE_KINDS)}"
        raise Refused(f'unknown kind of message "{shown(message.kind)}"', hint=hint)
    lines = [f"### {timestamp(message.at)} · {message.kind} · {author}"]
    if message.meta:
        lines.append(f"<!-- {'; '.join(_render_pair(*pair) for pair in message.meta)} -->")
    body = escape(normal_text(message.body))
    return "\n".join([*lines, "", body] if body else lines)


def _render_pair(key: str, value: str) -> str:
    if not _META_KEY.fullmatch(key):
        raise Refused(f'"{shown(key)}" cannot be a key of a message', hint="use a-z, 0-9 and -")
    return f"{key}: {_META_UNSAFE.sub(lambda found: f'%{ord(found[0]):02X}', value)}".rstrip(" ")


def near_starts(body: str, messages: int) -> tuple[int, ...]:
    """Returns the offsets of lines in a body (LF) that read almost like a message start and are only text.

    `messages` is how many real ones it has, which tells the usual body without looking closer.
    """
    if body.count("#") == 3 * messages or len(_DATED_HEADING.findall(body)) == messages:
        return ()
    real = set(message_starts(body))
    return tuple(found.start() for found in _NEAR_START.finditer(body) if found.start() not in real)
