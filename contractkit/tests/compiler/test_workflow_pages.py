"""Flows of Arazzo documents stand on the page of the operations that they call; what does not fit is refused."""

import re

import pytest

from contractkit.docs.page_options import PageOptions
from contractkit.docs.pages import render_pages
from contractkit.errors import SpecError, UsageError
from contractkit.options import read_options
from contractkit.reader.contract import read_contract
from contractkit.tree import FolderTree

OPENAPI = """
openapi: 3.1.0
info: {title: Shop, version: '1'}
paths:
  /orders:
    post:
      operationId: createOrder
      summary: Order something
      responses: {'201': {description: Made.}}
  /orders/{id}:
    get:
      operationId: getOrder
      summary: Look at an order
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {'200': {description: The order.}}
"""
ARAZZO = """
arazzo: 1.0.1
info: {title: Flows, version: '1'}
sourceDescriptions: [{name: shop, url: ./openapi.yaml, type: openapi}]
workflows:
  - workflowId: orderAndLook
    summary: Order & look
    description: Both calls.
    inputs: {type: object, properties: {what: {type: string}}}
    steps:
      - stepId: order
        description: It is made.
        operationId: createOrder
        requestBody: {payload: {what: $inputs.what}}
        outputs: {id: $response.body#/id}
      - stepId: look
        operationId: getOrder
        parameters: [{name: id, in: path, value: $steps.order.outputs.id}]
"""


def page(folder, arazzo, files=("flows.yaml",)):
    (folder / "openapi.yaml").write_text(OPENAPI)
    (folder / "flows.yaml").write_text(arazzo)
    contract = read_contract(FolderTree(folder), openapi="openapi.yaml", asyncapi=None)
    return render_pages(contract, PageOptions(workflows=tuple(files)))["http.html"]


def test_a_flow_shows_its_calls_in_their_order_with_links_both_ways(tmp_path):
    text = page(tmp_path, ARAZZO)
    flow = text[text.index('id="flow-orderAndLook"') :].partition("</section>")[0]
    assert "Order &amp; look" in flow
    assert "<code>what</code>" in flow
    assert re.findall('href="#operation-([A-Za-z]+)"', flow) == ["createOrder", "getOrder"]
    assert flow.count("<code>order.id</code>") == 2
    assert text.count('class="word">part of</span><a href="#flow-orderAndLook"') == 2


def test_without_flows_the_page_says_nothing_of_them(tmp_path):
    text = page(tmp_path, ARAZZO, files=())
    assert "Flows" not in text
    assert 'class="word">part of' not in text


@pytest.mark.parametrize(
    ("arazzo", "told"),
    [
        (ARAZZO.replace("createOrder", "makeOrder"), r"flows\.yaml:13:.*makeOrder"),
        (ARAZZO.replace("arazzo: 1.0.1", "swagger: '2.0'"), "not an Arazzo 1 document"),
        ("- a list", "not an Arazzo 1 document"),
        ("arazzo: 1.0.1\nworkflows: 7", "kind that does not belong"),
        ("arazzo: 1.0.1\nworkflows: [{steps: []}]", "kind that does not belong"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(tmp_path, arazzo, told):
    with pytest.raises(SpecError, match=told):
        page(tmp_path, arazzo)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"gone\.yaml does not exist"):
        page(tmp_path, ARAZZO, files=("gone.yaml",))


@pytest.mark.parametrize(
    ("value", "told"),
    [('"flows.yaml"', "is a list of Arazzo files"), ('["../flows.yaml"]', "is not below")],
)
def test_the_option_is_a_list_of_files_below_the_documents(tmp_path, value, told):
    project = tmp_path / "project"
    (project / "specs").mkdir(parents=True)
    (project / "specs" / "openapi.yaml").write_text(OPENAPI)
    (project / "pyproject.toml").write_text(f"[tool.contractkit.docs]\nworkflows = {value}\n")
    with pytest.raises(UsageError, match=told):
        read_options(project)
    (project / "pyproject.toml").write_text(
        '[tool.contractkit.docs]\nworkflows = ["specs/flows.yaml"]\n'
    )
    assert read_options(project).pages.workflows == ("specs/flows.yaml",)
    # They belong to the documents of the configuration.
    other = project / "other.yaml"
    other.write_text(OPENAPI)
    assert read_options(project, openapi=other).pages.workflows == ()
