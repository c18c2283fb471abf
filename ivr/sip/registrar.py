"""The registrar for lawyers' SIP phones (RFC 3261 section 10.3), decided without I/O.

A phone says who it is by digest (RFC 7616, RFC 8760) and where it is by its Contact. Unknown phones
and wrong passwords get the same answer, and soon none but refusals.
"""

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from ivr.sip.bindings import Address, Binding, Bindings
from ivr.sip.digest import (
    Algorithm,
    Authorization,
    Challenge,
    is_proof,
    read_authorization,
    write_challenge,
)
from ivr.sip.digest_parameters import DigestError
from ivr.sip.line import LineError
from ivr.sip.nonces import Nonces, NonceState
from ivr.sip.pbx_message import list_entries, uri_of

LEAST_EXPIRES_SECONDS = 60
MOST_EXPIRES_SECONDS = 3600
# For phones that do not say; NAT entries last two to five minutes, and phones refresh earlier.
_DEFAULT_EXPIRES_SECONDS = 300
_MOST_CONTACTS = 4
_MOST_URI_CHARACTERS = 256
_EXPIRES = re.compile(r";\s*expires\s*=\s*(\d{1,10})", re.IGNORECASE | re.ASCII)
_SECONDS = re.compile(r"\d{1,10}", re.ASCII)
_PHONE_URI = re.compile(r"sip:[^\s<>\"]+", re.IGNORECASE)

# Typing a password wrong happens; a guesser needs thousands of tries.
_FAILURES_OF_PHONE = 5
_FAILURES_OF_HOST = 30
_FAILURE_SECONDS = 300.0
_MOST_FAILURES_REMEMBERED = 2048


@dataclass(frozen=True, slots=True)
class PhoneSecrets:
    """What stands for a phone's password (RFC 7616 section 3.4.2, "A1"), as good as itself."""

    md5: str = field(repr=False)
    sha256: str = field(repr=False)

    def of(self, algorithm: Algorithm) -> str:
        """The hash of this algorithm."""
        return self.sha256 if algorithm is Algorithm.SHA256 else self.md5


@dataclass(frozen=True, slots=True)
class RegisterRequest:
    """A REGISTER.

    Attributes:
        uri: Its request URI.
        username: The user in To: whose phone it is.
        call_id: Value of Call-ID.
        number: The number in CSeq.
        contacts: Values of Contact, lists or not.
        expires: Value of Expires, empty if there is none.
        proofs: Values of Authorization.
        source: Where it came from.
    """

    uri: str
    username: str
    call_id: str
    number: int
    contacts: tuple[str, ...]
    expires: str
    proofs: tuple[str, ...]
    source: Address


