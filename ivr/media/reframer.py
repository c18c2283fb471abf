"""Payloads of any length as frames of 20 ms. Pure."""

from hotline.rtp import FRAME_SAMPLES, TIMESTAMP_MASK


class Reframer:
    """Cuts payloads of any length into frames: peers with a ptime of 10, 30 or 40 ms."""

    __slots__ = ("_begun", "_timestamp")

    def __init__(self) -> None:
        self._begun = b""
        self._timestamp = 0  # the sender's time of _begun's first sample

    def cut(self, timestamp: int, payload: bytes) -> list[tuple[int, bytes]]:
        """The frames that are complete now, each with its own timestamp."""
        expected = (self._timestamp + len(self._begun)) & TIMESTAMP_MASK
        if timestamp == expected and self._begun:
            payload = self._begun + payload
            timestamp = self._timestamp
        whole = len(payload) - len(payload) % FRAME_SAMPLES
        self._begun = payload[whole:]
        self._timestamp = (timestamp + whole) & TIMESTAMP_MASK
        return [
            ((timestamp + start) & TIMESTAMP_MASK, payload[start : start + FRAME_SAMPLES])
            for start in range(0, whole, FRAME_SAMPLES)
        ]
