"""What `articdbm inspect` reads and prints."""

import json
import subprocess
from pathlib import Path

from harness.articdbm import BINARY


def run(*arguments: str, text: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([BINARY, "inspect", *arguments], input=text, capture_output=True)


def test_one_line_of_json_a_text() -> None:
    result = run(text=b"SELECT a FROM t WHERE b = 1\nDELETE FROM u; TABLE v\n\nSELECT a FROM t WHERE b = 2")
    assert result.returncode == 0
    first, second, empty, last = map(json.loads, result.stdout.splitlines())
    assert first["statements"] == [
        {
            "kind": "select",
            "relations": [{"name": "t", "actions": ["read"]}],
            "actions": ["read"],
            "operators": ["="],
            "unparsed": None,
        }
    ]
    assert [each["kind"] for each in second["statements"]] == ["delete", "select"]
    assert empty["statements"] == []
    assert first["shape"] == last["shape"] != second["shape"]
    assert "id" not in first and (first["verdict"], first["score"], first["reasons"]) == ("allow", 0, [])


def test_escapes_and_ids(tmp_path: Path) -> None:
    file = tmp_path / "statements.tsv"
    file.write_bytes(rb"a1" + b"\t" + rb"SELECT 'x\\n'\nFROM\tt -- c\r\v\f" + b"\n")
    record = json.loads(run("--tsv", str(file)).stdout)
    assert record["id"] == "a1"
    assert [each["name"] for each in record["statements"][0]["relations"]] == ["t"]


def test_lines_for_people() -> None:
    result = run("--format", "text", "-", text=b"SELECT * FROM t FOR UPDATE; DO 'x'; FROB\n")
    assert result.stdout.decode().splitlines() == [
        "select t:read,write",
        "block [codeBlock]",
        "unknown unparsed at 36: unknown statement",
    ]


def test_bytes_that_are_no_text() -> None:
    record = json.loads(run(text=b'SELECT * FROM "\xff\x01\x00\\"\n').stdout)
    assert record["statements"][0]["relations"][0]["name"] == "\ufffd\x01\x00\\"


def test_a_missing_tab_file_or_dialect_is_an_error(tmp_path: Path) -> None:
    for arguments in (["--tsv"], [str(tmp_path / "none")], ["--dialect", "oracle"], ["--format", "xml"]):
        result = run(*arguments, text=b"SELECT 1\n")
        assert result.returncode != 0, arguments
        assert result.stdout == b""
        assert result.stderr
