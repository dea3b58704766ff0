"""Compares Mien with other libraries on the same faces: quality, time and size.

`python -m benchmarks.peers` installs the peers into `.cache/peers`, runs each of them and writes
`comparison.md` and `comparison.json` in `docs/experiments/`. Every system runs in its own process,
reads the images of `file_protocol` and writes its results as JSON.
"""
