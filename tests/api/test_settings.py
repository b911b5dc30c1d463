"""Configuration: from the environment, checked before anything starts."""

import re
from pathlib import Path

import pytest

from adapters.blobs import blobs_in
from adapters.blobs.folder import FolderBlobs
from adapters.blobs.s3 import S3Blobs
from api.settings import Settings, WrongSettings, load_settings
from domain.access import Role

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"CHRONODESK_{name.upper()}", raising=False)


def test_nothing_needs_to_be_set() -> None:
    settings = load_settings()
    assert settings.url is None
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)


def test_the_command_line_is_stronger_than_the_environment_and_that_than_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("CHRONODESK_PORT=1\nCHRONODESK_HOST=file\nCHRONODESK_LANES=3\n")
    monkeypatch.setenv("CHRONODESK_PORT", "2")
    monkeypatch.setenv("CHRONODESK_HOST", "environment")
    settings = load_settings(port=4)
    assert (settings.port, settings.host, settings.lanes) == (4, "environment", 3)


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "eighty"), ("PORT", "70000"), ("LANES", "0"), ("DATABASE_URL", "mysql://x"),
     ("LOG_FORMAT", "xml"), ("BODY_LIMIT", "-1"), ("WORKSPACE", "a b"), ("POOL_SIZE", "1"),
     ("PUBLIC_URL", "desk.example.com"), ("PUBLIC_URL", "https://example.com/desk"),
     ("TRUSTED_PROXIES", "proxy.example.com"), ("TRUSTED_PROXIES", "10.0.0.1;10.0.0.2")],
)  # fmt: skip
def test_a_wrong_value_is_named_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"CHRONODESK_{name}", value)
    with pytest.raises(WrongSettings, match=rf"CHRONODESK_{name}: .*Correct it"):
        load_settings()


def test_the_public_address_is_an_origin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHRONODESK_PUBLIC_URL", "https://desk.example.com:8443/")
    assert load_settings().public_url == "https://desk.example.com:8443"
    monkeypatch.setenv("CHRONODESK_PUBLIC_URL", "")
    assert load_settings().public_url is None


def test_a_provider_is_set_up_by_variables_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text(
        "CHRONODESK_OIDC__COMPANY__ISSUER=https://login.example.com\n"
        "CHRONODESK_OIDC__COMPANY__CLIENT_ID=0123\n"
        """CHRONODESK_OIDC__COMPANY__ROLES='{"Desk Admins": "admin"}'\n"""
        "CHRONODESK_OIDC__PARTNERS__ISSUER=https://partners.example.com\n"
        "CHRONODESK_OIDC__PARTNERS__CLIENT_ID=desk\n"
    )
    monkeypatch.setenv("CHRONODESK_OIDC__COMPANY__CLIENT_SECRET", "hunter2")
    monkeypatch.setenv("CHRONODESK_OIDC__PARTNERS__OTHER_ROLE", "requester")
    settings = load_settings()
    company = settings.oidc["company"]
    assert (company.client_id, company.secret) == ("0123", "hunter2")
    assert company.roles == {"Desk Admins": Role.ADMIN}
    assert settings.oidc["partners"].other_role is Role.REQUESTER
    assert "hunter2" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        (
            "ISSUER",
            "http://login.example.com",
            "CHRONODESK_OIDC__COMPANY__ISSUER: must be an https",
        ),
        (
            "ROLES",
            '{"a": "boss"}',
            "CHRONODESK_OIDC__COMPANY__ROLES__A: Input should be 'requester'",
        ),
        ("ROLES", "{a: agent}", "A mapping is written as JSON"),
        ("OTHER_ROLE", "", "CHRONODESK_OIDC__COMPANY"),
    ],
)
def test_a_provider_set_up_wrongly_is_told_by_the_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    right = {"ISSUER": "https://login.example.com", "CLIENT_ID": "desk", "OTHER_ROLE": "agent"}
    for variable, text in {**right, name: value}.items():
        monkeypatch.setenv(f"CHRONODESK_OIDC__COMPANY__{variable}", text)
    with pytest.raises(WrongSettings, match=re.escape(said)):
        load_settings()


def test_the_database_password_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHRONODESK_DATABASE_URL", "postgresql://me:hunter2@host/desk")
    settings = load_settings()
    assert "hunter2" not in repr(settings)
    assert settings.url == "postgresql://me:hunter2@host/desk"


def test_the_example_file_names_only_what_there_is() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    named = {
        line.strip("# ").partition("=")[0].partition("__")[0]
        for line in lines
        if "CHRONODESK_" in line and "=" in line
    }
    known = {f"CHRONODESK_{name.upper()}" for name in Settings.model_fields}
    assert named <= known


def test_files_are_in_the_data_folder_or_where_one_says(tmp_path: Path) -> None:
    def place(**chosen: object) -> Settings:
        return Settings(_env_file=None, data_dir=tmp_path, **chosen)  # type: ignore[arg-type]

    assert place().files == tmp_path / "blobs"
    assert place(blobs_dir=tmp_path / "here").files == tmp_path / "here"
    assert place().s3 == place(s3_bucket="").s3 == {}
    keys = {"s3_access_key": "desk", "s3_secret_key": "hunter2"}
    chosen = place(s3_bucket="files", s3_endpoint="http://127.0.0.1:9", **keys)
    assert chosen.s3["secret_key"] == "hunter2"
    assert "hunter2" not in repr(chosen)
    assert isinstance(blobs_in(chosen.files, {}), FolderBlobs)
    assert isinstance(blobs_in(chosen.files, {**chosen.s3, "region": "us-east-1"}), S3Blobs)


def test_a_secret_key_without_its_other_half_is_named() -> None:
    with pytest.raises(WrongSettings, match="CHRONODESK_S3_SECRET_KEY"):
        load_settings(s3_bucket="files", s3_secret_key="hunter2")


@pytest.mark.parametrize("listed", ["exe", "image", ".a b", "image/*;.pdf"])
def test_kinds_of_files_are_types_or_endings(listed: str) -> None:
    with pytest.raises(WrongSettings, match=r"CHRONODESK_UPLOAD_NEVER: .*image/"):
        load_settings(upload_never=listed)
    assert load_settings(upload_only="image/*, .pdf").upload_only == "image/*, .pdf"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SERVERS", "kafka", "host:port"),
        ("SERVERS", "kafka:0", "host:port"),
        ("TOPIC", "a b", "pattern"),
        ("SOURCE", "https://desk.example.com/", "pattern"),
        ("SECURITY", "SASL_SSL", "CHRONODESK_KAFKA__PASSWORD"),
        ("COMPRESSION", "brotli", "zstd"),
        ("VIEWS", "true", "CHRONODESK_KAFKA__SERVERS"),
    ],
)
def test_a_kafka_that_cannot_be_is_refused_with_what_to_change(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(f"CHRONODESK_KAFKA__{name}", value)
    with pytest.raises(WrongSettings, match=f"CHRONODESK_KAFKA.*{said}"):
        load_settings()


def test_a_kafka_that_asks_who_we_are_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings().kafka.addresses == ()
    for name, value in {
        "SERVERS": "one:9092, two:9093",
        "SECURITY": "SASL_SSL",
        "USERNAME": "desk",
        "PASSWORD": "hunter2",
        "COMPRESSION": "none",
    }.items():
        monkeypatch.setenv(f"CHRONODESK_KAFKA__{name}", value)
    kafka = load_settings().kafka
    assert (kafka.addresses, kafka.codec) == (("one:9092", "two:9093"), None)
    assert kafka.options["sasl_plain_password"] == "hunter2"
    assert "hunter2" not in repr(load_settings())
