"""What claims mean: roles by groups, wherever a provider puts them."""

from typing import Any

import pytest
from pydantic import ValidationError

from api.auth.claims import vouched, wanted
from api.auth.provider_settings import OURS, ProviderSettings
from domain.access import Role

ISSUER = {"issuer": "https://login.example.com", "client_id": "desk"}


def provider(**settings: Any) -> ProviderSettings:
    return ProviderSettings.model_validate({**ISSUER, "other_role": None, **settings})


def role(claims: dict[str, Any], **settings: Any) -> Role | None:
    return vouched({"sub": "s1", **claims}, provider(**settings)).role


ROLES = {"Desk Admins": "admin", "leads": "lead", "helpdesk": "agent", "all": "requester"}


@pytest.mark.parametrize(
    ("settings", "claims", "expected"),
    [
        ({}, {"groups": ["helpdesk"]}, Role.AGENT),
        ({}, {"groups": "helpdesk"}, Role.AGENT),
        ({}, {"groups": ["all", "helpdesk", "Desk Admins", "leads"]}, Role.ADMIN),
        ({}, {"groups": ["Helpdesk", "desk admins"]}, None),
        ({}, {"groups": [["helpdesk"], {"a": 1}, None, 7]}, None),
        ({}, {}, None),
        ({"other_role": "requester"}, {"groups": ["staff"]}, Role.REQUESTER),
        ({"other_role": "admin"}, {"groups": ["all"]}, Role.REQUESTER),
        ({"roles_claim": "realm_access.roles"}, {"realm_access": {"roles": ["leads"]}}, Role.LEAD),
        ({"roles_claim": "realm_access.roles"}, {"realm_access": "leads"}, None),
        ({"roles_claim": "https://desk.example.com/roles"},
         {"https://desk.example.com/roles": ["leads"]}, Role.LEAD),
    ],
)  # fmt: skip
def test_the_strongest_role_counts(
    settings: dict[str, Any], claims: dict[str, Any], expected: Role | None
) -> None:
    assert role(claims, roles=ROLES, **settings) == expected


def test_an_address_counts_when_it_is_verified_or_the_provider_is_trusted() -> None:
    claims = {"sub": "s1", "email": "Kim@Example.com"}
    assert vouched(claims, provider(roles=ROLES)).email is None
    verified = vouched({**claims, "email_verified": True}, provider(roles=ROLES))
    assert (verified.email, verified.name) == ("kim@example.com", "kim")
    assert vouched(claims, provider(roles=ROLES, trust_email=True)).email == "kim@example.com"
    other = vouched({"sub": "s1", "upn": "kim@example.com"},
                    provider(roles=ROLES, trust_email=True, email_claim="upn"))  # fmt: skip
    assert other.email == "kim@example.com"


def test_only_claims_that_are_set_are_asked_for() -> None:
    assert wanted(provider(other_role="requester")) == {"email", "name"}
    address = "https://desk.example.com/roles"
    full = provider(roles=ROLES, roles_claim=address, person_claim="employee.id")
    assert wanted(full) == {"email", "name", address, "employee"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"issuer": "http://login.example.com", "other_role": "agent"},
        {"issuer": "login.example.com", "other_role": "agent"},
        {"client_id": "", "other_role": "agent"},
        {"scopes": "email", "other_role": "agent"},
        {"roles": {"helpdesk": "boss"}},
        {"colour": "red", "other_role": "agent"},
        {},
        *({"parameters": {name: "x"}, "other_role": "agent"} for name in sorted(OURS)),
    ],
    ids=str,
)
def test_settings_that_would_not_do_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ProviderSettings.model_validate({**ISSUER, **wrong})


def test_a_secret_may_be_missing_and_is_not_shown() -> None:
    public = provider(roles=ROLES, client_secret="")
    assert public.secret is None
    confidential = provider(roles=ROLES, client_secret="hunter2")
    assert confidential.secret == "hunter2"
    assert "hunter2" not in repr(confidential)
