"""Several app processes behind one port: `MIEN_PROCESSES`."""
