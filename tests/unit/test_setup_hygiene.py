"""The house rules that no other tool checks."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINES_A_FILE = 400
LINES_A_FUNCTION = 50
MACHINE_PATHS = re.compile(r"(?<![\w.~}/-])/(?:work|root|home|Users)/\w+")
PARENT_MODULES = ("workbench.cli", "workbench.run.bench", "workbench.ui.app", "workbench.clusters.choice")


def sources() -> list[Path]:
    return sorted((ROOT / "workbench").rglob("*.py"))


def test_files_stay_short():
    counts = {str(path.relative_to(ROOT)): path.read_text().count("\n") for path in sources()}
    assert len(counts) > 30
    assert {path: count for path, count in counts.items() if count >= LINES_A_FILE} == {}


def test_functions_stay_short():
    long = {}
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines >= LINES_A_FUNCTION:
                    long[f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"] = lines
    assert long == {}


def test_no_path_of_one_machine_is_in_the_repository():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    found = []
    for name in listed.stdout.decode().split("\0"):
        path = ROOT / name
        if not name or not path.is_file() or path.suffix == ".png" or path == Path(__file__):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if MACHINE_PATHS.search(line):
                found.append(f"{name}:{number}: {line.strip()[:100]}")
    assert found == []


def test_the_parent_never_loads_the_kafka_client():
    loaded = subprocess.run(
        [sys.executable, "-c", f"import sys, {', '.join(PARENT_MODULES)}; print(*sorted(sys.modules))"],
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert loaded.returncode == 0, loaded.stderr
    names = loaded.stdout.split()
    assert "workbench.run.bench" in names
    children_only = {
        "confluent_kafka", "kio", "fastavro", "google", "jsonschema", "thriftpy2", "httpx2", "authlib", "jinja2",
    }  # fmt: skip
    assert [name for name in names if name.partition(".")[0] in children_only] == []
