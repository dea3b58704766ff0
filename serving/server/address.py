"""Address and TLS certificate of the server."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import grpc

from serving.tls_files import load_tls_files


class AddressTakenError(OSError):
    """The address to listen on is in use, or is not an address of this machine."""

    def __init__(self, address: str) -> None:
        super().__init__(
            f"Cannot listen on {address}. Stop the program that uses it, or choose another address."
        )


@dataclass(frozen=True)
class ServerTls:
    """PEM files of a TLS server.

    Attributes:
        certificate: The server's certificate.
        key: The key of `certificate`.
        client_ca: Certificates of the authorities that sign the clients', for mutual TLS; None to
            require no client certificate.
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
    """Returns the address of a Unix socket, after a check that no server listens on it.

    gRPC removes a file that a killed server left behind. It would remove the file of a running
    server as well.

    Raises:
        AddressTakenError: A server listens on the socket.
        OSError: The path is too long.
    """
    address = f"unix:{quote(str(path))}"
    with socket.socket(socket.AF_UNIX) as probe:
        if probe.connect_ex(str(path)) == 0:
            raise AddressTakenError(address)
    return address


def open_port(server: grpc.Server, address: str, tls: ServerTls | None) -> str:
    """Makes a server listen.

    Returns:
        The address, with the actual port instead of port 0.

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
