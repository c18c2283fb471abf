"""Personal data at rest and on screens: sealed, found by a blind index, shown masked.

Numbers, names and identity numbers are stored only as AES-256-GCM ciphertext (Personal Information
Protection Law, article 51: encryption and de-identification). Equal values are found by a keyed
blind index, HMAC-SHA-256 with a key of its own, so that the database alone tells nobody who called.
"""

import base64
import hashlib
import hmac
import os
import re
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hotline.errors import NotConfigured

# NIST SP 800-38D section 8.2.1: 96-bit nonces; random ones are safe below 2^32 uses of one key.
_NONCE_BYTES = 12
_KEY_BYTES = 32
_VERSION = b"\x01"

_NOT_A_DIGIT = re.compile(r"[^0-9]")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_MOBILE_WITH_ZERO = re.compile(r"01[3-9][0-9]{9}")
_SERVICE_DIGITS = 5


class Vault:
    """Seals and opens personal data with the installation's keys."""

    def __init__(self, key: bytes) -> None:
        """Takes 64 secret bytes: the first half encrypts, the second half indexes."""
        if len(key) != 2 * _KEY_BYTES:
            raise NotConfigured("The personal-data key must have 64 bytes; restore it from backup.")
        self._cipher = AESGCM(key[:_KEY_BYTES])
        self._index_key = key[_KEY_BYTES:]

    def seal(self, text: str, *, purpose: str) -> bytes:
        """The text, encrypted and bound to its purpose.

        Args:
            text: What to hide.
            purpose: The column it is for, such as ``caller.number``; opening needs the same.
        """
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return _VERSION + nonce + self._cipher.encrypt(nonce, text.encode(), purpose.encode())

    def open(self, sealed: bytes, *, purpose: str) -> str:
        """The text that `seal` was given.

        Raises:
            NotConfigured: The key is not the one it was sealed with, or the bytes were changed.
        """
        nonce, ciphertext = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        try:
            return self._cipher.decrypt(nonce, ciphertext, purpose.encode()).decode()
        except InvalidTag:
            raise NotConfigured(
                "Personal data cannot be decrypted: the key file is not the one they were stored "
                "with. Restore keys/personal-data.key from backup."
            ) from None

    def index(self, text: str, *, purpose: str) -> str:
        """A keyed fingerprint: equal for equal texts, and says nothing else."""
        message = purpose.encode() + b"\x00" + text.encode()
        return hmac.new(self._index_key, message, hashlib.sha256).hexdigest()


def open_vault(path: Path) -> Vault:
    """The vault with the key in `path`; makes the key, mode 0600, where there is none yet.

    Raises:
        NotConfigured: The file cannot be read or written, or does not hold a key.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            _write_new_key(path)
        except FileExistsError:
            pass
        key = base64.b64decode(path.read_text().strip(), validate=True)
    except (OSError, ValueError) as error:
        raise NotConfigured(
            f"The key file {path} cannot be used ({error.__class__.__name__}); "
            "restore it from backup or give this user access to it."
        ) from error
    return Vault(key)


def _write_new_key(path: Path) -> None:
    """Writes a key to a file of its own and links it into place, so that nobody reads half."""
    if path.exists():
        raise FileExistsError
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, base64.b64encode(secrets.token_bytes(2 * _KEY_BYTES)))
        os.fsync(descriptor)
        os.link(draft, path)
    finally:
        os.close(descriptor)
        draft.unlink()


def normalise_number(raw: str) -> str:
    """A telephone number as digits only, as one dials it within China.

    ``+8613800001234``, ``008613800001234`` and ``138 0000 1234`` are the same person; so is a
    mobile number dialled from another province with a leading 0 (``013800001234``). A landline
    keeps or gets its 0: ``+861012345678`` is ``01012345678``.
    """
    digits = _NOT_A_DIGIT.sub("", raw)
    is_international = raw.strip().startswith("+86") or digits.startswith("0086")
    if is_international:
        digits = digits[4:] if digits.startswith("0086") else digits[2:]
    if _MOBILE_WITH_ZERO.fullmatch(digits):
        return digits[1:]
    # Area codes are dialled with a 0 inside the country and written without it after +86. Numbers
    # of five digits and less are services (12348), not landlines.
    is_landline = len(digits) > _SERVICE_DIGITS and not _MOBILE.fullmatch(digits)
    return f"0{digits}" if is_international and is_landline and digits[0] != "0" else digits


def mask_number(number: str) -> str:
    """A telephone number with its middle hidden: ``138****1234``."""
    if len(number) >= 11:
        return f"{number[:3]}****{number[-4:]}"
    if len(number) > 4:
        return f"{'*' * (len(number) - 4)}{number[-4:]}"
    return "*" * len(number)


def mask_name(name: str) -> str:
    """A name with only its first character: ``王**``."""
    return name[:1] + "*" * max(len(name) - 1, 1) if name else ""


def mask_identity(identity: str) -> str:
    """An identity number with first four and last four characters."""
    if len(identity) < 10:
        return "*" * len(identity)
    return f"{identity[:4]}{'*' * (len(identity) - 8)}{identity[-4:]}"
