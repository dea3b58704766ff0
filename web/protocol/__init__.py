"""Payloads of the Socket.IO protocol, version 1, as pydantic models.

The models validate what clients send, build what the server sends, and are the source of the
protocol's generated documents (`make generate`).
"""
