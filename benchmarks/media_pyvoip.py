"""pyVoIP 1.6.8's own RTP under the same load: `python -m benchmarks.media_pyvoip`.

Reads JSON (remote ports), opens one RTPClient a call with a prompt to play and a thread that
records what comes, prints the local ports, and ends when its standard input does.
"""

import json
import sys
import tempfile
import threading
import warnings
from pathlib import Path

from pyVoIP.RTP import PayloadType, RTPClient, TransmitType

# pyVoIP plays 8-bit samples; two minutes outlast any measurement.
_PROMPT = bytes(range(64, 192)) * 7500


def _record(client: RTPClient, path: Path) -> None:
    with path.open("wb") as file:
        while client.NSD:
            file.write(client.read(160))


def main() -> None:
    """The process: see the module."""
    warnings.simplefilter("ignore")
    order = json.loads(sys.stdin.readline())
    ports = []
    clients = []
    with tempfile.TemporaryDirectory() as directory:
        for index, remote in enumerate(order["remotes"]):
            port = order["first_port"] + 2 * index
            client = RTPClient(
                {0: PayloadType.PCMU}, "127.0.0.1", port, "127.0.0.1", remote, TransmitType.SENDRECV
            )
            client.write(_PROMPT)
            client.start()
            path = Path(directory) / f"{index}.raw"
            threading.Thread(target=_record, args=(client, path), daemon=True).start()
            clients.append(client)
            ports.append(port)
        sys.stdout.write(json.dumps(ports) + "\n")
        sys.stdout.flush()
        sys.stdin.readline()
        for client in clients:
            client.stop()


if __name__ == "__main__":
    main()
