import re

import pytest

from backbone.cipher import new_key
from backbone.errors import SettingsError
from backbone.settings import Settings, load_settings


def test_defaults_are_the_documented_ones():
    settings = load_settings({})
    assert settings.rabbitmq_url is None
    assert settings.amqp_url is None
    assert settings.rabbitmq_jobs_exchange == "jobs.direct"
    assert settings.rabbitmq_jobs_queue == settings.rabbitmq_jobs_routing_key == "jobs.env.create"
    assert settings.rabbitmq_events_exchange == "events.topic"
    assert settings.rabbitmq_events_queue == "events.sse"
    assert settings.rabbitmq_events_binding_key == "team.*.job.*.status"
    assert settings.rabbitmq_prefetch_count == 100
    assert settings.enable_sse_broker is True
    assert settings.celery_task_always_eager is False
    assert settings.sql_url.startswith("sqlite:////")
    assert settings.sql_url.endswith(".slipway/slipway.db")


def test_variables_are_read_by_their_names_and_others_ignored():
    settings = load_settings(
        {
            "RABBITMQ_URL": "amqp://u:p@broker/v",
            "ENABLE_SSE_BROKER": "false",
            "CORS_ALLOW_ORIGINS": "https://a.example, https://b.example",
            "RABBITMQ_PREFETCH_COUNT": "7",
            "PATH": "/bin",
            "REDIS_URL": "",
        }
    )
    assert settings.amqp_url == "amqp://u:p@broker/v"
    assert settings.enable_sse_broker is False
    assert settings.cors_allow_origins == ("https://a.example", "https://b.example")
    assert settings.rabbitmq_prefetch_count == 7
    assert settings.redis_url is None


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("redis://cache/0", "redis://cache:6379/0"),
        ("rediss://u:p@[::1]", "rediss://u:p@[::1]:6379"),
        ("redis://cache:", "redis://cache:6379"),
        ("redis://cache:7000/1?a=b", "redis://cache:7000/1?a=b"),
        ("unix:///run/redis.sock", "unix:///run/redis.sock"),
    ],
)
def test_a_url_of_redis_may_leave_out_its_port(value: str, meant: str):
    url = load_settings({"REDIS_URL": value}).redis_url
    assert url is not None
    assert url.get_secret_value() == meant


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RABBITMQ_URL", "http://broker"),
        ("RABBITMQ_URL", "amqp://"),
        ("RABBITMQ_URL", "amqp://user:half/a@password@host/"),
        ("RABBITMQ_URL", "amqp://host:70000/"),
        ("RABBITMQ_URL", "amqps://host/?no_verify_ssl=1"),
        ("DATABASE_URL", "mysql://db/x"),
        ("REDIS_URL", "memory"),
        ("REDIS_URL", "redis:///0"),
        ("REDIS_URL", "redis://:half/a@password@host/0"),
        ("RABBITMQ_PREFETCH_COUNT", "many"),
        ("RABBITMQ_PREFETCH_COUNT", "0"),
        ("RABBITMQ_PREFETCH_COUNT", "70000"),
        ("ENABLE_SSE_BROKER", "perhaps"),
        ("SSE_QUEUE_SIZE", "-1"),
        ("SSE_HEARTBEAT_SECONDS", "0"),
        ("JOB_LEASE_SECONDS", "nan"),
        ("EVENTS_RETENTION_SECONDS", "inf"),
        ("LOG_FORMAT", "xml"),
        ("COOKIE_SECURE", "maybe"),
        ("VIRTUOZZO_BASE_URL", "ftp://x"),
        ("VIRTUOZZO_BASE_URL", "http://provider.example"),
        ("SLIPWAY_SECRET_KEYS", "short"),
        ("RABBITMQ_JOBS_EXCHANGE", "x" * 256),
    ],
)
def test_a_wrong_value_refuses_and_names_its_variable(name: str, value: str):
    with pytest.raises(SettingsError, match=rf"^{name}\b"):
        load_settings({name: value})


def test_all_wrong_values_are_told_at_once():
    with pytest.raises(SettingsError) as caught:
        load_settings({"SSE_QUEUE_SIZE": "x", "LOG_LEVEL": "loud"})
    lines = str(caught.value).splitlines()
    assert sorted(re.split(r"[=:]", line)[0] for line in lines) == ["LOG_LEVEL", "SSE_QUEUE_SIZE"]
    assert "'loud'" in str(caught.value)


def test_secrets_are_neither_in_complaints_nor_in_the_representation():
    secret = "s3cr3t-pw"
    with pytest.raises(SettingsError) as caught:
        load_settings(
            {
                "RABBITMQ_URL": f"http://u:{secret}@broker",
                "DATABASE_URL": f"mysql://u:{secret}@db/x",
                "SLIPWAY_SECRET_KEYS": secret,
            }
        )
    assert secret not in str(caught.value)
    assert secret not in repr(caught.value.__cause__)
    key = new_key()
    settings = load_settings(
        {
            "RABBITMQ_URL": f"amqp://u:{secret}@b",
            "SLIPWAY_SECRET_KEYS": key,
            "VIRTUOZZO_PASSWORD": secret,
        }
    )
    assert secret not in repr(settings)
    assert key not in repr(settings)
    assert settings.secret_keys == (key,)


def test_settings_are_frozen_and_closed():
    settings = load_settings({})
    with pytest.raises(ValueError, match="frozen"):
        settings.log_level = "debug"
    with pytest.raises(ValueError, match="extra"):
        Settings(no_such_setting=1)


@pytest.mark.parametrize(
    "value",
    [
        "https://console.example/", "https://console.example:443", "console.example", "null",
        "https://*.example", "*,https://console.example", "https://", "ftp://console.example",
        "HTTPS://console.example", "https://Console.example", "https://a:b@console.example",
        "http://localhost:99999", "https://console.example?x", "http://[::1",
    ],
)  # fmt: skip
def test_what_is_no_origin_refuses_to_start(value: str) -> None:
    with pytest.raises(SettingsError, match="CORS_ALLOW_ORIGINS"):
        load_settings({"CORS_ALLOW_ORIGINS": value})


@pytest.mark.parametrize(
    "value", ["*", "https://console.example,http://localhost:3000", "http://[::1]:3000"]
)
def test_origins_are_taken(value: str) -> None:
    assert load_settings({"CORS_ALLOW_ORIGINS": value}).cors_allow_origins == tuple(
        value.split(",")
    )


def test_proxies_are_addresses_or_networks() -> None:
    taken = load_settings({"TRUSTED_PROXIES": "10.0.0.0/8, 2001:db8::1"}).trusted_proxies
    assert taken == ("10.0.0.0/8", "2001:db8::1")
    for value in ("*", "proxy.example", "10.0.0.1/8"):
        with pytest.raises(SettingsError, match="TRUSTED_PROXIES"):
            load_settings({"TRUSTED_PROXIES": value})
