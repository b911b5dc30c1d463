"""How a sign-in provider is set up: who it is, who this desk is there, and what its claims mean."""

from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from domain.access import Role

OURS = frozenset(
    {"client_id", "code_challenge", "code_challenge_method", "nonce", "redirect_uri",
     "response_mode", "response_type", "scope", "state"}
)  # fmt: skip
"""Parameters of a request for authorization that cannot be set otherwise."""


class ProviderSettings(BaseModel):
    """One OpenID Connect provider.

    Each field is read from `CHRONODESK_OIDC__<PROVIDER>__<NAME>`; mappings are JSON.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    issuer: str = Field(description="Its address, as it writes it itself in `issuer`.")
    client_id: str = Field(min_length=1, description="How the provider knows this desk.")
    client_secret: SecretStr | None = Field(
        default=None, description="The secret that goes with it; none for a public client."
    )
    name: str | None = Field(default=None, description="What people read on the button.")
    scopes: str = Field(default="openid email profile", description="Separated by spaces.")
    parameters: dict[str, str] = Field(
        default={}, description="What else the request for authorization carries."
    )
    roles_claim: str = Field(
        default="groups", description="Claim with roles or groups; dots lead into objects."
    )
    roles: dict[str, Role] = Field(
        default={}, description="Value of that claim -> role of the desk. The strongest counts."
    )
    other_role: Role | None = Field(
        default=None, description="Role of who has none by the claim; they are refused if not set."
    )
    name_claim: str = Field(default="name", description="Claim with the person's name.")
    email_claim: str = Field(default="email", description="Claim with the e-mail address.")
    trust_email: bool = Field(
        default=False,
        description="Take the address without `email_verified`: people cannot choose it there.",
    )
    person_claim: str | None = Field(
        default=None,
        description="Claim with the id of the agent or requester; found by e-mail if not set. It "
        "must be one that people cannot choose.",
    )
    register_new: bool = Field(
        default=True, description="Register who is not known; they are refused otherwise."
    )

    @field_validator("issuer")
    @classmethod
    def _address(cls, issuer: str) -> str:
        parts = urlsplit(issuer)
        here = parts.hostname in {"localhost", "127.0.0.1", "::1"}
        if not parts.hostname or parts.scheme not in ({"http", "https"} if here else {"https"}):
            raise ValueError("must be an https address, such as https://login.example.com")
        return issuer

    @field_validator("client_secret")
    @classmethod
    def _or_none(cls, secret: SecretStr | None) -> SecretStr | None:
        return secret if secret and secret.get_secret_value() else None

    @field_validator("scopes")
    @classmethod
    def _scopes(cls, scopes: str) -> str:
        if "openid" not in scopes.split():
            raise ValueError("must hold openid")
        return scopes

    @field_validator("parameters")
    @classmethod
    def _parameters(cls, parameters: dict[str, str]) -> dict[str, str]:
        if taken := OURS & parameters.keys():
            raise ValueError(f"must leave {', '.join(sorted(taken))} to the desk")
        return parameters

    @model_validator(mode="after")
    def _somebody(self) -> "ProviderSettings":
        if not self.roles and self.other_role is None:
            raise ValueError("nobody would have a role: set ROLES or OTHER_ROLE")
        return self

    @property
    def secret(self) -> str | None:
        """The client's secret in the clear."""
        return self.client_secret.get_secret_value() if self.client_secret else None
