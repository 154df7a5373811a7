"""What a body must be, whoever sends it; a refusal repeats nothing of what came."""

from __future__ import annotations

from typing import TypeVar

import orjson
from pydantic import BaseModel, ValidationError

from holdfast.core.problems import FieldError, Invalid

_Shape = TypeVar("_Shape", bound=BaseModel)


def read(shape: type[_Shape], body: bytes, code: str) -> _Shape:
    """The body in this shape. Raises Invalid, whose errors bear `code` and name fields alone."""
    try:
        return shape.model_validate(orjson.loads(body))
    except orjson.JSONDecodeError:
        raise Invalid("This is no JSON.") from None
    except ValidationError as fault:
        names = [".".join(map(str, one["loc"])) for one in fault.errors(include_input=False)]
        errors = tuple(FieldError(name, code, "Not as it must be.") for name in names)
        raise Invalid(errors=errors) from None
