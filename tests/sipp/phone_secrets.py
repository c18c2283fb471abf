"""What the registrar keeps of a phone's password."""

from ivr.sip.digest import Algorithm, hash_password
from ivr.sip.registrar import PhoneSecrets

REALM = "legal-hotline"


def phone_secrets(username: str, password: str) -> PhoneSecrets:
    """The hashes of one phone."""

    def secret(algorithm: Algorithm) -> str:
        return hash_password(algorithm, username=username, realm=REALM, password=password)

    return PhoneSecrets(md5=secret(Algorithm.MD5), sha256=secret(Algorithm.SHA256))
