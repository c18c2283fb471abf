"""What is said at which point of the call, as keys of the prompt catalogue."""

from dataclasses import dataclass

KEY = "{key}"


def press_key(prompt: str, key: str) -> str:
    """The prompt that names a telephone key."""
    return prompt.replace(KEY, key)


@dataclass(frozen=True, slots=True)
class Prompts:
    """What is said at which point: keys of the prompt catalogue, played one after the other."""

    notice: tuple[str, ...]
    """This call will be recorded. Never interrupted by a key."""
    callback_notice: tuple[str, ...]
    """Who calls back, and that it will be recorded."""
    hold: tuple[str, ...]
    ringback: tuple[str, ...]
    queue_next: tuple[str, ...]
    """Nobody is ahead."""
    queue_position: tuple[str, ...]
    """`{ahead}` becomes the number of callers ahead, 1 to `queue_position_max`."""
    queue_many: tuple[str, ...]
    """More than `queue_position_max` callers are ahead."""
    queue_comfort: tuple[str, ...]
    """Nothing has changed for a while."""
    callback_hint: tuple[str, ...]
    """Which key asks for a call back."""
    callback_booked: tuple[str, ...]
    callback_impossible: tuple[str, ...]
    """No call back, the caller waits on."""
    callback_failed: tuple[str, ...]
    """No call back; last words."""
    number_unknown: tuple[str, ...]
    """Nobody is there, and the caller has shown no number and typed none; last words."""
    cut_off: tuple[str, ...]
    """The talk broke off, the caller is first in line."""
    connecting: tuple[str, ...]
    lawyer_lost: tuple[str, ...]
    closed: tuple[str, ...]
    """Nobody is there at this time."""
    queue_closed: tuple[str, ...]
    """The queue was closed while the caller waited."""
    closed_offer: tuple[str, ...]
    """Which key asks for a call back, outside hours."""
    closed_goodbye: tuple[str, ...]
    rating: tuple[str, ...]
    rating_retry: tuple[str, ...]
    thanks: tuple[str, ...]
    goodbye: tuple[str, ...]
    # Younger than flow files that are in use, so they may be missing there.
    moved_on: tuple[str, ...] = ("moved_on",)
    """The lawyer sent the caller to other lawyers, and the caller is first in line."""
    recording_refused: tuple[str, ...] = ("recording_refused",)
    """After the refusal key: this call is not recorded."""
    recording_brief: tuple[str, ...] = ("recording_brief",)
    """The recording notice for a caller in a hurry, who pressed a key before it was said."""
    info_menu: tuple[str, ...] = ("info_menu",)
    """What can be found out without a person, by key; 0 leads to one."""
    info_ticket: tuple[str, ...] = ("info_ticket",)
    """To type the ten digits of a ticket's number."""
    info_tail: tuple[str, ...] = ("info_tail",)
    """To type the last four digits of the telephone number."""
    info_district: tuple[str, ...] = ("info_district",)
    """To type the six digits of a district."""
    info_locked: tuple[str, ...] = ("info_locked",)
    """Too many tries; a lawyer can tell."""
    info_unavailable: tuple[str, ...] = ("info_unavailable",)
    """It cannot be looked up now."""
    info_choose_district: tuple[str, ...] = ("district_choose",)
    """Before the districts that are read out one by one."""
    info_more_districts: tuple[str, ...] = ("district_more",)
    """Which key tells the next ones."""
    info_press: tuple[str, ...] = ("press_{key}",)
    """After the name of a district; `{key}` becomes its key."""
    info_more: tuple[str, ...] = ("info_more",)
    """After the answer: * again, 1 something else, 0 a lawyer."""
    emergency: tuple[str, ...] = ("emergency",)
    """After the emergency key: a lawyer is coming, and 110 is for those in danger."""
    emergency_closed: tuple[str, ...] = ("emergency_closed",)
    """After the emergency key while nobody is there: 110 is."""
    closed_info: tuple[str, ...] = ("info_key",)
    """Which key tells things without a person, outside hours."""
    spoken_topic: tuple[str, ...] = ("spoken_topic",)
    """To say in a few words what it is about; 0 leads to a person."""
    spoken_missed: tuple[str, ...] = ("spoken_missed",)
    """That was not understood, so that keys follow."""
    spoken_understood: tuple[str, ...] = ("spoken_understood",)
    """It was, and a lawyer for such matters is looked for."""
    callback_confirm: tuple[str, ...] = ("callback_confirm",)
    """Before the last digits of the calling number."""
    callback_confirm_typed: tuple[str, ...] = ("callback_confirm_typed",)
    """Before all digits of the number that the caller has typed."""
    callback_confirm_keys: tuple[str, ...] = ("callback_confirm_keys",)
    """Whether that is the number to call: 1 agrees, 2 types another, 0 goes back to the queue."""
    callback_confirm_closed: tuple[str, ...] = ("callback_confirm_closed",)
    """The same where there is no queue: 0 goes back to the offer."""
    number_hidden: tuple[str, ...] = ("number_hidden",)
    """The caller's number is withheld, so that one is asked for."""
    callback_type: tuple[str, ...] = ("callback_type",)
    """To type a number and end it."""
    callback_invalid: tuple[str, ...] = ("callback_invalid",)
    """The typed number cannot be called."""
    callback_own: tuple[str, ...] = ("callback_own",)
    """The calling number it is, where its digits cannot be read out."""
    callback_long: tuple[str, ...] = ("callback_long",)
    """The wait has become long, and which key asks for a call back."""
    message_hint: tuple[str, ...] = ("message_hint",)
    """Which key leaves a message."""
    message_begin: tuple[str, ...] = ("message_begin", "message_tone")
    """That the message is recorded, how to end it, and the tone; never interrupted by a key."""
    message_kept: tuple[str, ...] = ("message_kept",)
    """Somebody will listen to it and call back; last words."""
    busy_long: tuple[str, ...] = ("busy_long",)
    """All lines are busy, and many are ahead."""
    busy_unstaffed: tuple[str, ...] = ("busy_unstaffed",)
    """No lawyer is signed in at all."""
    busy_choice: tuple[str, ...] = ("busy_choice",)
    """Which key asks for a call back, and that 0 waits."""
    wait_range: tuple[str, ...] = ("wait_{range}",)
    """How long it will take; `{range}` becomes one of `ivr.flow.expected.WAIT_CLASSES`."""
    press_one: tuple[str, ...] = ("press_one",)
    """To a lawyer's own telephone: which key takes the call, so that no voicemail does."""
