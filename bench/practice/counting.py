"""Has every answer say what it took: SQL statements, and processor time of the thread."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse


class Counting:
    """The outermost middleware: what sessions and the guard ask counts, too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        statements = 0

        def count(execute: Callable[..., Any], *arguments: Any) -> Any:
            nonlocal statements
            statements += 1
            return execute(*arguments)

        began = time.thread_time()
        with connection.execute_wrapper(count):
            response = self.get_response(request)
        response["X-Statements"] = str(statements)
        response["X-Processor"] = f"{time.thread_time() - began:.6f}"
        return response
