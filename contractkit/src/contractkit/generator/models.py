"""Runs datamodel-code-generator over the schema modules and indexes what it wrote."""

import ast
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from contractkit.errors import ContractKitError
from contractkit.generator.schema_modules import TypeName

_FLAGS = (
    "--input-file-type", "jsonschema",
    "--skip-root-model",
    "--output-model-type", "pydantic_v2.BaseModel",
    "--target-python-version", "3.11",
    "--target-pydantic-version", "2.14",
    "--use-annotated",
    "--field-constraints",
    "--use-standard-collections",
    "--use-union-operator",
    "--use-specialized-enum",
    "--enum-field-as-literal", "one",
    "--use-schema-description",
    "--use-field-description",
    "--use-attribute-docstrings",
    "--use-type-alias",
    "--strict-nullable",
    "--use-exact-imports",
    "--use-double-quotes",
    "--disable-timestamp",
    "--formatters", "ruff-check", "ruff-format",
    "--strict-types", "str", "int", "float", "bool",
    "--use-missing-sentinel",
    "--allow-population-by-field-name",
    "--use-tuple-for-fixed-items",
    "--set-default-enum-member",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ModelIndex:
    """What was written: per model the attribute of each JSON property; None for other types."""

    attributes: dict[TypeName, dict[str, str] | None]

    def attribute(self, name: TypeName, property_name: str) -> str | None:
        """Return the Python attribute of a property, or None when the model has none."""
        return (self.attributes.get(name) or {}).get(property_name)

    def is_model(self, name: TypeName) -> bool:
        """Whether the type is a class derived from BaseModel."""
        return self.attributes.get(name) is not None


def write_models(modules: dict[str, dict[str, Any]], output: Path, header: str) -> ModelIndex:
    """Write one Python module per schema module into `output` and return the index of them."""
    output.mkdir(parents=True)
    (output / "__init__.py").write_text(f'{header}\n"""Models of every schema."""\n')
    if not modules:
        return ModelIndex({})
    with TemporaryDirectory() as folder:
        source = Path(folder) / "schemas"
        source.mkdir()
        for module, document in modules.items():
            (source / f"{module}.json").write_text(json.dumps(document, indent=1))
        (Path(folder) / "header.txt").write_text(header)
        target = Path(folder) / "models"
        places = ("--input", str(source), "--output", str(target))
        header_file = ("--custom-file-header-path", str(Path(folder) / "header.txt"))
        done = subprocess.run(  # noqa: S603 (our own interpreter, fixed arguments)
            [sys.executable, "-m", "datamodel_code_generator", *places, *header_file, *_FLAGS],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise ContractKitError(f"The models could not be generated: {done.stderr.strip()}")
        for file in sorted(target.glob("*.py")):
            if file.name != "__init__.py":
                (output / file.name).write_text(file.read_text())
    return ModelIndex(_index(output, modules))


def _index(
    output: Path, modules: dict[str, dict[str, Any]]
) -> dict[TypeName, dict[str, str] | None]:
    found: dict[TypeName, dict[str, str] | None] = {}
    trees = {path.stem: ast.parse(path.read_text()) for path in sorted(output.glob("*.py"))}
    for module, document in modules.items():
        own = {node.name: node for node in trees[module].body if isinstance(node, ast.ClassDef)}
        foreign = {
            node.name: node
            for tree in trees.values()
            for node in tree.body
            if isinstance(node, ast.ClassDef)
        }
        for name in document["$defs"]:
            definition = own.get(name) or (foreign.get(name) if "_internal" in trees else None)
            found[TypeName(module, name)] = (
                None if definition is None else _attributes(definition, foreign | own)
            )
    return found


def _attributes(
    definition: ast.ClassDef, classes: dict[str, ast.ClassDef]
) -> dict[str, str] | None:
    """Return property → attribute of a model class with its bases', None for an enum."""
    found: dict[str, str] = {}
    for base in definition.bases:
        if isinstance(base, ast.Name):
            if base.id in {"StrEnum", "IntEnum", "Enum"}:
                return None
            if base.id in classes:
                found |= _attributes(classes[base.id], classes) or {}
    for statement in definition.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            attribute = statement.target.id
            aliases = [
                keyword.value.value
                for call in ast.walk(statement.annotation)
                if isinstance(call, ast.Call)
                for keyword in call.keywords
                if keyword.arg == "alias" and isinstance(keyword.value, ast.Constant)
            ]
            found[str(aliases[0]) if aliases else attribute] = attribute
    return found
