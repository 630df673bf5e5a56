#!/usr/bin/env bash
# Sends an event through the events exchange and takes it back, without the gateway.
exec "$(dirname "$0")/../../.venv/bin/slipway" smoke rabbitmq-roundtrip "$@"
