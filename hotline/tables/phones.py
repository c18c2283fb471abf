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


class PhoneBinding(SQLModel, table=True):
    """Where a lawyer's phone was last, so that it can be called after a restart of `node` too.

    `host` and `port` are where its REGISTER came from, `uri` is what it wants to be called by.
    """

    __tablename__ = "phone_bindings"

    id: int | None = Field(default=None, primary_key=True)
    node: str = Field(index=True)
    username: str
    uri: str
    host: str
    port: int
    sip_call_id: str
    number: int
    expires_at: datetime = moment()
