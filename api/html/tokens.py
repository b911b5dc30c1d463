"""Reads HTML as the standard's tokenizer does (https://html.spec.whatwg.org, 13.2.5).

Each character is looked at a fixed number of times, whatever was sent: an unclosed quote or
comment takes the rest with it, as it does in a browser.
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple, TypeAlias

_RAW = frozenset(
    {"script", "style", "xmp", "iframe", "noembed", "noframes", "noscript", "title", "textarea"}
)
"""Elements that hold text and no tags."""

_TAG_NAME = re.compile(r"[a-zA-Z][^\t\n\f\r />]*")
_BETWEEN = re.compile(r"[\t\n\f\r /]*")
_ATTRIBUTE = re.compile(r"=?[^\t\n\f\r />=]*")
_EQUALS = re.compile(r"[\t\n\f\r ]*=[\t\n\f\r ]*")
_COMMENT_ENDS = re.compile(r"--!?>")
_UNQUOTED = re.compile(r"[^\t\n\f\r >]*")


class Text(NamedTuple):
    """Characters, with references such as `&amp;` resolved."""

    text: str


class Start(NamedTuple):
    """A start tag; names in lower case, of an attribute that comes twice the first value."""

    name: str
    attributes: dict[str, str]


class Raw(NamedTuple):
    """The text inside an element that holds no tags, such as a script; its tags are left out."""

    name: str
    text: str


class End(NamedTuple):
    """An end tag."""

    name: str


Token: TypeAlias = Text | Start | Raw | End


def tokens(html: str) -> Iterator[Token]:
    """What the text consists of; comments, declarations and instructions are left out."""
    at, end = 0, len(html)
    while at < end:
        opening = html.find("<", at)
        if opening < 0:
            opening = end
        if opening > at:
            yield Text(unescape(html[at:opening]))
        if opening == end:
            return
        tag = _TAG_NAME.match(html, opening + 1)
        if tag is not None:
            name = tag[0].lower()
            attributes, at = _attributes(html, tag.end())
            if at < 0:
                return
            if name == "plaintext":
                yield Raw(name, html[at:])
                return
            if name in _RAW:
                closing = _closing(name, html, at)
                yield Raw(name, html[at:closing])
                at = _after_tag(html, closing)
            else:
                yield Start(name, attributes)
        elif html.startswith("</", opening):
            tag = _TAG_NAME.match(html, opening + 2)
            if tag is None:
                at = _after(html, ">", opening + 2)
                continue
            _, at = _attributes(html, tag.end())
            if at < 0:
                return
            yield End(tag[0].lower())
        elif html.startswith("<!--", opening):
            at = _after_comment(html, opening + 4)
        elif html.startswith(("<!", "<?"), opening):
            at = _after(html, ">", opening + 2)
        else:
            yield Text("<")
            at = opening + 1


def _attributes(html: str, at: int) -> tuple[dict[str, str], int]:
    """The attributes from here to the end of the tag, and where that is; -1: it does not end."""
    found: dict[str, str] = {}
    while True:
        at = _match_end(_BETWEEN, html, at)
        if at >= len(html):
            return found, -1
        if html[at] == ">":
            return found, at + 1
        name_end = _match_end(_ATTRIBUTE, html, at)
        name, value = html[at:name_end].lower(), ""
        at = name_end
        equals = _EQUALS.match(html, at)
        if equals is not None:
            value, at = _value(html, equals.end())
            if at < 0:
                return found, -1
        found.setdefault(name, unescape(value))


def _value(html: str, at: int) -> tuple[str, int]:
    """An attribute's value and where it ends; -1: it does not."""
    quote = html[at : at + 1]
    if quote not in {'"', "'"}:
        end = _match_end(_UNQUOTED, html, at)
        return html[at:end], end
    end = html.find(quote, at + 1)
    return (html[at + 1 : end], end + 1) if end >= 0 else ("", -1)


def _closing(name: str, html: str, at: int) -> int:
    """Where the end tag of an element without tags begins; the end of the text if nowhere."""
    found = re.compile(rf"</{name}(?=[\t\n\f\r />])", re.IGNORECASE).search(html, at)
    return found.start() if found else len(html)


def _after_tag(html: str, at: int) -> int:
    if at >= len(html):
        return at
    _, end = _attributes(html, _match_end(_TAG_NAME, html, at + 2))
    return end if end >= 0 else len(html)


def _after_comment(html: str, at: int) -> int:
    """Behind a comment whose text begins here; `<!-->` and `<!--->` are comments, too."""
    for short in (">", "->"):
        if html.startswith(short, at):
            return at + len(short)
    found = _COMMENT_ENDS.search(html, at)
    return found.end() if found else len(html)


def _after(html: str, mark: str, at: int) -> int:
    """Behind the next `mark`; the end of the text if there is none."""
    found = html.find(mark, at)
    return len(html) if found < 0 else found + len(mark)


def _match_end(pattern: re.Pattern[str], html: str, at: int) -> int:
    found = pattern.match(html, at)
    return found.end() if found else at
