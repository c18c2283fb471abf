"""Taking port and certificate before anything else is done, so that what is wrong with them costs
one sentence.
"""

import socket
import ssl

from hotline.errors import NotConfigured
from hotline.settings import Settings

# What a process leaves with when its port is taken; `hotline up` tells the operator.
EXIT_PORT_IN_USE = 3

_BACKLOG = 512


def listen(host: str, port: int) -> socket.socket:
    """A TCP socket that listens; whoever comes early waits until the process is ready.

    Raises:
        OSError: The address is taken or is not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        # Only now is the port ours: two that are bound can still both believe they have it.
        listening.listen(_BACKLOG)
    except OSError:
        listening.close()
        raise
    return listening


def tls_context(settings: Settings) -> ssl.SSLContext | None:
    """The context for https and wss, or None when the installation has no certificate.

    Raises:
        NotConfigured: Certificate or key cannot be read.
    """
    if not settings.is_tls or settings.tls_cert is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(settings.tls_cert, settings.tls_key)
    except (OSError, ssl.SSLError) as error:
        raise NotConfigured(
            f"The certificate {settings.tls_cert} and its key cannot be used "
            f"({error.__class__.__name__}); check HOTLINE_TLS_CERT and HOTLINE_TLS_KEY."
        ) from error
    return context
