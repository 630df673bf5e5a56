import stat

import pytest

from backbone.cipher import Cipher, CipherError, check_key, new_key
from backbone.errors import SettingsError
from backbone.secret_keys import load_cipher, with_secret_keys
from backbone.settings import load_settings


def test_what_is_encrypted_comes_back_and_is_not_readable():
    cipher = Cipher([new_key()])
    token = cipher.encrypt("session-key-ü")
    assert cipher.decrypt(token) == "session-key-ü"
    assert "session-key" not in token
    assert cipher.encrypt("session-key-ü") != token


def test_keys_rotate_without_a_pause():
    old, new = new_key(), new_key()
    token = Cipher([old]).encrypt("x")
    both = Cipher([new, old])
    assert both.decrypt(token) == "x"
    fresh = both.rotate(token)
    assert Cipher([new]).decrypt(fresh) == "x"
    with pytest.raises(CipherError, match="SLIPWAY_SECRET_KEYS"):
        Cipher([new]).decrypt(token)
    with pytest.raises(CipherError):
        Cipher([new]).rotate(token)


def test_a_changed_ciphertext_is_refused():
    cipher = Cipher([new_key()])
    token = cipher.encrypt("x")
    flipped = token[:30] + ("A" if token[30] != "A" else "B") + token[31:]
    with pytest.raises(CipherError):
        cipher.decrypt(flipped)


def test_a_bad_key_is_told_without_showing_it():
    with pytest.raises(ValueError, match="slipway admin key generate") as caught:
        check_key("my-very-secret-key")
    assert "my-very-secret" not in str(caught.value)
    with pytest.raises(ValueError, match="at least one"):
        Cipher([])


def test_the_embedded_stack_makes_one_key_for_all_its_processes(tmp_path):
    settings = load_settings({"SLIPWAY_HOME": str(tmp_path / "home")})
    with pytest.raises(SettingsError, match="SLIPWAY_SECRET_KEYS is not set"):
        load_cipher(settings)
    assert not (tmp_path / "home").exists()
    token = load_cipher(with_secret_keys(settings)).encrypt("x")
    assert load_cipher(settings).decrypt(token) == "x"
    file = tmp_path / "home" / "secret.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["secret.key"]
    file.write_text("broken")
    with pytest.raises(SettingsError, match=r"secret\.key"):
        load_cipher(settings)
