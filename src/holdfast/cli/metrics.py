"""`holdfast metrics`: answers Prometheus on a loopback address; started by `holdfast serve`."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from holdfast.cli.server import fail, start_django

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric
    from prometheus_client.registry import CollectorRegistry

#: Seconds. The page a person waits for should be in the first half of them.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_LONGEST_MESSAGE = 4096


class Standing:
    """Gauges read from the database and the data folder at each scrape."""

    def collect(self) -> Iterator[Metric]:
        """One gauge a line; without a database only `holdfast_database_up 0` and the backup's."""
        from django.db import InterfaceError, OperationalError, close_old_connections
        from prometheus_client.core import GaugeMetricFamily

        from holdfast.cli.archive import latest
        from holdfast.core import clock

        now = clock.now()
        made = latest.read()
        if made is not None:
            yield GaugeMetricFamily(
                "holdfast_backup_age_seconds",
                "Since the instant of the last backup.",
                (now - made.taken_at).total_seconds(),
            )
        close_old_connections()
        try:
            gauges = list(_from_database())
        except (OperationalError, InterfaceError):
            gauges = []
        close_old_connections()
        up = 1 if gauges else 0
        yield GaugeMetricFamily("holdfast_database_up", "Whether the database answers.", up)
        for name, what, value in gauges:
            yield GaugeMetricFamily(f"holdfast_{name}", what, value)


class Sockets:
    """What the process with the sockets on this machine counts, asked at each scrape."""

    def collect(self) -> Iterator[Metric]:
        """`holdfast_topics_up 0` where it does not answer."""
        from django.conf import settings
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        from holdfast.core.fanout import sending, wire

        found = sending.stats(wire.socket_path(settings.DATA_DIR))
        what = "Whether the process with the sockets answers on this machine."
        yield GaugeMetricFamily("holdfast_topics_up", what, 0 if found is None else 1)
        if found is None:
            return
        open_now = found["connections"]
        yield GaugeMetricFamily("holdfast_topics_connections", "Sockets that are open.", open_now)
        for name, what in (
            ("told", "What was published to somebody here."),
            ("said", "What clients said to each other."),
            ("cut", "Sockets cut because their client read nothing."),
            ("refused", "Frames and sockets refused."),
        ):
            yield CounterMetricFamily(f"holdfast_topics_{name}", what, found[name])


def _from_database() -> Iterator[tuple[str, str, float]]:
    from holdfast.config import readiness
    from holdfast.core import clock
    from holdfast.core.heartbeat import facade as heartbeat

    now = clock.now()
    found = readiness.waiting(now)
    yield "outbox_messages", "Messages whose time has come.", found.messages
    yield "outbox_age_seconds", "How long the oldest of them has waited.", found.oldest_message
    yield "flags_overdue", "Open flags past their due time.", found.overdue_flags
    yield "flags_alarming", "Flags that came to the end of the chain.", found.alarming_flags
    yield "deliveries_failed", "Deliveries given up in the last day.", found.failed_deliveries
    yield "unread_answers", "Answers kept in a form newer than this server.", found.unread_answers
    yield "texts_unscreened", "Texts whose screening failed in a day.", found.unscreened_texts
    seen = heartbeat.last_seen()
    if seen is not None:
        age = (now - seen).total_seconds()
        yield "worker_heartbeat_age_seconds", "Since the worker last said that it lives.", age


def collect(receiver: socket.socket, registry: CollectorRegistry) -> None:
    """Count every request that the web processes tell of; never returns."""
    from prometheus_client import Histogram

    from holdfast.config.metrics import received

    latency = Histogram(
        "holdfast_request_seconds",
        "How long requests took, by route template.",
        ("method", "route", "status"),
        buckets=BUCKETS,
        registry=registry,
    )
    while True:
        method, route, status, seconds = received(receiver.recv(_LONGEST_MESSAGE))
        latency.labels(method, route, status).observe(seconds)


def metrics_command() -> None:
    """Answer /metrics on the address that HOLDFAST_METRICS names."""
    start_django()
    from django.conf import settings
    from prometheus_client import CollectorRegistry, start_http_server

    from holdfast.config.metrics import SOCKET_VARIABLE, listen

    if settings.METRICS is None:
        fail("Set HOLDFAST_METRICS=127.0.0.1:PORT to say where metrics are answered.")
    host, port = settings.METRICS
    registry = CollectorRegistry()
    registry.register(Standing())
    registry.register(Sockets())
    _server, thread = start_http_server(port, host, registry)
    path = os.environ.get(SOCKET_VARIABLE)
    if path is not None:
        receiver = listen(Path(path))
        threading.Thread(target=collect, args=(receiver, registry), daemon=True).start()
    thread.join()
