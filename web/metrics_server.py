"""Shows the metrics on a port of their own, so that no proxy shows them to the world."""

from __future__ import annotations

from threading import Thread

from prometheus_client import make_wsgi_app

from web.config import Config
from web.listen import SERVERS, bind
from web.metrics import REGISTRY


def serve_metrics(config: Config) -> None:
    """Serves `/metrics` from now on; does nothing where `metrics_port` is 0.

    Raises:
        CannotListen: The address is taken or not ours to have.
    """
    if config.metrics_port == 0:
        return
    listener = bind(config.metrics_bind_host, config.metrics_port, "MIEN_METRICS_")
    # Not compressed: under eventlet that would hold up frames.
    page = make_wsgi_app(REGISTRY, disable_compression=True)
    arguments = (page, listener, None)
    serve = SERVERS[config.async_mode]
    Thread(target=serve, args=arguments, name="metrics", daemon=True).start()
