"""`contractkit init`. It imports what it needs when it runs, as all commands do."""

import sys
from pathlib import Path
from typing import Annotated

import typer


def init(
    folder: Annotated[Path, typer.Argument(help="The project's folder.")] = Path(),
    fastapi: Annotated[
        str | None, typer.Option(help="A FastAPI application to begin from, as main:app.")
    ] = None,
    faststream: Annotated[
        str | None, typer.Option(help="A FastStream application to begin from, as main:app.")
    ] = None,
) -> None:
    """Begin a project: from the documents of applications, or from a small example that works."""
    from contractkit.generator.generate import generate
    from contractkit.generator.summary import step, write_result
    from contractkit.init.application import fastapi_document, faststream_document
    from contractkit.init.project import example_project, project_of
    from contractkit.options import read_options

    folder = folder.resolve()
    documents = {}
    if fastapi is not None:
        documents["openapi"] = fastapi_document(fastapi, folder)
    if faststream is not None:
        documents["asyncapi"] = faststream_document(faststream, folder)
    project = project_of(folder, documents) if documents else example_project(folder)
    typer.echo(f"Wrote {', '.join(project.files)}.")
    options = read_options(folder)
    write_result(options, generate(options, step), sys.stdout)
    typer.echo("Next:")
    if folder != Path.cwd():
        typer.echo(f"  cd {folder}")
    if documents:
        typer.echo("  contractkit lint        # what strangers would stumble over in the documents")
        typer.echo("  contractkit generate    # after each change of them")
        return
    typer.echo("  pip install -e '.[test]'")
    typer.echo("  pytest                  # an order goes in over HTTP and comes out as a message")
    typer.echo("  README.md tells how to run it on a broker, and what to change first.")
