"""Open the port that a command listens on, or say in one sentence why it cannot."""

import socket

from gateway.commands.speaking import fail, reason_of
from gateway.serving import listen


def listener_on(host: str, port: int) -> socket.socket:
    """Open a listening socket; ends the command when the address is taken or is none of this machine's."""
    try:
        return listen(host, port)
    except OSError as fault:
        fail(f"Port {port} of {host} cannot be listened on: {reason_of(fault)}.")
