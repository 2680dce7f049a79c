"""Copies of a PostgreSQL database for one test after another.

To make a copy takes twenty times as long as to empty one: what a test has used is brought back
to what the template held. Where a test changed more than rows, or made it big, it is dropped.
"""

import uuid
from contextlib import contextmanager

import psycopg
from psycopg import sql

BIG = 2_000_000  # bytes more than the template
SHAPE = """
SELECT md5(string_agg(fact, chr(10) ORDER BY fact)) FROM (
    SELECT concat_ws(' ', relname, relkind, attnum, attname, atttypid, attnotnull, attidentity)
    FROM pg_class LEFT JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0
    WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT pg_get_constraintdef(oid) FROM pg_constraint
    UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef
    UNION ALL SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_t'
    UNION ALL SELECT extname FROM pg_extension
) AS facts (fact)
"""
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
SEQUENCES = """
SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
FROM pg_sequences WHERE last_value IS NOT NULL
"""
OTHERS = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
PUT_BACK = """
INSERT INTO {0} OVERRIDING SYSTEM VALUE SELECT * FROM json_populate_recordset(NULL::{0}, {1})
"""
SIZE = "SELECT pg_database_size(current_database())"


class Copies:
    """Databases of a server that are like its template, each for one test at a time."""

    def __init__(self, server, template):
        self._server = server
        self._template = template
        self._idle = []
        self._fresh = None

    @contextmanager
    def one(self):
        """The address of a database like the template."""
        name = self._idle.pop() if self._idle else self._new()
        try:
            yield self._server.url(name)
        finally:
            if self._is_clean_again(name):
                self._idle.append(name)
            else:
                self._server.drop_database(name)

    def drop(self):
        while self._idle:
            self._server.drop_database(self._idle.pop())

    def _new(self):
        name = f"test_{uuid.uuid4().hex}"
        self._server.create_database(name, self._template)
        if self._fresh is None:
            with self._connect(name) as connection:
                self._fresh = Fresh(connection)
        return name

    def _is_clean_again(self, name):
        with self._connect(name) as connection:
            connection.execute(OTHERS)
            return self._fresh.restore(connection)

    def _connect(self, name):
        return psycopg.connect(
            host=str(self._server.folder), user="postgres", dbname=name, autocommit=True
        )


class Fresh:
    """What the template holds: its shape, its size and its few rows."""

    def __init__(self, connection):
        self._shape = value(connection, SHAPE)
        self._size = value(connection, SIZE)
        self._all_of_it = self._statements(connection)

    def restore(self, connection):
        """Is the database like the template again?"""
        if value(connection, SHAPE) != self._shape:
            return False
        if value(connection, SIZE) > self._size + BIG:
            return False
        connection.execute(self._all_of_it)
        return True

    def _statements(self, connection):
        """Everything that it takes, in one message to the server and so in one transaction."""
        parts = [sql.SQL("SET LOCAL session_replication_role = replica")]
        for (name,) in connection.execute(TABLES).fetchall():
            table = sql.Identifier(name)
            parts.append(sql.SQL("DELETE FROM {}").format(table))
            if rows := all_rows(connection, table):
                parts.append(sql.SQL(PUT_BACK).format(table, sql.Literal(rows)))
        return sql.SQL("; ").join([*parts, sql.SQL(SEQUENCES)]).as_string(connection)


def value(connection, query):
    return connection.execute(query).fetchone()[0]


def all_rows(connection, table):
    """As JSON; None where there are none."""
    return value(connection, sql.SQL("SELECT json_agg(t)::text FROM {} t").format(table))
