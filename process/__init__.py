"""Start, end and resources of a process, and native libraries beside eventlet."""
