"""Who carries text messages to telephones: one HTTP request each.

Chinese providers differ in signatures and templates; a small gateway of the operator's takes
`{"to": ..., "text": ...}` with a bearer token and speaks to the provider in force. Every try of a
message carries the same `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header).
"""

import http
import http.client
import json
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from hotline.errors import HotlineError
from hotline.settings import Settings

_TIMEOUT_SECONDS = 10.0
_PASSING = frozenset({http.HTTPStatus.REQUEST_TIMEOUT, http.HTTPStatus.TOO_MANY_REQUESTS})


class ProviderAwayError(HotlineError):
    """The message was not taken now; later it may be."""


class ProviderSilentError(HotlineError):
    """The message was handed over, and no answer came: nobody knows whether it was taken."""


class ProviderRefusedError(HotlineError):
    """The message will never be taken as it is."""


class Provider(Protocol):
    """Takes messages for telephones."""

    def send(self, number: str, text: str, *, key: str) -> None:
        """Hands one message over; `key` is the same for every try of a message.

        Raises:
            ProviderAwayError: It was not taken; try again later.
            ProviderSilentError: It may have been taken.
            ProviderRefusedError: Trying again leads nowhere.
        """
        ...


@dataclass(frozen=True, slots=True)
class HttpProvider:
    """An HTTP address that takes messages; neither number nor text is in its errors.

    Attributes:
        url: http or https; the operator's own setting.
        token: Sent as a bearer token, empty for none.
    """

    url: str
    token: str = field(default="", repr=False)

    def send(self, number: str, text: str, *, key: str) -> None:
        """See `Provider.send`."""
        body = json.dumps({"to": number, "text": text}, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": f'"{key}"'}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        # The scheme is checked by the settings.
        request = urllib.request.Request(self.url, data=body, headers=headers)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS):  # noqa: S310
                return
        except urllib.error.HTTPError as error:
            if error.code < http.HTTPStatus.INTERNAL_SERVER_ERROR and error.code not in _PASSING:
                raise ProviderRefusedError(f"The provider answered {error.code}.") from None
            raise ProviderAwayError(f"The provider answered {error.code}.") from None
        except (urllib.error.URLError, ValueError) as error:
            # Before the whole message was written: urllib wraps no other failure.
            raise ProviderAwayError(
                f"The provider cannot be reached ({type(error).__name__})."
            ) from None
        except (OSError, http.client.HTTPException) as error:
            raise ProviderSilentError(
                f"The provider's answer cannot be had ({type(error).__name__})."
            ) from None


def provider_of(settings: Settings) -> Provider | None:
    """The provider in force; None where none is configured."""
    if not settings.sms_url:
        return None
    return HttpProvider(settings.sms_url, token=_token(settings.sms_token_file))


def _token(path: Path | None) -> str:
    return path.read_text(encoding="utf-8").strip() if path is not None else ""
