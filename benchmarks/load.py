"""Load of a measurement, and what its clients received."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

Message = tuple[dict[str, object], bytes]
"""The object of an event, without `seq`, and its image."""


@dataclass(frozen=True)
class Load:
    """What the clients send.

    Attributes:
        cameras: One cycle of messages per camera. Client `i` uses camera `i % len(cameras)`.
        clients: Number of clients.
        seconds: Duration.
        rate: Messages per second and client.
        event: `frame` or `faces`.
    """

    cameras: list[list[Message]]
    clients: int
    seconds: float
    rate: float = 10.0
    event: str = "frame"

    @property
    def messages(self) -> int:
        """Messages per client."""
        return int(self.seconds * self.rate)


@dataclass
class Received:
    """What all clients received.

    Attributes:
        ack_ms: Time from sending each frame to its ack, for analyzed frames.
        emotion_ms: The same to each emotion prediction.
        statuses: Number of acks by status; `closed` counts lost connections.
        faces: Number of faces in all acks.
        generator_cpu: CPU time of the load generator over elapsed time.
    """

    ack_ms: list[float] = field(default_factory=list)
    emotion_ms: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    faces: int = 0
    generator_cpu: float = 0.0
