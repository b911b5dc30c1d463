"""A browser on a desk: it keeps cookies, and says on which site the page is that asks."""

from http.cookies import SimpleCookie
from typing import Any

from httpx2 import Response

from tests.api.desk import Desk


class Browser:
    """`cookies` is what it holds; `given` is what each last came with (HttpOnly, Path, ...)."""

    def __init__(self, desk: Desk, **headers: str) -> None:
        self.desk = desk
        self.headers = headers
        self.cookies: dict[str, str] = {}
        self.given: dict[str, dict[str, Any]] = {}
        self.csrf: str | None = None

    def request(self, method: str, path: str, **more: Any) -> Response:
        """Ask as the desk's page does, with the CSRF token if there is one."""
        headers = {**self.headers, **more.pop("headers", {})}
        if self.csrf is not None:
            headers = {"X-CSRF-Token": self.csrf, **headers}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={text}" for name, text in self.cookies.items())
        url = path if path.startswith("http") else f"/api/v1{path}"
        answer: Response = self.desk.client.request(
            method, url, headers=headers, follow_redirects=False, **more
        )
        self.desk.client.cookies.clear()  # it is the test client of everybody
        for line in answer.headers.get_list("set-cookie"):
            self._keep(line)
        return answer

    def sign_in(self, email: str, password: str, **headers: str) -> Response:
        """Sign in for a session by cookie."""
        credentials = {"email": email, "password": password, "cookie": True}
        answer = self.request("POST", "/session", json=credentials, headers=headers)
        if answer.status_code == 201:
            self.csrf = answer.json()["csrf"]
        return answer

    def _keep(self, line: str) -> None:
        for name, morsel in SimpleCookie(line).items():
            self.given[name] = {key: value for key, value in morsel.items() if value}
            if morsel["max-age"] == "0":
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = morsel.value
