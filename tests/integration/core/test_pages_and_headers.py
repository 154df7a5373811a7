"""What the browser is told about each file and page: policies, caching, nonce."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client as Browser
from django.test import override_settings

from holdfast.config.page import BUILD_PLACE, NONCE_PLACE, read_page

IMPORT_MAP = '{"integrity":{"/assets/index-c3d4.js":"sha256-x"}}'
SUMS = "00  index.html\n"
NO_STRINGS = {"require-trusted-types-for": "'script'", "trusted-types": "'none'"}


@pytest.fixture
def built(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """A client as the build leaves it."""
    workers = tmp_path / "assets" / "workers"
    workers.mkdir(parents=True)
    (workers / "kdf.worker-a1b2.js").write_text("postMessage(1)")
    (workers / "vault.worker-e5f6.js").write_text("postMessage(1)")
    (tmp_path / "assets" / "index-c3d4.js").write_text("1")
    (tmp_path / "sw.js").write_text("1")
    (tmp_path / "manifest.webmanifest").write_text("{}")
    (tmp_path / "index.html").write_text(
        f'<meta name="csp-nonce" content="{NONCE_PLACE}">'
        f'<meta name="build" content="{BUILD_PLACE}">'
        f'<script type="importmap">{IMPORT_MAP}</script>'
    )
    (tmp_path / "SHA256SUMS").write_text(SUMS)
    settings.WEB_DIST = settings.WHITENOISE_ROOT = tmp_path
    read_page.cache_clear()
    yield tmp_path
    read_page.cache_clear()


def _policy(answer: Any) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in answer["Content-Security-Policy"].split(";"))
    return {name: value for name, _, value in parts}


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/today", "/admin/people", "/people/abc"])
def test_the_page_carries_a_fresh_nonce_and_allows_no_inline_script(built: Path, path: str) -> None:
    first, second = Browser().get(path), Browser().get(path)
    nonce = first.content.decode().split('content="')[1].split('"')[0]
    assert NONCE_PLACE not in first.content.decode()
    policy = _policy(first)
    assert f"'nonce-{nonce}'" in policy["style-src"]
    import_map = base64.b64encode(hashlib.sha256(IMPORT_MAP.encode()).digest()).decode()
    assert policy["script-src"] == f"'self' 'sha256-{import_map}'"
    assert "unsafe" not in first["Content-Security-Policy"]
    assert {name for name, value in policy.items() if value == "'none'"} == {
        "default-src",
        "style-src-attr",
        "object-src",
        "base-uri",
        "frame-ancestors",
    }
    assert policy["require-trusted-types-for"] == "'script'"
    assert policy["trusted-types"] == "default"
    assert first.content != second.content
    assert "no-store" in first["Cache-Control"]
    assert first.cookies["csrftoken"].value


@pytest.mark.django_db
def test_the_page_names_no_place_but_its_own_server_and_where_the_companion_answers(
    built: Path,
) -> None:
    policy = Browser().get("/")["Content-Security-Policy"]
    sources = {word for part in policy.split(";") for word in part.split()[1:]}
    live, topics = "http://localhost:8001", "ws://localhost:8002"
    assert {word for word in sources if not word.startswith("'")} == {
        "data:",
        "blob:",
        "default",
        live,
        topics,
    }
    assert _policy(Browser().get("/"))["connect-src"] == f"'self' {live} {topics}"


@pytest.mark.django_db
def test_a_script_without_a_hash_does_not_run_and_the_page_says_what_was_built(built: Path) -> None:
    answer = Browser().get("/")
    assert answer["Integrity-Policy"] == "blocked-destinations=(script)"
    build = hashlib.sha256(SUMS.encode()).hexdigest()
    assert f'<meta name="build" content="{build}">' in answer.content.decode()


def test_only_the_key_worker_may_compile_wasm(built: Path) -> None:
    worker = Browser().get("/assets/workers/kdf.worker-a1b2.js")
    assert _policy(worker) == {
        "default-src": "'none'",
        "script-src": "'self' 'wasm-unsafe-eval'",
        **NO_STRINGS,
    }
    vault = Browser().get("/assets/workers/vault.worker-e5f6.js")
    assert _policy(vault) == {"default-src": "'none'", "script-src": "'self'", **NO_STRINGS}
    assert _policy(Browser().get("/sw.js")) == {"default-src": "'self'", **NO_STRINGS}
    script = Browser().get("/assets/index-c3d4.js")
    assert "wasm-unsafe-eval" not in script["Content-Security-Policy"]


def test_hashed_files_are_kept_for_ever_and_the_service_worker_never(built: Path) -> None:
    for path in ("/assets/index-c3d4.js", "/assets/workers/kdf.worker-a1b2.js"):
        assert "immutable" in Browser().get(path)["Cache-Control"]
    for path in ("/sw.js", "/manifest.webmanifest"):
        answer = Browser().get(path)
        assert answer["Cache-Control"] == "no-cache"
        assert "Access-Control-Allow-Origin" not in answer
    assert Browser().get("/sw.js")["Service-Worker-Allowed"] == "/"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/assets/missing.js", "/api/v1/missing", "/accounts/login/"])
def test_what_does_not_exist_is_a_problem_and_not_the_clients_page(built: Path, path: str) -> None:
    answer = Browser().get(path)
    assert answer.status_code == 404
    assert answer.json()["code"] == "not-found"


@pytest.mark.django_db
def test_without_a_built_client_the_page_says_what_to_do(tmp_path: Path) -> None:
    read_page.cache_clear()
    with override_settings(WEB_DIST=tmp_path):
        answer = Browser().get("/")
    assert answer.status_code == 503
    assert b"make setup" in answer.content


def test_health_answers_without_a_database() -> None:
    assert Browser().get("/healthz").json() == {"status": "ok"}


@pytest.mark.django_db
def test_security_headers_are_on_every_answer(built: Path) -> None:
    for path in ("/", "/api/v1/config", "/healthz"):
        answer = Browser().get(path)
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "geolocation=()" in answer["Permissions-Policy"]
        for used in ("camera", "microphone", "display-capture"):
            assert f"{used}=(self)" in answer["Permissions-Policy"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api/v1/config", "/api/v1/me", "/_allauth/browser/v1/config"])
def test_no_cache_keeps_what_the_api_answers(path: str) -> None:
    assert "no-store" in Browser().get(path)["Cache-Control"]
