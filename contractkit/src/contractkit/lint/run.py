"""Runs all rules over one or both documents."""

from collections.abc import Iterator

from contractkit.documents import Documents
from contractkit.errors import SpecError
from contractkit.generator.omissions import Omissions
from contractkit.generator.plan import make_plan
from contractkit.lint.document_rules import check_references, check_unused
from contractkit.lint.example_rules import ExampleRules
from contractkit.lint.finding import Finding
from contractkit.lint.http_rules import check_http
from contractkit.lint.messaging_rules import MessagingRules
from contractkit.lint.official import check_official
from contractkit.lint.schema_rules import check_schemas
from contractkit.lint.schema_walk import every_schema
from contractkit.model.contract import Contract
from contractkit.options import Options
from contractkit.reader.asyncapi import read_asyncapi
from contractkit.reader.openapi import read_openapi
from contractkit.tree import FolderTree


def lint(options: Options) -> list[Finding]:
    """Return all findings in the order of their places; each place and rule once."""
    found = {finding.order: finding for finding in _findings(options)}
    return [found[order] for order in sorted(found)]


def _findings(options: Options) -> Iterator[Finding]:
    documents = Documents(FolderTree(options.root))
    files = [file for file in (options.openapi, options.asyncapi) if file is not None]
    broken = list(check_references(documents, files))
    yield from broken
    if any(finding.rule == "unreadable" for finding in broken):
        return
    official: list[Finding] = []
    if options.openapi is not None:
        official += check_official(documents, options.openapi, "openapi")
    if options.asyncapi is not None:
        official += check_official(documents, options.asyncapi, "asyncapi")
    yield from official
    if broken:
        return
    try:
        contract = Contract(
            documents,
            None if options.openapi is None else read_openapi(documents, options.openapi),
            None if options.asyncapi is None else read_asyncapi(documents, options.asyncapi),
        )
    except SpecError as error:
        yield Finding("unreadable", error.location, error.problem, error.mend)
        return
    yield from _rules(contract, files)
    if not official:
        yield from _not_generated(contract, options)


def _rules(contract: Contract, files: list[str]) -> Iterator[Finding]:
    schemas = every_schema(contract)
    yield from check_schemas(contract.documents, schemas)
    yield from ExampleRules(contract, schemas).check()
    if contract.http is not None:
        yield from check_http(contract, contract.http)
    if contract.messaging is not None:
        yield from MessagingRules(contract, contract.messaging).check()
    yield from check_unused(contract.documents, files)


def _not_generated(contract: Contract, options: Options) -> Iterator[Finding]:
    """Yield what `generate` leaves out, by the plan that it follows."""
    omissions = Omissions()
    make_plan(contract, options, omissions)
    for omission in omissions:
        error = omission.error
        problem = (
            f"{omission.subject[:1].upper()}{omission.subject[1:]} is left out: {error.problem}"
        )
        yield Finding("not-generated", error.location, problem, error.mend)
