"""Taking a TCP port before anything else is done, so that a taken one costs one sentence."""

import socket

# What a process leaves with when its port is taken; `hotline up` tells the operator.
EXIT_PORT_IN_USE = 3


def listen(host: str, port: int) -> socket.socket:
    """A bound TCP socket, not yet listening.

    Raises:
        OSError: The address is taken or is not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError:
        listening.close()
        raise
    return listening
