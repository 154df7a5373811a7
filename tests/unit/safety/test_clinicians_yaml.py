"""The one reader of everything a clinician can review."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from holdfast.safety.engine import clinicians_yaml
from holdfast.safety.engine.gate.rules import PolicyError as GateError
from holdfast.safety.engine.gate.rules import parse_policy
from holdfast.safety.engine.policy import packs
from holdfast.safety.engine.protocol import format as protocol
from holdfast.safety.engine.screen.rules import RulesError, parse_rules
from holdfast.support.companion.engine.format import ContentError, read_yaml
from holdfast.support.companion.model.prompts import PromptsError, parse_prompts

CONTENT = Path(packs.__file__).parents[2] / "content"
TWICE = "language: en\nversion: 1\nversion: 2\n"
WHERE = "line 3: “version” stands here a second time"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("a: yes\nb: no\nc: on", {"a": "yes", "b": "no", "c": "on"}),
        ("said: 2026-11-24", {"said": "2026-11-24"}),
        ("n: 3\nx: null\n1: one", {"n": 3, "x": None, 1: "one"}),
        ("", None),
    ],
)
def test_words_that_yaml_would_take_for_something_else_are_words(
    written: str, read: object
) -> None:
    assert clinicians_yaml.load(written) == read


def test_a_key_that_stands_twice_is_refused_wherever_it_stands() -> None:
    for text, line in (
        ("a: 1\na: 2", 2),
        ("a:\n  - b: 1\n    c: 2\n    b: 3", 4),
        ("{x: 1, x: 1}", 1),
    ):
        with pytest.raises(yaml.MarkedYAMLError) as refused:
            clinicians_yaml.load(text)
        assert clinicians_yaml.fault_of(refused.value).startswith(f"line {line}: “")


def test_what_is_no_key_and_what_is_no_yaml_are_refused() -> None:
    for text in ("? [a, b]\n: 1", "a: [1", "a: \x00"):
        with pytest.raises(yaml.YAMLError) as refused:
            clinicians_yaml.load(text)
        assert clinicians_yaml.fault_of(refused.value)


def test_a_rules_file_with_a_doubled_key_is_refused_with_its_line() -> None:
    with pytest.raises(RulesError, match=f"en.yaml: {WHERE}"):
        parse_rules(TWICE, "en.yaml")


def test_a_gate_file_and_prompts_with_a_doubled_key_are_refused_with_their_line() -> None:
    with pytest.raises(GateError, match=f"en.yaml: {WHERE}"):
        parse_policy(TWICE, "en.yaml")
    with pytest.raises(PromptsError, match=f"en.yaml: {WHERE}"):
        parse_prompts(TWICE, "en.yaml")


def test_a_flow_with_a_doubled_key_is_refused_with_its_line(tmp_path: Path) -> None:
    flow = tmp_path / "en.yaml"
    flow.write_text(TWICE, encoding="utf-8")
    with pytest.raises(ContentError, match=f"^{WHERE}"):
        read_yaml(flow)


def test_a_policy_pack_with_a_doubled_key_is_refused_with_its_line(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(CONTENT / "policy", tmp_path / "policy"))
    pack = folder / "packs" / "de.yaml"
    lines = pack.read_text(encoding="utf-8").splitlines()
    pack.write_text("\n".join([*lines, "version: 9"]), encoding="utf-8")
    expected = f"de.yaml: line {len(lines) + 1}: “version” stands here a second time"
    with pytest.raises(packs.PolicyError, match=expected):
        packs.load(folder)


def test_a_script_of_the_protocol_with_a_doubled_key_is_refused_with_its_line(
    tmp_path: Path,
) -> None:
    folder = Path(shutil.copytree(CONTENT / "protocol", tmp_path / "protocol"))
    script = folder / "script.yaml"
    lines = script.read_text(encoding="utf-8").splitlines()
    script.write_text("\n".join([*lines, "version: 9"]), encoding="utf-8")
    expected = f"script.yaml: line {len(lines) + 1}: “version” stands"
    with pytest.raises(protocol.ProtocolError, match=expected):
        protocol.load(folder)
