"""Runs datamodel-code-generator over the schema modules and indexes what it wrote."""

import ast
import contextlib
import io
import itertools
import json
import warnings
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from contractkit.errors import ContractKitError, SpecError
from contractkit.generator.class_aliases import with_class_aliases
from contractkit.generator.model_names import with_excuses
from contractkit.generator.model_order import linear_chains
from contractkit.generator.modelled_schema import FURTHER
from contractkit.generator.omissions import Omissions
from contractkit.generator.schema_modules import TypeName
from contractkit.generator.typed_defaults import with_typed_defaults
from contractkit.generator.wire_schemas import Schemas

_ATTEMPTS = 60
_FIRST = "_"
"""The module that the model generator reads first; it is not kept."""

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
    "--no-formatters",
    "--strict-types", "str", "int", "float", "bool",
    "--use-missing-sentinel",
    "--allow-population-by-field-name",
    "--use-tuple-for-fixed-items",
    "--deserialize-default-values", "enum",
    "--intersect-allof-keywords",
    "--model-extra-keys", FURTHER,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ModelIndex:
    """What was written: per model the attribute of each JSON property; None for other types."""

    attributes: dict[TypeName, dict[str, str] | None]
    renaming: frozenset[str] = frozenset()
    """The modules in which a member is called otherwise than on the wire."""
    inner: Mapping[tuple[TypeName, str], TypeName] = field(default_factory=dict)
    """By class and property, the class of the schema that is written within the property."""

    def attribute(self, name: TypeName, property_name: str) -> str | None:
        """Return the Python attribute of a property, or None when the model has none."""
        return (self.attributes.get(name) or {}).get(property_name)

    def is_model(self, name: TypeName) -> bool:
        """Return whether the type is a class derived from BaseModel."""
        return self.attributes.get(name) is not None


def write_models(schemas: Schemas, output: Path, header: str, omissions: Omissions) -> ModelIndex:
    """Write one Python module per schema module into `output` and return the index of them.

    A schema that the model generator fails at becomes Any, and is told among the omissions.
    """
    output.mkdir(parents=True)
    (output / "__init__.py").write_text(f'{header}\n"""Models of every schema."""\n')
    sources, documents = _sources(schemas, header, omissions)
    for name, text in with_class_aliases(with_typed_defaults(sources)).items():
        (output / f"{name}.py").write_text(with_excuses(text), encoding="utf-8")
    return _index(sources, documents)


def index_models(schemas: Schemas, omissions: Omissions) -> ModelIndex:
    """Return the index of the models that would be written, and tell what `write_models` tells."""
    return _index(*_sources(schemas, "", omissions))


def _sources(
    schemas: Schemas, header: str, omissions: Omissions
) -> tuple[dict[str, str], dict[str, dict[str, Any]]]:
    """Return the modules by name as the model generator writes them, and the schemas in them."""
    documents = schemas.documents
    if not documents:
        return {}, documents
    with TemporaryDirectory() as folder:
        target = Path(folder) / "all"
        if _run(documents, target, header) is not None:
            documents = _without_failing(schemas, Path(folder), header, omissions)
            target = Path(folder) / "rest"
        sources = {
            file.stem: file.read_text(encoding="utf-8")
            for file in sorted((target / "models").glob("*.py"))
            if file.stem not in {"__init__", _FIRST}
        }
    return sources, documents


def _run(documents: dict[str, dict[str, Any]], folder: Path, header: str) -> str | None:
    """Generate `folder/models`; return what the model generator says when it fails."""
    # Not at the top: where it is imported it answers the `--help` of whatever program runs.
    from datamodel_code_generator.__main__ import main as model_generator  # noqa: PLC0415

    source = folder / "schemas"
    source.mkdir(parents=True)
    for module, document in {_FIRST: _naming(documents), **documents}.items():
        (source / f"{module}.json").write_text(json.dumps(document, indent=1))
    (folder / "header.txt").write_text(header)
    places = ("--input", str(source), "--output", str(folder / "models"))
    header_file = ("--custom-file-header-path", str(folder / "header.txt"))
    said = io.StringIO()
    with contextlib.redirect_stderr(said), warnings.catch_warnings(), linear_chains():
        warnings.simplefilter("ignore")  # about flags and schemas; what fails says so by its code
        try:
            code = int(model_generator([*places, *header_file, *_FLAGS]))
        except SystemExit as end:
            code = 1 if end.code is None else int(end.code)
        except Exception as error:  # noqa: BLE001 (whatever it fails at is told as an omission)
            return f"{type(error).__name__}: {error}".splitlines()[0]
    if code == 0:
        return None
    return (said.getvalue().strip().splitlines() or ["it says nothing"])[-1]


