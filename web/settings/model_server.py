"""Settings of the model server: the embedded one, or the address of another one."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from web.settings.group import ROOT, SettingsGroup
from web.settings.values import OptionalPath, PathSetting, Target


class ModelServerSettings(SettingsGroup):
    """The models, and the server that runs them."""

    title: ClassVar[str] = "Model server"
    needs: ClassVar[tuple[tuple[str, str], ...]] = (
        ("model_server_ca", "model_server"),
        ("model_server_certificate", "model_server_ca"),
        ("model_server_certificate", "model_server_key"),
        ("model_server_key", "model_server_certificate"),
        ("model_label", "model_server"),
        ("model_server_proxy", "model_server"),
    )

    model_server: Target = Field(
        default="",
        description="Address of a model server, as `host:port` or `unix:PATH`. If empty, Mien "
        "starts the embedded model server.",
    )
    model_server_ca: OptionalPath = Field(
        default=None,
        description="PEM file with the certificate authorities that sign the model server's "
        "certificate. Setting it turns on TLS.",
    )
    model_server_certificate: OptionalPath = Field(
        default=None, description="PEM file with the app's client certificate, for mutual TLS."
    )
    model_server_key: OptionalPath = Field(
        default=None, description="PEM file with the private key of the client certificate."
    )
    model_server_proxy: bool = Field(
        default=False,
        description="Connect to the model server through the proxy in `https_proxy`.",
    )
    model_label: str = Field(
        default="",
        description="Version label of the models to use, such as `stable`. If empty, Mien uses "
        "the newest version.",
    )
    model_timeout_seconds: Annotated[float, Field(ge=0.01, le=60)] = Field(
        default=1.0,
        description="Timeout of a prediction request, in seconds. Status requests use at least 1 "
        "second.",
    )
    contract: PathSetting = Field(
        default=ROOT / "serving" / "models.toml",
        description="TOML file that describes the models: inputs, outputs, labels and intervals.",
    )
    models: PathSetting = Field(
        default=ROOT / "serving" / "models",
        description="Folder with the SavedModels of the embedded model server.",
    )
