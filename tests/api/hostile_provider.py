"""A provider that says whatever a test wants it to say."""

import contextlib
import json
import time
from collections.abc import Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

from joserfc.jwk import KeySet, RSAKey
from joserfc.jws import serialize_compact
from joserfc.util import urlsafe_b64encode


def new_key(kid: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"})


class HostileProvider:
    """`issuer` is its address. What it says is changed by setting its attributes."""

    def __init__(self, port: int) -> None:
        self.issuer = f"http://127.0.0.1:{port}"
        self.key = new_key("first")
        self.published = KeySet([self.key])
        self.reset()

    def reset(self) -> None:
        """Be honest again, but for the keys."""
        self.claims: dict[str, Any] = {}
        self.without: tuple[str, ...] = ()
        self.header: dict[str, Any] = {}
        self.id_token: Any = None
        self.userinfo: dict[str, Any] = {}
        self.description: dict[str, Any] = {}
        self.broken: dict[str, tuple[int, str]] = {}
        self.asked: list[str] = []
        self.form: dict[str, str] = {}
        self.nonce = ""

    def made_token(self) -> str:
        """An ID token as it should be, but for what a test set."""
        now = int(time.time())
        honest = {
            "iss": self.issuer, "sub": "s1", "aud": "desk", "exp": now + 60, "iat": now,
            "nonce": self.nonce, "email": "kim@example.com", "email_verified": True, "name": "Kim",
            "groups": ["helpdesk"], "at_hash": half_hash("access"),
        }  # fmt: skip
        claims = {name: value for name, value in {**honest, **self.claims}.items()
                  if name not in self.without}  # fmt: skip
        header = {"alg": "RS256", "kid": self.key.kid, **self.header}
        return serialize_compact(header, json.dumps(claims), self.key, algorithms=[header["alg"]])

    def answer(self, path: str, body: str) -> tuple[int, str]:
        self.asked.append(path)
        if path in self.broken:
            return self.broken[path]
        if path == "/.well-known/openid-configuration":
            return 200, json.dumps(self._description())
        if path == "/keys":
            return 200, json.dumps(self.published.as_dict(private=False))
        if path == "/userinfo":
            return 200, json.dumps({"sub": "s1", **self.userinfo})
        self.form = {name: values[0] for name, values in parse_qs(body).items()}
        token = self.made_token() if self.id_token is None else self.id_token
        tokens = {"access_token": "access", "token_type": "Bearer", "id_token": token}
        return 200, json.dumps(tokens)

    def _description(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            **self.description,
        }


def half_hash(access_token: str) -> str:
    """`at_hash` of an access token (OpenID Connect Core 1.0, section 3.1.3.6)."""
    return urlsafe_b64encode(sha256(access_token.encode()).digest()[:16]).decode()


@contextlib.contextmanager
def hostile_provider() -> Iterator[HostileProvider]:
    """One that listens on loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("content-length", 0))
            status, text = provider.answer(self.path, self.rfile.read(length).decode())
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(text.encode())

        do_POST = do_GET  # noqa: N815 - the library's word

        def log_message(self, *_: Any) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        provider = HostileProvider(server.server_port)
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield provider
        server.shutdown()
        thread.join()
