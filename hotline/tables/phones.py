"""SIP phones of lawyers that register with us."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from hotline.tables.columns import moment


class PhoneCredential(SQLModel, table=True):
    """What a lawyer's phone signs in with: the hashes of RFC 7616, each as good as the password.

    Both are sealed. The user name is that of the user.
    """

    __tablename__ = "phone_credentials"

    user_id: str = Field(primary_key=True, foreign_key="users.id")
    md5_sealed: bytes
    sha256_sealed: bytes
    changed_at: datetime = moment()
