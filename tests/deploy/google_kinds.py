"""Schemas of Google's own kinds, which are missing from the schemas of Kubernetes.

They allow only the fields in use. The names and types are those of the Go types in ingress-gce
(`pkg/apis`) and prometheus-engine, and of the GKE documentation.
"""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]


def _object(**properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _kind(version: str, **spec: Schema) -> Schema:
    return _object(
        apiVersion={"const": version},
        kind={"type": "string"},
        metadata={"type": "object"},
        spec=_object(**spec),
    )


_TEXT = {"type": "string"}
_FLAG = {"type": "boolean"}
_SECONDS = {"type": "integer", "minimum": 1, "maximum": 86_400}

GOOGLE_KINDS = {
    "BackendConfig": _kind(
        "cloud.google.com/v1",
        sessionAffinity=_object(
            affinityType={"enum": ["NONE", "CLIENT_IP", "GENERATED_COOKIE"]},
            affinityCookieTtlSec=_SECONDS,
        ),
        timeoutSec=_SECONDS,
        connectionDraining=_object(drainingTimeoutSec={"type": "integer", "maximum": 3600}),
        healthCheck=_object(
            type={"enum": ["HTTP", "HTTPS", "HTTP2"]},
            requestPath={"type": "string", "pattern": "^/"},
            port={"type": "integer"},
            checkIntervalSec=_SECONDS,
            timeoutSec=_SECONDS,
            healthyThreshold={"type": "integer"},
            unhealthyThreshold={"type": "integer"},
        ),
        logging=_object(enable=_FLAG),
    ),
    "FrontendConfig": _kind(
        "networking.gke.io/v1beta1",
        redirectToHttps=_object(
            enabled=_FLAG,
            responseCodeName={
                "enum": [
                    "MOVED_PERMANENTLY_DEFAULT",
                    "FOUND",
                    "SEE_OTHER",
                    "TEMPORARY_REDIRECT",
                    "PERMANENT_REDIRECT",
                ]
            },
        ),
    ),
    "ManagedCertificate": _kind(
        "networking.gke.io/v1",
        domains={"type": "array", "items": _TEXT, "minItems": 1},
    ),
    "PodMonitoring": _kind(
        "monitoring.googleapis.com/v1",
        selector=_object(matchLabels={"type": "object"}),
        endpoints={
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"port": _TEXT, "path": _TEXT, "interval": _TEXT},
                "required": ["port", "interval"],
                "additionalProperties": False,
            },
        },
    ),
}
