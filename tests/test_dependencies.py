"""No known vulnerability in what the application is installed from. Skipped, with the reason, where no index of vulnerabilities answers."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[1]
INDEX = "https://pypi.org/pypi/streamlit/json"
"""One package's page on the index that pip-audit asks; it lists known vulnerabilities."""


def why_not() -> str:
    """Why the audit cannot be made here; empty when it can."""
    try:
        answer = httpx.get(INDEX, timeout=5, follow_redirects=True)
    except (httpx.HTTPError, OSError) as error:
        return f"no index of vulnerabilities answers here ({type(error).__name__})"
    if answer.status_code != 200 or "vulnerabilities" not in answer.text[-2_000_000:]:
        return f"the index that answers here lists no vulnerabilities (HTTP {answer.status_code})"
    return ""


def audit(output: str) -> tuple[list[str], list[str]]:
    """(known vulnerabilities, packages that were not looked at) from the JSON of pip-audit."""
    found, skipped = [], []
    for each in json.loads(output)["dependencies"]:
        if "skip_reason" in each:
            skipped.append(f"{each['name']}: {each['skip_reason']}")
        found += [
            f"{each['name']} {each['version']}: {vulnerability['id']}"
            for vulnerability in each.get("vulns", [])
        ]
    return found, skipped


def test_no_dependency_has_a_known_vulnerability() -> None:
    if reason := why_not():
        pytest.skip(reason)
    command = [
        sys.executable,
        "-m",
        "pip_audit",
        "-r",
        "requirements.txt",
        "--require-hashes",
        "--disable-pip",
        "--no-deps",
    ]
    try:
        done = subprocess.run(
            [*command, "--format", "json", "--progress-spinner", "off", "--timeout", "10"],
            cwd=ROOT, capture_output=True, text=True, timeout=300,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        pytest.skip("the index of vulnerabilities is too slow here")
    if not done.stdout.strip():
        pytest.skip(f"pip-audit could not ask: {done.stderr.strip()[-300:]}")
    found, skipped = audit(done.stdout)
    assert found == [], "update these packages: UPGRADE=1 make lock"
    if skipped:
        pytest.skip(f"the index does not know {len(skipped)} packages: {skipped[0]}")


def test_the_reader_of_the_audit_sees_vulnerabilities_and_gaps() -> None:
    output = json.dumps(
        {
            "dependencies": [
                {"name": "a", "version": "1", "vulns": [{"id": "PYSEC-1"}]},
                {"name": "b", "version": "2", "vulns": []},
                {"name": "c", "skip_reason": "not found"},
            ]
        }
    )
    assert audit(output) == (["a 1: PYSEC-1"], ["c: not found"])
