"""The conversations as documents that a clinician can read, and a table of what came in each."""

from __future__ import annotations

from collections.abc import Iterable

from tests.transcripts.play import Persona, Played, personas, play

COLUMNS = {
    "acknowledge": "heard", "ask_done": "done?", "ask_directly": "direct", "ask_now": "now",
    "ask_plan": "plan", "ask_means": "means", "emergency_number": "emergency", "line": "line",
    "willingness": "willing", "obstacles": "obstacle", "professional": "professional",
    "trusted_person": "person", "safety_plan": "safety plan", "coping": "coping",
    "means_safety": "distance", "not_alone": "not alone", "safe_for_now": "safe",
    "about_oneself": "oneself", "duty": "duty", "returning": "back", "stay": "stays",
}  # fmt: skip
INTRO = """# Transcripts of the crisis protocol

Conversations of people made up for this purpose, played through the real screen, the real protocol
and the lines that ship ([why it is as it is](../explanation/crisis-protocol.md)). The people are
written, the answers are not: `python -m tests.transcripts` writes these pages anew, and a test
fails when they differ from what the program says or when an item that a person needs is missing.
The persons, and what must and must not follow, are in `tests/transcripts/personas.yaml`.

No clinician has reviewed these words yet; in Spanish, German and Arabic no native speaker has. The
numbers shown are the countries' own, as if a practice had confirmed them.
"""


def pages() -> dict[str, str]:
    """Every file of docs/transcripts by name."""
    made = {f"{persona.id}.md": _page(persona) for persona in personas()}
    made["README.md"] = _index()
    return made


def _index() -> str:
    names = list(COLUMNS.values())
    rows = [f"| person | {' | '.join(names)} |", f"|---|{'---|' * len(names)}"]
    for persona in personas():
        came = {item for turn in play(persona) for item in turn.items}
        cells = " | ".join("•" if item in came else " " for item in COLUMNS)
        rows.append(f"| [{persona.title}]({persona.id}.md) | {cells} |")
    return INTRO + "\n" + "\n".join(rows) + "\n"


def _page(persona: Persona) -> str:
    first = play(persona)[0]
    place = persona.country + (f", {persona.jurisdiction}" if persona.jurisdiction else "")
    watched = "within monitored hours" if persona.monitored else "outside monitored hours"
    head = [
        f"# {persona.title}",
        "",
        persona.who,
        "",
        f"{place}, {first.at:%H:%M} local time, {watched}. "
        f"Must come: {_named(persona.must)}."
        + (f" Must not come: {_named(persona.must_not)}." if persona.must_not else ""),
        "",
    ]
    card = ""
    for turn in play(persona):
        head += _turn(turn, card)
        card = _card(turn)
    return "\n".join(head).rstrip() + "\n"


def _named(items: Iterable[str]) -> str:
    return ", ".join(item.replace("_", " ") for item in items)


def _turn(turn: Played, before: str) -> list[str]:
    lines: list[str] = []
    if "wait" in turn.doing:
        lines += [f"*{turn.doing['wait']} later*", ""]
    if "say" in turn.doing:
        lines += [f"**Person:** {turn.label}", ""]
    elif turn.doing.get("tap") == "@dismiss":
        lines += ["**Person** folds the card away.", ""]
    elif "tap" in turn.doing:
        lines += [f"**Person** taps: {turn.label}", ""]
    else:
        lines += ["**Person** opens the companion.", ""]
    level = turn.answer.report.level
    if level != "none":
        lines += [f"*Level: {level or 'none, the screen failed'}*", ""]
    for message in turn.answer.messages:
        text = message.text.replace("\n", "  \n> ")
        lines += [f"> {text}", ">"]
    if turn.answer.messages:
        lines[-1] = ""
    ask = turn.answer.ask
    if ask and ask.replies and turn.step:
        lines += ["Buttons: " + " · ".join(reply.label for reply in ask.replies), ""]
    card = _card(turn)
    if card != before:
        lines += [f"*Card: {card or 'none'}*", ""]
    return lines


def _card(turn: Played) -> str:
    card = turn.answer.card
    if card is None:
        return ""
    named = ", ".join(f"{one.name} {one.number or one.text_number or ''}" for one in card.lines)
    number = f"emergency {card.emergency}" if card.emergency else "no number known"
    return f"{card.kind.replace('_', ' ')}, {number}; {named.strip() or 'no line known'}"
