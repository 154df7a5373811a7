"""The doctor's report in words and as a PDF."""

from __future__ import annotations

import io
import string
from dataclasses import asdict, fields
from datetime import UTC, date, datetime
from typing import Any

import orjson
import pypdf
import pytest
from PIL import Image

from holdfast.sense.assessments import pdf
from holdfast.sense.assessments.engine.counting import Given, Report, count
from holdfast.sense.assessments.engine.plan import load
from holdfast.sense.assessments.engine.sheet import About, Sheet, compose
from holdfast.sense.assessments.engine.words import LANGUAGES, Words, words
from holdfast.sense.measures.engine.catalogue import builtin

PLAN = load()
PACK = builtin().get("mood-days", "1.0.0")
MADE = datetime(2026, 11, 1, 9, tzinfo=UTC)
ANSWERS = (
    Given(1, "morning", {"md_mood": 3, "md_mood_most": 1, "md_sleep": 2, "md_sleep_kind": 3}),
    Given(1, "midday", {"md_mood": 2, "md_death": 1}, late=True),
    Given(2, "morning", {"md_mood": 0, "md_mania": 2}),
)
REPORT = count(PLAN, ANSWERS, starts_on=date(2026, 10, 18), today=date(2026, 11, 1), closed=42)


def sheet(language: str, report: Report = REPORT, **about: Any) -> Sheet:
    facts: dict[str, Any] = {
        "person": "Noor", "practice": "Harbour Practice", "phone": "+49 30 1",
        "made_on": date(2026, 11, 1),
    }  # fmt: skip
    return compose(
        report, PLAN, PACK, About(**(facts | about)), language=language, say_day=date.isoformat
    )


