"""Nothing that somebody writes, and no password, is anywhere on the server's side."""

from __future__ import annotations

import pytest

from tests.canary.needles import Needle, marker
from tests.canary.search import control_environment, search
from tests.canary.story import Secrets, live
from tests.e2e.world import Worlds


@pytest.mark.exhaustive
def test_nothing_that_was_written_is_anywhere_on_the_server(worlds: Worlds) -> None:
    """`make canary` looks into the system's folders as well, and prints every place."""
    control = Needle.of("what was planted", marker())
    environment = {**control_environment(control), "PYTHONFAULTHANDLER": "1"}
    world = worlds.demo(environment=environment, talking=True)
    told = live(world, Secrets.new())
    assert world.complaints() == []
    report = search(world.server, told.needles, control, talked=told.talked)
    assert report.leaks == []
    assert report.blind == []
    memory = [each for each in report.looked if each.kind == "memory"]
    assert len(memory) >= 3
    assert all(each.found for each in memory), "the planted phrase is in every process"
    assert report.forms_found("file") == {form for form, _ in control.forms}
