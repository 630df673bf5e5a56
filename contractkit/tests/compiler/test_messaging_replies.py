"""Replies: where they are sent, and which can't be sent."""

from types import SimpleNamespace

import pytest
from compiler.dispatching import Dispatcher

REPLIES = """
asyncapi: 3.0.0
info: {title: Replies, version: '1'}
channels:
  ask: {address: ask, messages: {m: {payload: {type: string}}}}
  ask-user: {address: 'ask.{user}', parameters: {user: {}}, messages: {m: {payload: {type: string}}}}
  queued:
    address: answers
    messages: {m: {payload: {type: string}, headers: {type: object, additionalProperties: false}}}
    bindings: {amqp: {is: queue, queue: {name: answers}}}
  user: {address: 'user.{user}', parameters: {user: {}}, messages: {m: {payload: {type: string}}}}
  signed:
    address: null
    messages:
      m: {payload: {type: string}, headers: {type: object, required: [by], properties: {by: {type: string}}}}
operations:
  toQueue: {action: receive, channel: {$ref: '#/channels/ask'}, reply: {channel: {$ref: '#/channels/queued'}}}
  toUser: {action: receive, channel: {$ref: '#/channels/ask-user'}, reply: {channel: {$ref: '#/channels/user'}}}
  signed:
    action: receive
    channel: {$ref: '#/channels/ask'}
    reply: {channel: {$ref: '#/channels/signed'}, address: {location: '$message.header#/replyTo'}}
"""


async def test_a_reply_has_its_queue_and_what_cannot_be_sent_is_told(packages, monkeypatch):
    made = packages.written("replies", REPLIES)
    to_user, signed = made.omissions
    assert "toUser answers to an address that is known only at run time" in to_user
    assert "The answer 'm' of signed needs headers" in signed
    assert "answers" in made.module("messaging.topology").DEFAULT_TOPOLOGY.queues
    app = made.module("messaging.application")
    sent = []

    async def publish(_broker, message):
        sent.append(message)

    monkeypatch.setattr(app, "publish", publish)
    queue = Dispatcher(app, "build_application_subscriber", monkeypatch)

    async def answer(*_):
        return "an answer"

    queue.handlers.to_queue = answer
    await queue.send('"x"', "ask", correlation_id="7")
    (message,) = sent
    assert (message.exchange, message.routing_key, message.body) == ("", "answers", b'"an answer"')
    assert (message.headers, message.correlation_id) == ({}, "7")


NAMES = """
asyncapi: 3.0.0
info: {title: Names, version: '1'}
channels:
  ask: {address: ask, messages: {m: {payload: {$ref: '#/components/schemas/AskDelivery'}}}}
  key: {address: key, messages: {m: {payload: {$ref: '#/components/schemas/AskKey'}}}}
  none: {address: none, messages: {m: {payload: {type: 'null'}}}}
operations:
  ask: {action: receive, channel: {$ref: '#/channels/ask'}, reply: {channel: {$ref: '#/channels/none'}}}
  order: {action: send, channel: {$ref: '#/channels/ask'}}
  tell: {action: receive, channel: {$ref: '#/channels/key'}, x-queue: {name: application.ask}}
components:
  schemas:
    AskDelivery: {type: object, required: [a], properties: {a: {$ref: '#/components/schemas/ApplicationHandlers'}}}
    ApplicationHandlers: {type: object, properties: {b: {type: string}}}
    AskKey: {type: object, required: [c], properties: {c: {type: string}}}
"""


async def test_models_may_be_called_like_generated_classes(packages, monkeypatch, strictly_checked):
    made = packages.written("names_of_classes", NAMES)
    queue = Dispatcher(
        made.module("messaging.application"), "build_application_subscriber", monkeypatch
    )
    strictly_checked(made)
    sent = []

    async def publish(_broker, message):
        sent.append(message.body)

    monkeypatch.setattr(made.module("messaging.application"), "publish", publish)
    assert await queue.send('{"a":{"b":"x"}}', "ask") == "ask"
    assert await queue.send('{"c":"x"}', "key") == "tell"
    assert sent == [b"null"]


REQUEST = """
asyncapi: 3.0.0
info: {title: Request, version: '1'}
channels:
  ask: {address: ask, messages: {m: {payload: {type: string}}}}
  answer: {address: null, messages: {m: {payload: {type: integer}}}}
operations:
  ask:
    action: send
    channel: {$ref: '#/channels/ask'}
    reply: {channel: {$ref: '#/channels/answer'}, address: {location: '$message.header#/replyTo'}}
    bindings: {amqp: {priority: 7, expiration: 1500, deliveryMode: 1, mandatory: true}}
"""


class Broker:
    """Stands for a broker and answers each request."""

    def __init__(self) -> None:
        self.sent: dict[str, object] = {}

    async def request(self, body: bytes, **options: object) -> SimpleNamespace:
        self.sent = {"body": body, **options}
        return SimpleNamespace(
            raw_message=SimpleNamespace(
                body=b"5", type="m", headers={}, content_type=None, content_encoding=None
            )
        )


async def test_a_request_has_the_properties_of_its_binding(packages):
    made = packages.written("request", REQUEST)
    broker = Broker()
    assert await made.module("messaging.publisher").ApplicationPublisher(broker).ask("x") == 5
    expected = {"priority": 7, "expiration": 1.5, "persist": False, "mandatory": True}
    assert expected.items() <= broker.sent.items()


