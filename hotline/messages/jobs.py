"""What the worker does for text messages: tries each, and looks for those that were forgotten."""

import logging

from hotline.house import House
from hotline.messages import service
from hotline.messages.provider import (
    Provider,
    ProviderAwayError,
    ProviderRefusedError,
    ProviderSilentError,
    provider_of,
)
from hotline.messages.rules import MessageState

log = logging.getLogger(__name__)


def deliver(house: House, message_id: str) -> None:
    """Tries one message with the provider in force. Twice is as once."""
    provider = provider_of(house.settings)
    if provider is not None:
        deliver_with(house, message_id, provider)


def deliver_with(house: House, message_id: str, provider: Provider) -> None:
    """Tries one message; one that cannot be handed over is tried again until it is given up."""
    with house.database.session() as session:
        claimed = service.claim(session, house, message_id)
    if claimed is None:
        return
    state, error = MessageState.SENT, None
    try:
        provider.send(*claimed, key=message_id)
    except ProviderRefusedError:
        state, error = MessageState.FAILED, "refused"
    except ProviderAwayError:
        state, error = MessageState.WAITING, "away"
    except ProviderSilentError:
        state, error = MessageState.UNCERTAIN, "no_answer"
    with house.database.session() as session:
        state = service.settle(session, house, message_id, state=state, error=error)
    log.info("text message tried", extra={"message_id": message_id, "result": state.value})
    if state is MessageState.UNCERTAIN:
        _warn(message_id)


def _warn(message_id: str) -> None:
    log.warning("nobody knows whether a text message went", extra={"message_id": message_id})


def sweep(house: House) -> None:
    """Sends again the jobs that are due, and gives up what died; called every minute."""
    if not house.settings.sms_url:
        return
    with house.database.session() as session:
        uncertain = service.give_up_on_dead(session, house)
        for message_id in service.due(session, house):
            service.send_soon(session, house, message_id)
    for message_id in uncertain:
        _warn(message_id)
