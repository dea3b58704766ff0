"""Analyzer: the entry point of the library, for photos, videos and cameras."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from types import TracebackType

from face_utils.backend import Backend, ModelOutputs, PredictRequest
from face_utils.errors import MienError, ModelUnavailable
from face_utils.frame import FrameReader, FrameSource
from face_utils.image_argument import ImageArgument, open_image, read_image
from face_utils.model_spec import ModelSpec
from face_utils.pipeline import Batch, FrameAnalysis, Pipeline
from face_utils.predictions import predict_faces
from face_utils.results import Face, FrameResult, Prediction
from face_utils.rotation import ROTATIONS, Rotation
from face_utils.smoothing import Smoother
from face_utils.tracking import MEMORY_SECONDS

TIMEOUT_SECONDS = 30.0
CONNECT_SECONDS = 10.0

Predictions = dict[int, dict[str, Prediction]]
"""Id of a track -> name of a model -> its newest prediction."""


class Analyzer:
    """Finds the faces of images and predicts apparent emotion, age and gender for each.

    Several threads may analyze photos at once. A video or camera needs an `Analyzer` of its own,
    which one thread uses.

    Args:
        models: The models to ask.
        backend: Computes their outputs.
        reader: Decodes images and finds faces.
        timeout: Longest time to wait for a model, in seconds.
        track_memory_seconds: How long a face of a video keeps its id and its predictions while it
            is out of view.

    Example:
        >>> import numpy as np
        >>> from face_utils import Analyzer, FakeBackend, FrameReader, ImageLimits
        >>> reader = FrameReader(lambda image: [], ImageLimits(10**6, 10**6), max_faces=16)
        >>> with Analyzer([], FakeBackend({}), reader) as analyzer:
        ...     analyzer.analyze(np.zeros((480, 640, 3), np.uint8)).faces
        []
    """

    def __init__(
        self,
        models: Sequence[ModelSpec],
        backend: Backend,
        reader: FrameReader,
        timeout: float = TIMEOUT_SECONDS,
        *,
        track_memory_seconds: float = MEMORY_SECONDS,
    ) -> None:
        self._models = models
        self._backend = backend
        self._reader = reader
        self._timeout = timeout
        self._track_memory_seconds = track_memory_seconds
        self._closed = False
        self.reset()

    @classmethod
    def open(
        cls,
        model_server: str = "",
        *,
        ca: str | Path | None = None,
        certificate: str | Path | None = None,
        key: str | Path | None = None,
        label: str = "",
        connect_seconds: float = CONNECT_SECONDS,
        track_memory_seconds: float = MEMORY_SECONDS,
    ) -> Analyzer:
        """Opens an analyzer with Mien's own detector and models.

        Args:
            model_server: `host:port` of a model server, asked over gRPC. By default the models are
                loaded into this process: no server and no socket.
            ca: PEM file with the authorities that sign the server's certificate, for TLS. Without
                it, the connection is not encrypted.
            certificate: PEM file with a client certificate, for mutual TLS.
            key: PEM file with the key of `certificate`.
            label: Version label of the models, such as `stable`. If empty, the newest version.
            connect_seconds: Longest time to wait until the model server has all models.
            track_memory_seconds: How long a face of a video keeps its id and its predictions while
                it is out of view.

        Raises:
            OSError: A file of a model, of the detector or for TLS is missing or cannot be used.
            ValueError: An argument lacks another that it needs, such as `certificate` its `key`.
            ModelUnavailable: The model server does not have all models within `connect_seconds`.
        """
        # The only import of `serving` in this package: here the default parts are assembled.
        from serving.analyzer_parts import ServerArguments, open_parts

        server = ServerArguments(model_server, ca, certificate, key, label, connect_seconds)
        return cls(*open_parts(server), track_memory_seconds=track_memory_seconds)

    def analyze(
        self,
        image: ImageArgument,
        at: float | None = None,
        *,
        activation: bool = False,
        rotate: Rotation = 0,
        live: bool = False,
    ) -> FrameResult:
        """Analyzes a photo, or the next frame of a video or camera.

        Without `at` the image is a photo, and every model analyzes every face. With `at`, faces
        keep their ids from frame to frame, predictions are smoothed over time, and each model
        analyzes a face again after its interval. Until then its last prediction is kept.

        Args:
            image: `(height, width, 3)` blue, green, red or `(height, width)` grey, uint8, or the
                bytes of a JPEG, PNG or WebP.
            at: Time of the frame in seconds. It must not decrease, except after `reset`.
            activation: Whether predictions contain a class activation map.
            rotate: Degrees clockwise by which the image is rotated first, for a camera that is
                mounted turned: 0, 90, 180 or 270.
            live: Whether to search only parts of each frame, as the service does: where faces are
                expected, and elsewhere in turn. It needs `at`. A frame costs a fraction, and a
                small face that is new is found within a second.

        Raises:
            BadImage: The bytes or the array are not an image.
            ImageTooLarge: The file has too many bytes or pixels.
            ModelUnavailable: A model did not respond, or its call failed.
            TypeError: `image` is neither bytes nor an array.
            ValueError: `at` decreases or is not a finite number, `rotate` is another angle, or
                `live` is used without `at`.
            RuntimeError: The analyzer is closed.
        """
        if self._closed:
            raise RuntimeError("The analyzer is closed. Open another one.")
        if rotate not in ROTATIONS:
            raise ValueError(f"rotate must be one of {ROTATIONS}, not {rotate}.")
        source = partial(open_image if live else read_image, self._reader, image, rotate)
        if at is None:
            if live:
                raise ValueError("live needs the time of the frame. Pass at.")
            return self._analyze(source, self._new_pipeline(), None, {}, 0.0, activation)
        self._advance(at)
        self._turn(rotate)
        return self._analyze(
            source, self._pipeline, self._smoother, self._predictions, at, activation
        )

    def reset(self) -> None:
        """Forgets all tracks. Call it before the first frame of another video or camera."""
        self._pipeline = self._new_pipeline()
        self._smoother = Smoother()
        self._predictions: Predictions = {}
        self._last_at = -math.inf
        self._rotate: Rotation = 0

    def close(self) -> None:
        """Frees the models, or the connection to the model server. Closing twice is harmless."""
        if not self._closed:
            self._closed = True
            self._backend.close()

    def __enter__(self) -> Analyzer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _new_pipeline(self) -> Pipeline:
        return Pipeline(self._reader.max_faces, self._track_memory_seconds)

    def _advance(self, at: float) -> None:
        if not math.isfinite(at):
            raise ValueError(f"The time of a frame must be a finite number, not {at}.")
        if at < self._last_at:
            raise ValueError(
                f"The time of the frames went back from {self._last_at:g} to {at:g} s. Call "
                "reset() before the frames of another video."
            )
        self._last_at = at

    def _turn(self, rotate: Rotation) -> None:
        """Drops the tracks if the frames are rotated differently from here on."""
        if rotate != self._rotate:
            self._rotate = rotate
            self._pipeline.forget_tracks()

    def _analyze(
        self,
        source: FrameSource,
        pipeline: Pipeline,
        smoother: Smoother | None,
        predictions: Predictions,
        at: float,
        activation: bool,
    ) -> FrameResult:
        intervals = {model: model.interval_ms / 1e3 for model in self._models}
        analysis = pipeline.analyze(source, intervals, at)
        if smoother:
            smoother.keep(pipeline.tracks)
        for gone in predictions.keys() - pipeline.tracks:
            del predictions[gone]
        waiting = list(analysis.batches)
        try:
            while waiting:
                response = self._ask(waiting[0], activation)
                batch = waiting.pop(0)
                for track, prediction in predict_faces(batch, response, smoother, at):
                    predictions.setdefault(track, {})[batch.model.name] = prediction
        finally:
            # After an error: these models were scheduled for this frame but gave no prediction.
            for batch in waiting:
                pipeline.schedule.retry(batch.model.name)
        return _result(analysis, predictions)

    def _ask(self, batch: Batch, activation: bool) -> ModelOutputs:
        """Asks a model and waits for its outputs."""
        future: Future[ModelOutputs] = Future()

        def done(outcome: ModelOutputs | MienError) -> None:
            if isinstance(outcome, MienError):
                future.set_exception(outcome)
            else:
                future.set_result(outcome)

        wanted = activation and batch.model.activation
        self._backend.predict(PredictRequest(batch.model, batch.crops, wanted), done)
        try:
            return future.result(self._timeout)
        except TimeoutError:
            model = batch.model.name
            raise ModelUnavailable(f"{model} took longer than {self._timeout:g} s.") from None


def _result(
    analysis: FrameAnalysis, predictions: Mapping[int, dict[str, Prediction]]
) -> FrameResult:
    faces = [
        Face(**dict(face), predictions=dict(predictions.get(face.id, {})))
        for face in analysis.faces
    ]
    return FrameResult(
        width=analysis.width, height=analysis.height, faces=faces, timings=analysis.timings
    )
