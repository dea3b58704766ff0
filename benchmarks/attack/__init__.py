"""Attacks on a running Mien on loopback, and what they do to another client."""
