"""The installation's secrets: an older file gets the key of web push, and loses nothing."""

from __future__ import annotations

import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from holdfast.config import environment

OLD = {"secret_key": "s" * 64, "master_key": "bWFzdGVy"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("HOLDFAST_SECRETS_FILE", raising=False)
    return tmp_path


def write_old(folder: Path) -> Path:
    path = folder / "secrets.json"
    path.write_text(json.dumps(OLD), encoding="utf-8")
    path.chmod(0o600)
    return path


def test_a_new_installation_has_a_p256_key(folder: Path) -> None:
    made = environment.load_secrets(folder)
    key = load_pem_private_key(made["vapid_private_key"].encode(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    assert isinstance(key.curve, ec.SECP256R1)
    assert environment.load_secrets(folder) == made


def test_an_older_file_gets_one_in_place_and_keeps_what_it_had(folder: Path) -> None:
    path = write_old(folder)
    made = environment.load_secrets(folder)
    assert {name: made[name] for name in OLD} == OLD
    assert json.loads(path.read_text(encoding="utf-8")) == made
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(folder) == ["secrets.json"]  # noqa: PTH208 - names alone
    assert environment.load_secrets(folder) == made


def test_processes_that_start_together_agree_on_one_key(folder: Path) -> None:
    write_old(folder)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: environment.load_secrets(folder), range(16)))
    assert len({one["vapid_private_key"] for one in found}) == 1


def test_what_a_crash_left_half_written_is_in_nobodys_way(folder: Path) -> None:
    write_old(folder)
    (folder / "secrets.part").write_text('{"secret_key": "s', encoding="utf-8")
    assert environment.load_secrets(folder)["vapid_private_key"]
    assert not (folder / "secrets.part").exists()


def test_a_file_that_cannot_be_written_leaves_web_push_off_and_nothing_else(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, values: dict[str, str]) -> None:
        raise OSError(28, "No space left on device")

    path = write_old(folder)
    monkeypatch.setattr(environment, "_write_new", full)
    assert environment.load_secrets(folder) == OLD
    assert json.loads(path.read_text(encoding="utf-8")) == OLD
