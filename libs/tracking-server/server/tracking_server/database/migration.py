"""The schema of the backend store, brought to this MLflow's."""

from __future__ import annotations

import logging
import time

from ..config import Config
from ..waiting import GaveUp
from .connection import Connection, store_uri
from .locks import Lock, one_at_a_time
from .login import Login
from .schema_watch import INTERVAL_SECONDS

_logger = logging.getLogger(__name__)


def migrate(config: Config, login: Login) -> str:
    """Creates the schema, or brings it to this MLflow's; refuses one that a newer MLflow made. Called by one server at a time.

    Returns the schema. Raises GaveUp for a newer one.
    """
    from alembic.script import ScriptDirectory
    from mlflow.store.db import utils
    from mlflow.version import VERSION

    engine = utils.create_sqlalchemy_engine(store_uri(config))
    try:
        found = utils._get_schema_version(engine)
        head = str(utils._get_latest_schema_revision())
        if found == head:
            return head
        known = {revision.revision for revision in ScriptDirectory.from_config(utils._get_alembic_config('')).walk_revisions()}
        if found is not None and found not in known:
            raise GaveUp(
                f'the database has schema {found}, which MLflow {VERSION} does not know: a newer MLflow migrated it. '
                'Run that version, or restore the backup from before the upgrade'
            )
        if found is None:
            _logger.info('migrating the schema from nothing to %s', head)
            utils._initialize_tables(engine)
        else:
            # Servers of the release before write nothing while this is held, and nothing afterwards.
            with one_at_a_time(config, login, Lock.MIGRATION_AHEAD) as session:
                time.sleep(2 * INTERVAL_SECONDS)
                moment = _now(session)
                _logger.info('migrating the schema from %s to %s; to go back, restore the database as it was at %s', found, head, moment)
                utils._upgrade_db(engine)
        return head
    finally:
        engine.dispose()


def _now(session: Connection) -> str:
    """The moment by the database's own clock: the way back is a restore."""
    with session.cursor() as cursor:
        cursor.execute("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')")
        [moment] = cursor.fetchone() or ['?']
        return str(moment)
