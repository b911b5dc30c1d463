"""Secrets: bearer tokens of 256 random bits, and passwords under argon2id."""

import hashlib
import hmac
import re
import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from domain.record import record

_TOKEN = re.compile(r"cd_([0-9a-f]{16})_([A-Za-z0-9_-]{43})")


@record
class NewToken:
    """A token as it is shown once, and what is kept of it."""

    id: str
    text: str
    secret_hash: bytes


def new_token() -> NewToken:
    """Make a token that nobody can guess."""
    ident, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
    return NewToken(id=ident, text=f"cd_{ident}_{secret}", secret_hash=digest(secret))


def parse_token(text: str) -> tuple[str, str] | None:
    """The public id and the secret of a bearer token; None if it cannot be one."""
    found = _TOKEN.fullmatch(text)
    return (found[1], found[2]) if found else None


def digest(secret: str) -> bytes:
    """SHA-256 of a token's secret.

    It is right for 256 random bits: there is nothing to guess that a slow hash would slow down,
    and each request pays for it.
    """
    return hashlib.sha256(secret.encode()).digest()


def same(secret: str, secret_hash: bytes) -> bool:
    """Whether it is the secret of that digest, in constant time."""
    return hmac.compare_digest(digest(secret), secret_hash)


def hash_password(password: str) -> str:
    """argon2id, with its salt and parameters in the text."""
    return _hasher().hash(password)


def password_matches(password: str, password_hash: str | None) -> bool:
    """Compare in the same time whether or not there is an account (`password_hash` is None)."""
    try:
        _hasher().verify(password_hash or _of_nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()  # argon2id with the parameters of RFC 9106, low memory


@cache
def _of_nobody() -> str:
    return _hasher().hash(secrets.token_urlsafe(16))
