"""All settings of the app, by group."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from web.settings.access import AccessSettings
from web.settings.detection import DetectionSettings
from web.settings.group import SettingsGroup
from web.settings.limits import LimitSettings
from web.settings.model_server import ModelServerSettings
from web.settings.observability import ObservabilitySettings
from web.settings.server import ServerSettings
from web.settings.sessions import SessionsSettings


class Settings(BaseModel):
    """Every setting of the app. `Settings()` has the defaults, and `read_settings` reads them.

    Example:
        >>> settings = Settings(server=ServerSettings(port=5055))
        >>> settings.server.port, settings.limits.max_faces
        (5055, 16)
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    server: ServerSettings = ServerSettings()
    access: AccessSettings = AccessSettings()
    model_server: ModelServerSettings = ModelServerSettings()
    detection: DetectionSettings = DetectionSettings()
    limits: LimitSettings = LimitSettings()
    sessions: SessionsSettings = SessionsSettings()
    observability: ObservabilitySettings = ObservabilitySettings()

    @property
    def metrics_bind_host(self) -> str:
        """The address of the metrics port."""
        return self.observability.metrics_host or self.server.bind_host


def groups() -> dict[str, type[SettingsGroup]]:
    """Returns the model of each group by its name in `Settings`."""
    return {name: type(field.default) for name, field in Settings.model_fields.items()}
