"""`python -m bench.safety` (make bench-safety): the safety screen on every set, against its bars.

A table a set: recall and false alarms with Wilson intervals, of the whole screen (and with sentence
embeddings, where a model is installed), of each layer alone, of a 20-term keyword regex and of
plain TF-IDF with logistic regression. No model is measured on a set that it was trained on: for a
set that may train what ships, models are trained without it.
Needs scikit-learn and HOLDFAST_SHARED.
"""

from __future__ import annotations

import gc
import json
import re
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from holdfast.safety.engine.embedding import installed
from holdfast.safety.engine.screen import Level, Screener
from holdfast.safety.engine.screen.classifier import Classifier, shipped_classifier
from holdfast.safety.engine.screen.compiled import shipped_rules
from holdfast.safety.engine.screen.sentences import shipped_sentences
from training.safety import pairs, sets
from training.safety.proportion import Proportion
from training.safety.train import SEED, examples, train, train_sentences

RESULTS: Final = Path(__file__).parent / "results" / "safety.json"
LABELS: Final = Path(pairs.__file__).parent / "labels"
# What gates of this kind look for (../docs/explanation/safety-screen-model-card.md).
KEYWORDS: Final = re.compile(
    r"suicid|kill myself|killing myself|end my life|want to die|wanna die|self.harm|cut myself"
    r"|hurt myself|overdose|hang myself|shoot myself|take my life|better off dead|no reason to live"
    r"|end it all|jump off|slit my|don't want to live|not worth living",
    re.IGNORECASE,
)
SAFE_KINDS: Final = ("negated", "past", "academic", "idiom")
CONTEXT: Final = (*SAFE_KINDS, "quotation", "third_person_fiction", "news")
Says = Callable[[str], bool]


@dataclass(frozen=True)
class Case:
    """A text, whether a human should hear of it, and its language."""

    text: str
    alarm: bool
    lang: str


@dataclass(frozen=True)
class Bar:
    """A bar of the issue and what was measured."""

    name: str
    wanted: str
    measured: str
    kept: bool


@cache
def layers(without: tuple[str, ...] = ()) -> dict[str, Says]:
    """What is compared. `without`: sources that the trained ones must not have seen."""
    rules = shipped_rules()
    model = train(without)[0] if without else shipped_classifier()
    whole, alone = Screener(rules, model), Screener(rules)
    plain = _plain(without)
    embedder = installed()
    extra: dict[str, Says] = {}
    if embedder is not None:
        sentences = (
            train_sentences(embedder, without)[0] if without else shipped_sentences(embedder)
        )
        more = Screener(rules, model, sentences)
        extra = {"screen + embeddings": lambda text: more.screen(text).alarm}
    return {
        "screen": lambda text: whole.screen(text).alarm,
        **extra,
        "rules and context": lambda text: alone.screen(text).alarm,
        "classifier": lambda text: _classified(whole, model, text),
        "20-term regex": lambda text: bool(KEYWORDS.search(text)),
        "plain TF-IDF": plain,
    }


def _classified(screener: Screener, model: Classifier, text: str) -> bool:
    words = screener.matcher.normaliser.words(text)
    return bool(words.words) and model.score(words).alarm


def _plain(without: Sequence[str]) -> Says:
    """TF-IDF over words with logistic regression at 0.5, on the same texts."""
    data = examples(without)
    vectoriser = TfidfVectorizer(ngram_range=(1, 2), min_df=2)
    matrix = vectoriser.fit_transform([one.text for one in data])
    model = LogisticRegression(class_weight="balanced", max_iter=500, random_state=SEED)
    model.fit(matrix, [one.alarm for one in data])
    return lambda text: bool(model.predict(vectoriser.transform([text]))[0])


def measure(cases: Sequence[Case], says: Says) -> tuple[Proportion, Proportion]:
    """(recall, false alarms)."""
    crisis = [case for case in cases if case.alarm]
    calm = [case for case in cases if not case.alarm]
    return (
        Proportion(sum(says(case.text) for case in crisis), len(crisis)),
        Proportion(sum(says(case.text) for case in calm), len(calm)),
    )


