"""Settings of the app: every `MIEN_` variable, its type, bounds and meaning.

Settings are grouped by topic, one model per group, and `Settings` contains all groups. To add a
setting, add a field to the model of its group and run `make generate`.
"""

from web.settings.composition import Settings
from web.settings.group import PREFIX, ROOT
from web.settings.reading import SettingsError, load_settings, read_settings

__all__ = ["PREFIX", "ROOT", "Settings", "SettingsError", "load_settings", "read_settings"]
