"""PostgreSQL's role that tokens log in as: made by the first server, as the master user. Later ones need no secret.

The master user itself must not get rds_iam, with which RDS takes no password of a role any more. Tables belong to a third role, of
which both are members, whoever makes them: PostgreSQL 16 and later let no user grant itself to another.
Source: Amazon RDS user guide, "Creating a database account using IAM authentication".
"""

from __future__ import annotations

import logging
from contextlib import closing

import psycopg2
from psycopg2.sql import SQL, Identifier

from ..config import Config
from .connection import log_in
from .iam_token import Tokens
from .locks import Lock
from .password_file import read_password

_logger = logging.getLogger(__name__)

_HAS_TABLES = """
    SELECT EXISTS (SELECT FROM pg_class JOIN pg_roles ON pg_roles.oid = relowner WHERE rolname = %s AND relpersistence <> 't')
"""


def prepare(config: Config, tokens: Tokens) -> None:
    """Makes the role where it is missing, or has no right to tables that the master user made since, behind the migrations' lock.

    Raises what libpq and boto3 raise.
    """
    database = config.database
    try:
        with closing(log_in(config, tokens.parameters())) as session, session.cursor() as cursor:
            cursor.execute(_HAS_TABLES, (database.user,))
            if cursor.fetchone() == (False,):
                return
    except psycopg2.OperationalError as error:
        # Where the role is there, it is PAM that refuses.
        if 'password authentication failed' not in str(error):
            raise
    _make(config, tokens.user, read_password(config))


def _make(config: Config, iam_user: str, password: str) -> None:
    database = config.database
    owner = f'{database.user}_owner'
    master = log_in(config, {'user': database.user, 'password': password})
    with closing(master), master, master.cursor() as cursor:
        cursor.execute('SELECT pg_advisory_xact_lock(%s)', (int(Lock.MIGRATION),))
        cursor.execute('SELECT rolname FROM pg_roles')
        there = {name for (name,) in cursor.fetchall()}
        if 'rds_iam' not in there:
            raise psycopg2.OperationalError('there is no role rds_iam: IAM database authentication is not turned on yet')
        _logger.info('making the role %s, which logs in with tokens', iam_user)
        for statement in (
            *(['CREATE ROLE {owner}'] if owner not in there else []),
            *(['CREATE ROLE {iam} LOGIN'] if iam_user not in there else []),
            'GRANT {owner} TO {user}, {iam}',
            'REASSIGN OWNED BY {user} TO {owner}',
            'ALTER ROLE {iam} SET role = {owner}',
            # Since PostgreSQL 16 who makes a role is a member of it, and by it would be one of rds_iam.
            'REVOKE {iam} FROM {user}',
            'GRANT rds_iam TO {iam}',
        ):
            roles = {'user': database.user, 'iam': iam_user, 'owner': owner}
            cursor.execute(SQL(statement).format(**{key: Identifier(name) for key, name in roles.items()}))
        cursor.execute("SELECT pg_has_role(%s, 'rds_iam', 'MEMBER')", (database.user,))
        if cursor.fetchone() == (True,):
            _logger.warning('%s is a member of rds_iam by a role that it made: RDS may take no password of it', database.user)
