"""Settings of the model server: an embedded one by default, or another by its address."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from web.settings.concern import ROOT, Concern
from web.settings.values import OptionalPath, PathSetting, Target


class ModelServerSettings(Concern):
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
        description="Model server to use, as host:port or unix:PATH. Empty: start the embedded "
        "one.",
    )
    model_server_ca: OptionalPath = Field(
        default=None,
        description="PEM file of the authorities that sign the model server's certificate. "
        "Switches TLS on.",
    )
    model_server_certificate: OptionalPath = Field(
        default=None, description="PEM file of the app's own certificate, for mutual TLS."
    )
    model_server_key: OptionalPath = Field(
        default=None, description="PEM file of the key of the app's own certificate."
    )
    model_server_proxy: bool = Field(
        default=False,
        description="Reach the model server through the proxy that `https_proxy` names.",
    )
    model_label: str = Field(
        default="",
        description="Version label to ask for, such as `stable`. Empty: the newest version.",
    )
    model_timeout_seconds: Annotated[float, Field(ge=0.01, le=60)] = Field(
        default=1.0,
        description="Deadline of a call to the model server. Its status has one second at least.",
    )
    contract: PathSetting = Field(
        default=ROOT / "serving" / "models.toml", description="File of the model contract."
    )
    models: PathSetting = Field(
        default=ROOT / "serving" / "models",
        description="Folder of SavedModels for the embedded model server.",
    )
