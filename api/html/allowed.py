"""Which HTML a message may show: a literal list of elements, attributes and addresses."""

import re
from collections.abc import Collection, Mapping
from urllib.parse import quote

from domain.record import record

VOID = frozenset({"br", "col", "hr", "img", "wbr"})
"""Elements that have no end."""

TAGS = VOID | {
    "a", "abbr", "address", "b", "bdi", "bdo", "blockquote", "caption", "center", "cite", "code",
    "colgroup", "dd", "del", "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "h1", "h2",
    "h3", "h4", "h5", "h6", "i", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "rp", "rt",
    "ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td",
    "tfoot", "th", "thead", "tr", "tt", "u", "ul", "var",
}  # fmt: skip

ATTRIBUTES: Mapping[str, Collection[str]] = {
    "*": frozenset({"dir", "lang", "title"}),
    "a": frozenset({"href"}),
    "col": frozenset({"span"}),
    "colgroup": frozenset({"span"}),
    "img": frozenset({"alt", "height", "src", "width"}),
    "li": frozenset({"value"}),
    "ol": frozenset({"start"}),
    "td": frozenset({"align", "colspan", "rowspan", "valign"}),
    "th": frozenset({"align", "colspan", "rowspan", "valign"}),
}
"""Attributes by element; never an identity, a style or a class, which are the page's own."""

SCHEMES = frozenset({"http", "https", "mailto", "tel"})
"""Where a link may lead."""

_LINK = re.compile(r"(?:https?://[^/\s]|mailto:|tel:)", re.IGNORECASE)
_REMOTE = re.compile(r"(?:https?:)?//[^/\s]", re.IGNORECASE)
_DRAWN = re.compile(r"data:image/(?:png|jpe?g|gif|webp);base64,[A-Za-z0-9+/=\s]*", re.IGNORECASE)
"""An image in the text itself, of a kind that holds nothing but pixels."""

_OWN = re.compile(
    r"(?:cid:|/api/v1/blobs/|/api/v1/tickets/[^/?#]+/attachments/)([0-9a-f]{64})(?:@[^/?#]*)?"
)
_WORDS: Mapping[str, Collection[str]] = {
    "dir": frozenset({"ltr", "rtl", "auto"}),
    "align": frozenset({"left", "right", "center", "justify"}),
    "valign": frozenset({"top", "middle", "bottom", "baseline"}),
}
_NUMBER = re.compile(r"[0-9]{1,4}")
_NUMBERS: Mapping[str, int] = {
    "colspan": 100, "rowspan": 1_000, "span": 100, "start": 9_999, "value": 9_999, "width": 4_000,
    "height": 4_000,
}  # fmt: skip
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,4}")


@record
class Files:
    """The files that a text may show: those beside it, as the ticket's reader gets them."""

    ticket: str
    blobs: frozenset[str] = frozenset()

    def place(self, blob: str) -> str:
        """The address of a file."""
        return f"/api/v1/tickets/{quote(self.ticket, safe='')}/attachments/{blob}"

    def shown(self, address: str) -> str | None:
        """The address of an own file for `cid:<blob>`, or for any address that the API gave it."""
        found = _OWN.fullmatch(address)
        return self.place(found[1]) if found and found[1] in self.blobs else None


def allowed(tag: str, attribute: str, value: str, files: Files) -> str | None:
    """The value that an attribute may have; None: it is left out."""
    if attribute not in ATTRIBUTES["*"] and attribute not in ATTRIBUTES.get(tag, ()):
        return None
    plain = value.strip()
    match attribute:
        case "href":
            return plain if _LINK.match(plain) else None
        case "src":
            return plain if _DRAWN.fullmatch(plain) else files.shown(plain)
        case "lang":
            return plain if _LANGUAGE.fullmatch(plain) else None
        case "alt" | "title":
            return value
        case _ if attribute in _WORDS:
            return plain.lower() if plain.lower() in _WORDS[attribute] else None
        case _:
            number = plain.removesuffix("px")
            fits = _NUMBER.fullmatch(number) and int(number) <= _NUMBERS[attribute]
            return number if fits else None


def is_remote(address: str) -> bool:
    """Whether an image would be fetched from somebody's server, who would know that it was read."""
    return _REMOTE.match(address.strip()) is not None
