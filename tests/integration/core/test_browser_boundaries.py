"""What a session, a cookie, a body and a file may not do, whoever sends them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.utils.module_loading import import_string

from tests import factories
from tests.integration.core import wire

ME = "/api/v1/me"
#: Prints what the settings and a page of theirs say where the practice has its own domain.
AT_A_DOMAIN = """
import django, json
django.setup()
from django.conf import settings
from django.test import Client
answer = Client(SERVER_NAME="practice.example").get("/", secure=True)
plain = Client(SERVER_NAME="practice.example").get("/healthz")
names = [n for n in dir(settings) if n.startswith(("SESSION_COOKIE_", "CSRF_COOKIE_"))]
print(json.dumps({
    "settings": {n: getattr(settings, n) for n in names},
    "cookies": {n: c.OutputString() for n, c in answer.cookies.items()},
    "hsts": answer.get("Strict-Transport-Security"),
    "plain": [plain.status_code, plain.get("Location")],
}))
"""


def _anonymous_session() -> str:
    """A session that an attacker began, and whose key they know."""
    store: SessionBase = import_string(settings.SESSION_ENGINE + ".SessionStore")()
    store["planted"] = True
    store.save()
    assert store.session_key is not None
    return store.session_key


def _with_session(key: str) -> Browser:
    browser = Browser()
    browser.cookies[settings.SESSION_COOKIE_NAME] = key
    return browser


@pytest.mark.django_db
@pytest.mark.parametrize("kept", [True, False], ids=["a session of ours", "a key that was made up"])
def test_a_session_that_somebody_else_began_is_not_the_one_signed_in(kept: bool) -> None:
    factories.make_user("someone")
    planted = _anonymous_session() if kept else "a" * 32
    victim = _with_session(planted)
    assert wire.log_in(victim, "someone").status_code == 200
    assert victim.get(ME).status_code == 200
    assert victim.cookies[settings.SESSION_COOKIE_NAME].value != planted
    assert _with_session(planted).get(ME).status_code == 401


@pytest.mark.django_db
def test_registering_begins_a_session_of_its_own() -> None:
    practice = factories.make_practice()
    planted = _anonymous_session()
    victim = _with_session(planted)
    assert wire.sign_up(victim, "someone", practice_id=str(practice.pk)).status_code == 200
    assert victim.cookies[settings.SESSION_COOKIE_NAME].value != planted
    assert _with_session(planted).get(ME).status_code == 401


@pytest.mark.django_db
def test_the_session_is_out_of_scripts_reach() -> None:
    factories.make_user("someone")
    browser = Browser()
    wire.log_in(browser, "someone")
    cookie = browser.cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert not cookie["max-age"], "it goes with the browser"
    assert not cookie["domain"]


@pytest.mark.any_database
@pytest.mark.django_db
def test_at_a_domain_every_cookie_is_this_hosts_alone_and_needs_https(tmp_path: Path) -> None:
    client = tmp_path / "dist"
    client.mkdir()
    (client / "index.html").write_text("<p>page</p>")
    environment = {
        **{name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ},
        "DJANGO_SETTINGS_MODULE": "holdfast.config.settings",
        "HOLDFAST_DATA_DIR": str(tmp_path / "data"),
        "HOLDFAST_ORIGIN": "https://practice.example",
    }
    done = subprocess.run(
        [sys.executable, "-c", AT_A_DOMAIN],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    said = found["settings"]
    assert said["SESSION_COOKIE_NAME"] == "__Host-sessionid"
    assert said["CSRF_COOKIE_NAME"] == "__Host-csrftoken"
    for kind in ("SESSION", "CSRF"):
        assert said[f"{kind}_COOKIE_SECURE"] is True
        assert said[f"{kind}_COOKIE_SAMESITE"] == "Lax"
        assert (said[f"{kind}_COOKIE_DOMAIN"], said[f"{kind}_COOKIE_PATH"]) == (None, "/")
    assert said["SESSION_COOKIE_HTTPONLY"] is True
    for name, text in found["cookies"].items():
        assert name.startswith("__Host-")
        assert "Secure" in text
    assert found["hsts"] == "max-age=31536000"
    assert found["plain"] == [301, "https://practice.example/healthz"]


@pytest.mark.any_database
@pytest.mark.django_db
def test_a_body_beyond_the_limit_is_refused_before_it_is_read() -> None:
    browser = factories.browser(factories.make_user())
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    assert limit <= 2_621_440
    for path in (ME, "/api/v1/auth/kdf"):
        method = "PATCH" if path == ME else "POST"
        refused = wire.send(browser, method, path, {"login": "x" * limit})
        assert (refused.status_code, refused.json()["code"]) == (413, "body-too-large")


@pytest.mark.any_database
@pytest.mark.django_db
def test_no_form_with_files_is_taken() -> None:
    browser = factories.browser(factories.make_user())
    upload = SimpleUploadedFile("page.html", b"<script>alert(1)</script>", "text/html")
    answer = browser.post(ME + "/password", {"file": upload})
    assert answer.status_code in {400, 422}
    assert answer["Content-Type"].startswith("application/problem+json")
