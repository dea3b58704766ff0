"""The `mien` command: serve, list the models, check the installation."""
