"""Looks at HTML as a browser's parser sees it, and says everything that should not be in it.

The lists here are this test's own, not the sanitiser's: a mistake there is not repeated here.
"""

import re
from collections.abc import Iterator
from typing import Any

import html5lib

_HTML = "{http://www.w3.org/1999/xhtml}"

ELEMENTS = frozenset(
    {"a", "abbr", "address", "b", "bdi", "bdo", "blockquote", "br", "caption", "center", "cite",
     "code", "col", "colgroup", "dd", "del", "dfn", "div", "dl", "dt", "em", "figcaption",
     "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark",
     "ol", "p", "pre", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike", "strong",
     "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul", "var",
     "wbr"}
)  # fmt: skip
ATTRIBUTES = {
    "": {"dir", "lang", "title"},
    "a": {"href", "rel", "target"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan", "align", "valign"},
    "th": {"colspan", "rowspan", "align", "valign"},
    "col": {"span"},
    "colgroup": {"span"},
    "ol": {"start"},
    "li": {"value"},
}
DEEPEST = 160
"""Of elements; what the parser adds by itself, such as a tbody, is counted."""

LARGEST = 4_000
"""Of any number in an attribute."""

_LINK = re.compile(r"(https?://[^/\\]|mailto:|tel:)", re.IGNORECASE)
_OWN_FILE = re.compile(r"/api/v1/tickets/[A-Za-z0-9%._-]+/attachments/[0-9a-f]{64}")
_PIXELS = re.compile(r"data:image/(png|jpeg|jpg|gif|webp);base64,[A-Za-z0-9+/=\s]*", re.IGNORECASE)
_BLANKS = re.compile(r"[\x00-\x20]")
_NEWS = {"noopener", "noreferrer", "nofollow"}


def findings(html: str, container: str = "div") -> list[str]:
    """What is wrong with it inside such an element; nothing is how it should be."""
    tree = html5lib.parseFragment(html, container=container, treebuilder="etree")
    return [finding for child in tree for finding in _in(child, 1)]


def tree_of(html: str, container: str = "div") -> Any:
    """What a parser makes of it, to be compared."""
    walked = html5lib.parseFragment(html, container=container, treebuilder="etree")
    return list(_flat(walked))


def written_again(html: str, container: str = "div") -> str:
    """Parsed and written down, as a page does that reads `innerHTML`."""
    tree = html5lib.parseFragment(html, container=container, treebuilder="etree")
    serializer = html5lib.serializer.HTMLSerializer(
        omit_optional_tags=False, quote_attr_values="always", alphabetical_attributes=True
    )
    written: str = serializer.render(html5lib.getTreeWalker("etree")(tree))
    return written


def _in(element: Any, depth: int) -> Iterator[str]:
    if not isinstance(element.tag, str):
        yield "a comment"
        return
    if not element.tag.startswith(_HTML):
        yield f"an element of another namespace: {element.tag}"
        return
    name = element.tag.removeprefix(_HTML)
    if name not in ELEMENTS:
        yield f"the element {name}"
    if depth > DEEPEST:
        yield "too deep"
        return
    for attribute, value in element.attrib.items():
        yield from _attribute(name, str(attribute), value)
    if name == "a" and "href" in element.attrib:
        if _NEWS - set(element.attrib.get("rel", "").split()):
            yield "a link that tells where it comes from"
        if element.attrib.get("target") != "_blank":
            yield "a link that replaces the page"
    for child in element:
        yield from _in(child, depth + 1)


def _attribute(name: str, attribute: str, value: str) -> Iterator[str]:
    if attribute not in ATTRIBUTES[""] | ATTRIBUTES.get(name, set()):
        yield f"the attribute {attribute} of {name}"
    plain = _BLANKS.sub("", value)
    if attribute == "href" and not _LINK.match(plain):
        yield f"a link to {value!r}"
    if attribute == "src" and not (_OWN_FILE.fullmatch(plain) or _PIXELS.fullmatch(value)):
        yield f"an image from {value!r}"
    if attribute in {"colspan", "rowspan", "span", "width", "height", "start"} and (
        not plain.isdigit() or int(plain) > LARGEST
    ):
        yield f"{attribute} of {value!r}"


def _flat(element: Any) -> Iterator[Any]:
    yield element.tag, sorted(element.attrib.items()), element.text or ""
    for child in element:
        yield from _flat(child)
        yield child.tail or ""
