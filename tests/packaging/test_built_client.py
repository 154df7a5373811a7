"""The built client: every file is named with its hash, and nothing in it comes from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path
from urllib.parse import urlsplit

DIST = Path(__file__).parents[2] / "src/holdfast/web_dist"
TAG = re.compile(r"<(?:script|link)\b[^>]*>")
ATTRIBUTE = re.compile(r'\s([\w-]+)="([^"]*)"')


def integrity(path: str) -> str:
    digest = hashlib.sha256((DIST / path.lstrip("/")).read_bytes()).digest()
    return "sha256-" + base64.b64encode(digest).decode()


def page() -> str:
    return (DIST / "index.html").read_text(encoding="utf-8")


def import_map() -> dict[str, str]:
    (text,) = re.findall(r'<script type="importmap">(.*?)</script>', page())
    found: dict[str, str] = json.loads(text)["integrity"]
    return found


def test_every_script_and_style_of_the_page_carries_its_hash() -> None:
    named = 0
    for tag in TAG.findall(page()):
        attributes: dict[str, str] = dict(ATTRIBUTE.findall(tag))
        address = attributes.get("src", attributes.get("href", ""))
        if tag.startswith("<script") or attributes.get("rel") in {"modulepreload", "stylesheet"}:
            if attributes.get("type") == "importmap":
                continue
            assert attributes["integrity"] == integrity(address)
            # `Integrity-Policy` lets in what is asked for with CORS, ours or not.
            assert " crossorigin" in tag, address
            named += 1
    assert named > 10
    assert page().index("importmap") < page().index('type="module"')
    assert "<style" not in page()


def test_the_import_map_has_the_hash_of_all_that_may_come_later() -> None:
    here = {
        f"/assets/{path.name}"
        for path in (DIST / "assets").glob("*")
        if path.suffix in {".js", ".css"}
    }
    assert set(import_map()) == here
    assert len(here) > 100
    assert all(integrity(path) == found for path, found in import_map().items())
    asking = [p for p in DIST.glob("assets/*.js") if "holdfastIntegrity?.[" in p.read_text()]
    assert len(asking) == 1, "the helper that asks for style sheets looks into the map"


def test_the_list_of_files_is_whole_and_right() -> None:
    lines = (DIST / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    listed = {line[66:]: line[:64] for line in lines}
    files = {
        path.relative_to(DIST).as_posix()
        for path in DIST.rglob("*")
        if path.is_file() and path.suffix not in {".gz", ".br"} and path.name != "SHA256SUMS"
    }
    assert set(listed) == files
    for name, digest in listed.items():
        assert hashlib.sha256((DIST / name).read_bytes()).hexdigest() == digest


def test_no_style_page_or_manifest_names_another_server() -> None:
    looked = [p for p in DIST.rglob("*") if p.suffix in {".css", ".html", ".webmanifest", ".svg"}]
    assert len(looked) > 10
    for path in looked:
        text = path.read_text(encoding="utf-8")
        found = re.findall(r"url\(\s*['\"]?([^'\")]+)|\b(?:src|href)=\"([^\"]+)\"", text)
        found += [(address, "") for address in re.findall(r"@import\s+['\"]([^'\"]+)", text)]
        for address in (one or other for one, other in found):
            parts = urlsplit(address)
            assert parts.netloc == "", f"{path.name}: {address[:80]}"
            assert parts.scheme in {"", "data"}, f"{path.name}: {address[:80]}"
