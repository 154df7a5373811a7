"""Which machine runs the SFU: one for all, and clear words where the settings would have two."""

from __future__ import annotations

from pathlib import Path

import pytest

from holdfast.cli import sfu

SECRET = "4f" * 24
LISTEN, URL = "HOLDFAST_SFU_LISTEN", "HOLDFAST_SFU_URL"
GIVEN = "HOLDFAST_SFU_SECRET"


@pytest.fixture(autouse=True)
def janus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program of that name, and a folder with the plugin."""
    program = tmp_path / "janus"
    program.write_text("#!/bin/sh\n", encoding="utf-8")
    program.chmod(0o755)
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "libjanus_videoroom.so").touch()
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOLDFAST_JANUS_FOLDER", str(tmp_path))
    for name in (LISTEN, URL, GIVEN, "HOLDFAST_REDIS", "HOLDFAST_SIP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    return program


def refused(*, needed: bool = False) -> str:
    with pytest.raises(ValueError) as error:  # noqa: PT011 (its words are looked at)
        sfu.to_start(needed=needed)
    return str(error.value)


def test_one_machine_starts_it_on_loopback_under_a_secret_of_the_moment() -> None:
    first, second = sfu.to_start(needed=False), sfu.to_start(needed=False)
    assert first is not None
    assert second is not None
    assert first.host == "127.0.0.1"
    assert first.secret != second.secret


def test_where_it_is_not_installed_there_is_none_unless_it_is_needed(janus: Path) -> None:
    janus.unlink()
    assert sfu.to_start(needed=False) is None
    assert "apt-get install janus" in refused(needed=True)


def test_joined_machines_do_not_each_start_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOLDFAST_REDIS", "redis://localhost:6379")
    assert LISTEN in refused()


def test_one_of_several_listens_for_the_others(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOLDFAST_REDIS", "redis://localhost:6379")
    monkeypatch.setenv(LISTEN, "10.0.0.1:8188")
    assert GIVEN in refused()
    monkeypatch.setenv(GIVEN, SECRET)
    found = sfu.to_start(needed=True)
    assert found is not None
    assert found.environment == {URL: "ws://10.0.0.1:8188", GIVEN: SECRET}
    found.command(tmp_path / "written")
    written = (tmp_path / "written" / "janus.transport.websockets.jcfg").read_text()
    assert 'ws_ip = "10.0.0.1"' in written
    assert "ws_port = 8188" in written
    monkeypatch.setenv(LISTEN, "somewhere")
    assert LISTEN in refused()


def test_the_others_start_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(URL, "ws://10.0.0.1:8188")
    assert GIVEN in refused()
    monkeypatch.setenv(GIVEN, 'short"')
    assert GIVEN in refused()
    monkeypatch.setenv(GIVEN, SECRET)
    assert sfu.to_start(needed=True) is None
    monkeypatch.setenv(URL, "10.0.0.1")
    assert URL in refused()
