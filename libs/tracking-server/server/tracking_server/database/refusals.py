"""What the database refuses, told to clients as what it is, and without the statement.

MLflow answers 500 for text that PostgreSQL does not store (NUL characters, halves of surrogate pairs), which its clients repeat for
minutes, and shows statement and parameters of what failed.
"""

from __future__ import annotations

import logging

import psycopg2
import sqlalchemy
import sqlalchemy.event
import sqlalchemy.exc

_logger = logging.getLogger(__name__)


def tell_refusals_apart() -> None:
    """Looks at the errors of every engine of this process. Called once in a process, which must have MLflow."""
    from mlflow.exceptions import MlflowException

    @sqlalchemy.event.listens_for(sqlalchemy.Engine, 'handle_error')
    def _handle_error(context: sqlalchemy.engine.ExceptionContext) -> BaseException | None:
        cause, wrapped = context.original_exception, context.sqlalchemy_exception
        # psycopg2 itself refuses what it cannot send (ValueError, UnicodeError); PostgreSQL what it cannot store.
        if isinstance(cause, (ValueError, psycopg2.DataError)):
            told: BaseException = MlflowException.invalid_parameter_value(f'The database does not store this: {_first_line(cause)}')
            return told
        if wrapped is not None:
            if context.statement is not None and not isinstance(cause, psycopg2.IntegrityError):
                _logger.warning('%s in %s', _first_line(cause), ' '.join(context.statement.split())[:500])
            hide_statement(wrapped)
        return None


def hide_statement(error: sqlalchemy.exc.StatementError) -> None:
    """Leaves the first line of an error's text: PostgreSQL quotes the statement in later ones."""
    error.statement = error.params = None
    error.args = (str(error.args[0]).split('\n', 1)[0],)


def _first_line(error: BaseException) -> str:
    if isinstance(error, UnicodeError):
        return 'text that is no Unicode'
    return str(error).split('\n', 1)[0]
