"""Everything that patches or bounds eventlet, Engine.IO, python-socketio and gunicorn."""
