"""The doctor's report as a PDF (A4), set by Typst with fonts that come with the installation."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import asdict
from datetime import datetime
from functools import cache
from importlib.resources import as_file, files
from typing import cast

import orjson
import typst

from holdfast.sense.assessments.engine.counting import Report
from holdfast.sense.assessments.engine.sheet import Sheet

_FONTS = ("fontpkg_noto_sans", "fontpkg_noto_sans_arabic")


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


def render(sheet: Sheet, report: Report, *, made_at: datetime) -> bytes:
    """The report's bytes, tagged for screen readers (PDF/UA-1); some 30 ms."""
    return typst.compile(
        _template(),
        format="pdf",
        font_paths=_fonts(),
        sys_inputs=_inputs(sheet, report),
        pdf_standards="ua-1",
        timestamp=int(made_at.timestamp()),
    )


def pictures(sheet: Sheet, report: Report) -> list[bytes]:
    """Its pages as PNG, for looking at them."""
    pages: object = typst.compile(
        _template(),
        format="png",
        font_paths=_fonts(),
        sys_inputs=_inputs(sheet, report),
        ppi=110,
    )
    return pages if isinstance(pages, list) else [cast(bytes, pages)]


def _template() -> bytes:
    return (files("holdfast.sense.assessments") / "content" / "report.typ").read_bytes()


def _inputs(sheet: Sheet, report: Report) -> dict[str, str]:
    data = {**asdict(sheet), "plan": report.plan, "version": report.version}
    return {"sheet": orjson.dumps(data).decode()}
