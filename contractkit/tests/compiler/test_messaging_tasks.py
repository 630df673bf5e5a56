"""Celery tasks: the keys that their queues are bound with, and their names."""

from types import SimpleNamespace

from celery import Celery

TASKS = """
asyncapi: 3.0.0
info: {title: Tasks, version: '1'}
channels:
  jobs: {address: 'jobs.{id}', parameters: {id: {}}, messages: {m: {payload: {type: string}}}}
  logs:
    address: '{level}'
    parameters: {level: {enum: [info, error]}}
    messages: {m: {payload: {type: string}}}
    bindings: {amqp: {is: routingKey, exchange: {name: logs, type: direct}}}
operations:
  app: {action: receive, channel: {$ref: '#/channels/jobs'}, x-celery-task: first}
  handlers: {action: receive, channel: {$ref: '#/channels/logs'}, x-celery-task: second}
"""


def test_queues_are_bound_with_every_key_and_names_hide_nothing(packages, strictly_checked):
    made = packages.written("celery_tasks", TASKS)
    assert made.omissions == []
    strictly_checked(made)
    tasks = made.module("tasks.application")
    jobs, logs = tasks.application_queues()
    assert jobs.routing_key == "jobs.*"
    assert {logs.routing_key, *(b.routing_key for b in logs.bindings)} == {"info", "error"}
    celery, called = Celery("tasks", broker="memory://"), []
    handlers = SimpleNamespace(
        app2=lambda payload, _: called.append(("first", payload)),
        handlers2=lambda payload, _: called.append(("second", payload)),
    )
    tasks.register_application_tasks(celery, handlers)
    for name in ("first", "second"):
        celery.tasks[name].apply(kwargs={"payload": "x"}, throw=True)
    assert called == [("first", "x"), ("second", "x")]


HEADED = """
asyncapi: 3.0.0
info: {title: Headed, version: '1'}
channels:
  jobs:
    address: jobs
    messages:
      m:
        payload: {type: string}
        headers: {type: object, required: [id, tenant], properties: {id: {type: string}, tenant: {type: string, minLength: 1}}}
  done: {address: null, messages: {d: {payload: {type: string}}}}
operations:
  headed: {action: receive, channel: {$ref: '#/channels/jobs'}, x-celery-task: first}
  answered:
    action: receive
    channel: {$ref: '#/channels/jobs'}
    x-celery-task: second
    reply: {channel: {$ref: '#/channels/done'}, address: {location: '$message.header#/replyTo'}}
"""


def test_headers_pass_their_schema_and_stay_with_what_is_put_aside(
    packages, monkeypatch, strictly_checked
):
    made = packages.written("headed_tasks", HEADED)
    (omission,) = made.omissions
    assert "The Celery task of answered has a reply" in omission
    strictly_checked(made)
    celery, called, aside = Celery("headed", broker="memory://"), [], []
    handlers = SimpleNamespace(headed=lambda payload, _: called.append(payload))
    made.module("tasks.application").register_application_tasks(celery, handlers)
    runtime = made.module("tasks.runtime")
    monkeypatch.setattr(runtime, "dead_letter", lambda _app, **options: aside.append(options))
    task = celery.tasks["first"]
    for tenant in ({"tenant": "t"}, {"tenant": ""}, {}):
        task.push_request({"id": "7", "task": "first", "lang": "py", **tenant})
        try:
            task.run(payload="x")
        except runtime.Ignore:
            pass
        finally:
            task.pop_request()
    assert called == ["x"]
    assert [one["error"].pointer for one in aside] == ["/headers/tenant", "/headers/tenant"]
    assert aside[0]["headers"]["tenant"] == ""
