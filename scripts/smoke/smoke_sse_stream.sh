#!/usr/bin/env bash
# Signs in, opens a stream, publishes events through RabbitMQ and compares what the stream tells.
exec "$(dirname "$0")/../../.venv/bin/slipway" smoke sse-stream "$@"
