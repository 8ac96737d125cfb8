"""Drivers of other languages, direct and through the proxy: one program each, the same asserts both ways."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from harness.articdbm import PASSWORD, ROOT, USER
from harness.postgres_server import APP_PASSWORD, APP_USER, PostgresServer

HERE = Path(__file__).parent
NODE_MODULES = ROOT / "IntegrationTests" / ".servers" / "node"
GO_PATH = "/usr/share/gocode"
JDBC = "/usr/share/java/postgresql.jar"

pytestmark = [pytest.mark.drivers, pytest.mark.timeout(300)]


@pytest.fixture(params=["direct", "proxied"])
def environment(request: pytest.FixtureRequest, postgres: PostgresServer) -> dict[str, str]:
    direct = request.param == "direct"
    port = postgres.port if direct else request.getfixturevalue("shared_proxy").port
    return {
        **os.environ,
        "PGHOST": "127.0.0.1",
        "PGPORT": str(port),
        "PGUSER": APP_USER if direct else USER,
        "PGPASSWORD": APP_PASSWORD if direct else PASSWORD,
        "PGDATABASE": "app",
        "LC_ALL": "C.UTF-8",
    }


def run(command: list[object], environment: dict[str, str], **more: str) -> str:
    result = subprocess.run(
        [str(part) for part in command],
        env={**environment, **more},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert result.returncode == 0, f"{result.stdout[-1000:]}\n{result.stderr[-4000:]}"
    return result.stdout


def assert_ok(output: str) -> None:
    assert output.splitlines()[-1] == "OK", output


def test_jdbc(environment: dict[str, str], tmp_path: Path) -> None:
    run(["javac", "-cp", JDBC, "-d", tmp_path, HERE / "java" / "Check.java"], environment)
    assert_ok(run(["java", "-cp", f"{JDBC}:{tmp_path}", "Check"], environment))


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """Debian's node-pg with all it needs, unpacked: as packages they do not go together with another Node.js."""
    if not (NODE_MODULES / "usr").exists():
        packages = subprocess.run(
            ["apt-cache", "depends", "--recurse", "--no-recommends", "--no-suggests", "--no-conflicts", "--no-breaks",
             "--no-replaces", "--no-enhances", "node-pg"], check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip
        names = sorted({line.strip() for line in packages.splitlines() if line.startswith("node-")})
        downloads = NODE_MODULES / "debs"
        downloads.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            ["apt-get", "-q", "-o", "APT::Sandbox::User=root", "download", *names],
            cwd=downloads,
            check=True,
            capture_output=True,
        )
        for package in downloads.glob("*.deb"):
            subprocess.run(["dpkg-deb", "-x", package, NODE_MODULES], check=True)
        shutil.rmtree(downloads)
    return NODE_MODULES / "usr" / "share" / "nodejs"


def test_node_pg(environment: dict[str, str], node_modules: Path) -> None:
    assert_ok(run(["node", HERE / "node" / "check.js"], environment, NODE_PATH=str(node_modules)))


@pytest.fixture(scope="session")
def go_program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    program = tmp_path_factory.mktemp("go") / "check"
    settings = {**os.environ, "GO111MODULE": "off", "GOPATH": GO_PATH, "GOFLAGS": "", "CGO_ENABLED": "0"}
    settings.setdefault("GOCACHE", str(program.parent / "cache"))
    subprocess.run(["go", "build", "-o", program, HERE / "go" / "check.go"], env=settings, check=True)
    return program


def test_go(environment: dict[str, str], go_program: Path) -> None:
    assert_ok(run([go_program], environment))


def test_perl(environment: dict[str, str]) -> None:
    assert_ok(run(["/usr/bin/perl", HERE / "perl" / "check.pl"], environment))


def test_ruby(environment: dict[str, str]) -> None:
    assert_ok(run(["ruby", HERE / "ruby" / "check.rb"], environment))


def test_php(environment: dict[str, str]) -> None:
    assert_ok(run(["php", HERE / "php" / "check.php"], environment))
