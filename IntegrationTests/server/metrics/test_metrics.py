"""/metrics, /health and what they count."""

import contextlib
import re
import socket
import threading
import urllib.request

import pytest

from harness.articdbm import ArticDBM
from harness.postgres_server import PostgresServer
from harness.raw import ServerError
from harness.syscalls import SyscallCounter
from harness.wait import eventually


def test_health(proxy: ArticDBM) -> None:
    assert proxy.health("live") == proxy.health("ready") == 200


def test_not_ready_while_it_drains(proxy: ArticDBM) -> None:
    with proxy.session() as peer:
        peer.rows("BEGIN")
        proxy.ctl("drain")
        eventually(lambda: proxy.health("ready") == 503)
        assert proxy.health("live") == 200
        peer.rows("COMMIT")


def test_names_of_the_product(proxy: ArticDBM) -> None:
    with proxy.session() as peer:
        peer.rows("SELECT 1")
    with pytest.raises(ServerError):
        proxy.session(password="wrong")
    names = proxy.metrics().names()
    assert {
        "articdbm_active_connections",
        "articdbm_total_queries",
        "articdbm_query_duration_seconds_bucket",
        "articdbm_query_duration_seconds_count",
        "articdbm_auth_failures_total",
        "articdbm_config_reloads_total",
        "articdbm_pool_clients",
        "articdbm_pool_servers",
        "articdbm_pool_wait_seconds_bucket",
        "articdbm_bytes_total",
        "articdbm_connect_duration_seconds_bucket",
        "process_cpu_seconds_total",
        "process_resident_memory_bytes",
        "process_open_fds",
    } <= names


def test_counts(proxy: ArticDBM) -> None:
    def query_count() -> float:
        return proxy.metrics().total("articdbm_total_queries")

    with proxy.session() as peer:
        before = query_count()
        for _ in range(10):
            peer.rows("SELECT 1")
        eventually(lambda: query_count() == before + 10)
        with pytest.raises(ServerError):
            peer.rows("SELECT 1/0")
        metrics = proxy.metrics()
        assert metrics.total("articdbm_statement_errors_total") == 1
        assert metrics.total("articdbm_query_duration_seconds_count") == metrics.total("articdbm_total_queries")
        assert metrics.total("articdbm_active_connections") == 1
    eventually(lambda: proxy.metrics().total("articdbm_active_connections") == 0)


def test_transactions_are_timed_from_their_first_statement(proxy: ArticDBM) -> None:
    name = "articdbm_transaction_duration_seconds"
    with proxy.session() as peer:
        peer.rows("SELECT 1")
        before = proxy.metrics().total(f"{name}_sum")
        peer.rows("BEGIN")
        peer.rows("SELECT pg_sleep(0.2)")
        peer.rows("COMMIT")
        metrics = proxy.metrics()
        assert 0.2 <= metrics.total(f"{name}_sum") - before < 5
        assert metrics.total(f"{name}_count") == metrics.total("articdbm_transactions_total")


def test_backend_up_follows_the_latest_attempt(start, own_postgres: PostgresServer) -> None:
    proxy = start(ArticDBM(own_postgres))
    with proxy.session() as peer:
        peer.rows("SELECT 1")
    assert proxy.metrics().total("articdbm_backend_up") == 1
    own_postgres.stop()
    with pytest.raises((ServerError, ConnectionError)), proxy.session() as peer:
        peer.rows("SELECT 1")
    eventually(lambda: proxy.metrics().total("articdbm_backend_up") == 0)
    own_postgres.start()

    def answers() -> bool:
        with contextlib.suppress(ServerError), proxy.session() as peer:
            return bool(peer.rows("SELECT 1"))
        return False

    # The pool may still wait before it tries again.
    eventually(answers, timeout=20)
    assert proxy.metrics().total("articdbm_backend_up") == 1


def test_auth_failures_by_reason(proxy: ArticDBM) -> None:
    for user, password in (("alice", "wrong"), ("nobody", "wrong")):
        with pytest.raises(ServerError):
            proxy.session(user, password)
    assert proxy.metrics().total("articdbm_auth_failures_total") == 2


