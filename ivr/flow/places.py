"""Finds the line of a TOML text in which something stands. Pure.

`tomllib` forgets lines. This knows tables, lists of tables and keys that begin a line, which is how
flow files are written; what stands inside a value is found at its key.
"""

import re
from collections import Counter

from ivr.flow.errors import Path

_LIST = re.compile(r"\s*\[\[([^\]]+)\]\]")
_TABLE = re.compile(r"\s*\[([^\[\]]+)\]\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*(["']?)([\w.-]+)\1\s*=""")


def lines_of(text: str) -> dict[Path, int]:
    """The lines, counted from 1, of all tables and keys of a text."""
    found: dict[Path, int] = {}
    counts: Counter[Path] = Counter()
    table: Path = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if match := _LIST.match(line):
            names = _placed(_split(match[1]), counts)
            table = (*names, counts[names])
            counts[names] += 1
            found.setdefault(names, number)
        elif match := _TABLE.match(line):
            table = _placed(_split(match[1]), counts)
        elif match := _KEY.match(line):
            found.setdefault((*table, *_split(match[2])), number)
            continue
        else:
            continue
        found.setdefault(table, number)
    return found


def line_of(lines: dict[Path, int], path: Path) -> int | None:
    """The line of `path`, or of the nearest table or key round it; None for the whole text."""
    while path:
        if path in lines:
            return lines[path]
        path = path[:-1]
    return None


def _split(dotted: str) -> Path:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))


def _placed(names: Path, counts: Counter[Path]) -> Path:
    """Names of tables with the numbers of the lists that they are in."""
    placed: Path = ()
    for name in names[:-1]:
        placed = (*placed, name)
        if counts[placed]:
            placed = (*placed, counts[placed] - 1)
    return (*placed, *names[-1:])
