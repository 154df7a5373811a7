"""The operator's file of identity providers: what it may say, and what stops the start."""

from __future__ import annotations

from pathlib import Path

import pytest

from holdfast.config.environment import ConfigurationError
from holdfast.config.single_sign_on import identity_providers

WHOLE = """
[[provider]]
id = "uni"
name = "University of Testing"
issuer = "https://login.uni.example"
client_id = "holdfast"
client_secret_file = "uni.secret"
trusted_second_factor = ["mfa"]

[[provider]]
id = "health"
name = "Health Service"
issuer = "https://id.health.example/realms/staff"
client_id = "holdfast-2"
client_secret_env = "HEALTH_SECRET"
"""


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "providers.toml"
    (tmp_path / "uni.secret").write_text("from the file\n", encoding="utf-8")
    monkeypatch.setenv("HOLDFAST_OIDC_FILE", str(path))
    monkeypatch.setenv("HEALTH_SECRET", "from the environment")
    path.write_text(WHOLE, encoding="utf-8")
    return path


def test_there_are_none_without_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOLDFAST_OIDC_FILE", raising=False)
    assert identity_providers() == ()


def test_several_providers_with_their_secrets_from_elsewhere(write: Path) -> None:
    first, second = identity_providers()
    assert (first.id, first.name, first.client_secret) == (
        "uni",
        "University of Testing",
        "from the file",
    )
    assert first.trusted_second_factor == {"mfa"}
    assert (second.issuer, second.client_secret) == (
        "https://id.health.example/realms/staff",
        "from the environment",
    )
    assert second.trusted_second_factor == frozenset()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('id = "health"', 'id = "uni"', "same id"),
        ('id = "health"', 'id = "Health!"', "lower-case"),
        ('name = "Health Service"', "", "without name"),
        ('name = "Health Service"', f'name = "{"x" * 41}"', "button"),
        ("https://login", "http://login", "https"),
        ("/realms/staff", "/.well-known/openid-configuration", "without /.well-known"),
        ('client_secret_env = "HEALTH_SECRET"', 'client_secret = "here"', "client_secret_env"),
        ('"HEALTH_SECRET"', '"NOT_THERE"', "is empty"),
        ('"uni.secret"', '"absent"', "cannot be read"),
        ('["mfa"]', '"mfa"', "list of texts"),
        ('["mfa"]', '["mfa"', "cannot be read"),
        ("[[provider]]", "[provider]", "cannot be read"),
    ],
)
def test_a_fault_stops_the_start_and_is_named(write: Path, old: str, new: str, said: str) -> None:
    text = write.read_text(encoding="utf-8")
    assert old in text
    write.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=said):
        identity_providers()


def test_a_file_that_is_not_there_stops_the_start(write: Path) -> None:
    write.unlink()
    with pytest.raises(ConfigurationError, match="cannot be read"):
        identity_providers()


def test_a_provider_on_this_machine_may_be_without_tls(write: Path) -> None:
    text = write.read_text(encoding="utf-8").replace(
        "https://login.uni.example", "http://localhost:9"
    )
    write.write_text(text, encoding="utf-8")
    assert identity_providers()[0].issuer == "http://localhost:9"
