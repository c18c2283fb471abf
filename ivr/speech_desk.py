"""What speech recognition is told of a call's sides; each deed is one short transaction."""

from hotline.bus import BUS_ERRORS
from hotline.house import House
from hotline.transcripts import service as transcripts
from hotline.transcripts.rules import Purpose, Speaker

# The name under which speech recognition says that it works (hotline.heartbeat).
_RECOGNISER = "asr"


class SpeechDesk:
    """Announces the sides of one call, and says when they have nothing more to say."""

    def __init__(self, house: House, call_id: str) -> None:
        self._house = house
        self._call_id = call_id

    def has_recogniser(self) -> bool:
        """Whether somebody can hear what the caller says."""
        try:
            return self._house.bus.is_alive(_RECOGNISER)
        except BUS_ERRORS:
            return False

    def open_stream(self, *, leg: str, speaker: str, language: str) -> int:
        """Announces a side whose words become the transcript; returns the stream's number."""
        return self._open(leg, speaker, language, Purpose.TRANSCRIPT)

    def open_question(self, *, leg: str, language: str) -> int:
        """Announces a caller who answers a question; the words are kept nowhere.

        Returns:
            The stream's number.
        """
        return self._open(leg, Speaker.CALLER, language, Purpose.QUESTION)

    def close_stream(self, stream: int) -> None:
        """Says that a side has nothing more to say."""
        with self._house.database.session() as session:
            transcripts.close_stream(session, self._house, stream)

    def _open(self, leg: str, speaker: str, language: str, purpose: Purpose) -> int:
        with self._house.database.session() as session:
            stream = transcripts.open_stream(
                session,
                self._house,
                call_id=self._call_id,
                leg=leg,
                speaker=speaker,
                language=language,
                purpose=purpose,
            )
            session.flush()
            return stream.id or 0
