"""What RABBITMQ_URL may say, and what Celery is told of it."""

from pathlib import Path

import pytest

from backbone.amqp_url import check_amqp_url, for_celery


@pytest.fixture
def pem(tmp_path: Path) -> Path:
    file = tmp_path / "ca.pem"
    file.touch()
    return file


@pytest.mark.parametrize(
    "url",
    [
        "amqp://host",
        "amqp://user:pass%2Fword@host:5672/vhost",
        "amqps://host//",
        "amqp://[::1]:5672/?heartbeat=30",
    ],
)
def test_urls_of_brokers(url: str) -> None:
    check_amqp_url(url)


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("http://broker", "must start with amqp:// or amqps://"),
        ("amqp:///vhost", "must name a host"),
        ("amqp://user:half/s3cr3t@host/", "must have a number from 1 to 65535 as its port"),
        ("amqp://host:0/", "must have a number from 1 to 65535 as its port"),
        ("amqp://host:99999/", "must have a number from 1 to 65535 as its port"),
        ("amqp://host/?heartbeat=soon", "must have a number of seconds as its heartbeat"),
        ("amqp://host/?heartbeat=0", "must have a number of seconds as its heartbeat"),
        (
            "amqps://host/?no_verify_ssl=1",
            "has a parameter that is none of heartbeat, cafile, certfile, keyfile",
        ),
        ("amqp://host/?cafile=/etc/ca.pem", "has cafile, which is for amqps:// only"),
        ("amqps://host/?cafile=/nowhere/ca.pem", "names a cafile that is no file"),
    ],
)
def test_what_is_none_is_refused_without_repeating_it(url: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=r"must|has|names") as caught:
        check_amqp_url(url)
    assert str(caught.value) == complaint


def test_celery_is_told_the_same(pem: Path) -> None:
    assert for_celery("amqp://u:p@host/v?heartbeat=5") == ("amqp://u:p@host/v?heartbeat=5", None)
    assert for_celery("amqps://u:p%40@host/v") == (
        "amqps://u:p%40@host/v",
        {"server_hostname": None},
    )
    url = f"amqps://host/v?heartbeat=5&cafile={pem}&certfile={pem}&keyfile={pem}"
    check_amqp_url(url)
    assert for_celery(url) == (
        "amqps://host/v?heartbeat=5",
        {
            "server_hostname": None,
            "ca_certs": str(pem),
            "certfile": str(pem),
            "keyfile": str(pem),
        },
    )
