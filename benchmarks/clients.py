"""Load generator: Socket.IO clients that send at a steady rate; runs in its own process.

All clients share one thread and send prepared bytes, so that the load itself costs little: about
0.2 ms of CPU per frame.
"""

from __future__ import annotations

import json
import pickle
import selectors
import sys
import time
from contextlib import suppress

from benchmarks.attack.endpoint import Endpoint
from benchmarks.attack.wire import BINARY, Link, packet
from benchmarks.load import Load, Message, Received

DRAIN_SECONDS = 1.0
"""Time for the last acks and predictions."""
JOIN_PAUSE_SECONDS = 0.5


class Client:
    """One client with a connected session."""

    def __init__(self, link: Link, event: str, camera: list[Message], received: Received) -> None:
        self.link = link
        self._event = event
        self._camera = [(_after_seq(about), packet(image, BINARY)) for about, image in camera]
        self._received = received
        self._sent: dict[int, float] = {}
        self._unsent = bytearray()

    def send(self, seq: int) -> None:
        """Sends a message without waiting for acks or for space in the socket."""
        about, image = self._camera[seq % len(self._camera)]
        head = f'451-{seq}["{self._event}",{{"seq":{seq}{about},{{"_placeholder":true,"num":0}}]'
        self._sent[seq] = time.monotonic()
        self._unsent += packet(head.encode()) + image
        self.flush()

    def flush(self) -> None:
        """Writes as much as the socket takes."""
        if self._unsent:
            with suppress(BlockingIOError):
                del self._unsent[: self.link.wire.send(self._unsent)]

    def read(self) -> None:
        """Reads what has arrived."""
        for message in self.link.read_available():
            if message.startswith(b"43"):
                self._on_ack(json.loads(message[message.index(b"[") :])[0])
            elif message.startswith(b'42["prediction"'):
                self._on_prediction(json.loads(message[2:])[1])

    def _on_ack(self, ack: dict[str, object]) -> None:
        status = str(ack["status"])
        self._received.statuses[status] += 1
        if status == "analysed":
            self._received.ack_ms.append(self._since_sent(ack))
            faces = ack["faces"]
            self._received.faces += len(faces) if isinstance(faces, list) else 0

    def _on_prediction(self, prediction: dict[str, object]) -> None:
        if prediction["model"] == "emotion":
            self._received.emotion_ms.append(self._since_sent(prediction))

    def _since_sent(self, about: dict[str, object]) -> float:
        return (time.monotonic() - self._sent[int(str(about["seq"]))]) * 1e3


class Crowd:
    """All clients on one event loop."""

    def __init__(self, port: int, load: Load) -> None:
        self.received = Received()
        self._load = load
        self._selector = selectors.DefaultSelector()
        self._clients = [self._join(port, number) for number in range(load.clients)]

    def run(self) -> None:
        """Sends all messages at fixed times; the clients take turns."""
        self._read_until(time.monotonic() + JOIN_PAUSE_SECONDS)
        start, cpu = time.monotonic(), time.process_time()
        step = 1 / len(self._clients) / self._load.rate
        for turn in range(self._load.messages * len(self._clients)):
            self._read_until(start + turn * step)
            seq, number = divmod(turn, len(self._clients))
            self._attempt(self._clients[number], selectors.EVENT_WRITE, seq)
        self.received.generator_cpu = (time.process_time() - cpu) / (time.monotonic() - start)
        self._read_until(time.monotonic() + DRAIN_SECONDS)

    def _join(self, port: int, number: int) -> Client:
        link = Link(Endpoint(port, "127.0.0.1")).join()
        link.wire.setblocking(False)
        camera = self._load.cameras[number % len(self._load.cameras)]
        client = Client(link, self._load.event, camera, self.received)
        self._selector.register(link.wire, selectors.EVENT_READ, client)
        return client

    def _read_until(self, deadline: float) -> None:
        """Reads messages until it is time to send."""
        while True:
            left = deadline - time.monotonic()
            for key, _ in self._selector.select(max(left, 0)):
                self._attempt(key.data, selectors.EVENT_READ)
            if left <= 0:
                return

    def _attempt(self, client: Client, event: int, seq: int = 0) -> None:
        """Reads or sends; a client whose connection is lost counts once."""
        if client.link.wire.fileno() < 0:
            return
        try:
            if event == selectors.EVENT_READ:
                client.read()
                client.flush()
            else:
                client.send(seq)
        except OSError:
            self.received.statuses["closed"] += 1
            self._selector.unregister(client.link.wire)
            client.link.wire.close()


def _after_seq(about: dict[str, object]) -> str:
    """The JSON text of an object that follows its first member, `seq`."""
    return json.dumps({"seq": 0, **about}).removeprefix('{"seq": 0')


def main() -> None:
    """Reads a pickled `Load` from standard input and writes a pickled `Received`."""
    load = pickle.load(sys.stdin.buffer)
    crowd = Crowd(int(sys.argv[1]), load)
    crowd.run()
    pickle.dump(crowd.received, sys.stdout.buffer)


if __name__ == "__main__":
    main()
