"""Vosk on other machines: any number of vosk-servers take the load off this one.

A side of a call stays with its server, and with one recogniser there, as long as the server knows
how to end an utterance without the connection; with others each utterance has its connection.

A recogniser keeps the audio of the utterance until its words have come. When its server fails, the
next server, or an engine of this machine, hears the utterance from its beginning: what is lost is
time, not words.
"""

import logging
from collections import deque
from collections.abc import Callable, Sequence
from itertools import islice
from time import monotonic
from typing import Any

from asr.choices import Choice
from asr.engine import (
    BYTES_PER_MS,
    Effort,
    Engine,
    EngineLostError,
    Final,
    Heard,
    Partial,
    Recogniser,
    Word,
)
from asr.remote_link import (
    ANSWER_SECONDS,
    Link,
    ResetUnknownError,
    ServerFailedError,
    ServerGoneError,
)
from asr.remote_servers import Address, Servers, parse_address
from asr.segments import in_words
from asr.takeover import Takeover
from hotline.errors import InvalidInput, NotConfigured

log = logging.getLogger(__name__)

MODEL = "vosk-server"

Alternative = Callable[[], Engine]


class RemoteEngine:
    """The vosk-servers of one language."""

    name = "remote"
    model = MODEL
    is_streaming = True
    sets_marks = False

    def __init__(
        self,
        addresses: Sequence[Address],
        *,
        language: str,
        alternative: Alternative | None = None,
        now: Callable[[], float] = monotonic,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        """Args:
        addresses: The servers.
        language: What they understand.
        alternative: Loads the engine of this machine that takes over when all of them fail.
        now: Monotonic seconds.
        answer_seconds: How long a server may take to answer.
        """
        self.languages = frozenset({language})
        self.servers = Servers(addresses, now=now)
        self.now = now
        self.answer_seconds = answer_seconds
        self._alternative = alternative

    def open(self, language: str) -> Recogniser:
        """A recogniser for one side of a call; it connects when there is something to hear."""
        if language not in self.languages:
            raise InvalidInput(f"No speech server is set for {language}.")
        return RemoteRecogniser(self, language)

    def alternative(self) -> Engine | None:
        """The engine of this machine that takes over; None when there is none."""
        if self._alternative is None:
            return None
        try:
            return self._alternative()
        except NotConfigured as error:
            log.warning("no engine takes over", extra={"remedy": str(error)})
            return None


class RemoteRecogniser:
    """Listens to one side of a call with the help of whichever server is well."""

    def __init__(self, engine: RemoteEngine, language: str) -> None:
        self._engine = engine
        self._language = language
        self._link: Link | None = None
        self._local: Takeover | None = None
        # The pieces whose words have not come, the first of them at `_kept_bytes` of all audio.
        self._kept: deque[bytes] = deque()
        self._kept_bytes = 0
        self._settled = 0
        self._origin_ms = 0
        self._partial = ""

    def accept(self, pcm: bytes) -> Sequence[Heard]:
        """Sends the next audio; gives what the server has said meanwhile.

        Raises:
            EngineLostError: No server and no engine of this machine is there.
        """
        self._kept.append(pcm)
        if self._local is not None:
            return self._local.accept(pcm)
        return self._with_link(self._listen)

    def prepare(self) -> None:
        """Does nothing: servers work while they listen."""

    def flush(self, effort: Effort = Effort.FULL) -> Sequence[Heard]:
        """Waits for what is owed.

        Args:
            effort: For the engine of this machine, if it has taken over.

        Raises:
            EngineLostError: No server and no engine of this machine is there.
        """
        if not self._kept:
            return []
        if self._local is None:
            heard = self._with_link(self._finish)
        else:
            heard = []
        if self._local is not None:
            heard = [*heard, *self._local.flush(effort)]
            self._local.close()
            self._local = None
        self._forget(len(self._kept))
        self._partial = ""
        return heard

    def close(self) -> None:
        """Ends the connection."""
        self._hang_up()
        if self._local is not None:
            self._local.close()
            self._local = None
        self._kept.clear()

    def _with_link(self, work: Callable[[Link, list[Heard]], None]) -> list[Heard]:
        """Does work with a server that is well, however many it takes.

        What one has settled before it fails stays heard.
        """
        servers = self._engine.servers
        tried: set[Address] = set()
        heard: list[Heard] = []
        again: Address | None = None
        while True:
            link = self._link
            address = link.address if link else again or servers.take(besides=tried)
            again = None
            if address is None:
                return [*heard, *self._take_over()]
            try:
                if link is None:
                    link = self._connect(address)
                work(link, heard)
            except ServerFailedError as error:
                self._hang_up()
                if link is not None and self._is_blameless(link, error):
                    again = address
                    continue
                tried.add(address)
                servers.failed(address, str(error))
                continue
            return heard

    def _is_blameless(self, link: Link, error: ServerFailedError) -> bool:
        """Whether the same server shall have another connection; never true of two on end."""
        if isinstance(error, ResetUnknownError):
            self._engine.servers.knows_no_reset(link.address)
            return True
        return isinstance(error, ServerGoneError) and link.was_idle

    def _connect(self, address: Address) -> Link:
        try:
            self._link = link = Link(
                address, now=self._engine.now, answer_seconds=self._engine.answer_seconds
            )
        except ServerFailedError:
            self._engine.servers.reached(address, is_there=False)
            raise
        self._engine.servers.joined(address)
        self._origin_ms = self._kept_bytes // BYTES_PER_MS
        self._settled = 0
        return link

    def _listen(self, link: Link, heard: list[Heard]) -> None:
        self._send_rest(link)
        self._understand(link, link.answers(), heard)

    def _finish(self, link: Link, heard: list[Heard]) -> None:
        servers = self._engine.servers
        self._send_rest(link)
        stays = servers.may_reset(link.address)
        self._understand(link, link.reset() if stays else link.finish(), heard)
        servers.works(link.address)
        if stays:
            link.begin()
            self._settled = 0
        else:
            self._hang_up()

    def _send_rest(self, link: Link) -> None:
        """Sends the pieces that this server has not got, all of them after a change of servers."""
        for piece in islice(self._kept, link.sent - self._settled, None):
            link.send(piece)

    def _take_over(self) -> list[Heard]:
        """Lets this machine hear the utterance from where the servers left it."""
        engine = self._engine.alternative()
        if engine is None:
            raise EngineLostError("no speech server is well")
        self._local = Takeover(engine, self._language, origin_ms=self._kept_bytes // BYTES_PER_MS)
        return [heard for piece in self._kept for heard in self._local.accept(piece)]

    def _understand(
        self, link: Link, answers: Sequence[dict[str, Any]], heard: list[Heard]
    ) -> None:
        """Adds what the answers mean, up to the first that is rubbish."""
        # Servers do not tell which model they have.
        model = link.address.host
        for number, answer in enumerate(answers, link.answered - len(answers) + 1):
            try:
                is_final = "text" in answer
                heard += self._final(answer, number, model) if is_final else self._guess(answer)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise ServerFailedError("answers rubbish") from error

    def _guess(self, answer: dict[str, Any]) -> list[Heard]:
        text = in_words(self._language, answer["partial"].split())
        if not text or text == self._partial:
            return []
        self._partial = text
        return [Partial(text, self._kept_bytes // BYTES_PER_MS, self._fed_ms)]

    def _final(self, answer: dict[str, Any], number: int, model: str) -> list[Heard]:
        """The words of an answer, which settles the audio of every piece up to it."""
        start_ms = self._kept_bytes // BYTES_PER_MS
        words = tuple(self._word(word) for word in answer.get("result", []))
        plain = in_words(self._language, answer["text"].split())
        self._partial = ""
        self._forget(min(number - self._settled, len(self._kept)))
        self._settled = number
        if words:
            text = in_words(self._language, (word.text for word in words))
            confidence = sum(word.confidence for word in words) / len(words)
            end_ms = words[-1].end_ms
            return [Final(text, words[0].start_ms, end_ms, confidence, words, model=model)]
        if not plain:
            return []
        return [Final(plain, start_ms, self._kept_bytes // BYTES_PER_MS, model=model)]

    def _word(self, word: dict[str, Any]) -> Word:
        start, end = (self._origin_ms + round(1000 * word[key]) for key in ("start", "end"))
        return Word(str(word["word"]), start, max(start, end), float(word.get("conf", 1.0)))

    def _forget(self, pieces: int) -> None:
        for _ in range(pieces):
            self._kept_bytes += len(self._kept.popleft())

    def _hang_up(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            self._engine.servers.left(link.address)
            link.close()

    @property
    def _fed_ms(self) -> int:
        return (self._kept_bytes + sum(map(len, self._kept))) // BYTES_PER_MS


def load(choice: Choice, alternative: Alternative | None = None) -> Engine:
    """The servers of the setting, none of which is asked anything yet.

    Raises:
        NotConfigured: An address cannot be one.
    """
    addresses = [parse_address(text) for text in choice.servers]
    return RemoteEngine(addresses, language=choice.language, alternative=alternative)
