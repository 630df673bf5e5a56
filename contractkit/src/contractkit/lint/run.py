"""Runs all rules over one or both documents."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from contractkit.documents import Documents
from contractkit.errors import MALFORMED, SpecError, malformed
from contractkit.generator.models import index_models
from contractkit.generator.omissions import Omissions
from contractkit.generator.plan import make_plan
from contractkit.level import Level
from contractkit.lint.document_rules import check_references, check_unused
from contractkit.lint.example_rules import ExampleRules
from contractkit.lint.http_rules import check_http
from contractkit.lint.ignored import without_ignored
from contractkit.lint.messaging_rules import MessagingRules
from contractkit.lint.official import check_official
from contractkit.lint.schema_rules import check_schemas
from contractkit.lint.violation import Violation
from contractkit.location import Location
from contractkit.model.contract import Contract
from contractkit.model.schema_walk import every_schema
from contractkit.options import Options
from contractkit.reader.contract import read_documents
from contractkit.reader.infinite_numbers import infinite_numbers
from contractkit.reader.sections import unread_sections
from contractkit.tree import FolderTree


def lint(options: Options) -> list[Violation]:
    """Return all violations, sorted by place; each pair of place and rule once."""
    documents = Documents(FolderTree(options.root))
    violations = without_ignored(documents, _violations(options, documents))
    found = {violation.order: violation for violation in violations}
    return [found[order] for order in sorted(found)]


def _violations(options: Options, documents: Documents) -> Iterator[Violation]:
    files = [file for file in (options.openapi, options.asyncapi) if file is not None]
    place = Location(files[0], 1, 1, "")
    broken = list(_guarded(check_references(documents, files), place))
    yield from broken
    if any(violation.rule == "unreadable" for violation in broken):
        return
    numbers = [number.error for number in infinite_numbers(documents)]
    for error in numbers:
        yield Violation("specification", error.location, error.problem, error.mend)
    infinite = {error.location for error in numbers}
    official: list[Violation] = []
    if options.openapi is not None:
        official += check_official(documents, options.openapi, "openapi")
    if options.asyncapi is not None:
        official += check_official(documents, options.asyncapi, "asyncapi")
    official = [violation for violation in official if violation.location not in infinite]
    if broken:
        yield from official
        return
    try:
        contract = read_documents(documents, openapi=options.openapi, asyncapi=options.asyncapi)
    except SpecError as error:
        yield from official
        yield Violation("unreadable", error.location, error.problem, error.mend)
        return
    found = [v for violations in _rules(contract, files) for v in _guarded(violations, place)]
    if not official:
        found += (
            Violation("specification", part.error.location, part.error.problem, part.error.mend)
            for file in files
            for part in unread_sections(documents, file)
        )
    yield from (violation for violation in found if violation.location not in infinite)
    unread = {violation.location for violation in found if violation.rule == "schema"}
    yield from (violation for violation in official if violation.location not in unread)
    if not official and not numbers and not unread:
        told = {(v.location, v.problem) for v in found if v.level is Level.ERROR}
        yield from _guarded(_not_generated(contract, options, told), place)


def _guarded(violations: Iterator[Violation], place: Location) -> Iterator[Violation]:
    """Yield violations; a value of an unexpected type becomes one itself and ends the iteration."""
    try:
        yield from violations
    except MALFORMED as error:
        told = malformed(place, error)
        yield Violation("unreadable", told.location, told.problem, told.mend)
    except SpecError as error:
        yield Violation("unreadable", error.location, error.problem, error.mend)


def _rules(contract: Contract, files: list[str]) -> Iterator[Iterator[Violation]]:
    """Yield the violations of each group of rules."""
    schemas = every_schema(contract)
    yield check_schemas(contract.documents, schemas)
    yield ExampleRules(contract, schemas).check()
    if contract.http is not None:
        yield check_http(contract, contract.http)
    if contract.messaging is not None:
        yield MessagingRules(contract, contract.messaging).check()
    yield check_unused(contract.documents, files)


def _not_generated(
    contract: Contract, options: Options, told: AbstractSet[tuple[Location, str]]
) -> Iterator[Violation]:
    """Yield a violation per part that `generate` leaves out, unless a rule gave the reason."""
    omissions = Omissions(file=options.openapi or options.asyncapi or "document")
    plan = make_plan(contract, options, omissions)
    index = index_models(plan.schemas, omissions)
    if plan.messaging is not None:
        plan.messaging.leave_out_unreadable(index)
    for omission in omissions:
        error = omission.error
        if (error.location, error.problem) in told:
            continue
        problem = (
            f"{omission.subject[:1].upper()}{omission.subject[1:]} is left out: {error.problem}"
        )
        yield Violation("not-generated", error.location, problem, error.mend)