ANSWERS = """
asyncapi: 3.0.0
info: {title: Answers, version: '1'}
channels:
  ask: {address: ask, messages: {m: {payload: {type: string}}}}
  signed:
    address: null
    messages:
      m: {payload: {type: integer}, x-max-bytes: 3, headers: {type: object, required: [by], properties: {by: {type: string, minLength: 1}}}}
  several:
    address: null
    messages:
      done:
        payload: {type: object, required: [kind], properties: {kind: {const: done}}}
        headers: {type: object, properties: {count: {type: integer}}}
      failed:
        contentType: application/problem+json
        x-max-bytes: 30
        payload: {type: object, required: [kind], properties: {kind: {const: failed}, why: {type: string}}}
operations:
  one:
    action: send
    channel: {$ref: '#/channels/ask'}
    reply: {channel: {$ref: '#/channels/signed'}, address: {location: '$message.header#/replyTo'}}
  other:
    action: send
    channel: {$ref: '#/channels/ask'}
    reply: {channel: {$ref: '#/channels/several'}, address: {location: '$message.header#/replyTo'}}
  answer:
    action: receive
    channel: {$ref: '#/channels/ask'}
    reply: {channel: {$ref: '#/channels/several'}, address: {location: '$message.header#/replyTo'}}
"""
DONE, FAILED = b'{"kind":"done"}', b'{"kind":"failed"}'
LONG = b'{"kind":"failed","why":"it was too late for that"}'
ANSWERED = [
    ("one", b"5", {"by": "x"}, "application/json", None),
    ("one", b"5", {}, "application/json", "/headers/by"),
    ("one", b"5", {"by": ""}, "application/json", "/headers/by"),
    ("one", b"5", {"by": "x"}, "text/plain", "content_type"),
    ("one", b"5000", {"by": "x"}, None, "too_large"),
    ("other", DONE, {"count": 1}, None, None),
    ("other", DONE, {"count": "1"}, None, "/headers/count"),
    ("other", FAILED, {"count": "1"}, "application/problem+json", None),
    ("other", LONG, {}, "application/problem+json", "too_large"),
]


@pytest.mark.parametrize("answered", ANSWERED)
async def test_an_answer_passes_its_contract_whole(packages, answered):
    operation, body, headers, content_type, error = answered
    made = packages.written("answers", ANSWERS)
    assert made.omissions == []
    raw = SimpleNamespace(
        body=body, headers=headers, type=None, content_type=content_type, content_encoding=None
    )

    async def request(_body: bytes, **_options: object) -> SimpleNamespace:
        return SimpleNamespace(raw_message=raw)

    publisher = made.module("messaging.publisher").ApplicationPublisher(
        SimpleNamespace(request=request)
    )
    if error is None:
        await getattr(publisher, operation)("x")
        return
    with pytest.raises(made.module("messaging.contract").ContractError, match=error):
        await getattr(publisher, operation)("x")


async def test_each_answer_has_a_content_type_and_a_bound_of_its_own(
    packages, monkeypatch, strictly_checked
):
    made = packages.written("answers", ANSWERS)
    app, models = made.module("messaging.application"), made.module("models.answers")
    queue = Dispatcher(app, "build_application_subscriber", monkeypatch)
    answers = [models.DonePayload(kind="done"), models.FailedPayload(kind="failed")]
    sent = []
    for answer in answers:

        async def give(*_, answer=answer):
            return answer

        queue.handlers.answer = give
        sent.append((await queue.answered('"x"', "ask")).message_options["content_type"])
    assert sent == ["application/json", "application/problem+json"]
    answers[1].why = "it was too late for that"
    with pytest.raises(made.module("messaging.contract").ContractError, match="too_large"):
        await queue.answered('"x"', "ask")
    strictly_checked(made)


CORRELATED = """
asyncapi: 3.0.0
info: {title: Correlated, version: '1'}
channels:
  ask:
    address: ask
    messages: {m: {correlationId: {location: '$message.header#/correlationId'}, payload: {type: string}}}
  mine: {address: mine, messages: {m: {correlationId: {location: '$message.payload#/id'}, payload: {type: object}}}}
  answer: {address: null, messages: {m: {correlationId: {location: '$message.header#/x-id'}, payload: {type: integer}}}}
operations:
  plain: {action: send, channel: {$ref: '#/channels/mine'}}
  reply:
    action: receive
    channel: {$ref: '#/channels/mine'}
    reply: {channel: {$ref: '#/channels/answer'}, address: {location: '$message.header#/replyTo'}}
  ask:
    action: send
    channel: {$ref: '#/channels/ask'}
    reply: {channel: {$ref: '#/channels/answer'}, address: {location: '$message.header#/replyTo'}}
"""


def test_a_correlation_id_elsewhere_than_in_the_property_is_told(packages):
    made = packages.written("correlated", CORRELATED)
    ask, reply = sorted(made.omissions)
    assert ask.startswith("the correlation id of ask")
    assert reply.startswith("the correlation id of reply")
    assert all("$message.header#/x-id" in one for one in (ask, reply))
    assert hasattr(made.module("messaging.publisher").ApplicationPublisher, "ask")
