"""Lists in pages: a cursor is the last row's ordering value, so that new rows shift nothing."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from holdfast.core.problems import FieldError, Invalid

SIZE = 50


def page(
    rows: QuerySet[Any], cursor: str | None, *, by: str = "id", newest_first: bool = True
) -> tuple[list[Any], str | None]:
    """One page of a query set ordered by the unique field `by`, and the next page's cursor.

    Raises `Invalid` for a cursor that this list never gave. One SQL statement.
    """
    if cursor:
        try:
            last = rows.model._meta.get_field(by).to_python(cursor)
            rows = rows.filter(**{f"{by}__{'lt' if newest_first else 'gt'}": last})
        except ValidationError as error:
            raise Invalid(
                errors=(FieldError("cursor", "cursor", "This is not a cursor of this list."),)
            ) from error
    found = list(rows.order_by(f"-{by}" if newest_first else by)[: SIZE + 1])
    following = str(getattr(found[SIZE - 1], by)) if len(found) > SIZE else None
    return found[:SIZE], following
