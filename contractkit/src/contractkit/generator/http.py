"""Plans the HTTP interfaces and routers, one module per tag, and writes them."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from contractkit.generator.http_operation import OperationPlan
from contractkit.generator.http_routes import hides, in_order
from contractkit.generator.http_views import OperationView
from contractkit.generator.models import ModelIndex
from contractkit.generator.omissions import Omissions
from contractkit.generator.querystring import with_querystring
from contractkit.generator.rendering import Renderer
from contractkit.generator.schema_modules import SchemaModules, TypeName
from contractkit.generator.types import ModelImports
from contractkit.generator.wire_schemas import Schemas
from contractkit.model.http import HttpContract, HttpOperation
from contractkit.naming import pascal, snake, unique
from contractkit.options import Options

_RESERVED_MODULES = {"responses", "operations", "runtime", "init"}
_RESERVED_METHODS = {
    "self", "router", "api", "principal", "optional_principal", "parameter", "matches", "read_body",
    "split_at", "conforms", "by_wire_names", "json_part", "typed_text",
    "header_texts", "text_member", "hold_members",
}  # fmt: skip


@dataclass(slots=True)
class TagCode:
    """The operations of one module; tags whose names become the same word share it."""

    tag: str
    module: str
    description: str
    imports: ModelImports
    views: list[OperationView]

    @property
    def builder(self) -> str:
        """The function that makes the router."""
        return f"build_{self.module.rstrip('_')}_router"


@dataclass(slots=True)
class HttpCode:
    """What is written below `http/`; `schemas` is set when the naming has ended."""

    tags: list[TagCode]
    fast_path: bool
    schemas: Schemas | None = None
    _renamed_models: AbstractSet[TypeName] = frozenset()

    @property
    def operations(self) -> list[HttpOperation]:
        """The operations that have code."""
        return [view.operation for tag in self.tags for view in tag.views]

    def write(self, renderer: Renderer, index: ModelIndex) -> None:
        """Write one module per tag and the table of operations."""
        if self.schemas is not None:
            self._renamed_models = self.schemas.made_of(index.renaming)
        renderer.write("http/init.py.jinja", "http/__init__.py")
        renderer.write_runtime("http", self._runtime)
        everything = [view for tag in self.tags for view in tag.views]
        for tag in self.tags:
            self._write_tag(tag, renderer)
        renderer.write("http/responses.py.jinja", "http/responses.py", operations=everything)
        renderer.write("http/operations.py.jinja", "http/operations.py", operations=everything)

    def _check(self, model: TypeName | None) -> str | None:
        """Return what checks the wire beside a model, where the model is weaker."""
        return None if model is None or self.schemas is None else self.schemas.check(model)

    def _renamed(self, view: OperationView) -> bool:
        """Return whether a JSON body has members that are called otherwise in Python."""
        body = view.body
        return body is not None and body.kind == "json" and body.model in self._renamed_models

    def _later(self, tag: TagCode) -> list[str]:
        """Return the builders whose routes would take requests that belong to a tag's."""
        return [
            other.builder
            for other in self.tags
            if other is not tag
            and any(hides(general, special) for general in other.views for special in tag.views)
        ]

    @property
    def answers_json(self) -> bool:
        """Whether an operation answers with JSON."""
        return any(_adapters(tag.views) for tag in self.tags)

    @property
    def _runtime(self) -> list[str]:
        """The modules of `http/runtime` that the operations need."""
        views = [view for tag in self.tags for view in tag.views]
        several = any(
            view.body is not None and (view.body.kinds or view.body.text) for view in views
        )
        parts = any(item.structure for view in views for item in view.parameters)
        matched = any("matches(" in item.declared for view in views for item in view.parameters)
        members = [item.part for view in views for item in view.parameters if item.part]
        form_texts = any(part.text for part in members)
        forms = bool(members) or any(view.form for view in views)
        json_bodies = _with_json_bodies(views)
        wanted = {
            "text": True,
            "answers": self.answers_json,
            "encoded_slashes": _with_texts_in_paths(views),
            "shared_parts": any(view.shared for view in views),
            "strict_json": json_bodies or parts or several or forms or self.fast_path,
            "json_route": json_bodies or self.fast_path,
            "fast_path": self.fast_path,
            "headers": any(
                view.reply_headers or any(e.headers for e in view.errors) for view in views
            ),
            "names": any(map(self._renamed, views)),
            "pattern": matched,
            "form_texts": form_texts,
            "parameters": parts or several or form_texts,
            "bodies": several,
            "forms": forms,
        }
        return [name for name, needed in wanted.items() if needed]

    def _write_tag(self, tag: TagCode, renderer: Renderer) -> None:
        renderer.write(
            "http/tag.py.jinja",
            f"http/{tag.module}.py",
            tag=tag.tag,
            description=tag.description,
            class_name=f"{pascal(tag.tag)}Api",
            builder=tag.builder,
            later=self._later(tag),
            operations=tag.views,
            imports=tag.imports,
            adapters=_adapters(tag.views),
            defaults=_defaults(tag.views),
            check=self._check,
            renamed=self._renamed,
            runtime=self._runtime,
            json_bodies=_with_json_bodies(tag.views),
            slashes=_with_texts_in_paths(tag.views),
        )


