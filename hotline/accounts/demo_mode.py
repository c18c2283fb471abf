"""Demo mode: whether users with published passwords may exist and sign in.

On when `HOTLINE_DEMO` says so, or when the data directory was made one for trying out: a file
`demo` in it is the mark, so that `make run` and a later `hotline seed-demo` agree.
"""

from pathlib import Path

from hotline.settings import Settings


def marker_path(settings: Settings) -> Path:
    """The file that makes a data directory a demo."""
    return settings.data_dir / "demo"


def is_demo_mode(settings: Settings) -> bool:
    """Whether demo users may sign in."""
    return settings.demo or marker_path(settings).exists()


def enter_demo_mode(settings: Settings) -> None:
    """Makes the data directory a demo."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    marker_path(settings).write_text(
        "Users with published passwords may sign in while this file is here.\n"
    )


def leave_demo_mode(settings: Settings) -> bool:
    """Makes the data directory a real one; returns whether it was a demo."""
    path = marker_path(settings)
    was_demo = path.exists()
    path.unlink(missing_ok=True)
    return was_demo
