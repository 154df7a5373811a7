"""Django's migrations on an empty database, without rendering what no operation asks for.

After each new table Django renders anew every model that is related to the new one, however far:
with as many tables as ours that is nine tenths of a first migration. It does so for code that
reads the earlier rows of those models, and an empty database has none. Here a new table renders
its own model alone, and an index or a constraint none. What comes out is the same, table for
table (`tests/integration/core/test_first_migration.py`); a database that has had a migration goes
Django's own way.
"""

from __future__ import annotations

from typing import Any, cast

from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ModelState, ProjectState


class FirstState(ProjectState):
    """The state of a database in which no table has a row."""

    #: Django's own; its type stubs leave it out.
    _relations: dict[Any, Any] | None

    def add_model(self, model_state: ModelState) -> None:
        key = model_state.app_label, model_state.name_lower
        self.models[key] = model_state
        if self._relations is not None:
            self.resolve_model_relations(key)
        if "apps" in self.__dict__:  # hasattr would render all
            self.apps.render_multiple([model_state])

    def _append_option(self, app_label: str, model_name: str, option_name: str, obj: Any) -> None:
        options = self.models[app_label, model_name].options
        options[option_name] = [*options[option_name], obj]
        if "apps" in self.__dict__:
            meta = self.apps.get_model(app_label, model_name)._meta
            setattr(meta, option_name, list(options[option_name]))

    def clone(self) -> FirstState:
        copy = super().clone()
        copy.__class__ = FirstState
        return cast(FirstState, copy)


class Executor(MigrationExecutor):
    """Django's, which knows when it stands before an empty database."""

    def _create_project_state(self, with_applied_migrations: bool = False) -> ProjectState:
        if self.loader.applied_migrations:
            state: ProjectState = super()._create_project_state(with_applied_migrations)  # type: ignore[misc]
            return state
        return FirstState(real_apps=self.loader.unmigrated_apps)
