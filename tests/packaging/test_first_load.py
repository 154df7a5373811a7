"""How much script a browser fetches before somebody's first check-in question stands.

Of the built client: what its page asks for at once, the screens on the way (log-in, Today, the
check-in), everything these import, the words of the wordiest language and the questionnaire.
`python -m bench first_load` measures the first screen in a real browser.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

DIST = Path(__file__).parents[2] / "src/holdfast/web_dist"
LIMIT_BYTES = 200_000
SCREENS = ("Welcome", "Login", "Today", "CheckIn")
#: One file each per language, of which a browser fetches one.
WORDS = ("common", "auth", "person", "instruments", "safety")
QUESTIONNAIRE = "phq-9-1.0.0"

_AT_ONCE = re.compile(r'(?:src|href)="(/[\w./-]+\.js)"')
#: `import ... from"./x.js"` and `import"./x.js"`; what `import("./x.js")` asks for comes later.
_IMPORTED = re.compile(r'(?:\bfrom|\bimport)\s*"(\./[\w.-]+\.js)"')


def chunks(name: str) -> list[Path]:
    """The built files of one source; Vite adds a dash and eight characters to its name."""
    found = [
        path
        for path in (DIST / "assets").glob(f"{name}-*.js")
        if re.fullmatch(re.escape(name) + r"-[\w-]{8}\.js", path.name)
    ]
    assert found, f"the built client has no file of {name}"
    return found


def with_imports(files: Iterable[Path]) -> set[Path]:
    """The files, and all that they import at once, to the end."""
    seen: set[Path] = set()
    waiting = list(files)
    while waiting:
        path = waiting.pop()
        if path not in seen:
            seen.add(path)
            text = path.read_text(encoding="utf-8")
            waiting += [path.parent / name for name in _IMPORTED.findall(text)]
    return seen


def sent(path: Path) -> int:
    """Bytes as a browser gets them over HTTPS, where every current one takes Brotli."""
    return path.with_name(path.name + ".br").stat().st_size


def largest(name: str) -> Path:
    return max(chunks(name), key=lambda path: path.stat().st_size)


@pytest.fixture(scope="module")
def fetched() -> set[Path]:
    page = (DIST / "index.html").read_text(encoding="utf-8")
    first = [DIST / name.lstrip("/") for name in _AT_ONCE.findall(page)]
    assert first, "the page asks for no script"
    screens = [path for name in SCREENS for path in chunks(name)]
    words = [largest(name) for name in (*WORDS, QUESTIONNAIRE)]
    return with_imports([*first, *screens, *words])


def test_the_first_question_takes_less_than_200_kb_of_script(fetched: set[Path]) -> None:
    sizes = sorted(((sent(path), path.name) for path in fetched), reverse=True)
    total = sum(size for size, _ in sizes)
    assert total < LIMIT_BYTES, f"{total / 1000:.1f} kB; the largest are {sizes[:8]}"


def test_what_is_counted_holds_the_libraries_and_the_screens(fetched: set[Path]) -> None:
    names = " ".join(path.name for path in fetched)
    assert all(name in names for name in ("react-", "index-", "CheckIn-", "outbox-"))
    assert len(fetched) > 30
    assert not any(path.name.startswith(("Caseload", "routes-")) for path in fetched)
