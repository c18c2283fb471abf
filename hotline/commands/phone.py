"""`hotline phone`: SIP phones of lawyers that register with us."""

import argparse
from typing import TYPE_CHECKING

from sqlmodel import Session

from hotline.accounts import repository
from hotline.accounts.rules import normalise_username
from hotline.agents import phones
from hotline.commands.options import add_data_dir, house_of
from hotline.errors import NotFound
from hotline.tables import User

if TYPE_CHECKING:
    from hotline.commands.options import Subparsers


def register(subparsers: "Subparsers") -> None:
    """Adds `hotline phone password` and `remove`."""
    parser = subparsers.add_parser("phone", help="let lawyers' SIP phones register here")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    password = actions.add_parser(
        "password", help="give a lawyer's phone a fresh password, shown this once"
    )
    removing = actions.add_parser("remove", help="let a lawyer's phone register no more")
    for action, run in ((password, _renew), (removing, _remove)):
        action.add_argument("username", metavar="LAWYER")
        add_data_dir(action)
        action.set_defaults(run=run)


def _renew(arguments: argparse.Namespace) -> int:
    with house_of(arguments) as house:
        with house.database.session() as session:
            lawyer = _user(session, arguments.username)
            username = lawyer.username
            password = phones.renew_password(session, house, lawyer)
        print(f"user name  {username}")
        print(f"password   {password}")
        print(f"realm      {phones.REALM}")
        print(f"registrar  this machine's address, UDP port {house.settings.sip_port}")
        if not house.settings.phones:
            print("No phone may register yet: set HOTLINE_PHONES to the networks they are in.")
    return 0


def _remove(arguments: argparse.Namespace) -> int:
    with house_of(arguments) as house, house.database.session() as session:
        lawyer = _user(session, arguments.username)
        if not phones.remove_password(session, house, lawyer):
            raise NotFound("This lawyer's phone has no password.")
    print("Removed; the phone is forgotten within half a minute.")
    return 0


def _user(session: Session, username: str) -> User:
    user = repository.find_user(session, normalise_username(username))
    if user is None:
        raise NotFound("There is no user of this name; `hotline user list` shows who there is.")
    return user
