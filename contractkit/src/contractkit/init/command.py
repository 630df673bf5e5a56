"""`contractkit init`. It imports what it needs when it runs, as all commands do."""

import sys
from pathlib import Path

import click


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=Path())
@click.option("--fastapi", help="A FastAPI application to begin from, as main:app.")
@click.option("--faststream", help="A FastStream application to begin from, as main:app.")
def init(folder: Path, *, fastapi: str | None, faststream: str | None) -> None:
    """Create a project: from the documents of applications, or from a small working example.

    FOLDER is the project's folder; the default is the current one.
    """
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
    click.echo(f"Wrote {', '.join(project.files)}.")
    options = read_options(folder)
    write_result(options, generate(options, step), sys.stdout)
    click.echo("Next:")
    if folder != Path.cwd():
        click.echo(f"  cd {folder}")
    if documents:
        click.echo("  contractkit lint        # problems that others would have with the documents")
        click.echo("  contractkit generate    # after each change of them")
        return
    click.echo("  pip install -e '.[test]'")
    click.echo("  pytest                  # an order goes in over HTTP and comes out as a message")
    click.echo("  README.md explains how to run it on a broker, and what to change first.")
