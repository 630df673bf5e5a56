"""Signatures of events: whose they are, and what they cover."""

import base64
import hashlib
import hmac

import pytest

from backbone.cipher import new_key
from backbone.errors import SettingsError
from backbone.events.signature import EventSignatures
from backbone.secret_keys import KEY_FILE, load_event_signatures
from backbone.settings import load_settings

OLD, NEW = new_key(), new_key()


def test_it_is_the_hmac_of_id_and_body() -> None:
    mac = hmac.digest(OLD.encode(), b'e1.3\n{"x":1}', hashlib.sha256)
    signature = EventSignatures([OLD]).sign("e1.3", b'{"x":1}')
    assert base64.urlsafe_b64decode(signature + "=") == mac
    assert len(signature) == 43


def test_neither_id_nor_body_can_be_changed() -> None:
    signatures = EventSignatures([OLD])
    signature = signatures.sign("e1.3", b"{}")
    assert signatures.verify("e1.3", b"{}", signature)
    assert not signatures.verify("e1.4", b"{}", signature)
    assert not signatures.verify("e1.3", b"{ }", signature)


def test_keys_are_rotated_without_a_gap() -> None:
    rotated = EventSignatures([NEW, OLD])
    assert rotated.verify("e1.3", b"{}", EventSignatures([OLD]).sign("e1.3", b"{}"))
    assert EventSignatures([NEW]).verify("e1.3", b"{}", rotated.sign("e1.3", b"{}"))
    assert not EventSignatures([OLD]).verify("e1.3", b"{}", rotated.sign("e1.3", b"{}"))


@pytest.mark.parametrize("signature", [None, "", "no", "=" * 43, "é" * 43, "A" * 43, "A" * 10_000])
def test_what_is_no_signature_is_refused(signature: str | None) -> None:
    assert not EventSignatures([OLD]).verify("e1.3", b"{}", signature)


def test_without_a_setting_relay_and_gateway_of_one_home_share_a_key(tmp_path) -> None:
    relay, gateway = (
        load_event_signatures(load_settings({"SLIPWAY_HOME": str(tmp_path)})) for _ in range(2)
    )
    assert gateway.verify("e1.1", b"{}", relay.sign("e1.1", b"{}"))
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600


def test_keys_that_encrypt_sign_by_what_is_derived_from_them() -> None:
    before, between, after = (
        load_event_signatures(load_settings({"SLIPWAY_SECRET_KEYS": keys}))
        for keys in (OLD, f"{NEW},{OLD}", NEW)
    )
    signature = before.sign("e1.1", b"{}")
    assert between.verify("e1.1", b"{}", signature)
    assert not after.verify("e1.1", b"{}", signature)
    assert after.verify("e1.1", b"{}", between.sign("e1.1", b"{}"))
    # A gateway that may sign can't be made to tell what encrypts.
    assert signature != EventSignatures([OLD]).sign("e1.1", b"{}")


def test_the_setting_wins_over_what_is_derived() -> None:
    both = {"SLIPWAY_EVENT_KEYS": NEW, "SLIPWAY_SECRET_KEYS": OLD}
    signature = load_event_signatures(load_settings(both)).sign("e1.1", b"{}")
    assert signature == EventSignatures([NEW]).sign("e1.1", b"{}")


def test_without_a_home_that_keeps_a_key_there_is_no_key_of_ones_own(tmp_path) -> None:
    (tmp_path / "file").touch()
    settings = load_settings({"SLIPWAY_HOME": str(tmp_path / "file" / "home")})
    with pytest.raises(SettingsError, match="give the relay and every gateway the same"):
        load_event_signatures(settings)
