"""Flask-SSE as its documentation shows it: its blueprint, Redis, gunicorn with gevent.

Its streams have no head before their first event, so that no client knows that it listens. Somebody
who publishes `ping` all the time lets the other cases say something, too.
"""

import os
import secrets

import gevent
from flask import Flask, request
from flask_sse import sse

app = Flask(__name__)
app.config["REDIS_URL"] = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
app.register_blueprint(sse, url_prefix="/events")
# Others may use the same Redis.
CHANNEL = f"conformance-{secrets.token_hex(8)}"


@app.before_request
def own_channel():
    """A stream names its channel by a parameter; here there is one."""
    request.args = {"channel": CHANNEL}


@app.post("/publish")
def publish():
    told = request.get_json()
    sse.publish(
        told["text"], type=told.get("event") or None, id=told.get("id") or None, channel=CHANNEL
    )
    return "", 204


def ping():
    while True:
        with app.app_context():
            sse.publish("", type="ping", channel=CHANNEL)
        gevent.sleep(0.2)


gevent.spawn(ping)
