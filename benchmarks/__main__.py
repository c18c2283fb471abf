"""Every benchmark, one after the other: `python -m benchmarks [NAME...] [-- OPTIONS]`.

Each runs in a process of its own, prints its table and judges nothing: a slow machine is no fault.
"""

import argparse
import subprocess
import sys

# Each is a module of this package with a `__main__` part; dashes stand for underscores.
BENCHMARKS = (
    *("media", "gateway", "sip", "lines", "soak", "soak-hotline", "queue", "telling"),
    *("queue-live", "asr"),
)


def main() -> int:
    """Runs the benchmarks; returns 1 when one could not be carried out."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of {', '.join(BENCHMARKS)}")
    own, options = _split(sys.argv[1:])
    names = parser.parse_args(own).names or list(BENCHMARKS)
    if unknown := set(names) - set(BENCHMARKS):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    failed = []
    for name in names:
        print(f"\n== {name} ==", flush=True)
        status = subprocess.run(
            [sys.executable, "-m", f"benchmarks.{name.replace('-', '_')}", *options], check=False
        ).returncode
        if status != 0:
            failed.append(name)
    if failed:
        print(f"\nnot carried out: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _split(arguments: list[str]) -> tuple[list[str], list[str]]:
    """What is before `--` is ours, what is after it is each benchmark's."""
    if "--" not in arguments:
        return arguments, []
    place = arguments.index("--")
    return arguments[:place], arguments[place + 1 :]


if __name__ == "__main__":
    sys.exit(main())
