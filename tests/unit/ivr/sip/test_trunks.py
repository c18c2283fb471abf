"""Reading the trunk file."""

from ipaddress import ip_network

import pytest

from ivr.sip.digest import Credentials
from ivr.sip.trunks import Registrar, Transport, Trunk, TrunkFileError, read_trunks

WHOLE = """
[[trunk]]
name = "电信"
peers = ["10.20.0.1", "10.21.0.0/24"]
transport = "udp"
outbound = "sbc.example:5080"
domain = "ims.example"
registrar = "10.20.0.2"
expires_seconds = 600
username = "029"
password_file = "telecom.password"
trust_identity = false
shown_number = "02912348"
strip = "0"
add = "9"
max_calls = 60
calls_per_second = 10.5
heartbeat_seconds = 15

[[trunk]]
name = "spare"
outbound = "[2001:db8::1]:5070"
"""


def read(text: str, *, secret: str = "open sesame\n") -> tuple[Trunk, ...]:
    return read_trunks(text, read_secret=lambda _: secret)


def table(*lines: str) -> str:
    return "\n".join(["[[trunk]]", 'name = "one"', *lines])


class TestReadTrunks:
    def test_read__every_key(self) -> None:
        first, second = read(WHOLE)

        assert first == Trunk(
            name="电信",
            peers=(ip_network("10.20.0.1"), ip_network("10.21.0.0/24")),
            outbound=("sbc.example", 5080),
            domain="ims.example",
            credentials=Credentials("029", "open sesame"),
            registrar=Registrar(("10.20.0.2", 5060), "ims.example", 600),
            trusts_identity=False,
            shown_number="02912348",
            strip="0",
            add="9",
            max_calls=60,
            calls_per_second=10.5,
            heartbeat_seconds=15.0,
        )
        assert (second.outbound, second.domain) == (("2001:db8::1", 5070), "2001:db8::1")

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("", "[[trunk]]"),
            ("nonsense", "no TOML"),
            ('other = 1\n[[trunk]]\nname = "x"', "[[trunk]]"),
            ("[trunk]\nname = 'x'", "[[trunk]]"),
            (table(), 'Trunk "one", key peers'),
            ("[[trunk]]\npeers = ['10.0.0.1']", "Trunk number 1, key name"),
            (table('peer = ["10.0.0.1"]'), 'Trunk "one", key peer: Extra inputs'),
            (table('peers = ["sbc.example"]'), 'Trunk "one", key peers: write IP addresses'),
            (table('transport = "tls"'), "edge proxy"),
            (table('outbound = "a b"'), 'Trunk "one", key outbound: write host:port'),
            (table('outbound = "a:70000"'), "key outbound"),
            (table('outbound = "a"', "max_calls = 0"), "key max_calls"),
            (table('outbound = "a"', 'max_calls = "5"'), "key max_calls"),
            (table('outbound = "a"', "calls_per_second = 0"), "key calls_per_second"),
            (table('outbound = "a"', 'add = "sip:"'), "key add"),
            (table('registrar = "a"'), "key username"),
            (table('outbound = "a"', 'password = "x"'), "key username"),
            (table('outbound = "a"', 'username = "x"'), "key password"),
            (
                table('outbound = "a"', 'username = "x"', 'password = "y"', 'password_file = "z"'),
                "not both",
            ),
            (table('outbound = "a"') + "\n" + table('outbound = "b"'), 'named "one"'),
        ],
    )
    def test_read__says_which_trunk_and_key(self, text: str, words: str) -> None:
        with pytest.raises(TrunkFileError) as caught:
            read(text)

        assert words in str(caught.value)

    @pytest.mark.parametrize("written", ["tcp", "TCP"])
    def test_read__transport_of_a_trunk(self, written: str) -> None:
        first, second = read(
            table('outbound = "a"', f'transport = "{written}"')
            + "\n"
            + table('outbound = "b"').replace("one", "two")
        )

        assert (first.transport, second.transport) == (Transport.TCP, Transport.UDP)

    @pytest.mark.parametrize(
        ("udp", "tcp", "shared"),
        [
            ('peers = ["10.20.0.0/16"]', 'peers = ["10.20.0.7"]', "10.20.0.0/16"),
            ('peers = ["10.20.0.7"]', 'outbound = "10.20.0.7:5070"', "10.20.0.7/32"),
            ('outbound = "sbc.example"', 'outbound = "sbc.example:5070"', "sbc.example"),
            ('peers = ["10.20.0.0/16"]', 'peers = ["10.21.0.7", "2001:db8::1"]', ""),
            ('outbound = "one.example"', 'peers = ["10.20.0.7"]', ""),
        ],
    )
    def test_read__two_transports_at_an_address__refused(
        self, udp: str, tcp: str, shared: str
    ) -> None:
        text = f'{table(udp)}\n[[trunk]]\nname = "two"\ntransport = "tcp"\n{tcp}'
        if not shared:
            assert len(read(text)) == 2
            return
        with pytest.raises(TrunkFileError, match=f'"one" and "two" share {shared}: '):
            read(text)
        assert len(read(text.replace('"tcp"', '"udp"'))) == 2

    def test_read__never_tells_the_password(self) -> None:
        text = table('outbound = "a"', "username = 'u'", 'password = "hunter2"', "strip = 'x'")
        good = table('outbound = "a"', "username = 'u'", 'password = "hunter2"')

        with pytest.raises(TrunkFileError) as caught:
            read(text)

        assert "hunter2" not in str(caught.value)
        assert "hunter2" not in repr(read(good))

    def test_read__missing_password_file_is_named_by_its_key(self) -> None:
        def missing(_: str) -> str:
            raise FileNotFoundError

        text = table('outbound = "a"', 'username = "u"', 'password_file = "secret"')

        with pytest.raises(TrunkFileError, match="key password_file"):
            read_trunks(text, read_secret=missing)


@pytest.mark.parametrize(
    ("strip", "add", "number", "dialled"),
    [
        ("", "", "013800001234", "013800001234"),
        ("0", "", "013800001234", "13800001234"),
        ("0", "+86", "02912345678", "+862912345678"),
        ("0", "9", "13800001234", "913800001234"),
    ],
)
def test_dialled__as_the_trunk_wants_it(strip: str, add: str, number: str, dialled: str) -> None:
    assert Trunk(name="x", strip=strip, add=add).dialled(number) == dialled
