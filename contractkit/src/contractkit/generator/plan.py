"""Plans what is generated: names every schema and operation before anything is written."""

from dataclasses import dataclass

from contractkit.generator.http import HttpCode, plan_http
from contractkit.generator.messaging import MessagingCode, plan_messaging
from contractkit.generator.omissions import Omissions
from contractkit.generator.schema_freezing import freeze
from contractkit.generator.schema_modules import SchemaModules
from contractkit.generator.typescript import TypeScriptCode, plan_typescript
from contractkit.generator.wire_schemas import Schemas
from contractkit.model.contract import Contract
from contractkit.options import Options


@dataclass(slots=True)
class Plan:
    """The parts to write; None for those that the contract or the options leave out."""

    schemas: Schemas
    http: HttpCode | None
    messaging: MessagingCode | None
    typescript: TypeScriptCode | None

    @property
    def parts(self) -> tuple[str, ...]:
        """The Python of a wheel of the contracts, once it is written."""
        parts = ["checks.py"] if self.schemas.checked else []
        parts += ["finite.py", "models"] if self.writes_json else ["models"]
        if self.messaging is not None and self.messaging.operations:
            parts += ["messaging", *(["tasks"] if self.messaging.has_tasks else [])]
        return (*parts, *(["http"] if self.http is not None else []))

    @property
    def writes_json(self) -> bool:
        """Whether the code writes answers or messages."""
        answers = self.http is not None and self.http.answers_json
        return answers or (self.messaging is not None and bool(self.messaging.operations))

    @property
    def counts(self) -> dict[str, int]:
        """How much there is of each kind."""
        found = {"models": sum(len(each["$defs"]) for each in self.schemas.documents.values())}
        if self.http is not None:
            found["HTTP operations"] = len(self.http.operations)
        if self.messaging is not None:
            found["messaging operations"] = len(self.messaging.operations)
        return found


def make_plan(contract: Contract, options: Options, omissions: Omissions) -> Plan:
    """Return the plan of a contract. What has no code is left out, or raised when strict."""
    modules = SchemaModules(contract.documents)
    http = messaging = typescript = None
    if contract.http is not None and (options.writes("http") or options.writes("typescript")):
        http = plan_http(contract.http, modules, options, omissions)
    if contract.messaging is not None and options.writes("messaging"):
        messaging = plan_messaging(contract.messaging, modules, options, omissions)
    if contract.http is not None and http is not None and options.writes("typescript"):
        with omissions.leave_out("the TypeScript client"):
            typescript = plan_typescript(
                contract.http, http.operations, contract.documents, modules, options
            )
    schemas = freeze(modules, omissions, assert_formats=options.assert_formats)
    if http is not None:
        http.schemas = schemas
    if messaging is not None:
        messaging.schemas = schemas
    return Plan(
        schemas=schemas,
        http=http if options.writes("http") else None,
        messaging=messaging,
        typescript=typescript,
    )
