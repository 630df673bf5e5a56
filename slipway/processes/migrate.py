"""`slipway migrate`: the schema of the database, in a process that ends by itself."""

from backbone.database.engine import create_engine
from backbone.database.migrate import migrate_to, schema_of, upgrade
from backbone.database.schema import Schema
from backbone.errors import DatabaseUnavailable
from backbone.settings import Settings


async def run_check(settings: Settings) -> tuple[bool, str]:
    """Return whether the schema is the newest, and a sentence. Raises DatabaseUnavailable."""
    schema = await _look(settings)
    if schema.is_newer:
        schema.refuse_newer()
        return True, f"The schema is {schema.present}, of a newer release that this one may share."
    if schema.is_current:
        return True, f"The schema is {schema.present}, the newest."
    present = schema.present or "empty"
    return False, f"The schema is {present}; `slipway migrate` brings it to {schema.newest}."


async def run_migrate(settings: Settings, to: str | None) -> str:
    """Migrate, to the newest schema or to `to`; return a sentence.

    Raises DatabaseUnavailable and SchemaRefusedError.
    """
    before = (await _look(settings)).present or "empty"
    if to is None:
        await upgrade(settings.sql_url)
    else:
        await migrate_to(settings.sql_url, to)
    after = (await _look(settings)).present
    if before == after:
        return f"The schema is {after}."
    return f"The schema was {before}, and is {after}."


async def _look(settings: Settings) -> Schema:
    engine = create_engine(settings.sql_url, pool_size=2, application="slipway-migrate")
    try:
        return await schema_of(engine)
    finally:
        await engine.dispose()


async def refuse_unfit_schema(settings: Settings) -> None:
    """Raise SchemaRefusedError when the database is too old or too new; for who does not migrate.

    A database that is away is waited for, as later.
    """
    try:
        schema = await _look(settings)
    except DatabaseUnavailable:
        return
    schema.refuse_newer()
    schema.refuse_older()
