"""A long chain of `allOf` costs the model generator no merge of orders per ancestor."""

from datamodel_code_generator import _mro
from datamodel_code_generator.model import base

COUNT = 40
LINKS = "".join(
    f"    S{index}: {{allOf: [{{$ref: '#/components/schemas/S{index - 1}'}}, {{type: object, properties: {{p{index}: {{type: string}}}}}}]}}\n"
    for index in range(1, COUNT)
)
CHAIN = f"""
openapi: 3.1.0
info: {{title: Chain, version: '1'}}
paths: {{}}
components:
  schemas:
    S0: {{type: object, properties: {{p0: {{type: string}}}}}}
{LINKS}"""


def test_the_merges_of_a_chain_do_not_grow_with_its_length(packages, monkeypatch):
    merge, merges = _mro.c3_merge, []

    def counted(sequences, *rest, **options):
        merges.append(len(sequences))
        return merge(sequences, *rest, **options)

    monkeypatch.setattr(_mro, "c3_merge", counted)
    monkeypatch.setattr(base, "c3_merge", counted)
    models = packages.written("chain", CHAIN).module("models.chain")
    assert list(models.S39.model_fields)[-2:] == ["p38", "p39"]
    assert len(merges) < COUNT * 10
    assert _mro.c3_merge is counted
