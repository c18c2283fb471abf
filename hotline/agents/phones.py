"""What lawyers' SIP phones sign in with: a password that is shown once, and kept as hashes."""

import hashlib
import secrets
from dataclasses import dataclass, field

from sqlmodel import Session, select

from hotline.accounts.rules import Role
from hotline.audit import audit
from hotline.errors import InvalidInput
from hotline.house import House
from hotline.tables import PhoneCredential, User

# The realm that phones are asked for; it is part of every hash.
REALM = "legal-hotline"
# People type it on a phone's small keys, so without signs and without what looks alike; 95 bits.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_LENGTH = 19
_MD5 = "phone_credential.md5"
_SHA256 = "phone_credential.sha256"


@dataclass(frozen=True, slots=True)
class PhoneHashes:
    """What stands for a password (RFC 7616 section 3.4.2, "A1"); as good as the password."""

    md5: str = field(repr=False)
    sha256: str = field(repr=False)


def hash_phone_password(username: str, password: str) -> PhoneHashes:
    """The hashes to keep."""
    text = f"{username}:{REALM}:{password}".encode()
    # MD5 because many phones know nothing else (RFC 8760 section 1).
    return PhoneHashes(
        md5=hashlib.md5(text, usedforsecurity=False).hexdigest(),
        sha256=hashlib.sha256(text).hexdigest(),
    )


def renew_password(session: Session, house: House, lawyer: User, *, by: User | None = None) -> str:
    """Gives a lawyer's phone a fresh password, which can never be shown again.

    Args:
        session: The deed's session.
        house: The process's house.
        lawyer: Whose phone.
        by: Who does it; None at the command line.

    Raises:
        InvalidInput: The user is no lawyer.
    """
    if Role.LAWYER not in lawyer.roles:
        raise InvalidInput("Only lawyers have phones that register here.")
    password = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    hashes = hash_phone_password(lawyer.username, password)
    row = session.get(PhoneCredential, lawyer.id)
    if row is None:
        row = PhoneCredential(user_id=lawyer.id, md5_sealed=b"", sha256_sealed=b"")
    row.md5_sealed = house.vault.seal(hashes.md5, purpose=_MD5)
    row.sha256_sealed = house.vault.seal(hashes.sha256, purpose=_SHA256)
    row.changed_at = house.clock.now()
    session.add(row)
    audit(session, house, by, "phone.password_renewed", lawyer.id)
    return password


def remove_password(
    session: Session, house: House, lawyer: User, *, by: User | None = None
) -> bool:
    """Lets a lawyer's phone register no more; returns whether it could before."""
    row = session.get(PhoneCredential, lawyer.id)
    if row is None:
        return False
    session.delete(row)
    session.flush()
    audit(session, house, by, "phone.password_removed", lawyer.id)
    return True


def phone_hashes(session: Session, house: House) -> dict[str, PhoneHashes]:
    """The hashes of every phone that may register, by user name."""
    query = select(User, PhoneCredential).where(User.id == PhoneCredential.user_id)
    return {
        user.username: PhoneHashes(
            md5=house.vault.open(row.md5_sealed, purpose=_MD5),
            sha256=house.vault.open(row.sha256_sealed, purpose=_SHA256),
        )
        for user, row in session.exec(query)
        if user.is_active and Role.LAWYER in user.roles
    }
