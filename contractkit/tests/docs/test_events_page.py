"""The page of an AsyncAPI document that is nobody's in particular."""

import ast
import html
import re

ASYNCAPI = """
asyncapi: 3.0.0
info: {title: Plant, version: '1'}
servers:
  main: {host: 'mq.example.com', protocol: amqps, security: [{type: userPassword}]}
  other: {host: 'kafka.example.com', protocol: kafka}
channels:
  readings:
    address: plant.{plant}.{kind}
    title: Readings <now>
    servers: [{$ref: '#/servers/main'}]
    parameters:
      plant: {location: $message.payload#/plant/id, description: Which plant.}
      kind: {enum: [heat, flow]}
    messages: {reading: {payload: {type: object, properties: {plant: {type: object}}}, headers: {type: object, properties: {Message-Id: {type: string}}}}}
    bindings: {amqp: {is: routingKey, exchange: {name: plant, type: topic}}}
  work:
    address: work
    servers: [{$ref: '#/servers/main'}]
    messages: {order: {payload: {type: object, properties: {n: {type: integer, minimum: 3}}}}}
    bindings: {amqp: {is: queue, queue: {name: work.now}}}
    x-dead-letter: {exchange: {name: dead}, queue: {name: dead.work}}
  topic:
    address: some.topic
    servers: [{$ref: '#/servers/other'}]
    messages: {note: {payload: {type: string}}}
operations:
  told: {action: send, channel: {$ref: '#/channels/readings'}, x-app: sensor}
  heard: {action: receive, channel: {$ref: '#/channels/readings'}, x-app: store}
  done: {action: receive, channel: {$ref: '#/channels/work'}, x-app: store, x-celery-task: plant.do-it}
  noted: {action: send, channel: {$ref: '#/channels/topic'}}
"""


def section(page, operation):
    return page[page.index(f'id="operation-{operation}"') :].partition("</section>")[0]


def samples(page, operation):
    found = re.findall(
        r'data-kind="([\w-]+)">.*?<code>(.*?)</code>', section(page, operation), re.DOTALL
    )
    return {kind: html.unescape(text) for kind, text in found if "import" in text}


def test_an_event_is_taken_by_a_queue_of_one_s_own(pages):
    page = pages(asyncapi=ASYNCAPI)["events.html"]
    told = section(page, "told")
    assert "<code>plant.*.*</code>, for <code>plant.{plant}.{kind}</code>" in told
    assert "plant.id of the body" in told
    assert "$message" not in page
    assert "User and password." in told
    assert "<code>Message-Id</code> stays the same" in told
    code = samples(page, "told")
    ast.parse(code["aio-pika"])
    assert 'queue.bind(exchange, "plant.*.*")' in code["aio-pika"]
    assert '"my-program.readings-now", durable=True' in code["aio-pika"]
    assert 'message.headers.get("Message-Id")' in code["aio-pika"]
    assert 'channel.bindQueue(queue, "plant", "plant.*.*")' in code["amqplib"]
    assert "amqps://user:password@mq.example.com/" in page


def test_a_task_is_shown_as_celery_has_it_on_the_wire(pages):
    page = pages(asyncapi=ASYNCAPI)["events.html"]
    done = section(page, "done")
    code = samples(page, "done")
    assert list(code) == ["celery", "aio-pika", "amqplib"]
    for kind in ("celery", "aio-pika"):
        ast.parse(code[kind])
    assert 'name="plant.do-it"' in code["celery"]
    assert 'get_queue("work.now")' in code["aio-pika"]
    assert "share the messages" in done
    assert "<code>dead.work</code>" in done
    assert "&#34;payload&#34;: {\n      &#34;n&#34;: 3" in done


def test_of_other_protocols_the_address_is_told(pages):
    noted = section(pages(asyncapi=ASYNCAPI)["events.html"], "noted")
    assert "<code>some.topic</code>" in noted
    assert "aio-pika" not in noted


def test_operations_stand_by_program_and_the_picture_shows_who_sends_what_to_whom(pages):
    page = pages(asyncapi=ASYNCAPI)["events.html"]
    assert re.findall(r'<h3 class="app" id="app-(\w+)">', page) == ["sensor", "store", "Plant"]
    picture = re.findall("<svg.*?</svg>", page, re.DOTALL)[0]
    assert picture.count('class="edge"') == 4
    assert picture.count('class="channel"') == 3
    assert picture.count('class="program"') == 3
    assert "Readings &lt;now&gt;" in picture
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


def test_a_document_without_operations_has_a_page(pages):
    page = pages(asyncapi=ASYNCAPI.partition("operations:")[0])["events.html"]
    assert "<svg" not in page
    assert 'id="channel-readings"' in page


FACTS = """
asyncapi: 3.0.0
info: {title: Facts, version: '1'}
channels:
  c:
    address: c
    messages:
      m:
        name: note
        deprecated: true
        x-sunset: '2031-01-02'
        x-max-bytes: 1000
        correlationId: {location: '$message.header#/correlationId'}
        bindings: {amqp: {messageType: note.v1}}
        payload: {type: string}
        headers: {type: object, properties: {tenant: {type: string}}}
        examples: [{name: one, payload: hello, headers: {tenant: T1}}]
operations:
  tell:
    action: send
    channel: {$ref: '#/channels/c'}
    x-deprecated: true
    x-sunset: '2030-01-02'
    bindings: {amqp: {priority: 7, expiration: 5000, deliveryMode: 1, cc: [copy.key]}}
"""


def test_what_travels_beside_the_body_is_shown(pages):
    page = pages(asyncapi=FACTS)["events.html"]
    tell, message = section(page, "tell"), page[page.index('id="message-c-m"') :]
    for fact in (
        "deprecated, gone after 2030-01-02", "<dd>transient:", "<dt>priority</dt><dd>7</dd>",
        "after 5000 ms", "<code>copy.key</code>",
    ):  # fmt: skip
        assert fact in tell
    for fact in (
        "deprecated, gone after 2031-01-02", "<code>note.v1</code>", "<dd>1000 bytes</dd>",
        "<dt>correlation id</dt><dd>correlationId of the headers</dd>", "T1",
    ):  # fmt: skip
        assert fact in message
