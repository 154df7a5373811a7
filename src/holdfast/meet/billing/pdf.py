"""A document as a PDF (A4), set by Typst with fonts that come with the installation."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime
from functools import cache
from importlib.resources import as_file, files
from zoneinfo import ZoneInfo

import orjson
import typst
import yaml

from holdfast.meet.billing.engine.money import shown
from holdfast.meet.billing.engine.paper import Line, Paper, total

_FONTS = ("fontpkg_noto_sans", "fontpkg_noto_sans_arabic")
LANGUAGES = ("en", "es", "de", "ar")


@cache
def _fonts() -> typst.Fonts:
    """The fonts of the two packages and none of the system's, read once."""
    with ExitStack() as stack:
        folders = [
            str(stack.enter_context(as_file(files(package) / "files"))) for package in _FONTS
        ]
        return typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=folders
        )


@cache
def words(language: str) -> dict[str, str]:
    """The texts of a document; in English where a language has none."""
    code = language.split("-")[0]
    name = f"{code if code in LANGUAGES else 'en'}.yaml"
    path = files("holdfast.meet.billing") / "content" / "words" / name
    found: dict[str, str] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def render(paper: Paper, *, label: str, issued_at: datetime, zone: str) -> bytes:
    """The document's bytes, tagged for screen readers (PDF/UA-1)."""
    sheet = _sheet(paper, label, issued_at.astimezone(ZoneInfo(zone)))
    template = files("holdfast.meet.billing") / "content" / "document.typ"
    return typst.compile(
        template.read_bytes(),
        format="pdf",
        font_paths=_fonts(),
        sys_inputs={"sheet": orjson.dumps(sheet).decode()},
        pdf_standards="ua-1",
        timestamp=int(issued_at.timestamp()),
    )


def _sheet(paper: Paper, label: str, issued: datetime) -> dict[str, object]:
    said = words(paper.language)

    def amount(value: int) -> str:
        return shown(value, paper.currency, point=said["point"], group=said["group"])

    def line(one: Line) -> list[object]:
        about = [one.description]
        if one.kind != "visit":
            about.append(said[one.kind])
        if one.percent != 100:
            fee = amount(one.listed * one.units)
            about.append(said["scaled"].format(percent=one.percent, fee=fee))
        return [
            one.on.isoformat(), one.code, about, str(one.units), amount(one.amount)
        ]  # fmt: skip

    facts = [[said["number"], label], [said["issued"], issued.date().isoformat()]]
    if paper.cancels:
        facts.append([said["cancels"], paper.cancels])
    if paper.person not in paper.recipient:
        facts.append([said["person"], paper.person])
    if paper.issuer.get("tax_id"):
        facts.append([said["tax_id"], paper.issuer["tax_id"]])
    facts += [[said["provider"], ", ".join([one.name, *one.licences])] for one in paper.providers]
    if paper.diagnoses:
        facts.append([said["diagnoses"], ", ".join(paper.diagnoses)])
    return {
        "language": paper.language,
        "direction": "rtl" if paper.language == "ar" else "ltr",
        "title": said[paper.kind],
        "issuer": [paper.issuer["name"], *paper.issuer.get("address", "").splitlines()],
        "recipient": paper.recipient.splitlines(),
        "facts": facts,
        "header": [said[name] for name in ("day", "code", "what", "units", "amount")],
        "lines": [line(one) for one in paper.lines],
        "systems": said["systems"].format(
            systems=", ".join(sorted({one.system for one in paper.lines}))
        ),
        "total": [said["total"], amount(total(paper))],
        "foot": paper.issuer.get("foot", ""),
        "page": said["page"],
    }
