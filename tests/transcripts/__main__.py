"""Write docs/transcripts anew."""

from __future__ import annotations

from pathlib import Path

from tests.transcripts.pages import pages

FOLDER = Path(__file__).parents[2] / "docs" / "transcripts"


def main() -> None:
    """One page for each persona, and the table."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    made = pages()
    for old in FOLDER.glob("*.md"):
        if old.name not in made:
            old.unlink()
    for name, text in made.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    print(f"{len(made) - 1} transcripts in docs/transcripts")  # noqa: T201 (a command's answer)


if __name__ == "__main__":
    main()
