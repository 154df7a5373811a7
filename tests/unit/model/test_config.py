"""Which endpoints are spoken to."""

from __future__ import annotations

import pytest

from holdfast.support.companion.model import ConfigError, ModelConfig


def of(url: str, **more: object) -> ModelConfig:
    return ModelConfig.of({"url": url, "name": "tiny", **more})


@pytest.mark.parametrize(
    "url",
    [
        "https://models.example.org/v1",
        "https://10.0.0.7:8443/v1/",
        "http://127.0.0.1:8080/v1",
        "http://192.168.1.20/v1",
        "http://[::1]:8080/v1",
        "http://[fd00::7]/v1",
        "http://ollama:11434/v1",
        "http://model.practice.internal/v1",
    ],
)
def test_encrypted_or_within_the_own_network(url: str) -> None:
    assert of(url).endpoint == f"{url.rstrip('/')}/chat/completions"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("", "model-url-invalid"),
        ("models.example.org/v1", "model-url-invalid"),
        ("ftp://models.example.org", "model-url-invalid"),
        ("file:///etc/passwd", "model-url-invalid"),
        ("https://", "model-url-invalid"),
        ("https://" + "user:word" + "@models.example.org/v1", "model-url-invalid"),
        ("https://models.example.org/v1?key=1", "model-url-invalid"),
        ("https://models.example.org/v1#x", "model-url-invalid"),
        ("https://models.example.org:99999/v1", "model-url-invalid"),
        ("https://models.example.org/v1\r\nhost: x", "model-url-invalid"),
        ("https://mödels.example.org", "model-url-invalid"),
        ("https://[::1", "model-url-invalid"),
        ("https://" + "x" * 600, "model-url-invalid"),
        ("http://models.example.org/v1", "model-url-not-encrypted"),
        ("http://8.8.8.8/v1", "model-url-not-encrypted"),
        ("http://2130706433/v1", "model-url-not-encrypted"),
        ("https://169.254.169.254/latest", "model-url-forbidden"),
        ("https://[fe80::1]/v1", "model-url-forbidden"),
        ("https://[::ffff:169.254.169.254]/v1", "model-url-forbidden"),
        ("https://0.0.0.0/v1", "model-url-forbidden"),
        ("https://224.0.0.1/v1", "model-url-forbidden"),
    ],
)
def test_no_other_address(url: str, code: str) -> None:
    with pytest.raises(ConfigError) as refused:
        of(url)
    assert refused.value.code == code


@pytest.mark.parametrize("key", ["two words", "line\nend", "ключ", "x" * 1001])
def test_a_key_that_no_header_can_hold_is_refused_without_being_shown(key: str) -> None:
    with pytest.raises(ConfigError) as refused:
        of("https://models.example.org", key=key)
    assert refused.value.code == "model-key-unreadable"
    assert key not in str(refused.value)


def test_a_ticket_may_hold_more_than_is_needed() -> None:
    assert of("https://models.example.org", later="yes").requests_a_day == 500


@pytest.mark.parametrize(
    "changes", [{"name": ""}, {"requests_a_day": -1}, {"tokens_a_day": "many"}, {"url": None}]
)
def test_settings_out_of_range_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match="model-config-invalid"):
        ModelConfig.of({"url": "https://models.example.org", "name": "tiny", **changes})