def texts(value: Any) -> list[str]:
    """Every text in a composed report."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for each in value.values() for text in texts(each)]
    return [text for each in value for text in texts(each)] if isinstance(value, list) else []


def every_text(made: Sheet) -> list[str]:
    return texts(orjson.loads(orjson.dumps(asdict(made))))


def shape(value: Any) -> Any:
    """Keys, and the placeholders of each text."""
    if isinstance(value, str):
        return sorted(name for _, name, _, _ in string.Formatter().parse(value) if name)
    if isinstance(value, dict):
        return {key: shape(each) for key, each in value.items()}
    return [shape(each) for each in value]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_the_same_things(language: str) -> None:
    variable = {"language", "direction", "status"}
    there = {f.name for f in fields(Words)} - variable
    ours, english = asdict(words(language)), asdict(words("en"))
    assert {name: shape(ours[name]) for name in there} == {
        name: shape(english[name]) for name in there
    }


def test_other_forms_of_a_language_are_that_language_and_unknown_ones_english() -> None:
    assert words("ar-EG").language == "ar"
    assert words("fr").language == "en"
    assert words("../secrets").language == "en"


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_that_it_is_a_screening_and_what_comes_next(language: str) -> None:
    made, said = sheet(language), words(language)
    assert made.statement.title == said.statement.title
    assert made.next_step.points == tuple(said.next)
    assert len(made.requirement.points) == 6
    assert "World Health Organization" in made.requirement.after[1]
    assert "+49 30 1" in made.contact
    assert not [text for text in every_text(made) if "{" in text.replace(made.footer, "")]


def test_it_describes_the_requirement_and_concludes_nothing() -> None:
    """The same sentences whether nothing or everything was reported."""
    everything = [
        Given(
            day,
            prompt,
            {item: PACK.options_of(item).highest for one in PLAN.features for item in one.reported},
        )
        for day in range(1, 15)
        for prompt in PLAN.prompt_ids
    ]
    full = count(PLAN, everything, starts_on=REPORT.starts_on, today=MADE.date(), closed=42)
    empty = count(PLAN, [], starts_on=REPORT.starts_on, today=MADE.date(), closed=42)
    one, other = sheet("en", full), sheet("en", empty)
    assert (one.requirement, one.statement, one.next_step) == (
        other.requirement, other.statement, other.next_step,
    )  # fmt: skip
    changed = {a for a, b in zip(every_text(one), every_text(other), strict=False) if a != b}
    assert not [text for text in changed if "episode" in text.lower()]


def test_the_counts_are_in_it() -> None:
    made = sheet("en")
    rows = {row.id: row for group in made.features for row in group.rows}
    assert (rows["depressed-mood"].days, rows["depressed-mood"].most) == ("1 of 2", "1")
    assert (rows["death"].days, rows["sleep"].note) == ("1 of 1", "Woke up too early (1)")
    facts = {fact.label: fact.value for fact in made.facts}
    assert facts["Prompts answered"] == "3 of 42"
    assert facts["Answers received after their window"] == "1"
    assert facts["Prompts missed"] == "39"
    background = {fact.label: fact.value for fact in made.background}
    assert background["A past time of unusually high or irritable mood"] == "not sure (day 2)"
    assert background["A bereavement in the last year"] == "not asked"


def test_in_arabic_the_counts_are_the_same() -> None:
    made = sheet("ar")
    rows = {row.id: row for group in made.features for row in group.rows}
    assert made.direction == "rtl"
    assert (rows["depressed-mood"].name, rows["depressed-mood"].days) == ("مزاج مكتئب", "1 من 2")
    assert rows["sleep"].note == "استيقاظ مبكر جدًا (1)"
    assert made.draft_note


def test_a_report_before_the_end_says_so() -> None:
    early = count(PLAN, ANSWERS, starts_on=date(2026, 10, 18), today=date(2026, 10, 20), closed=7)
    assert "3 of 14 days" in sheet("en", early, made_on=date(2026, 10, 20)).running
    assert sheet("en").running == ""
    left = sheet("en", early, made_on=date(2026, 10, 20), left_on=date(2026, 10, 20))
    assert left.running == ""
    assert [fact.value for fact in left.facts][-1] == "2026-10-20"


def test_the_levels_are_stated_as_the_answers_words() -> None:
    levels = sheet("en").counted.points
    assert "Depressed mood: “Quite a lot” or above" in levels
    assert "Thoughts of death or suicide: “Yes, now and then” or above" in levels


def read(language: str) -> pypdf.PdfReader:
    made = pdf.render(sheet(language), REPORT, made_at=MADE)
    assert made.startswith(b"%PDF-")
    return pypdf.PdfReader(io.BytesIO(made))


def test_the_pdf_is_a4_and_holds_the_texts() -> None:
    found = read("en")
    assert [round(float(length)) for length in found.pages[0].mediabox[2:]] == [595, 842]
    text = " ".join(" ".join(page.extract_text().split()) for page in found.pages)
    for said in ("A screening, not a diagnosis", "Noor", "Depressed mood", "1 of 2", "3 of 42"):
        assert said in text
    assert found.metadata is not None
    assert found.metadata.title == "Report of a fourteen-day assessment"


@pytest.mark.parametrize(("language", "first"), [("en", "NotoSans"), ("ar", "NotoSansArabic")])
def test_the_pdf_brings_its_own_fonts(language: str, first: str) -> None:
    pages: Any = read(language).pages
    names = {
        font.get_object()["/BaseFont"].partition("+")[2]
        for page in pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert names
    assert {name.partition("-")[0] for name in names} <= {"NotoSans", "NotoSansArabic"}
    assert any(name.startswith(f"{first}-") for name in names)


def ink(picture: bytes) -> tuple[float, float]:
    """How much is printed in the left and in the right half of the title's line."""
    with Image.open(io.BytesIO(picture)) as page:
        line = page.convert("L").crop((0, 60, page.width, 100))
        middle = line.width // 2
        halves = (line.crop((0, 0, middle, 40)), line.crop((middle, 0, line.width, 40)))
        left, right = (sum(255 - value for value in half.tobytes()) for half in halves)
        return left, right


def test_in_arabic_the_page_starts_at_the_right() -> None:
    left, right = ink(pdf.pictures(sheet("en"), REPORT)[0])
    assert left > 3 * right
    left, right = ink(pdf.pictures(sheet("ar"), REPORT)[0])
    assert right > 3 * left


def test_the_same_report_gives_the_same_bytes() -> None:
    made = sheet("ar")
    assert pdf.render(made, REPORT, made_at=MADE) == pdf.render(made, REPORT, made_at=MADE)
