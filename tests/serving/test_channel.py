from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest

from serving.channel import TlsFiles, open_channel
from serving.tls_files import TlsFilesError
from tests.serving.authority import Authority

TIMEOUT_SECONDS = 10


@pytest.fixture
def ours(tmp_path):
    return Authority(tmp_path, "ours")


@pytest.fixture
def serve():
    """Starts servers that answer with their own name, and returns their ports."""
    servers = []

    def start(name, credentials=None):
        server = grpc.server(ThreadPoolExecutor(2), options=[("grpc.so_reuseport", 0)])
        handler = grpc.unary_unary_rpc_method_handler(lambda request, context: name.encode())
        server.add_generic_rpc_handlers(
            [grpc.method_handlers_generic_handler("test.Test", {"Name": handler})]
        )
        if credentials:
            port = server.add_secure_port("127.0.0.1:0", credentials)
        else:
            port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        servers.append(server)
        return port

    yield start
    for server in servers:
        server.stop(0).wait()


def ask(channel, **options):
    return channel.unary_unary("/test.Test/Name")(b"", timeout=TIMEOUT_SECONDS, **options).decode()


def secure(authority, demand_client_certificate=False):
    certificate, key = authority.issue("server")
    return grpc.ssl_server_credentials(
        [(key.read_bytes(), certificate.read_bytes())],
        authority.ca.read_bytes() if demand_client_certificate else None,
        demand_client_certificate,
    )


@pytest.mark.parametrize("form", ["127.0.0.1:{}", "localhost:{}", "dns:///127.0.0.1:{}"])
def test_a_plain_channel_takes_host_and_port_or_a_grpc_target(serve, form):
    with open_channel(form.format(serve("plain"))) as channel:
        assert ask(channel) == "plain"


def test_calls_are_spread_over_all_addresses(serve):
    ports = [serve(name) for name in "abc"]
    target = "ipv4:" + ",".join(f"127.0.0.1:{port}" for port in ports)

    with open_channel(target) as channel:
        answers = set()
        while answers != {"a", "b", "c"}:  # One joins as soon as it is connected.
            answers.add(ask(channel))
        assert sorted(ask(channel) for _ in range(9)) == sorted("abc" * 3)


def test_a_server_with_our_certificate_is_called_over_tls(serve, ours):
    port = serve("safe", secure(ours))

    with open_channel(f"127.0.0.1:{port}", TlsFiles(ours.ca)) as channel:
        assert ask(channel) == "safe"


def test_a_server_with_a_foreign_certificate_is_refused(serve, ours, tmp_path):
    port = serve("foreign", secure(Authority(tmp_path, "foreign")))

    with (
        open_channel(f"127.0.0.1:{port}", TlsFiles(ours.ca)) as channel,
        pytest.raises(grpc.RpcError) as error,
    ):
        ask(channel)
    assert error.value.code() is grpc.StatusCode.UNAVAILABLE


def test_a_server_that_demands_a_certificate_gets_ours(serve, ours):
    port = serve("mutual", secure(ours, demand_client_certificate=True))

    with open_channel(f"127.0.0.1:{port}", TlsFiles(ours.ca, *ours.issue("client"))) as channel:
        assert ask(channel) == "mutual"
    with (
        open_channel(f"127.0.0.1:{port}", TlsFiles(ours.ca)) as channel,
        pytest.raises(grpc.RpcError),
    ):
        ask(channel)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(TlsFilesError, match=r"no\.pem"):
        open_channel("127.0.0.1:1", TlsFiles(tmp_path / "no.pem"))


@pytest.fixture
def proxy(monkeypatch):
    """A listener that the environment names as the proxy for everything."""
    for name in ("no_proxy", "no_grpc_proxy"):
        monkeypatch.delenv(name, raising=False)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(TIMEOUT_SECONDS)
        for name in ("grpc_proxy", "https_proxy", "http_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{listener.getsockname()[1]}")
        yield listener


def test_no_proxy_of_the_environment_sees_a_call(serve, proxy):
    with open_channel(f"127.0.0.1:{serve('direct')}") as channel:
        assert ask(channel) == "direct"

    proxy.setblocking(False)
    with pytest.raises(BlockingIOError):
        proxy.accept()


def test_a_proxy_is_used_if_the_setting_enables_it(serve, proxy):
    with open_channel(f"127.0.0.1:{serve('direct')}", use_proxy=True) as channel:
        call = channel.unary_unary("/test.Test/Name").future(b"", timeout=TIMEOUT_SECONDS)
        connection, _ = proxy.accept()
        with connection:
            assert connection.recv(100).startswith(b"CONNECT 127.0.0.1:")
        call.cancel()
