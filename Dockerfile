# One image for all processes; which one it is says the command: service, gateway, relay, worker, migrate.
FROM python:3.11-slim-bookworm AS build
RUN apt-get update && apt-get install --yes --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/slipway
COPY requirements.lock ./
RUN python -m venv .venv && .venv/bin/python -m pip install --quiet --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock
COPY contractkit/pyproject.toml contractkit/pyproject.toml
COPY contractkit/src contractkit/src
COPY scripts scripts
COPY backbone backbone
COPY generated generated
COPY gateway gateway
COPY service service
COPY worker worker
COPY slipway slipway
# The console as it was built; see web/README.md.
COPY web/out web/out
# The path file, the commands and the gateway's C part; then bytecode, as nobody may write it later.
RUN .venv/bin/python scripts/link.py && .venv/bin/python scripts/extension.py && .venv/bin/python -m compileall -q backbone generated gateway service worker slipway

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --user-group --home-dir /var/lib/slipway --create-home slipway
COPY --from=build /opt/slipway /opt/slipway
ENV PATH=/opt/slipway/.venv/bin:$PATH PYTHONUNBUFFERED=1 SLIPWAY_HOME=/var/lib/slipway LOG_FORMAT=json ADMIN_HOST=0.0.0.0 ADMIN_PORT=9090
WORKDIR /var/lib/slipway
USER 10001
VOLUME /var/lib/slipway
EXPOSE 8000 9090
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["slipway", "probe"]
ENTRYPOINT ["slipway"]
CMD ["service", "--host", "0.0.0.0", "--port", "8000"]