def test_histogram_is_cumulative_from_50_microseconds(proxy: ArticDBM) -> None:
    with proxy.session() as peer:
        peer.rows("SELECT 1")
    metrics = proxy.metrics()
    name = "articdbm_query_duration_seconds_bucket"
    buckets = [(float(labels["le"]), value) for sample, labels, value in metrics.samples if sample == name]
    bounds = sorted({bound for bound, _ in buckets})
    assert bounds[0] == pytest.approx(50e-6) and bounds[-1] == float("inf")
    counts = [sum(value for have, value in buckets if have == bound) for bound in bounds]
    assert counts == sorted(counts) and counts[-1] >= 1


def test_nothing_of_a_peer_becomes_a_label(proxy: ArticDBM) -> None:
    mark = "Wh4tEver"
    for user in (f"user{mark}", "alice"):
        with pytest.raises(ServerError):
            proxy.session(user, "wrong", f"db{mark}", application_name=f"app{mark}")
    with proxy.session(application_name=f"app{mark}") as peer:
        peer.rows(f"SELECT '{mark}'")
    assert mark not in proxy.metrics().text


def test_series_have_help_and_type(proxy: ArticDBM) -> None:
    metrics = proxy.metrics()
    families = {re.sub(r"_(bucket|sum|count)$", "", name) for name in metrics.names()}
    assert families - set(metrics.types) - metrics.names() == set()
    assert all(kind in ("counter", "gauge", "histogram") for kind in metrics.types.values())


def test_openmetrics(proxy: ArticDBM) -> None:
    address = f"http://127.0.0.1:{proxy.metrics_port}/metrics"
    request = urllib.request.Request(address, headers={"Accept": "application/openmetrics-text; version=1.0.0"})
    with urllib.request.urlopen(request, timeout=5) as response:
        assert response.headers["Content-Type"].startswith("application/openmetrics-text")
        assert response.read().endswith(b"# EOF\n")


def test_unknown_path_and_bad_requests(proxy: ArticDBM) -> None:
    assert proxy.http("/nothing")[0] == 404
    for data in (b"\0\xff" * 100, b"GET " + b"x" * 100_000, b"POST /metrics HTTP/1.1\r\nContent-Length: -1\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", proxy.metrics_port), 5) as peer:
            try:
                peer.sendall(data)
                peer.shutdown(socket.SHUT_WR)
                peer.recv(1000)
            except OSError:
                pass
    assert proxy.health("live") == 200


def test_scrapes_do_not_disturb_queries(proxy: ArticDBM) -> None:
    stop = threading.Event()
    scrapes = []

    def scrape() -> None:
        while not stop.is_set():
            scrapes.append(proxy.metrics().total("articdbm_total_queries"))

    scraper = threading.Thread(target=scrape)
    scraper.start()
    with proxy.session() as peer:
        for index in range(500):
            assert peer.rows(f"SELECT {index}") == [(str(index),)]
    stop.set()
    scraper.join()
    assert len(scrapes) > 3 and scrapes == sorted(scrapes)


def test_query_takes_one_read_and_one_write_a_hop_and_no_other_thread(start, postgres: PostgresServer) -> None:
    proxy = start(ArticDBM(postgres, runtime={"threads": 2}))
    count = 500

    def loops() -> dict[str, float]:
        metrics = proxy.metrics()
        names = ("reads", "writes", "cross_thread_enqueues", "wakes")
        return {name: metrics.total(f"articdbm_loop_{name}_total") for name in names}

    with proxy.session() as peer:
        for _ in range(20):
            peer.rows("SELECT 1")
        before = loops()
        for _ in range(count):
            peer.rows("SELECT 1")
        after = loops()
    spent = {name: after[name] - before[name] for name in before}
    assert count * 2 <= spent["reads"] <= count * 2 + 20
    assert count * 2 <= spent["writes"] <= count * 2 + 20
    assert spent["cross_thread_enqueues"] <= 20
    assert spent["wakes"] <= 20


def test_kernel_counts_the_same(start, postgres: PostgresServer) -> None:
    proxy = start(ArticDBM(postgres, audit={"enabled": False}))  # its writer is a thread of its own
    count = 300
    with proxy.session() as peer:
        for _ in range(20):
            peer.rows("SELECT 1")
        with SyscallCounter(proxy.pid) as calls:
            for _ in range(count):
                peer.rows("SELECT 1")
    sends = calls.total("sendto", "sendmsg", "write", "writev")
    receives = calls.total("recvfrom", "recvmsg", "read", "readv")
    assert count * 2 <= sends <= count * 2 + 60, calls.counts
    assert count * 2 <= receives <= count * 2 + 60, calls.counts
    assert calls["futex"] <= 20, calls.counts
