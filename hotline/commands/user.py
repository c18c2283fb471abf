"""`hotline user`: the people who may sign in."""

import argparse
import getpass
import sys
from typing import TYPE_CHECKING

from sqlmodel import Session

from hotline.accounts import repository, service
from hotline.accounts.demo_mode import is_demo_mode, leave_demo_mode
from hotline.accounts.rules import Role, normalise_username
from hotline.accounts.service import NewUser
from hotline.commands.options import add_data_dir, house_of
from hotline.errors import InvalidInput, NotFound
from hotline.tables import Lawyer, User

if TYPE_CHECKING:
    from hotline.commands.options import Subparsers


def register(subparsers: "Subparsers") -> None:
    """Adds `hotline user add`, `skills`, `password`, `disable`, `enable` and `list`."""
    parser = subparsers.add_parser("user", help="add and list users, change passwords")
    actions = parser.add_subparsers(metavar="ACTION", required=True)

    adding = actions.add_parser(
        "add", help="add a user; the password is asked for, or read from standard input"
    )
    adding.add_argument("username")
    adding.add_argument("--name", default="", help="the name colleagues see")
    adding.add_argument(
        "--roles", required=True, metavar="ROLE,...", help=f"any of {', '.join(Role)}"
    )
    _add_skills(adding, languages="zh", topics="*")
    _finish(adding, _add)

    skills = actions.add_parser("skills", help="say what a lawyer can take")
    skills.add_argument("username")
    _add_skills(skills, languages=None, topics=None)
    _finish(skills, _change_skills)

    password = actions.add_parser("password", help="give a user a new password")
    password.add_argument("username")
    _finish(password, _change_password)

    for name, is_active in (("disable", False), ("enable", True)):
        switch = actions.add_parser(name, help=f"{name} a user's sign-in")
        switch.add_argument("username")
        switch.set_defaults(is_active=is_active)
        _finish(switch, _switch)

    _finish(actions.add_parser("list", help="list the users"), _list)


def _add_skills(
    parser: argparse.ArgumentParser, *, languages: str | None, topics: str | None
) -> None:
    parser.add_argument(
        "--languages", default=languages, metavar="zh,bo", help="languages a lawyer speaks"
    )
    parser.add_argument(
        "--topics", default=topics, metavar="labour,family", help="topics a lawyer takes; * for all"
    )


def _finish(parser: argparse.ArgumentParser, run: object) -> None:
    add_data_dir(parser)
    parser.set_defaults(run=run)


def _add(arguments: argparse.Namespace) -> int:
    password = _ask_password()
    with house_of(arguments) as house:
        with house.database.session() as session:
            user = service.create_user(
                session,
                house,
                NewUser(
                    username=arguments.username,
                    display_name=arguments.name,
                    password=password,
                    roles=_parts(arguments.roles),
                    languages=_parts(arguments.languages),
                    topics=_parts(arguments.topics),
                ),
            )
        print(f"{user.username} may sign in as {', '.join(user.roles)}.")
        if leave_demo_mode(house.settings):
            print("This is no longer a demo: demo users cannot sign in any more.")
        if is_demo_mode(house.settings):
            print("Demo users can still sign in, since HOTLINE_DEMO is on; switch it off.")
    return 0


def _change_skills(arguments: argparse.Namespace) -> int:
    with house_of(arguments) as house, house.database.session() as session:
        user = _user(session, arguments.username)
        lawyer = session.get(Lawyer, user.id)
        if lawyer is None:
            raise InvalidInput("This user is no lawyer.")
        service.set_skills(
            session,
            house,
            user.id,
            languages=_parts(arguments.languages) or lawyer.languages,
            topics=_parts(arguments.topics) or lawyer.topics,
        )
    return 0


def _change_password(arguments: argparse.Namespace) -> int:
    password = _ask_password()
    with house_of(arguments) as house, house.database.session() as session:
        service.set_password(session, house, _user(session, arguments.username).id, password)
    print("Changed; whoever was signed in with the old one is signed out.")
    return 0


def _switch(arguments: argparse.Namespace) -> int:
    with house_of(arguments) as house, house.database.session() as session:
        user = _user(session, arguments.username)
        service.set_active(session, user.id, is_active=arguments.is_active)
    return 0


def _list(arguments: argparse.Namespace) -> int:
    with house_of(arguments) as house, house.database.reading() as session:
        for user in repository.users(session):
            print(f"{user.username:<20} {', '.join(user.roles):<24} {_remark(session, user)}")
    return 0


def _remark(session: Session, user: User) -> str:
    lawyer = session.get(Lawyer, user.id)
    remarks = [
        "" if user.is_active else "disabled",
        "demo" if user.is_demo else "",
        f"{','.join(lawyer.languages)}; {','.join(lawyer.topics)}" if lawyer else "",
    ]
    return "  ".join(remark for remark in remarks if remark)


def _user(session: Session, username: str) -> User:
    user = repository.find_user(session, normalise_username(username))
    if user is None:
        raise NotFound("There is no user of this name; `hotline user list` shows who there is.")
    return user


def _ask_password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != password:
        raise InvalidInput("The two passwords differ.")
    return password


def _parts(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(",") if part.strip()]
