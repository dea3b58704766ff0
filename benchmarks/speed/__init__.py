"""Speed and memory of this checkout against an earlier commit: `make bench`."""
