"""Live path: Socket.IO events, sessions and their turns."""
