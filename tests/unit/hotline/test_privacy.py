import os
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from hotline.errors import NotConfigured
from hotline.privacy import (
    Vault,
    mask_identity,
    mask_name,
    mask_number,
    normalise_number,
    open_vault,
)

VAULT = Vault(bytes(range(64)))


@given(st.text())
def test_seal__opens_again_and_never_looks_the_same(text: str) -> None:
    sealed = VAULT.seal(text, purpose="p")
    assert VAULT.open(sealed, purpose="p") == text
    assert VAULT.seal(text, purpose="p") != sealed


def test_open__for_another_purpose_is_refused() -> None:
    with pytest.raises(NotConfigured):
        VAULT.open(VAULT.seal("13800001234", purpose="a"), purpose="b")


def test_open__changed_bytes_are_refused() -> None:
    sealed = bytearray(VAULT.seal("13800001234", purpose="a"))
    sealed[-1] ^= 1
    with pytest.raises(NotConfigured):
        VAULT.open(bytes(sealed), purpose="a")


def test_index__is_keyed_and_bound_to_its_purpose() -> None:
    assert VAULT.index("1", purpose="a") == VAULT.index("1", purpose="a")
    assert VAULT.index("1", purpose="a") != VAULT.index("1", purpose="b")
    assert VAULT.index("1", purpose="a") != Vault(bytes(64)).index("1", purpose="a")


def test_open_vault__makes_a_private_key_once(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "key"
    sealed = open_vault(path).seal("x", purpose="p")
    assert os.stat(path).st_mode & 0o777 == 0o600
    assert open_vault(path).open(sealed, purpose="p") == "x"
    assert [file.name for file in path.parent.iterdir()] == ["key"]


def test_open_vault__unusable_key_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("not a key")
    with pytest.raises(NotConfigured, match="backup"):
        open_vault(tmp_path / "key")


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("13800001234", "13800001234"),
        ("+86 138 0000 1234", "13800001234"),
        ("008613800001234", "13800001234"),
        ("013800001234", "13800001234"),
        ("+861012345678", "01012345678"),
        ("+8602112345678", "02112345678"),
        ("010-12345678", "01012345678"),
        ("+8612348", "12348"),
        ("12348", "12348"),
        ("", ""),
    ],
)
def test_normalise_number__one_person_has_one_number(raw: str, number: str) -> None:
    assert normalise_number(raw) == number


@given(st.text())
def test_normalise_number__holds_only_digits(raw: str) -> None:
    assert all(character in "0123456789" for character in normalise_number(raw))


def test_masks__show_little() -> None:
    assert mask_number("13812345678") == "138****5678"
    assert mask_number("123") == "***"
    assert mask_name("王小明") == "王**"
    assert mask_identity("61070219800101001X") == "6107**********001X"
