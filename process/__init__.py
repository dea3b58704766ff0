"""How a process of Mien starts, runs beside eventlet, and ends."""
