"""Python's drivers and frameworks, direct and through the proxy: each test runs both ways with the same asserts."""

import asyncio
import ssl
from dataclasses import dataclass

import asyncpg
import pg8000.dbapi
import psycopg
import psycopg2
import psycopg2.extras
import pytest
import sqlalchemy
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from harness.articdbm import PASSWORD, USER, ArticDBM
from harness.postgres_server import APP_PASSWORD, APP_USER, PostgresServer
from harness.raw import insecure_context


@dataclass(frozen=True)
class Way:
    host: str
    port: int
    user: str
    password: str
    database: str = "app"

    def dsn(self, scheme: str = "postgresql") -> str:
        return f"{scheme}://{self.user}:{self.password}@{self.host}:{self.port}/{self.database}"

    @property
    def keywords(self) -> dict[str, object]:
        return {
            "host": self.host,
            "port": self.port,
            "user": self.user,
            "password": self.password,
            "database": self.database,
        }


@pytest.fixture(params=["direct", "proxied"])
def way(request: pytest.FixtureRequest, postgres: PostgresServer) -> Way:
    postgres.sql("DROP TABLE IF EXISTS people")
    postgres.sql("CREATE TABLE people (id int PRIMARY KEY, name text NOT NULL)")
    if request.param == "direct":
        return Way(postgres.host, postgres.port, APP_USER, APP_PASSWORD)
    proxy: ArticDBM = request.getfixturevalue("shared_proxy")
    return Way(proxy.host, proxy.port, USER, PASSWORD)


@pytest.mark.parametrize("sslmode", ["disable", "require"])
def test_psycopg2(way: Way, sslmode: str) -> None:
    connection = psycopg2.connect(way.dsn(), sslmode=sslmode)
    with connection, connection.cursor() as cursor:
        psycopg2.extras.execute_values(cursor, "INSERT INTO people VALUES %s", [(i, f"name {i}") for i in range(500)])
        cursor.execute("SELECT count(*), max(name) FROM people WHERE id < %s", (100,))
        assert cursor.fetchone() == (100, "name 99")
    with pytest.raises(psycopg2.errors.UniqueViolation), connection, connection.cursor() as cursor:
        cursor.execute("INSERT INTO people VALUES (1, 'again')")
    with connection, connection.cursor("named") as cursor:
        cursor.itersize = 50
        cursor.execute("SELECT id FROM people ORDER BY id")
        assert [row[0] for row in cursor] == list(range(500))
    connection.close()


@pytest.mark.parametrize("sslmode", ["disable", "require"])
@pytest.mark.parametrize("binary", [False, True])
def test_psycopg3(way: Way, sslmode: str, binary: bool) -> None:
    with psycopg.connect(way.dsn(), sslmode=sslmode, prepare_threshold=2) as connection:
        for i in range(20):
            connection.execute("INSERT INTO people VALUES (%s, %s)", (i, f"name {i}"))
        rows = connection.execute("SELECT * FROM people ORDER BY id", binary=binary).fetchall()
        assert rows == [(i, f"name {i}") for i in range(20)]
        with pytest.raises(psycopg.errors.NotNullViolation), connection.transaction():
            connection.execute("INSERT INTO people VALUES (99, NULL)")
        with connection.cursor(name="server_side") as cursor:
            cursor.execute("SELECT id FROM people ORDER BY id")
            assert len(cursor.fetchmany(5)) == 5


