"""What a stolen database tells: the list, the database it is held against, and its page."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.apps import apps
from django.db import connection, models

HERE = Path(__file__).parent
PAGE = Path(__file__).parents[3] / "docs" / "explanation" / "security.md"
BEGIN, END = "<!-- at rest: begin -->", "<!-- at rest: end -->"

KINDS = {
    "vault": "sealed in the browser",
    "record": "sealed under a record key",
    "installation": "sealed under a key of the installation",
    "findable": "sealed; equal values look equal",
    "key": "a wrapped key",
    "hash": "a hash",
    "public": "made to be seen: public keys, signatures, salts",
    "code": "a word of the program's own",
}
SEALED = ("vault", "record", "installation", "findable", "key")

_TEXTS = (
    models.CharField,
    models.TextField,
    models.JSONField,
    models.BinaryField,
    models.GenericIPAddressField,
)

#: Files in the data folder and where backups go; the first pattern that fits says what it tells.
FILES = (
    ("holdfast.sqlite3*", "the database: the table above"),
    ("secrets.json", "the keys of web push and of signed links in mails; the master key only where"
     " no other place was set for it, and then everything that is sealed but private writing"),
    ("files/vault/**", "private writing's files: sealed in the browser"),
    ("mail/*", "messages that no mail server was set for: addresses, and that there is something to"
     " look at"),
    ("instruments/*", "questionnaires"),
    ("last-backup.json", "when and where the last backup was made"),
    ("erasures*", "whose deletion has to be done again after a restore: identifiers"),
    ("*.backup", "nothing: encrypted to the backup key, which is on no machine of the practice"),
    ("*.keys", "nothing: likewise"),
)  # fmt: skip


@lru_cache(maxsize=1)
def listed() -> dict[str, dict[str, str]]:
    """Column by column, as the file says."""
    text = (HERE / "at_rest.yaml").read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = yaml.safe_load(text)
    return found


def columns() -> dict[str, set[str]]:
    """The columns of text, JSON or bytes of every table of this database.

    By the models' fields; of tables that have no model, by what the database says.
    """
    fields = {
        model._meta.db_table: {field.column: field for field in model._meta.concrete_fields}
        for model in apps.get_models(include_auto_created=True)
    }
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            known = fields.get(table, {})
            described = connection.introspection.get_table_description(cursor, table)
            found[table] = {one.name for one in described if _tells(known.get(one.name), one)}
    return {table: names for table, names in found.items() if names}


def _tells(field: Any, column: Any) -> bool:
    if field is None:
        kind: Any = connection.introspection.get_field_type(column.type_code, column)
        return (kind[0] if isinstance(kind, tuple) else kind) in {"CharField", "TextField"}
    return not field.is_relation and isinstance(field, _TEXTS)


def rendered() -> str:
    """The list for the page."""
    lines = [
        "| table | readable | sealed or hashed |",
        "|---|---|---|",
    ]
    for table, held in sorted(listed().items()):
        told = [f"`{name}`: {what}" for name, what in held.items() if what not in KINDS]
        codes = [f"`{name}`" for name, what in held.items() if what == "code"]
        if codes:
            told.append(f"words of the program's own: {', '.join(codes)}")
        shut = [f"`{name}`: {KINDS[what]}" for name, what in held.items() if what in KINDS
                and what != "code"]  # fmt: skip
        lines.append(f"| {table} | {'; '.join(told)} | {'; '.join(shut)} |")
    lines += ["", "| file | what it tells |", "|---|---|"]
    lines += [f"| `{pattern}` | {what} |" for pattern, what in FILES]
    return "\n".join(lines)


def on_the_page() -> str:
    """What the page says at present."""
    text = PAGE.read_text(encoding="utf-8")
    return text.partition(BEGIN)[2].partition(END)[0].strip()


def write() -> None:
    """Put the list into the page."""
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n\n{rendered()}\n\n{END}{after}", encoding="utf-8")
