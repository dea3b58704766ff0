"""Mien beside other libraries, on the same faces: quality, time and size.

`python -m benchmarks.peers` installs the peers into `.cache/peers`, asks each of them and writes
`comparison.md` and `comparison.json` in `docs/experiments/`. Every system answers in a process of
its own, which reads the pictures of `file_protocol` and writes its answers back as JSON.
"""
