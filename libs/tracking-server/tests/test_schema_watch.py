"""Stepping aside for another MLflow."""

from __future__ import annotations

import logging
from typing import Any
from unittest.mock import MagicMock

import pytest
from tracking_server.database.schema_watch import SchemaWatch


class TestSchemaWatch:
    @pytest.fixture
    def database(self) -> dict[str, Any]:
        """What the database says: its schema, and whether nobody is about to migrate it."""
        return {'schema': 'ours', 'free': True}

    @pytest.fixture
    def watch(self, database: dict[str, Any]) -> SchemaWatch:
        def connect() -> Any:
            if database['schema'] is None:
                raise OSError('gone')
            connection = MagicMock()
            connection.cursor.return_value.__enter__.return_value.fetchone.return_value = (database['schema'], database['free'])
            return connection

        return SchemaWatch('ours', connect)

    def refused(self, watch: SchemaWatch) -> list[str]:
        watch.look()
        return [path for path in ('/api', '/ready', '/health', '/version') if watch.refuses(path)]

    def test_steps_aside_while_another_migrates_and_wants_a_replacement_after(self, watch: SchemaWatch, database: dict[str, Any]) -> None:
        assert self.refused(watch) == []
        database['free'] = False
        assert self.refused(watch) == ['/api', '/ready']
        database.update(schema='theirs', free=True)
        assert self.refused(watch) == ['/api', '/ready', '/health']

    def test_goes_on_when_the_migration_failed_or_was_undone(self, watch: SchemaWatch, database: dict[str, Any]) -> None:
        database['free'] = False
        assert self.refused(watch) == ['/api', '/ready']
        database['free'] = True
        assert self.refused(watch) == []

    def test_a_database_that_is_away_changes_nothing(self, watch: SchemaWatch, database: dict[str, Any]) -> None:
        database['schema'] = None
        assert self.refused(watch) == []
        database.update(schema='theirs')
        watch.look()
        database['schema'] = None
        assert self.refused(watch) == ['/api', '/ready', '/health']

    def test_every_change_is_told_once(self, watch: SchemaWatch, database: dict[str, Any], caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.INFO)
        database['schema'] = 'theirs'
        watch.look()
        watch.look()
        assert [record.getMessage() for record in caplog.records] == [
            'the database has schema theirs, not ours: another MLflow migrated it'
        ]
