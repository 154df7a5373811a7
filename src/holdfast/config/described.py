"""What the API's OpenAPI document says beyond what ninja reads off the views: problems."""

from __future__ import annotations

from typing import Any

from ninja import NinjaAPI, Schema
from ninja.openapi.schema import OpenAPISchema

_PROBLEM = {"$ref": "#/components/responses/Problem"}


class FieldProblem(Schema):
    """One field of the input that was refused; `code` is stable, `detail` is English."""

    field: str
    code: str
    detail: str


class ProblemOut(Schema):
    """RFC 9457. `code` is stable and is what a client turns into words; `detail` is English.

    Some problems have members of their own, as `flag-already-taken` says who was first.
    """

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[FieldProblem] = []


class DescribedAPI(NinjaAPI):
    """A ninja API whose document says that every operation may answer with a problem."""

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """The document as served and as exported to the client."""
        document = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        components = document["components"]
        shape = ProblemOut.model_json_schema(ref_template="#/components/schemas/{model}")
        components["schemas"] |= shape.pop("$defs") | {"ProblemOut": shape}
        components["responses"] = {
            "Problem": {
                "description": "It cannot be done, and why",
                "content": {
                    "application/problem+json": {
                        "schema": {"$ref": "#/components/schemas/ProblemOut"}
                    }
                },
            }
        }
        for operations in document["paths"].values():
            for operation in operations.values():
                operation["responses"]["default"] = _PROBLEM
        return document
