"""Fixtures every topic shares: one database server and one authority a run, proxies as each test wants them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.register_assert_rewrite("harness.compare")

from harness.articdbm import PASSWORD, ArticDBM
from harness.certificates import Authority
from harness.fault_proxy import FaultProxy
from harness.postgres_server import PostgresServer
from harness.scram import verifier

Start = Callable[..., ArticDBM]


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A running primary that no test may stop or kill; use `own_postgres` for that."""
    server = PostgresServer("shared")
    try:
        yield server.create()
    finally:
        server.remove()


@pytest.fixture
def own_postgres() -> Iterator[PostgresServer]:
    """A primary of the test's own, to be ill-treated."""
    server = PostgresServer("own")
    try:
        yield server.create()
    finally:
        server.remove()


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def server_certificate(authority: Authority) -> tuple[Path, Path]:
    return authority.issue_server("proxy")


@pytest.fixture(scope="session")
def listener_tls(server_certificate: tuple[Path, Path]) -> dict[str, str]:
    """`tls:` of a listener that takes TLS and plain."""
    certificate, key = server_certificate
    return {"mode": "allow", "certificate": str(certificate), "key": str(key)}


@pytest.fixture
def start(request: pytest.FixtureRequest) -> Iterator[Start]:
    """Starts a given or default ArticDBM; at the end each must stop cleanly, or, after a failure, shows its log."""
    started: list[ArticDBM] = []
    request.node.started = started

    def begin(proxy: ArticDBM) -> ArticDBM:
        started.append(proxy)
        return proxy.start()

    yield begin
    for proxy in reversed(started):
        if getattr(request.node, "failed", False):
            proxy.remove()
        else:
            proxy.stop()


@pytest.fixture
def proxy(start: Start, postgres: PostgresServer) -> ArticDBM:
    """The default proxy: transaction pooling, SCRAM, no TLS."""
    return start(ArticDBM(postgres))


@pytest.fixture(scope="session")
def shared_proxy(postgres: PostgresServer, listener_tls: dict[str, str]) -> Iterator[ArticDBM]:
    """One proxy for every test that only uses it: TLS or plain, transaction pooling, users of every kind."""
    proxy = ArticDBM(postgres)
    proxy.listener["tls"] = listener_tls
    proxy.add_user("bob", password=verifier(PASSWORD))
    proxy.add_user("only_tls", require_tls=True)
    proxy.add_user("elsewhere", allowed_ips=["192.0.2.0/24"])
    proxy.add_user("nearby", allowed_ips=["127.0.0.0/8", "::1/128"])
    proxy.add_user("narrow", databases=["app"])
    proxy.add_user("expired", expires="2020-01-01T00:00:00Z")
    proxy.add_user("two", max_connections=2)
    with proxy.start():
        yield proxy


@pytest.fixture
def fault(postgres: PostgresServer) -> Iterator[FaultProxy]:
    """A relay to the shared server that misbehaves on demand."""
    with FaultProxy(postgres.address) as relay:
        yield relay


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo):
    outcome = yield
    report = outcome.get_result()
    if report.when != "teardown" and report.failed:
        item.failed = True
        for proxy in getattr(item, "started", []):
            state = "" if proxy.is_running else f"(ended with {proxy.process and proxy.process.poll()})\n"
            report.sections.append(("articdbm's log", state + proxy.log()[-6000:]))
