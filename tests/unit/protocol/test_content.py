"""What the words of the protocol must never do, in each language, and what must be there."""

from __future__ import annotations

import re
import string

import pytest
import yaml

from holdfast.safety.engine.protocol.format import LanguageFile, ProtocolError, load, shipped
from holdfast.safety.engine.protocol.signals import signals
from holdfast.safety.engine.screen import Category, Evidence, Experiencer, Level, Screening
from holdfast.safety.engine.screen.result import Temporality

pytestmark = pytest.mark.any_database
LANGUAGES = ("en", "es", "de", "ar")
PLACES = {
    "line",
    "line_name",
    "emergency",
    "duty",
    "reporting",
    "name",
    "ways",
    "number",
    "word",
    "url",
}
#: "You're not thinking of it, are you?": a question that asks for a no.
LEADING = {
    "en": r"\byou(?:'re| are)? not (?:thinking|going|planning)|, are(?:n't)? you\?|\bsurely you\b",
    "es": r"¿no (?:estarás|estás|piensas|irás)|¿verdad\?",
    "de": r"\bdu (?:willst|denkst|hast) (?:dir )?doch nicht\b|, oder\?|\bnicht wahr\?",
    "ar": r"أليس كذلك|لا تفكر في",
}
#: Ways to die have no place here. "Pills" stands only where the person said it first.
METHODS = {
    "en": r"\b(?:rope|hang|gun|bridge|jump|train|blade|razor|poison|gas|drown|overdose|pills?)\b",
    "es": r"\b(?:soga|colgar|pistola|puente|saltar|tren|cuchilla|veneno|ahogar|pastillas?)\b",
    "de": r"\b(?:seil|erhängen|pistole|brücke|springen|zug|klinge|gift|ertrinken|tabletten?)\b",
    "ar": r"حبل|شنق|مسدس|جسر|قطار|شفرة|سموم|غرق|حبوب",
}
ENDINGS = {
    "en": r"\b(?:goodbye|end (?:this|our) chat|have to stop|can(?:no|')t (?:talk about|go on))\b",
    "es": r"\b(?:adiós|terminar (?:esta|la) conversación|no puedo seguir)\b",
    "de": r"\b(?:auf wiedersehen|tschüss|gespräch beenden|kann nicht weiterreden)\b",
    "ar": r"وداعا|إنهاء المحادثة",
}
COERCION = {
    "en": r"\b(?:you must not|have to promise|promise me|selfish|think of your family)\b",
    "es": r"\b(?:prométeme|egoísta|piensa en tu familia)\b",
    "de": r"\b(?:versprich mir|egoistisch|denk an deine familie)\b",
    "ar": r"عدني|أناني|فكر في عائلتك",
}


def words(language: str) -> LanguageFile:
    return shipped().languages[language].file


def said(language: str) -> list[tuple[str, str]]:
    """(step, sentence) of all that can be said."""
    file = words(language)
    found = [("", one) for one in (*file.heard, *file.unclear, *file.not_pushing)]
    for name, step in file.steps.items():
        found += [(name, one) for one in (*step.say, *step.again, *step.heard)]
        found += [(name, one) for lines in step.after.values() for one in lines]
    return found


def test_the_four_languages_speak_the_same_script() -> None:
    assert set(shipped().languages) == set(LANGUAGES)
    for language in LANGUAGES:
        assert words(language).status == "draft"
        assert words(language).reviewed_by is None


