"""Socket.IO clients that send at a steady rate; runs in its own process."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections import Counter

import socketio

from benchmarks.messages import MESSAGES, Message


class Client:
    """One client and its measurements."""

    def __init__(self, url: str, event: str, messages: list[Message], offset: float) -> None:
        self.sent: dict[int, float] = {}
        self.ack_ms: list[float] = []
        self.emotion_ms: list[float] = []
        self.statuses: Counter[str] = Counter()
        self._event = event
        self._messages = messages
        self._offset = offset
        self._socket = socketio.Client()
        self._socket.on("prediction", self._on_prediction)
        self._socket.connect(url, transports=["websocket"])

    def run(self, seconds: float, rate: float) -> None:
        """Sends frames at fixed times, without waiting for acks."""
        start = time.monotonic() + self._offset
        for seq in range(int(seconds * rate)):
            time.sleep(max(0.0, start + seq / rate - time.monotonic()))
            about, image = self._messages[seq % len(self._messages)]
            self.sent[seq] = time.monotonic()
            self._socket.emit(self._event, ({"seq": seq, **about}, image), callback=self._on_ack)
        time.sleep(1.0)
        self._socket.disconnect()

    def _on_ack(self, ack: dict[str, object]) -> None:
        status = str(ack["status"])
        self.statuses[status] += 1
        if status == "analysed":
            self.ack_ms.append((time.monotonic() - self.sent[int(str(ack["seq"]))]) * 1e3)

    def _on_prediction(self, prediction: dict[str, object]) -> None:
        if prediction["model"] == "emotion":
            sent = self.sent[int(str(prediction["seq"]))]
            self.emotion_ms.append((time.monotonic() - sent) * 1e3)


def main(url: str, count: int, seconds: float, rate: float, event: str = "frame") -> None:
    """Runs all clients and prints their measurements as one line of JSON."""
    messages = MESSAGES[event](50)
    clients = [Client(url, event, messages, i / count / rate) for i in range(count)]
    threads = [threading.Thread(target=client.run, args=(seconds, rate)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps(_summary(clients)))


def _summary(clients: list[Client]) -> dict[str, object]:
    return {
        "ack_ms": [ms for client in clients for ms in client.ack_ms],
        "emotion_ms": [ms for client in clients for ms in client.emotion_ms],
        "statuses": sum((client.statuses for client in clients), Counter()),
    }


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4]), *sys.argv[5:])
