"""Reads the keys that work beside the menus, none of which may mean two things."""

from collections.abc import Callable

from ivr.flow.sections import Section

RIGHTS_KEYS = ("refusal_key", "emergency_key", "elderly_key", "info_key")
"""Keys that mean the same in every menu."""


def rights_key(name: str) -> Callable[[Section], str | None]:
    """Reads a key that works everywhere, so that nothing else may have it."""

    def read(whole: Section) -> str | None:
        if name not in whole.values:
            return None
        key = whole.key(name)
        others = {each: whole.values.get(each) for each in RIGHTS_KEYS if each != name}
        others["callback_key"] = whole.values.get("callback_key", "1")
        for menu in ("language_menu", "topic_menu"):
            others[menu] = key if key in _keys_of(whole.table(menu)) else None
        for other, taken in others.items():
            if taken == key:
                remedy = "It works in every menu and in the queue; give it a key of its own."
                raise whole.error(
                    f"{name}: {other} has the key {key} already.",
                    name,
                    remedy,
                    case="key_taken",
                    other=other,
                    value=key,
                )
        return key

    return read


def _keys_of(menu: Section) -> set[object]:
    """The keys of a menu, and of those below it."""
    rows = menu.tables("choices")
    below = (_keys_of(row) for row in rows)
    return {row.values.get("key") for row in rows}.union(*below)


def message_key(whole: Section) -> str | None:
    """Reads the key that works in the queue alone, where the menus' keys mean nothing."""
    if "message_key" not in whole.values:
        return None
    key = whole.key("message_key")
    taken = {name: whole.values.get(name) for name in RIGHTS_KEYS}
    taken["callback_key"] = whole.values.get("callback_key", "1")
    for other, value in taken.items():
        if value == key:
            remedy = "Both work in the queue; give it a key of its own."
            raise whole.error(
                f"message_key: {other} has the key {key} already.",
                "message_key",
                remedy,
                case="key_taken",
                other=other,
                value=key,
            )
    return key
