"""Where the server listens, and by what certificate it is known."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import grpc

from serving.tls_files import load_tls_files


class AddressTakenError(OSError):
    """The address to listen on is in use, or is not of this machine."""

    def __init__(self, address: str) -> None:
        super().__init__(f"Cannot listen on {address}. Is it in use?")


@dataclass(frozen=True)
class ServerTls:
    """PEM files of a server that speaks TLS.

    Attributes:
        certificate: The server's certificate.
        key: Its key.
        client_ca: Certificates that a client's must come from, for mutual TLS; None asks for none.
    """

    certificate: Path
    key: Path
    client_ca: Path | None = None

    def credentials(self) -> grpc.ServerCredentials:
        """Reads the files.

        Raises:
            TlsFilesError: A file cannot be used.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        load_tls_files(context, self.certificate, self.key, self.client_ca)
        pair = (self.key.read_bytes(), self.certificate.read_bytes())
        client_ca = self.client_ca.read_bytes() if self.client_ca else None
        return grpc.ssl_server_credentials([pair], client_ca, self.client_ca is not None)


def unix_address(path: Path) -> str:
    """Gives the address of a unix socket, on which nobody listens yet.

    A file that a killed server left there is no matter: gRPC removes it. It would as well remove
    that of a server that lives.

    Raises:
        AddressTakenError: A server listens there.
        OSError: The path is too long.
    """
    address = f"unix:{quote(str(path))}"
    with socket.socket(socket.AF_UNIX) as probe:
        if probe.connect_ex(str(path)) == 0:
            raise AddressTakenError(address)
    return address


def open_port(server: grpc.Server, address: str, tls: ServerTls | None) -> str:
    """Has a server listen.

    Returns:
        The address, with a free port where port 0 was asked for.

    Raises:
        AddressTakenError: The address cannot be listened on.
        OSError: A file of `tls` cannot be used.
    """
    credentials = tls.credentials() if tls else None
    try:
        if credentials:
            port = server.add_secure_port(address, credentials)
        else:
            port = server.add_insecure_port(address)
    except RuntimeError as error:
        raise AddressTakenError(address) from error
    if address.startswith("unix:"):
        return address
    return f"{address.rpartition(':')[0]}:{port}"
