"""What somebody signed in with, in words that they recognise in a list of their sessions."""

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Whale/", "Whale"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
)
"""Part of a User-Agent -> name. The first that is there counts: browsers claim to be others."""

_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def device_of(user_agent: str | None) -> str:
    """Such as "Firefox on Windows"; "unknown device" for what says nothing that is known."""
    given = user_agent or ""
    browser = _first(_BROWSERS, given)
    system = _first(_SYSTEMS, given)
    if browser and system:
        return f"{browser} on {system}"
    return browser or system or "unknown device"


def _first(known: tuple[tuple[str, str], ...], user_agent: str) -> str | None:
    return next((name for part, name in known if part in user_agent), None)
