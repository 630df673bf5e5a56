"""The golden folder: a small contract with a bit of everything, and all that is made from it.

After a wanted change of the generator, run in the project's folder:
contractkit generate --openapi tests/golden/openapi.yaml
    --asyncapi tests/golden/asyncapi.yaml --output tests/golden/generated
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from contractkit.errors import UsageError
from contractkit.generator.generate import generate
from contractkit.generator.staleness import stale
from contractkit.options import Options

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
OPENAPI = "tests/golden/openapi.yaml"
ASYNCAPI = "tests/golden/asyncapi.yaml"


def options(output: Path, root: Path = ROOT) -> Options:
    return Options(root, OPENAPI, ASYNCAPI, output)


def test_the_generated_code_is_the_golden_one():
    differences = [d for d in stale(options(HERE / "generated")) if ".html" not in d.split("\n")[1]]
    assert "\n".join(differences) == ""


def test_other_processes_with_other_hashes_write_the_same_bytes(tmp_path):
    command = ["-m", "contractkit", "generate", "--openapi", OPENAPI, "--asyncapi", ASYNCAPI]
    written = []
    for seed in ("1", "2"):
        output = tmp_path / seed / "generated"
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        subprocess.run(
            [sys.executable, *command, "--output", str(output)],
            cwd=ROOT,
            env=environment,
            check=True,
        )
        files = sorted(path for path in output.rglob("*") if path.is_file())
        written.append({path.relative_to(output): path.read_bytes() for path in files})
    assert written[0] == written[1]
    assert len(written[0]) > 25


@pytest.fixture
def copy(tmp_path):
    target = tmp_path / "tests/golden"
    shutil.copytree(HERE, target, ignore=shutil.ignore_patterns("generated", "__pycache__"))
    generate(options(tmp_path / "generated", tmp_path))
    return tmp_path


def test_what_is_stale_is_told_with_a_readable_diff_and_generated_again(copy):
    output = copy / "generated"
    path = copy / "tests/golden/schemas/order.yaml"
    path.write_text(path.read_text().replace("maximum: 99", "maximum: 77"))
    (output / "messaging/topology.py").unlink()
    (output / "http/left_over.py").write_text("x = 1\n")
    differences = "\n".join(stale(options(output, copy)))
    field = "    count: Annotated[StrictInt | MISSING, Field(examples=[2], ge=1, le={})]"
    assert "-" + field.format(99) in differences
    assert "+" + field.format(77) in differences
    assert "generated/models/order.py" in differences
    assert "(missing)" in differences
    assert "(superfluous)" in differences
    generate(options(output, copy))
    assert stale(options(output, copy)) == []


def test_a_folder_of_somebody_else_is_not_replaced(tmp_path):
    (tmp_path / "mine.txt").write_text("precious")
    with pytest.raises(UsageError, match="not a folder that contractkit wrote"):
        generate(options(tmp_path))
    assert (tmp_path / "mine.txt").read_text() == "precious"
