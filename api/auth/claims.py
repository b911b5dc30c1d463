"""What the claims of a provider mean at this desk: who it is, and in which role."""

from collections.abc import Mapping
from typing import Any

from api.auth.provider_settings import ProviderSettings
from domain.access import Role
from domain.checks import NAME_LIMIT, VALUE_LIMIT, required_text
from domain.checks import email as check_email
from domain.errors import Invalid
from domain.identity import NotIdentified
from domain.record import record

STRONGEST_FIRST = (
    Role.ADMIN,
    Role.LEAD,
    Role.AGENT,
    Role.AUDITOR,
    Role.ANALYST,
    Role.REQUESTER,
)
"""Which of several roles somebody gets."""

_LONGEST_SUBJECT = 255  # OpenID Connect Core 1.0, section 2


@record
class Vouched:
    """A person as a provider describes them.

    `email` is in lower case, and None unless the provider has verified it, or is trusted without.
    `claimed` is the person's id at this desk, when a claim holds it. `role` is None when the claims
    give none.
    """

    subject: str
    email: str | None
    name: str
    claimed: str | None
    role: Role | None


def vouched(claims: Mapping[str, Any], settings: ProviderSettings) -> Vouched:
    """The person whom the claims describe. Raises NotIdentified (identity-refused)."""
    subject = _text(claims, "sub")
    if subject is None or len(subject) > _LONGEST_SUBJECT:
        raise NotIdentified("identity-refused", "The provider's id of you is none.")
    email = _text(claims, settings.email_claim)
    is_verified = settings.trust_email or claims.get("email_verified") is True
    address = email.lower() if email and is_verified and _is_address(email) else None
    name = _text(claims, settings.name_claim) or (address or subject).partition("@")[0]
    return Vouched(
        subject=subject,
        email=address,
        name=name[:NAME_LIMIT],
        claimed=_text(claims, settings.person_claim) if settings.person_claim else None,
        role=_role(claims, settings),
    )


def wanted(settings: ProviderSettings) -> frozenset[str]:
    """Names of claims without which a person is not known well enough."""
    paths = [settings.email_claim, settings.name_claim]
    if settings.roles:
        paths.append(settings.roles_claim)
    if settings.person_claim:
        paths.append(settings.person_claim)
    return frozenset(path.partition(".")[0] if "://" not in path else path for path in paths)


def _role(claims: Mapping[str, Any], settings: ProviderSettings) -> Role | None:
    found = _at(claims, settings.roles_claim)
    values = found if isinstance(found, list) else [found]
    given = {settings.roles.get(value) for value in values if isinstance(value, str)}
    return next((role for role in STRONGEST_FIRST if role in given), settings.other_role)


def _text(claims: Mapping[str, Any], path: str) -> str | None:
    """Text that can be stored; None for anything else."""
    found = _at(claims, path)
    if not isinstance(found, str):
        return None
    try:
        required_text(found, path, VALUE_LIMIT)
    except Invalid:
        return None
    return found.strip()


def _is_address(email: str) -> bool:
    try:
        check_email(email, "email")
    except Invalid:
        return False
    return True


def _at(claims: Mapping[str, Any], path: str) -> Any:
    """The value of a claim. Some names hold dots themselves, as addresses do."""
    if path in claims:
        return claims[path]
    value: Any = claims
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value