def test_psycopg3_pipeline(way: Way) -> None:
    with psycopg.connect(way.dsn(), autocommit=True) as connection:
        with connection.pipeline() as pipeline:
            cursors = [connection.execute("SELECT %s::int * 2", (i,)) for i in range(300)]
            pipeline.sync()
            assert [cursor.fetchone()[0] for cursor in cursors] == [i * 2 for i in range(300)]
        with pytest.raises(psycopg.errors.DivisionByZero), connection.pipeline():
            connection.execute("SELECT 1/0")
            connection.execute("SELECT 2")
        assert connection.execute("SELECT 3").fetchone() == (3,)


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
def test_asyncpg(way: Way, tls: bool) -> None:
    async def scenario() -> None:
        connection = await asyncpg.connect(way.dsn(), ssl=insecure_context() if tls else False)
        await connection.executemany("INSERT INTO people VALUES ($1, $2)", [(i, f"name {i}") for i in range(500)])
        statement = await connection.prepare("SELECT name FROM people WHERE id = $1")
        for i in range(50):
            assert await statement.fetchval(i) == f"name {i}"
        with pytest.raises(asyncpg.UniqueViolationError):
            await connection.execute("INSERT INTO people VALUES (1, 'again')")
        async with connection.transaction():
            ids = [row["id"] async for row in connection.cursor("SELECT id FROM people ORDER BY id", prefetch=70)]
        assert ids == list(range(500))
        await connection.copy_records_to_table("people", records=[(1000 + i, "copied") for i in range(1000)])
        assert await connection.fetchval("SELECT count(*) FROM people") == 1500
        received: asyncio.Queue = asyncio.Queue()
        await connection.add_listener("news", lambda *event: received.put_nowait(event[3]))
        await connection.execute("SELECT pg_notify('news', 'hello')")
        assert await asyncio.wait_for(received.get(), 10) == "hello"
        with pytest.raises(asyncio.TimeoutError):
            await connection.fetchval("SELECT pg_sleep(30)", timeout=0.3)
        assert await connection.fetchval("SELECT 1") == 1
        await connection.close()

    asyncio.run(scenario())


def test_asyncpg_pool(way: Way) -> None:
    async def scenario() -> None:
        async with asyncpg.create_pool(way.dsn(), min_size=2, max_size=8, ssl=False) as pool:

            async def work(number: int) -> int:
                async with pool.acquire() as connection:
                    await connection.execute("SET application_name = 'pooled'")
                    return await connection.fetchval("SELECT $1::int + 1", number)

            assert await asyncio.gather(*map(work, range(100))) == list(range(1, 101))

    asyncio.run(scenario())


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
def test_pg8000(way: Way, tls: bool) -> None:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = pg8000.dbapi.connect(**way.keywords, ssl_context=context if tls else None)
    cursor = connection.cursor()
    cursor.executemany("INSERT INTO people VALUES (%s, %s)", [(i, f"name {i}") for i in range(50)])
    connection.commit()
    cursor.execute("SELECT name FROM people WHERE id = %s", (7,))
    assert cursor.fetchone() == ["name 7"]
    with pytest.raises(pg8000.dbapi.DatabaseError):
        cursor.execute("SELECT * FROM no_such_table")
    connection.rollback()
    cursor.execute("SELECT count(*) FROM people")
    assert cursor.fetchone() == [50]
    connection.close()


class Base(DeclarativeBase):
    pass


class Person(Base):
    __tablename__ = "people"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


@pytest.mark.parametrize("driver", ["psycopg", "psycopg2", "pg8000"])
def test_sqlalchemy(way: Way, driver: str) -> None:
    engine = sqlalchemy.create_engine(way.dsn(f"postgresql+{driver}"), pool_size=3, pool_pre_ping=True)
    with Session(engine) as session:
        session.add_all(Person(id=i, name=f"name {i}") for i in range(100))
        session.commit()
        assert session.get(Person, 42).name == "name 42"
        with session.begin_nested() as nested:
            session.add(Person(id=500, name="undone"))
            session.flush()
            nested.rollback()
        assert session.query(Person).count() == 100
    with Session(engine) as session:
        session.add(Person(id=1, name="again"))
        with pytest.raises(sqlalchemy.exc.DBAPIError):
            session.commit()
    assert {column["name"] for column in sqlalchemy.inspect(engine).get_columns("people")} == {"id", "name"}
    engine.dispose()


def test_sqlalchemy_asyncpg(way: Way) -> None:
    async def scenario() -> None:
        engine = create_async_engine(way.dsn("postgresql+asyncpg"))
        async with engine.begin() as connection:
            await connection.execute(sqlalchemy.text("INSERT INTO people VALUES (1, 'one')"))
        async with engine.connect() as connection:
            assert (await connection.execute(sqlalchemy.text("SELECT name FROM people"))).scalar() == "one"
        await engine.dispose()

    asyncio.run(scenario())
