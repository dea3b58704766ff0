"""Everything that patches or bounds eventlet, Engine.IO, python-socketio, werkzeug and gunicorn."""

PATCHED = {
    "eventlet": "0.41.3",
    "gunicorn": "25.3.0",
    "python-engineio": "4.15.1",
    "python-socketio": "5.18.1",
    "simple-websocket": "1.1.0",
    "werkzeug": "3.1.9",
}
"""Libraries whose inner parts are replaced or called here, in the versions that were read."""
