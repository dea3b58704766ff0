"""Connection parameters of clients and attackers."""

from __future__ import annotations

import socket
import ssl
import time
from dataclasses import dataclass

TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True)
class Endpoint:
    """Address of the service, and options of a client or attack.

    Attributes:
        port: TCP port on 127.0.0.1.
        source: Address of the loopback network to connect from.
        tls: Whether the port uses TLS. Its certificate is not checked.
        token: The access token; empty if the service needs none.
        app_pid: Process id of the app, the parent of the embedded model server.
        seconds: Duration of an attack.
        crowd: Whether each client of an overload has its own address.
    """

    port: int
    source: str
    tls: bool = False
    token: str = ""
    app_pid: int = 0
    seconds: float = 5.0
    crowd: bool = True

    @property
    def url(self) -> str:
        """Address of the service."""
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    def dial(
        self,
        timeout: float = TIMEOUT_SECONDS,
        *,
        source: str = "",
        receive_buffer: int = 0,
        plain: bool = False,
    ) -> socket.socket:
        """Opens a connection.

        Args:
            timeout: Seconds for each operation of the socket.
            source: Another address to connect from.
            receive_buffer: Size of the kernel's receive buffer in bytes; 0 for its default.
            plain: Whether to omit the TLS handshake.

        Raises:
            OSError: The service does not accept the connection.
        """
        raw = socket.socket()
        try:
            raw.settimeout(timeout)
            if receive_buffer:
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
            raw.bind((source or self.source, 0))
            raw.connect(("127.0.0.1", self.port))
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return raw if plain or not self.tls else _UNCHECKED.wrap_socket(raw)
        except OSError:
            raw.close()
            raise


def _unchecked_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


_UNCHECKED = _unchecked_context()


@dataclass(frozen=True)
class Deadline:
    """A time on the monotonic clock, which all processes of a machine share."""

    at: float

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        """The deadline that is some seconds from now."""
        return cls(time.monotonic() + seconds)

    @property
    def is_over(self) -> bool:
        """Whether the deadline has passed."""
        return time.monotonic() >= self.at

    @property
    def left(self) -> float:
        """Seconds until the deadline; 0 if it has passed."""
        return max(0.0, self.at - time.monotonic())

    def wait(self, seconds: float | None = None) -> None:
        """Sleeps until the deadline, or for some seconds if that is shorter."""
        time.sleep(self.left if seconds is None else min(self.left, seconds))
