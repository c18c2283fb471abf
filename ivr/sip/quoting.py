"""Parts of a header's value, with regard to quotes and brackets; linear in its length."""

import re

_REST_OF_QUOTED = re.compile(r'(?:[^"\\]|\\.)*"')


def divide_at_quotes(value: str) -> list[str]:
    """What stands outside of quotes and, at the odd places, inside; linear in the length."""
    parts, place = [], 0
    while (begin := value.find('"', place)) >= 0:
        quoted = _REST_OF_QUOTED.match(value, begin + 1)
        if quoted is None:
            break
        parts += [value[place:begin], value[begin : quoted.end()]]
        place = quoted.end()
    return [*parts, value[place:]]


def split_at_commas(value: str) -> list[str]:
    """The parts between commas that stand in no brackets, of a value without quotes."""
    if "," not in value:
        return [value]
    parts, depth, begin = [], 0, 0
    for place, character in enumerate(value):
        depth += {"<": 1, ">": -1}.get(character, 0)
        if character == "," and depth <= 0:
            parts.append(value[begin:place])
            begin = place + 1
    return [*parts, value[begin:]]
