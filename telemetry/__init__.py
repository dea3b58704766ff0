"""Logs and traces of every process of Mien."""