@pytest.mark.parametrize("kind", [LEADING, ENDINGS, COERCION], ids=["leading", "end", "coercion"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_leads_to_a_no_ends_the_conversation_or_coerces(
    language: str, kind: dict[str, str]
) -> None:
    assert not [one for _, one in said(language) if re.search(kind[language], one, re.I)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_way_to_die_is_named(language: str) -> None:
    named = [(s, one) for s, one in said(language) if re.search(METHODS[language], one, re.I)]

    assert {step for step, _ in named} <= {"taken_check"}


@pytest.mark.parametrize(("kind", "example"), [
    (LEADING["en"], "You're not thinking of killing yourself, are you?"),
    (METHODS["en"], "Do you have a rope?"),
    (ENDINGS["en"], "I can't talk about this."),
    (COERCION["en"], "Promise me that you will not do it."),
])  # fmt: skip
def test_these_rules_find_what_they_look_for(kind: str, example: str) -> None:
    assert re.search(kind, example, re.I)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_lines_are_the_same_and_all_places_are_known(language: str) -> None:
    lines = [one for _, one in said(language)]

    assert sorted(set(lines)) == sorted(lines)
    names = {name for one in lines for _, name, _, _ in string.Formatter().parse(one) if name}
    assert names <= PLACES


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_has_done_something_gets_the_emergency_number_and_not_a_line(language: str) -> None:
    step = words(language).steps["emergency_now"]

    assert any("{emergency}" in one for one in step.say)
    assert not any("{line}" in one for one in step.say)
    assert "{emergency}" not in step.say[-1]  # for a place whose number is not known


def test_every_step_is_on_a_path_and_cites_its_source() -> None:
    script = shipped().script
    used = {name for path in script.paths.values() for name, _ in path.steps}

    assert used == set(script.steps)
    for name, step in script.steps.items():
        assert step.sources or step.item == "duty", name  # a duty's sources stand in its pack


def test_every_category_of_the_screen_leads_somewhere() -> None:
    script = shipped().script

    for category in Category:
        found = signals(screening(category), script)
        assert found is not None
        assert found.paths, category


@pytest.mark.parametrize(("category", "experiencer", "level", "paths"), [
    (Category.ACTIVE_IDEATION, "self", Level.CONCERN, ("self",)),
    (Category.ACTIVE_IDEATION, "other", Level.CONCERN, ("other_person",)),
    (Category.ATTEMPT, "self", Level.EMERGENCY, ("emergency",)),
    (Category.ATTEMPT, "other", Level.EMERGENCY, ("other_person",)),
    (Category.ABUSE_OR_VIOLENCE, "other", Level.CONCERN, ("abuse",)),
    (Category.HARM_TO_OTHERS, "self", Level.CONCERN, ("others",)),
    (Category.MEDICAL_EMERGENCY, "self", Level.EMERGENCY, ("medical",)),
    (Category.EATING_DISORDER, "self", Level.CONCERN, ("eating",)),
    (None, "self", Level.CONCERN, ("self",)),
])  # fmt: skip
def test_a_category_leads_to_its_own_path(
    category: Category | None, experiencer: str, level: Level, paths: tuple[str, ...]
) -> None:
    found = signals(screening(category, experiencer, level), shipped().script)

    assert found is not None
    assert found.paths == paths


def test_a_watch_is_no_alarm() -> None:
    assert signals(screening(None, level=Level.WATCH), shipped().script) is None


def screening(
    category: Category | None, experiencer: str = "self", level: Level = Level.CONCERN
) -> Screening:
    who = Experiencer(experiencer)
    one = Evidence(0, 4, "en-x", level, category, Temporality.NOW, who)
    kinds = (category,) if category else ()
    return Screening(level, kinds, Temporality.NOW, who, (one,), 0.5, ("en",), True)


class Folder:
    """The shipped files, one of them changed."""

    def __init__(self, changed: str, **changes: object) -> None:
        from importlib.resources import files

        self.files = []
        for path in (files("holdfast.safety") / "content" / "protocol").iterdir():
            text = path.read_text(encoding="utf-8")
            if path.name == changed:
                data = {**yaml.load(text, yaml.BaseLoader), **changes}
                text = yaml.safe_dump(data, sort_keys=False)
            self.files.append(File(path.name, text))

    def iterdir(self) -> list[File]:
        return self.files

    def __truediv__(self, name: str) -> File:
        return next(one for one in self.files if one.name == name)


class File:
    """One file in memory."""

    def __init__(self, name: str, text: str) -> None:
        self.name, self.text = name, text

    def read_text(self, encoding: str) -> str:
        return self.text

    def read_bytes(self) -> bytes:
        return self.text.encode()


@pytest.mark.parametrize(("file", "changes", "complaint"), [
    ("en.yaml", {"script": "7"}, "version 7"),
    ("de.yaml", {"language": "en"}, "is in en"),
    ("es.yaml", {"status": "reviewed", "reviewed_by": None}, "by whom"),
    ("en.yaml", {"surprise": "1"}, "surprise"),
    ("script.yaml", {"again": ["nowhere"]}, "nowhere"),
])  # fmt: skip
def test_a_faulty_file_says_where(file: str, changes: dict[str, object], complaint: str) -> None:
    with pytest.raises(ProtocolError, match=complaint):
        load(Folder(file, **changes))  # type: ignore[arg-type]
