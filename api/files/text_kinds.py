"""Text, and which kind of it: what a browser would take for HTML or SVG is called that."""

import re
from pathlib import PurePath

_BY_NAME = {
    ".css": "text/css",
    ".csv": "text/csv",
    ".eml": "message/rfc822",
    ".ics": "text/calendar",
    ".json": "application/json",
    ".md": "text/markdown",
    ".tsv": "text/tab-separated-values",
    ".vcf": "text/vcard",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
}
_NO_TEXT = re.compile(rb"[\x00-\x06\x0e-\x1a\x1c-\x1f]")
_HTML = re.compile(
    rb"\s*<(?:!--|!doctype\s+html|html|head|body|script|iframe|style|title|table|div|font|h1|img"
    rb"|form|input|link|meta|base|object|embed|math|a|b|p|br)[\s/>-]",
    re.IGNORECASE,
)
"""How HTML begins, after the standard on sniffing (https://mimesniff.spec.whatwg.org, 7.1)."""

_MARKUP = re.compile(rb"\s*<(?:\?xml|!--|!doctype|[\w.-]{0,30}:?svg[\s/>])", re.IGNORECASE)
_SVG = re.compile(rb"<(?:[a-z_][\w.-]{0,30}:)?svg[\s/>]", re.IGNORECASE)
_XHTML = re.compile(rb"<(?:[a-z_][\w.-]{0,30}:)?html[\s/>]", re.IGNORECASE)
_XML = re.compile(rb"\s*<\?xml[\s]", re.IGNORECASE)


def text_kind(head: bytes, name: str) -> str | None:
    """The media type of what begins like this; None: it is no text."""
    text = _in_utf8(head)
    if text is None or text.startswith(b"{\\rtf"):
        return None
    if _MARKUP.match(text) and _SVG.search(text):
        return "image/svg+xml"
    if _HTML.match(text) or (_XML.match(text) and _XHTML.search(text)):
        return "text/html"
    if _XML.match(text):
        return "application/xml"
    return _BY_NAME.get(PurePath(name).suffix.lower(), "text/plain")


def _in_utf8(head: bytes) -> bytes | None:
    """The text without a byte order mark, or None for what holds bytes that no text has.

    Texts in older encodings, such as of Korean Windows, are texts as well.
    """
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if head.startswith(mark):
            return head[2:].decode(encoding, "ignore").encode()
    text = head.removeprefix(b"\xef\xbb\xbf")
    return None if _NO_TEXT.search(text) else text
