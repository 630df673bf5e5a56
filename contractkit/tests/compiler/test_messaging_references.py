"""Messages of AsyncAPI 2.x behind references, their schema formats, and servers of other protocols."""

import pytest
from compiler.dispatching import Dispatcher

from contractkit.lint.run import lint
from contractkit.options import Options

_HEAD = """
asyncapi: 2.6.0
info: {title: Shop, version: '1'}
channels:
  orders:
    publish: {operationId: onOrder, message: MESSAGE}
"""
_SEVERAL = """
components:
  messages:
    Any: {$ref: '#/components/messages/Either'}
    Either:
      oneOf:
      - $ref: '#/components/messages/Placed'
      - {name: Paid, payload: {type: object, required: [cents], properties: {cents: {type: integer}}}}
    Placed: {payload: {type: object, required: [id], properties: {id: {type: integer}}}}
"""


@pytest.mark.parametrize("name", ["Either", "Any"])
async def test_a_reference_to_several_messages_is_each_of_them(packages, monkeypatch, name):
    message = f"{{$ref: '#/components/messages/{name}'}}"
    made = packages.written(f"several_{name}", _HEAD.replace("MESSAGE", message) + _SEVERAL)
    assert made.omissions == []
    queue = Dispatcher(
        made.module("messaging.application"), "build_application_subscriber", monkeypatch
    )
    assert await queue.send('{"id": 1}', "orders")
    assert await queue.send('{"cents": 1}', "orders")
    with pytest.raises(made.module("messaging.contract").ContractError):
        await queue.send('{"id": "1"}', "orders")


def test_messages_that_are_several_of_themselves_end(packages):
    text = _HEAD.replace("MESSAGE", "{$ref: '#/components/messages/M'}") + (
        "  ok: {publish: {operationId: onOk, message: {payload: {type: string}}}}\n"
        "components: {messages: {M: {oneOf: [{$ref: '#/components/messages/M'}]}}}\n"
    )
    (told,) = packages.written("several_of_itself", text).omissions
    assert told.startswith("the operation onOrder: ")


_AVRO = "application/vnd.apache.avro;version=1.9.0"
_RECORD = "{type: record, name: Order, fields: []}"


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("trait", f"{{traits: [{{schemaFormat: {_AVRO}}}], payload: {_RECORD}}}"),
        (
            "shared",
            f"{{traits: [{{$ref: '#/components/messageTraits/avro'}}], payload: {_RECORD}}}",
        ),
        ("message", "{$ref: '#/components/messages/M'}"),
        ("elsewhere", "{$ref: '#/components/messages/Elsewhere'}"),
        ("file", "{$ref: 'part_in_avro.yaml#/M'}"),
        ("chain", "{$ref: 'chain_to_avro.yaml#/M'}"),
    ],
)
def test_the_format_of_a_schema_is_read_wherever_it_is_written(packages, place, message):
    parts = {
        "part_in_avro.yaml": f"M: {{schemaFormat: {_AVRO}, payload: {_RECORD}}}\n",
        "chain_to_avro.yaml": "M: {$ref: 'part_in_avro.yaml#/M'}\n",
    }
    text = _HEAD.replace("MESSAGE", message) + (
        "  ok: {publish: {operationId: onOk, message: {payload: {type: string}}}}\n"
        "components:\n"
        f"  messageTraits: {{avro: {{schemaFormat: {_AVRO}}}}}\n"
        "  messages:\n"
        f"    M: {{traits: [{{$ref: '#/components/messageTraits/avro'}}], payload: {_RECORD}}}\n"
        "    Elsewhere: {$ref: 'part_in_avro.yaml#/M'}\n"
    )
    omissions = packages.beside(f"avro_{place}", text, parts).omissions
    (told,) = [one for one in omissions if one.startswith("the operation")]
    assert told.startswith("the operation onOrder: ")
    assert f"The schema format {_AVRO}" in told


def test_a_trait_has_precedence_over_a_message_in_another_file(packages):
    message = "{contentType: text/plain, traits: [{contentType: application/json}], payload: {}}"
    text = _HEAD.replace("MESSAGE", "{$ref: 'trait_part.yaml#/M'}")
    made = packages.beside("trait_elsewhere", text, {"trait_part.yaml": f"M: {message}\n"})
    assert made.omissions == []


_OTHER = """
asyncapi: 3.0.0
info: {title: Shop, version: '1'}
servers: {old: {host: h, protocol: amqp}, new: {host: i, protocol: amqp1}}
channels:
  a: {address: a, servers: [{$ref: '#/servers/old'}], messages: {m: {payload: {type: string}}}}
  b: {address: b, servers: [{$ref: '#/servers/new'}], messages: {m: {payload: {type: string}}}}
operations:
  onA: {action: receive, channel: {$ref: '#/channels/a'}}
  onB: {action: receive, channel: {$ref: '#/channels/b'}}
"""


def test_amqp_1_is_another_protocol(packages):
    (told,) = packages.written("amqp1", _OTHER).omissions
    assert told.startswith("the operation onB: ")
    assert "no AMQP server" in told


_FORMATS = """
asyncapi: 3.0.0
info: {title: Shop, version: '1'}
servers: {r: {host: h, protocol: amqp}}
channels:
  a:
    address: a
    messages:
      proto:
        payload: {schemaFormat: application/vnd.google.protobuf;version=3, schema: 'message X {}'}
      text: {payload: {type: string}}
operations: {onA: {action: receive, channel: {$ref: '#/channels/a'}}}
"""


def test_lint_reads_a_schema_that_is_a_text_in_another_format(tmp_path):
    (tmp_path / "events.yaml").write_text(_FORMATS, encoding="utf-8")
    found = lint(Options(tmp_path, None, "events.yaml", tmp_path / "g"))
    assert {"unreadable"}.isdisjoint(one.rule for one in found)
    assert any(one.rule == "not-generated" and "protobuf" in one.problem for one in found)
