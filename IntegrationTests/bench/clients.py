"""What clients cost that do nothing, and what it costs to let them in."""

import resource
import ssl
from collections.abc import Callable, Iterator

import meters
from bars import DIRECT, OURS, PEER, PEER_VERIFIER
from bench import Bench, Figures, Result, alternate
from peers import Gateway, PgBouncer, Subject

from harness import raw
from harness.postgres_server import APP_DATABASE, APP_PASSWORD, APP_USER

IDLE_CLIENTS = 10_000
LOGINS = 2_000

# Memory varies by less than a percent from one start to the next, and ten thousand logins take their time.
IDLE_ROUNDS = 3

# Descriptors beside the clients' own.
SPARE = 100


def allow_descriptors(count: int) -> None:
    """Raises the soft limit for this process and those it starts."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < count:
        raise RuntimeError(f"{count} descriptors are needed, the limit is {hard}: raise it by `ulimit -Hn`")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def log_in(port: int, context: ssl.SSLContext | None = None) -> raw.RawPostgres:
    peer = raw.RawPostgres("127.0.0.1", port, timeout=30)
    if context:
        peer.start_tls(context)
    peer.login(APP_USER, APP_PASSWORD, APP_DATABASE)
    return peer


def idle(subject: Subject, clients: int, context: ssl.SSLContext | None) -> Figures:
    """Memory that `clients` logged-in clients add to a fresh process, before and after each ran a statement."""
    held: list[raw.RawPostgres] = []
    with subject:
        # Opens the server connections and whatever else the first client brings about.
        with log_in(subject.port, context) as first:
            first.rows("SELECT 1")
        before = meters.resident(subject.pid)
        try:
            held.extend(log_in(subject.port, context) for _ in range(clients))
            settled = meters.resident(subject.pid)
            for peer in held:
                peer.rows("SELECT 1")
            used = meters.resident(subject.pid)
        finally:
            for peer in held:
                peer.socket.close()
    return {"client": (settled - before) / 1024 / clients, "client_used": (used - before) / 1024 / clients}


def run_idle(bench: Bench, kind: str, clients: int = IDLE_CLIENTS) -> Iterator[Result]:
    allow_descriptors(clients + SPARE)
    certificate = bench.certificate if kind == "tls" else None
    context = raw.insecure_context() if certificate else None

    def measure(name: str) -> Figures:
        make = Gateway if name == OURS else PgBouncer
        return idle(make(name, bench.server, tls=certificate), clients, context)

    names = [PEER, OURS] if bench.has_gateway else [PEER]
    rounds = alternate(bench, names, measure, min(IDLE_ROUNDS, bench.pairs))
    title = f"{clients} idle clients, {'TLS' if certificate else 'plain'}"
    yield Result(f"idle-{kind}", title, rounds, {"clients": clients})


def logins(subject: Subject, count: int) -> Figures:
    begin = meters.Reading.of(subject.pid)
    for _ in range(count):
        log_in(subject.port).close()
    end = meters.Reading.of(subject.pid)
    figures = {"logins": count / (end.clock - begin.clock)}
    if subject.pid is not None:
        figures["cpu_login"] = (end.processor - begin.processor) / count * 1e6
    return figures


def run_logins(bench: Bench, count: int = LOGINS) -> Iterator[Result]:
    """PgBouncer twice: with the user's password as ArticDBM has it, and with the verifier, which is cheaper for it."""
    ours = OURS if bench.has_gateway else DIRECT
    makers: dict[str, Callable[[], Subject]] = {
        PEER: lambda: PgBouncer(PEER, bench.server),
        PEER_VERIFIER: lambda: PgBouncer(PEER_VERIFIER, bench.server, secret=bench.verifier()),
        ours: lambda: Gateway(OURS, bench.server) if bench.has_gateway else Subject(DIRECT, bench.server.port),
    }

    def measure(name: str) -> Figures:
        # A fresh process for each round.
        with makers[name]() as subject, log_in(subject.port) as first:
            # A client that stays keeps the server connection that logins are answered from.
            first.rows("SELECT 1")
            return logins(subject, count)

    rounds = alternate(bench, list(makers), measure)
    yield Result("logins", f"{count} SCRAM logins, one after another", rounds, {"logins": count})