@dataclass(frozen=True, slots=True)
class RegisterAnswer:
    """The response to a REGISTER: status and headers, in order."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()


class Registrar:
    """Knows the phones.

    Args:
        realm: Whose passwords they have.
        key: Secret of this process, for nonces.
        clock: Seconds that only go forward.

    Attributes:
        bindings: Where the phones are.
    """

    def __init__(self, *, realm: str, key: bytes, clock: Callable[[], float]) -> None:
        self.bindings = Bindings(clock=clock)
        self._realm = realm
        self._clock = clock
        self._nonces = Nonces(key=key, clock=clock)
        self._failures = _Failures(clock)
        self._secrets: Mapping[str, PhoneSecrets] = {}

    def admit(self, secrets: Mapping[str, PhoneSecrets]) -> None:
        """Replaces the phones that may register; others are forgotten at once.

        Args:
            secrets: By user name. A phone whose secrets have changed must register anew.
        """
        same = {name for name, each in secrets.items() if self._secrets.get(name) == each}
        self._secrets = dict(secrets)
        self.bindings.keep_only(same)

    def restore(self, bindings: Iterable[tuple[str, Binding]]) -> None:
        """Takes up bindings from before a restart, of phones that may still register.

        Args:
            bindings: As `Bindings.all` gives them; a phone that is known already keeps its own.
        """
        known = self.bindings.usernames
        for name, binding in reversed(list(bindings)):
            if name in self._secrets and name not in known:
                self.bindings.put(name, [binding], ())

    def receive(self, request: RegisterRequest) -> RegisterAnswer:
        """Answers a REGISTER."""
        refusal = self._authenticate(request)
        if refusal is not None:
            return refusal
        try:
            return self._update(request)
        except _BadRegister:
            return RegisterAnswer(400)

    def _authenticate(self, request: RegisterRequest) -> RegisterAnswer | None:
        """The refusal of whoever is not proven to be the phone, None for the phone itself."""
        host = request.source[0]
        subjects = {f"{host} {request.username}": _FAILURES_OF_PHONE, host: _FAILURES_OF_HOST}
        if self._failures.are_too_many(subjects):
            return RegisterAnswer(403)
        proof = self._proof_of(request)
        if proof is None:
            return self._challenge(host)
        state = self._nonces.look(proof.nonce, host)
        if state is NonceState.FOREIGN:
            # From before our restart, or through another address: no guess at a password.
            return self._challenge(host, is_stale=True)
        secrets = self._secrets.get(request.username)
        is_right = secrets is not None and is_proof(
            proof, secret=secrets.of(proof.algorithm), method="REGISTER"
        )
        if not is_right or proof.username != request.username:
            self._failures.note(subjects)
            return RegisterAnswer(403)
        if _host_of(proof.uri) != _host_of(request.uri):
            return RegisterAnswer(400)
        is_new = self._nonces.use(proof.nonce, proof.nonce_count)
        if state is NonceState.STALE or not is_new:
            return self._challenge(host, is_stale=True)
        return None

    def _proof_of(self, request: RegisterRequest) -> Authorization | None:
        for value in request.proofs:
            try:
                proof = read_authorization(value)
            except DigestError:
                continue
            if proof.realm == self._realm:
                return proof
        return None

    def _challenge(self, host: str, *, is_stale: bool = False) -> RegisterAnswer:
        nonce = self._nonces.make(host)
        # RFC 8760 section 2.3: the one that we like best comes first.
        challenges = (
            Challenge(self._realm, nonce, algorithm=algorithm, is_stale=is_stale)
            for algorithm in (Algorithm.SHA256, Algorithm.MD5)
        )
        return RegisterAnswer(
            401, tuple(("www-authenticate", write_challenge(each)) for each in challenges)
        )

    def _update(self, request: RegisterRequest) -> RegisterAnswer:
        contacts = [entry.strip() for value in request.contacts for entry in list_entries(value)]
        if "*" in contacts:
            return self._clear(request, contacts)
        if len(contacts) > _MOST_CONTACTS:
            raise _BadRegister
        wanted = {_phone_uri(each): _expires(each, request.expires) for each in contacts}
        if any(0 < seconds < LEAST_EXPIRES_SECONDS for seconds in wanted.values()):
            return RegisterAnswer(423, (("min-expires", str(LEAST_EXPIRES_SECONDS)),))
        if wanted and self._is_outdated(request, wanted):
            return RegisterAnswer(500, (("retry-after", "5"),))
        added = [
            Binding(
                uri=uri,
                address=request.source,
                call_id=request.call_id,
                number=request.number,
                expires_at=self._clock() + min(seconds, MOST_EXPIRES_SECONDS),
            )
            for uri, seconds in wanted.items()
            if seconds
        ]
        removed = [uri for uri, seconds in wanted.items() if not seconds]
        self.bindings.put(request.username, added, removed)
        return self._granted(request.username)

    def _clear(self, request: RegisterRequest, contacts: list[str]) -> RegisterAnswer:
        """Takes all bindings away (``Contact: *``), which only Expires 0 may ask for."""
        if len(contacts) > 1 or request.expires.strip() != "0":
            raise _BadRegister
        if self._is_outdated(request, {}):
            return RegisterAnswer(500, (("retry-after", "5"),))
        self.bindings.clear(request.username)
        return RegisterAnswer(200)

    def _is_outdated(self, request: RegisterRequest, wanted: Mapping[str, int]) -> bool:
        return self.bindings.is_outdated(
            request.username, wanted, call_id=request.call_id, number=request.number
        )

    def _granted(self, username: str) -> RegisterAnswer:
        now = self._clock()
        return RegisterAnswer(
            200,
            tuple(
                ("contact", f"<{each.uri}>;expires={round(each.expires_at - now)}")
                for each in self.bindings.of(username)
            ),
        )


class _BadRegister(LineError):
    """A REGISTER that nobody can make sense of."""


class _Failures:
    """Counts wrong passwords, in a bounded memory."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._counts: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def are_too_many(self, subjects: Mapping[str, int]) -> bool:
        return any(self._count(subject) >= most for subject, most in subjects.items())

    def note(self, subjects: Mapping[str, int]) -> None:
        for subject in subjects:
            self._counts[subject] = (self._count(subject) + 1, self._clock())
            self._counts.move_to_end(subject)
        while len(self._counts) > _MOST_FAILURES_REMEMBERED:
            self._counts.popitem(last=False)

    def _count(self, subject: str) -> int:
        count, last_at = self._counts.get(subject, (0, 0.0))
        return count if self._clock() - last_at < _FAILURE_SECONDS else 0


def _host_of(uri: str) -> str:
    """Whom a request is for (RFC 7616 section 3.4.6); phones differ in port and parameters."""
    host = uri.partition(":")[2].rpartition("@")[2].lower()
    return re.split("[:;?]", host, maxsplit=1)[0]


def _phone_uri(contact: str) -> str:
    uri = uri_of(contact)
    if not _PHONE_URI.fullmatch(uri) or len(uri) > _MOST_URI_CHARACTERS:
        raise _BadRegister
    return uri


def _expires(contact: str, default: str) -> int:
    """For how long a Contact wants to be known (RFC 3261 section 10.2.1.1)."""
    found = _EXPIRES.search(contact)
    if found:
        return int(found[1])
    # RFC 3261 section 20.19: what cannot be read is as if it were not there.
    return int(default) if _SECONDS.fullmatch(default.strip()) else _DEFAULT_EXPIRES_SECONDS
