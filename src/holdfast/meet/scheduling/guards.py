"""What makes the database itself refuse two reservations at once.

PostgreSQL: an exclusion constraint over (practice, holder, range) where active, by `btree_gist`,
which is a trusted extension: whoever may create in the database may have it. Where it is not to be
had (an embedded server without contrib modules), a trigger that lets one writer at a time to a
holder says the same. SQLite: triggers; its IMMEDIATE transactions have one writer anyway.
"""

from __future__ import annotations

from typing import Any

TABLE = "scheduling_reservation"
NAME = "reservation_no_overlap"

_EXCLUSION = f"""
ALTER TABLE {TABLE} ADD CONSTRAINT {NAME} EXCLUDE USING gist (
    practice_id WITH =, holder_id WITH =, tstzrange(starts_at, ends_at, '[)') WITH &&
) WHERE (active)"""

_OVERLAP = f"""
SELECT 1 FROM {TABLE} other
WHERE other.practice_id = NEW.practice_id AND other.holder_id = NEW.holder_id
  AND other.active AND other.id <> NEW.id
  AND other.starts_at < NEW.ends_at AND other.ends_at > NEW.starts_at"""  # noqa: S608

# A look without a lock would not see what another transaction has not committed yet.
_FUNCTION = f"""
CREATE OR REPLACE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(NEW.holder_id::text, 0));
    IF EXISTS ({_OVERLAP}) THEN
        RAISE EXCEPTION '{NAME}' USING ERRCODE = 'exclusion_violation';
    END IF;
    RETURN NEW;
END $$"""

_TRIGGER = f"""
CREATE TRIGGER {NAME} BEFORE INSERT OR UPDATE ON {TABLE}
FOR EACH ROW WHEN (NEW.active) EXECUTE FUNCTION {NAME}()"""

_HAVE = "SELECT 1 FROM pg_extension WHERE extname = 'btree_gist'"
_MAY_HAVE = """
SELECT 1 FROM pg_available_extension_versions
WHERE name = 'btree_gist'
  AND (trusted AND has_database_privilege(current_database(), 'CREATE')
       OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user))"""


def install(connection: Any) -> None:
    """The guard that this database can have, instead of any that is there."""
    remove(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for event in ("INSERT", "UPDATE"):
                cursor.execute(_sqlite(event))
        elif _btree_gist(cursor):
            cursor.execute(_EXCLUSION)
        else:
            install_trigger(cursor)


def install_trigger(cursor: Any) -> None:
    """PostgreSQL without `btree_gist`."""
    cursor.execute(_FUNCTION)
    cursor.execute(_TRIGGER)


def remove(connection: Any) -> None:
    """Whatever guard is there."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for event in ("INSERT", "UPDATE"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {NAME}_{event.lower()}")
            return
        cursor.execute(f"ALTER TABLE {TABLE} DROP CONSTRAINT IF EXISTS {NAME}")
        cursor.execute(f"DROP TRIGGER IF EXISTS {NAME} ON {TABLE}")
        cursor.execute(f"DROP FUNCTION IF EXISTS {NAME}()")


def _sqlite(event: str) -> str:
    return f"""
    CREATE TRIGGER {NAME}_{event.lower()} BEFORE {event} ON {TABLE}
    WHEN NEW.active AND EXISTS ({_OVERLAP})
    BEGIN SELECT RAISE(ABORT, '{NAME}'); END"""


def _btree_gist(cursor: Any) -> bool:
    cursor.execute(_HAVE)
    if cursor.fetchone() is not None:
        return True
    cursor.execute(_MAY_HAVE)
    if cursor.fetchone() is None:
        return False
    cursor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    return True