def plan_http(
    contract: HttpContract, modules: SchemaModules, options: Options, omissions: Omissions
) -> HttpCode:
    """Return the code of an OpenAPI document; operations without code are left out by name."""
    tags: dict[str, TagCode] = {}
    for operation in contract.operations:
        name = operation.tags[0] if operation.tags else "default"
        module = snake(name)
        code = tags.get(module)
        if code is None:
            taken = _RESERVED_MODULES | {known.module for known in tags.values()}
            description = contract.tags.get(name, "")
            imports = ModelImports("..models", _classes(contract, name))
            code = TagCode(name, unique(module, taken), description, imports, [])
            tags[module] = code
        subject = f"the operation {operation.operation_id}"
        with omissions.leave_out(subject):
            read = with_querystring(operation)
            view = OperationPlan(read, modules, code.imports, omissions).view()
            taken = _RESERVED_METHODS | {known.method_name for known in code.views}
            code.views.append(_renamed(view, unique(view.method_name, taken)))
    codes = [tag for tag in tags.values() if tag.views]
    for code in codes:
        code.views = in_order(code.views)
    return HttpCode(codes, "http" in options.fast_paths)


def _classes(contract: HttpContract, tag: str) -> set[str]:
    """Return the classes that a tag's module may define, which no model can be called there."""
    found = {f"{pascal(tag)}Api"}
    for operation in contract.operations:
        name = pascal(operation.operation_id)
        found |= {f"{name}Reply", *(f"{name}{one.status}Error" for one in operation.responses)}
    return found


def _renamed(view: OperationView, name: str) -> OperationView:
    """Return the view of an operation whose name as a method was taken."""
    if name == view.method_name:
        return view
    number = name.removeprefix(view.method_name)
    errors = [replace(e, class_name=f"{e.class_name}{number}") for e in view.errors]
    class_name = f"{view.class_name}{number}"
    result = class_name if view.envelope else view.result
    return replace(view, method_name=name, class_name=class_name, errors=errors, result=result)


def _with_json_bodies(views: Sequence[OperationView]) -> bool:
    """Return whether FastAPI reads a JSON body of one of the operations."""
    return any(view.body is not None and view.body.kind == "json" for view in views)


def _with_texts_in_paths(views: Sequence[OperationView]) -> bool:
    """Return whether a parameter of a path may hold a slash."""
    return any(item.text_in_path for view in views for item in view.parameters)


def _adapters(views: Sequence[OperationView]) -> dict[str, str]:
    """Return the constant of each type that bodies are written with."""
    replies = [view.reply for view in views]
    replies += [error.reply for view in views for error in view.errors]
    taken = [f"_{view.method_name}_{end}".upper() for view in views for end in ("body", "bodies")]
    found: dict[str, str] = {}
    for reply in replies:
        if reply.kind == "json" and reply.type is not None and reply.type not in found:
            name = f"_{snake(reply.type.replace('|', 'or')).upper()}"
            found[reply.type] = unique(name, [*taken, *found.values()])
    return found


def _defaults(views: Sequence[OperationView]) -> dict[str, str]:
    """Return the constants of defaults that are made by a call."""
    found: dict[str, str] = {}
    for default in (item.default for view in views for item in view.parameters):
        if default is not None and default.endswith(")") and default not in found:
            found[default] = unique(f"_{snake(default).upper()}", found.values())
    return found
