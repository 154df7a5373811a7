"""The OpenAPI document is the one contract between the server and its client."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from django.test import Client as Browser
from ninja.openapi.schema import OpenAPISchema

from holdfast.config.api import api
from holdfast.config.described import ProblemOut

#: Places where the document leaves open what is answered, and why it must.
OPEN_SHAPES = {
    "AuditOut.detail": "each action has particulars of its own",
    "StepOut.detail": "each kind of step has particulars of its own",
    "UnreadIn": "an entry of a form that this server does not know yet",
}
#: Answers without a shape in the document, and why.
OTHER_FORMATS = {
    "GET /practices/{practice_id}/clients/{client_id}/vault/files/{file_id}/content": (
        "sealed bytes"
    ),
    "GET /practices/{practice_id}/clients/{client_id}/vault/shared/files/{file_id}/content": (
        "sealed bytes"
    ),
    "GET /practices/{practice_id}/threads/{thread_id}/files/{thread_file_id}/content": (
        "sealed bytes"
    ),
    "GET /practices/{practice_id}/clients/{client_id}/assessments/{assessment_id}/report.pdf": (
        "a PDF"
    ),
    "GET /practices/{practice_id}/clients/{client_id}/invoices/{invoice_id}/document.pdf": "a PDF",
    "GET /practices/{practice_id}/attendance.csv": "a table",
    "GET /practices/{practice_id}/billing/journal.csv": "a table",
    "GET /practices/{practice_id}/instruments/{instrument_id}/{version}": "a pack, as published",
    "GET /practices/{practice_id}/clients/{client_id}/export": "a FHIR bundle or a zip of CSV",
}


@cache
def document() -> dict[str, Any]:
    """As the server gives it to whoever asks."""
    served: dict[str, Any] = Browser().get("/api/v1/openapi.json").json()
    return served


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    """("GET /path", operation) of every endpoint."""
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path.removeprefix('/api/v1')}", operation


def says_something(shape: dict[str, Any]) -> bool:
    """Whether a schema narrows what it stands for."""
    telling = {"$ref", "type", "anyOf", "oneOf", "allOf", "enum", "const"}
    return bool(telling & shape.keys()) and shape.get("additionalProperties") is not True


def open_places(shape: dict[str, Any], place: str) -> Iterator[str]:
    """Every place under a schema where anything at all would do."""
    if not says_something(shape):
        yield place
        return
    for name, inner in shape.get("properties", {}).items():
        yield from open_places(inner, f"{place}.{name}")
    for key in ("anyOf", "oneOf", "allOf", "prefixItems"):
        for inner in shape.get(key, []):
            yield from open_places(inner, place)
    if shape.get("type") == "array" and "prefixItems" not in shape:
        yield from open_places(shape.get("items", {}), f"{place}[]")
    if isinstance(shape.get("additionalProperties"), dict):
        yield from open_places(shape["additionalProperties"], f"{place}{{}}")


def test_every_operation_says_in_words_what_it_does() -> None:
    silent = [name for name, operation in operations() if not operation.get("description")]
    assert silent == []


def test_operation_identifiers_are_unique() -> None:
    counted = Counter(operation["operationId"] for _, operation in operations())
    assert [name for name, times in counted.items() if times > 1] == []
    assert len(counted) > 60


def test_no_shape_is_open_without_a_reason() -> None:
    shapes = document()["components"]["schemas"]
    found = {place for name, shape in shapes.items() for place in open_places(shape, name)}
    assert found == OPEN_SHAPES.keys()


def test_every_answer_with_a_body_has_a_shape() -> None:
    shapeless = set()
    for name, operation in operations():
        answers = {code: one for code, one in operation["responses"].items() if code[0] == "2"}
        assert answers, name
        for code, answer in answers.items():
            shapes = [one["schema"] for one in answer.get("content", {}).values()]
            if code != "204" and not (shapes and all(says_something(one) for one in shapes)):
                shapeless.add(name)
    assert shapeless == OTHER_FORMATS.keys()


def test_no_two_shapes_share_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Any] = {}
    differing = set()
    add = OpenAPISchema.add_schema_definitions

    def adding(schema: OpenAPISchema, definitions: dict[str, Any]) -> None:
        for name, shape in definitions.items():
            # What is optional to send is always there in an answer: that may differ, nothing else.
            told = {key: value for key, value in shape.items() if key != "required"}
            if seen.setdefault(name, told) != told:
                differing.add(name)
        add(schema, definitions)

    monkeypatch.setattr(OpenAPISchema, "add_schema_definitions", adding)
    api.get_openapi_schema()
    assert len(seen) > 60
    assert differing == set()


def test_every_operation_may_answer_with_the_problem_that_the_document_describes() -> None:
    for name, operation in operations():
        assert operation["responses"]["default"] == {"$ref": "#/components/responses/Problem"}, name
    described = document()["components"]["responses"]["Problem"]["content"]
    answer = Browser().get("/api/v1/me")
    assert answer.status_code == 401
    assert answer["Content-Type"] in described
    assert ProblemOut.model_validate(answer.json()).code == "not-signed-in"
    assert document()["components"]["schemas"]["ProblemOut"]["required"] == [
        "type",
        "title",
        "status",
        "code",
        "detail",
    ]