def _naming(documents: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return a document that refers to every definition, so that each gets the class of its name.

    Else a schema within another, which is named after its property, would take it.
    """
    references = [
        {"$ref": f"{module}.json#/$defs/{name}"}
        for module, document in documents.items()
        for name in document["$defs"]
    ]
    return {"$defs": {"Every": {"anyOf": references}}}


def _without_failing(
    schemas: Schemas, folder: Path, header: str, omissions: Omissions
) -> dict[str, dict[str, Any]]:
    """Return the schemas with those replaced by Any that the model generator fails at.

    It adds halves to those that are known to be good as long as they stay so, because two that
    are good alone may fail together; one try costs about a second.
    """
    documents = schemas.documents
    good: set[TypeName] = set()
    middle = len(schemas.locations) // 2
    names = list(schemas.locations)
    pending = [names[middle:], names[:middle]]
    for attempt in itertools.count():
        if not pending:
            break
        group = pending.pop()
        chosen = good.union(group)
        problem: str | None = "It was not tried, as too many others fail"
        if attempt < _ATTEMPTS:
            problem = _run(_only(documents, chosen), folder / f"try{attempt}", header)
        if problem is None:
            good = chosen
        elif len(group) == 1 or attempt >= _ATTEMPTS:
            for name in group:
                words = f"The model generator fails: {problem}"
                error = SpecError(schemas.locations[name], words, "Simplify the schema.")
                omissions.add(f"the model {name.name}, which is Any", error)
        else:
            middle = len(group) // 2
            pending += [group[middle:], group[:middle]]
    rest = _only(documents, good)
    problem = _run(rest, folder / "rest", header)
    if problem is not None:
        raise ContractKitError(f"The models could not be generated: {problem}")
    return rest


def _only(
    documents: dict[str, dict[str, Any]], chosen: Collection[TypeName]
) -> dict[str, dict[str, Any]]:
    """Return the documents in which all but the chosen definitions are empty schemas."""
    return {
        module: {
            **document,
            "$defs": {
                name: schema if TypeName(module, name) in chosen else {}
                for name, schema in document["$defs"].items()
            },
        }
        for module, document in documents.items()
    }


def _renames(tree: ast.Module) -> bool:
    return any(isinstance(node, ast.keyword) and node.arg == "alias" for node in ast.walk(tree))


def _index(sources: Mapping[str, str], modules: dict[str, dict[str, Any]]) -> ModelIndex:
    trees = {name: ast.parse(source) for name, source in sources.items()}
    found: dict[TypeName, dict[str, str] | None] = {}
    inner: dict[tuple[TypeName, str], TypeName] = {}
    foreign = {name: node for tree in trees.values() for name, node in _classes(tree).items()}
    for module, document in modules.items():
        own = _classes(trees[module]) if module in trees else {}
        for name in dict.fromkeys((*document["$defs"], *own)):
            definition = own.get(name) or (foreign.get(name) if "_internal" in trees else None)
            members = None if definition is None else _members(definition, foreign | own)
            owner = TypeName(module, name)
            found[owner] = None if members is None else {k: _name(v) for k, v in members.items()}
            for key, member in (members or {}).items():
                named = {
                    node.id for node in ast.walk(member.annotation) if isinstance(node, ast.Name)
                }
                if len(classes := named & own.keys()) == 1:
                    inner[owner, key] = TypeName(module, classes.pop())
    renaming = frozenset(
        name for name, tree in trees.items() if "alias" in sources[name] and _renames(tree)
    )
    return ModelIndex(found, renaming, inner)


def _classes(tree: ast.Module) -> dict[str, ast.ClassDef]:
    return {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}


def _name(member: ast.AnnAssign) -> str:
    return member.target.id if isinstance(member.target, ast.Name) else ""


def _members(
    definition: ast.ClassDef, classes: dict[str, ast.ClassDef]
) -> dict[str, ast.AnnAssign] | None:
    """Return property → member of a model class with its bases', None for an enum."""
    found: dict[str, ast.AnnAssign] = {}
    for base in definition.bases:
        if isinstance(base, ast.Name):
            if base.id in {"StrEnum", "IntEnum", "Enum"}:
                return None
            if base.id in classes:
                found |= _members(classes[base.id], classes) or {}
    for statement in definition.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            aliases = [
                keyword.value.value
                for call in ast.walk(statement.annotation)
                if isinstance(call, ast.Call)
                for keyword in call.keywords
                if keyword.arg == "alias" and isinstance(keyword.value, ast.Constant)
            ]
            found[str(aliases[0]) if aliases else statement.target.id] = statement
    return found