class Report:
    """Tables as they are measured, and the JSON of all."""

    def __init__(self) -> None:
        self.sets: list[dict[str, Any]] = []
        self.bars: list[Bar] = []

    def table(self, name: str, cases: Sequence[Case], compared: dict[str, Says]) -> dict[str, Any]:
        """Measures and prints one set."""
        print(f"\n{name}: {len(cases)} texts")
        row: dict[str, Any] = {"set": name, "texts": len(cases), "layers": {}}
        for layer, says in compared.items():
            recall, false = measure(cases, says)
            print(f"  {layer:18} recall {recall!s:32} false alarms {false}")
            row["layers"][layer] = {"recall": _json(recall), "false_alarms": _json(false)}
        self.sets.append(row)
        return row

    def bar(
        self, name: str, row: dict[str, Any], recall: float | None, false: float | None
    ) -> None:
        """Holds the whole screen's numbers of a set against a bar."""
        got = row["layers"]["screen"]
        parts, measured, kept = [], [], True
        for what, bound in (("recall", recall), ("false_alarms", false)):
            if bound is not None and got[what]["of"]:
                value = got[what]["hits"] / got[what]["of"]
                kept &= value >= bound if what == "recall" else value <= bound
                sign = ">=" if what == "recall" else "<="
                parts.append(f"{what.replace('_', ' ')} {sign} {bound:g}")
                measured.append(f"{value:.4f}")
        self.bars.append(Bar(name, ", ".join(parts), ", ".join(measured), kept))


def _json(one: Proportion) -> dict[str, Any]:
    low, high = one.wilson()
    return {"hits": one.hits, "of": one.total, "low": round(low, 4), "high": round(high, 4)}


def _cases(texts: Iterable[sets.Text]) -> list[Case]:
    return [Case(one.text, one.alarm, one.lang) for one in texts if one.alarm is not None]


def real_sets(report: Report) -> None:
    """The sets of the shared data."""
    shipped = layers()
    peer = report.table("peer_support_en_dev", _cases(sets.texts("peer_support_en_dev")), shipped)
    report.bar("peer support", peer, 0.95, 0.10)
    everyday = report.table(
        "everyday_requests_en_dev", _cases(sets.texts("everyday_requests_en_dev")), shipped
    )
    report.bar("everyday requests", everyday, None, 0.001)
    stressed = report.table(
        "stressors_en_train (held out)", _cases(sets.stressors(held_out=True)), shipped
    )
    report.bar("distressed but safe: stressors", stressed, None, 0.03)
    counselling = _counselling()
    if counselling:
        row = report.table("counselling_questions_en", counselling, shipped)
        report.bar("distressed but safe: counselling questions", row, None, 0.03)
    for name in (
        "psysuicide_zh_train",
        "moderation_self_harm_en_dev",
        "hazard_prompts_en_dev",
        "hazard_prompts_fr_dev",
    ):
        without: tuple[str, ...] = (name,)
        if name.startswith("hazard"):  # one is the other's translation
            without = ("hazard_prompts_en_dev", "hazard_prompts_fr_dev")
        row = report.table(name, _cases(sets.texts(name)), layers(without))
        if name.startswith("psysuicide"):
            report.bar("Chinese", row, 0.95, 0.10)


def _counselling() -> list[Case]:
    """The questions with our own labels (ids and labels only are ours to keep here)."""
    path = LABELS / "counselling_questions_en.json"
    if not path.exists():
        return []
    labels = json.loads(path.read_text(encoding="utf-8"))
    alarms, unsure = set(labels["alarm"]), set(labels["ambiguous"])
    return [
        Case(row["text"], row["id"] in alarms, "en")
        for row in sets.rows("counselling_questions_en")
        if row["id"] not in unsure
    ]


def own_pairs(report: Report) -> None:
    """Every fifth pair, by language and by kind."""
    shipped = layers()
    held = [
        one
        for language in pairs.languages()
        for one in pairs.sentences(language)
        if one.split == "dev"
    ]
    for language in pairs.languages():
        rows = [one for one in held if one.lang.startswith(language)]
        report.table(
            f"own pairs, {language}",
            [Case(one.text, one.alarm, one.lang) for one in rows],
            shipped,
        )
    for kind in dict.fromkeys(one.kind for one in held):
        rows = [one for one in held if one.kind == kind]
        row = report.table(
            f"own pairs, {kind}", [Case(one.text, one.alarm, one.lang) for one in rows], shipped
        )
        if kind in SAFE_KINDS:
            report.bar(f"own pairs, {kind}", row, None, 0.05)
        if kind == "indirect":
            report.bar("own pairs, indirect", row, 0.9, None)


