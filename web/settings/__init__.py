"""Settings of the app: every `MIEN_` variable, its type, bounds and meaning.

There is one model per concern, and `Settings` composes them. To add a setting, add a field to the
model of its concern and run `make generate`.
"""

from web.settings.composition import Settings
from web.settings.concern import PREFIX, ROOT
from web.settings.reading import SettingsError, load_settings, read_settings

__all__ = ["PREFIX", "ROOT", "Settings", "SettingsError", "load_settings", "read_settings"]
