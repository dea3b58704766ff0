"""HTTP routes of the page and the probes."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, jsonify, render_template, request

from web.http.security import NONCE
from web.service import Service


def add_routes(app: Flask, service: Service) -> None:
    """Registers the HTTP routes; `web/transport/health.py` answers `/healthz` ahead of Flask."""

    @app.get("/")
    def page() -> str:
        # Relative by default: a proxy may remove the beginning of the path silently.
        root = f"{request.script_root or '.'}/"
        return render_template("index.html", root=root, csp_nonce=request.environ[NONCE])

    @app.get("/readyz")
    def readyz() -> tuple[Response, int]:
        report = readiness(service)
        return jsonify(report), 200 if report["ready"] else 503


def readiness(service: Service) -> dict[str, Any]:
    """Says whether the app, the detector and every model can work, and if not, why."""
    states = service.client.states
    return {
        "ready": all(state.available for state in states.values()),
        "detector": service.detector.name,
        "models": {
            name: {
                "available": state.available,
                "version": state.version,
                "message": state.message,
            }
            for name, state in states.items()
        },
    }
