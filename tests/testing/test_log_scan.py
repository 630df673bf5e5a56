"""The scan that every stack of the tests goes through finds what it is for, and nothing else."""

import secrets

import pytest

from backbone.cipher import Cipher, new_key
from testing.log_scan import secrets_below, secrets_in

KEY = new_key()


@pytest.mark.parametrize(
    "leak",
    [
        "Aa1" + secrets.token_urlsafe(32)[3:],
        "slw_" + secrets.token_urlsafe(32),
        KEY,
        Cipher([KEY]).encrypt("a provider's session key"),
        "$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA",
        "amqp://slipway:swordfish@127.0.0.1:5672/",
        "Authorization: Bearer abcdefghijkl",
        "Cookie: a=b; slipway_session=abcdefghijkl",
        "swordfish",
    ],
    # Fixed names: processes that share the tests must collect the same ones.
    ids=("session", "api-token", "key", "ciphertext", "hash", "url", "bearer", "cookie", "known"),
)
def test_a_secret_is_found_and_not_repeated(leak: str) -> None:
    line = (
        '{"event": "an event of sixty characters, so that no more is shown", "x": "' + leak + '"}'
    )
    (finding, *_) = secrets_in(line, ["swordfish"])
    assert leak not in finding


@pytest.mark.parametrize(
    "line",
    [
        '{"request_id": "5c18254381d9e1f3", "task_id": "job-42-1", "trace": "' + "a1" * 32 + '"}',
        "amqp://slipway:***@127.0.0.1:5672/",
        "Connected to amqp://guest:[redacted]@127.0.0.1:5672//",
        "Ask with METRICS_TOKEN as the bearer.",
        "Sign in as   demo@slipway.test  swordfish",
        "/work/place/of/some/quite/long/path/to/a/file/that/Is/no/secret/1",
        '{"logger": "service.middleware.request_context", "event": "http_request"}',
    ],
)
def test_what_is_no_secret_is_let_pass(line: str) -> None:
    assert secrets_in(line, ["swordfish"]) == []


def test_every_log_below_a_folder_is_read_with_the_keys_that_are_kept_there(tmp_path) -> None:
    kept = "the key of this folder, of no known shape"
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "secret.key").write_text(f"{kept}\n")
    for name, text in {"told.log": kept, "quiet.log": "a fish", "told.txt": KEY}.items():
        (tmp_path / name).write_text(text)
    (finding,) = secrets_below(tmp_path)
    # The run's own scan would find them, too.
    for path in tmp_path.glob("told.*"):
        path.unlink()
    assert finding.startswith(f"{tmp_path}/told.log: line 1: a known secret")


def test_a_malformed_key_of_one_test_is_no_secret_in_the_logs_of_another(tmp_path) -> None:
    (tmp_path / "secret.key").write_text("broken")
    (tmp_path / "worker.log").write_text('{"code": "provider_broken"}')
    assert secrets_below(tmp_path) == []
