"""Start, ports and end of the app's process."""
