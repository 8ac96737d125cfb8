"""`articdbm version`, `config check`, `config schema`, `hash-password`; environment and file references."""

import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from harness.articdbm import BINARY, ROOT, ArticDBM, run
from harness.postgres_server import PostgresServer


def test_version() -> None:
    result = run("version")
    assert result.returncode == 0
    assert (ROOT / ".version").read_text().strip().lstrip("v") in result.stdout
    assert re.search(r"\b\d{10}\b", result.stdout), "the build's epoch"


def test_help_names_the_commands() -> None:
    text = run("--help").stdout
    for command in ("serve", "config", "ctl", "hash-password", "version"):
        assert command in text


@pytest.fixture
def sample() -> ArticDBM:
    proxy = ArticDBM("127.0.0.1:5432")
    yield proxy
    proxy.remove()


def check(proxy: ArticDBM, text: str | None = None):
    if text is None:
        proxy.write()
    else:
        proxy.configuration_file.write_text(text)
    return run("config", "check", proxy.configuration_file)


def test_good_file(sample: ArticDBM) -> None:
    result = check(sample)
    assert result.returncode == 0, result.stderr + result.stdout


def test_every_error_at_once_with_its_place(sample: ArticDBM) -> None:
    sample.configuration["listeners"][0]["auht"] = "managed"
    sample.configuration["backends"][0]["pool"]["size"] = "many"
    sample.configuration["timeouts"] = {"login": "soon"}
    sample.configuration["users"].append({"name": "alice", "password": "x"})
    result = check(sample)
    output = result.stdout + result.stderr
    assert result.returncode != 0
    lines = sample.configuration_file.read_text().splitlines()
    for word, hint in (("auht", "auth"), ("size: many", "size"), ("login: soon", "login")):
        number = next(index for index, line in enumerate(lines, 1) if word in line)
        assert re.search(rf"articdbm\.yaml:{number}\b", output), f"line {number} ({word}) in:\n{output}"
        assert hint in output
    assert "many" in output and "soon" in output
    assert "did you mean" in output.lower() and "auth" in output


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- a list",
        "listeners: [",
        "a: &a [*a]",
        "users: {name: x}",
        "listeners: [{name: x}]",
        "\0",
        "%YAML 9.9\n---\n",
    ],
)
def test_no_file_crashes_it(sample: ArticDBM, text: str) -> None:
    result = check(sample, text)
    assert result.returncode not in (0, None) and result.returncode > 0
    assert result.stdout + result.stderr


def test_deep_nesting_is_refused(sample: ArticDBM) -> None:
    result = check(sample, "a: " + "[" * 50_000)
    assert result.returncode > 0


def test_missing_file() -> None:
    result = run("config", "check", "/no/such/file.yaml")
    assert result.returncode > 0
    assert "/no/such/file.yaml" in result.stdout + result.stderr


def test_schema_is_json_schema(sample: ArticDBM) -> None:
    result = run("config", "schema")
    schema = json.loads(result.stdout)
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert set(sample.configuration) <= set(schema["properties"])
    assert schema.get("additionalProperties") is False


def test_documented_example_is_valid(sample: ArticDBM) -> None:
    page = ROOT / "docs" / "CONFIGURATION.md"
    assert page.exists()
    for block in re.findall(r"```yaml\n(.*?)```", page.read_text(), re.DOTALL):
        document = yaml.safe_load(block)
        if isinstance(document, dict) and "listeners" in document:
            certificate = sample.folder / "c.pem"
            certificate.touch()
            result = run(
                "config", "check", write(sample.folder / "example.yaml", block), environment={"APP_PASSWORD": "x"}
            )
            assert "unknown setting" not in result.stdout + result.stderr


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_hash_password_makes_a_verifier(start, postgres: PostgresServer) -> None:
    result = subprocess.run(
        [BINARY, "hash-password"], input="Hashed-Pw-1\n", capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    verifier = result.stdout.strip()
    assert re.fullmatch(r"SCRAM-SHA-256\$\d+:[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+", verifier)
    assert "Hashed-Pw-1" not in verifier
    proxy = start(ArticDBM(postgres).add_user("hashed", password=verifier))
    proxy.session("hashed", "Hashed-Pw-1").close()
    postgres.sql("DROP ROLE IF EXISTS hashed", superuser=True)
    postgres.sql(f"CREATE ROLE hashed LOGIN PASSWORD '{verifier}'", superuser=True)
    postgres.connect("hashed", "Hashed-Pw-1").close()


def test_environment_and_file_references(start, postgres: PostgresServer) -> None:
    proxy = ArticDBM(postgres)
    secret = proxy.folder / "secret"
    secret.write_text("From-A-File-1\n")
    proxy.environment["APP_PASSWORD"] = "App-Pw-1"
    proxy.backend["password"] = "${APP_PASSWORD}"
    proxy.add_user("filed", password=f"file:{secret}")
    start(proxy)
    with proxy.session("filed", "From-A-File-1") as peer:
        assert peer.rows("SELECT 1") == [("1",)]


def test_missing_variable_is_told(sample: ArticDBM) -> None:
    sample.backend["password"] = "${NO_SUCH_VARIABLE_HERE}"
    result = check(sample)
    assert result.returncode > 0
    assert "NO_SUCH_VARIABLE_HERE" in result.stdout + result.stderr


def test_secrets_are_not_shown(sample: ArticDBM) -> None:
    sample.users[0]["password"] = "Do-Not-Show-1"
    sample.users[0]["colour"] = "blue"
    result = check(sample)
    assert result.returncode > 0
    assert "Do-Not-Show-1" not in result.stdout + result.stderr


def test_inherited_environment(start, postgres: PostgresServer) -> None:
    """The original's variables configure a proxy by themselves."""
    proxy = ArticDBM(postgres)
    backend = {"host": postgres.host, "port": postgres.port, "type": "primary", "user": "app", "password": "App-Pw-1"}
    del proxy.configuration["backends"]
    proxy.environment["POSTGRESQL_BACKENDS"] = json.dumps([backend])
    proxy.environment["MAX_CONNECTIONS"] = "50"
    start(proxy)
    with proxy.session() as peer:
        assert peer.rows("SELECT 1") == [("1",)]
