"""What a test needs at the desk before it looks at the page, done by the API."""

from typing import Any

from tests.browser.site import Site


def done(site: Site, who: str, path: str, body: Any = None) -> dict[str, Any]:
    """Ask for a change as a person; the answer, once all lists show it."""
    person = site.as_(who)
    answer = person.post(path, body)
    assert answer.is_success, answer.text
    headers = {"X-Chronodesk-Position": answer.headers["X-Chronodesk-Position"]}
    for listed in ("/tickets", "/canned-responses", "/macros", "/fields"):
        assert site.desk.agent.get(listed, headers=headers).is_success
    found: dict[str, Any] = answer.json()
    return found
