"""Mien beside other libraries, on the same faces: quality, time and size.

`python -m benchmarks.peers` installs the peers into `.cache/peers`, asks each of them and writes
`docs/comparison.md` and `docs/comparison.json`. Every system answers in a process of its own,
which reads the pictures of `exchange` and writes its answers back as JSON.
"""
