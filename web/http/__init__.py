"""HTTP: pages, probes, and what is checked before a request is served."""
