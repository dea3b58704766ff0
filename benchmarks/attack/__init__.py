"""Attacks on a running Mien on loopback, and their effect on another client."""