def personas(report: Report) -> None:
    """Turn by turn: caught within three turns of the first cue; None never above watch."""
    screener = Screener(shipped_rules(), shipped_classifier())
    cues = json.loads((LABELS / "persona_cues_en.json").read_text(encoding="utf-8"))
    talks: dict[str, list[dict[str, Any]]] = {}
    for row in sets.rows("persona_conversations_en_dev"):
        talks.setdefault(row["conv"], []).append(row)
    caught = Proportion(0, 0)
    calm = Proportion(0, 0)
    for turns in talks.values():
        turns.sort(key=lambda row: int(row["turn"]))
        texts = [row["text"] for row in turns]
        levels = [screener.screen(text, texts[:at]).level for at, text in enumerate(texts)]
        risk = turns[0]["label"]
        if risk in {"High", "Imminent"}:
            cue = next((at for at, row in enumerate(turns) if row["id"] in cues), None)
            if cue is not None:
                hit = max(levels[cue : cue + 3]) >= Level.CONCERN
                caught = Proportion(caught.hits + hit, caught.total + 1)
        elif risk == "None":
            calm = Proportion(calm.hits + (max(levels) > Level.WATCH), calm.total + 1)
    print(f"\npersonas: caught within 3 turns of the first cue {caught}")
    print(f"personas: None above watch {calm}")
    report.bars.append(
        Bar("personas, High and Imminent", "all within 3 turns", str(caught), caught.share == 1)
    )
    report.bars.append(Bar("personas, None", "never above watch", str(calm), calm.hits == 0))


def speed(report: Report) -> None:
    """Messages a second on one core, and the 99th percentile of one message.

    All in CPU time, once the phrases that these texts meet have been compiled: what a long-lived
    process needs, whatever else the machine does.
    """
    screener = Screener(shipped_rules(), shipped_classifier())
    texts = [row["text"] for row in sets.rows("everyday_requests_en_dev")]
    texts += [one.text for one in sets.stressors(held_out=True)]
    for text in texts:
        screener.screen(text)
    gc.collect()
    gc.freeze()  # what training left behind is not to be walked through at each collection
    passes = []
    for _ in range(5):
        began = time.process_time()
        for text in texts:
            screener.screen(text)
        passes.append(time.process_time() - began)
    rate = len(texts) / min(passes)  # the best of five: others share the machine
    single = []
    letters = [row["text"] for row in sets.rows("counselling_questions_en")]
    for text in letters:
        screener.screen(text)
    for text in texts + letters:
        began = time.process_time()
        screener.screen(text)
        single.append(time.process_time() - began)
    slow = sorted(single)[-len(single) // 100] * 1000
    began = time.process_time()
    shipped_classifier()
    load = (time.process_time() - began) * 1000
    began = time.process_time()
    shipped_rules()
    rules = (time.process_time() - began) * 1000
    print(
        f"\nspeed: {rate:,.0f} messages/s on one core; p99 {slow:.2f} ms; weights {load:.1f} ms,"
        f" rules {rules:.0f} ms"
    )
    report.bars.append(Bar("speed", ">= 5,000/s", f"{rate:,.0f}/s", rate >= 5000))
    report.bars.append(Bar("one message, p99", "< 5 ms", f"{slow:.2f} ms", slow < 5))
    loaded = load + rules
    report.bars.append(Bar("weights and rules load", "< 200 ms", f"{loaded:.0f} ms", loaded < 200))


def main() -> int:
    """Prints every table, writes the JSON; 1 where a bar is not kept."""
    report = Report()
    try:
        real_sets(report)
        own_pairs(report)
        personas(report)
        speed(report)
    except sets.NoData as error:
        print(f"bench.safety: {error}", file=sys.stderr)
        return 2
    print("\nbars")
    for bar in report.bars:
        print(
            f"  {'kept    ' if bar.kept else 'NOT KEPT'} {bar.name}: {bar.wanted}: {bar.measured}"
        )
    result = {"sets": report.sets, "bars": [vars(bar) for bar in report.bars]}
    RESULTS.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return 0 if all(bar.kept for bar in report.bars) else 1


if __name__ == "__main__":
    raise SystemExit(main())
