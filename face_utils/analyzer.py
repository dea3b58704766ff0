"""Analyzer: the entry point of the library, for photos, videos and cameras."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from functools import partial
from types import TracebackType

import cv2
import numpy as np
from numpy.typing import NDArray

from face_utils.backend import Backend, ModelOutputs, PredictRequest
from face_utils.errors import BadImage, MienError, ModelUnavailable
from face_utils.frame import DetectedFrame, FrameReader
from face_utils.model_spec import ModelSpec
from face_utils.pipeline import Batch, FrameAnalysis, Pipeline
from face_utils.predictions import predict_faces
from face_utils.results import Face, FrameResult, Prediction
from face_utils.smoothing import Smoother

TIMEOUT_SECONDS = 30.0

Predictions = dict[int, dict[str, Prediction]]
"""Id of a track -> name of a model -> its newest prediction."""


class Analyzer:
    """Finds the faces of images and predicts apparent emotion, age and gender for each.

    One thread at a time may use it. To follow several cameras at once, use one `Analyzer` each.

    Args:
        models: The models to ask.
        backend: Computes their outputs.
        reader: Decodes images and finds faces.
        timeout: Longest time to wait for a model, in seconds.

    Example:
        >>> from face_utils import Analyzer, FakeBackend
        >>> from face_utils.frame import FrameReader
        >>> from face_utils.image import ImageLimits
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
    ) -> None:
        self._models = models
        self._backend = backend
        self._reader = reader
        self._timeout = timeout
        self.reset()

    @classmethod
    def open(cls, model_server: str = "") -> Analyzer:
        """Opens an analyzer with Mien's own detector and models.

        Args:
            model_server: `host:port` of a model server, asked over gRPC. By default the models
                are loaded into this process: no server and no socket.

        Raises:
            OSError: A file of a model or of the detector is missing.
            ModelUnavailable: The model server does not respond.
        """
        # The only import of `serving` in this package: here the default parts are assembled.
        from serving.analyzer_parts import open_parts

        models, backend, reader = open_parts(model_server)
        return cls(models, backend, reader)

    def analyze(
        self,
        image: NDArray[np.uint8] | bytes,
        at: float | None = None,
        *,
        activation: bool = False,
    ) -> FrameResult:
        """Analyzes a photo, or the next frame of a video or camera.

        Without `at` the image is a photo, and every model analyzes every face. With `at`, faces
        keep their ids from frame to frame, predictions are smoothed over time, and each model
        analyzes a face again after its interval. Until then its last prediction is kept.

        Args:
            image: `(height, width, 3)` blue, green, red or `(height, width)` grey, uint8, or the
                bytes of a JPEG, PNG or WebP.
            at: Time of the frame in seconds; it must not decrease.
            activation: Whether predictions contain a class activation map.

        Raises:
            BadImage: It is not an image.
            ImageTooLarge: It has too many bytes or pixels.
            ModelUnavailable: A model did not respond, or its call failed.
        """
        if at is None:
            return self._analyze(image, Pipeline(), None, {}, 0.0, activation)
        return self._analyze(
            image, self._pipeline, self._smoother, self._predictions, at, activation
        )

    def reset(self) -> None:
        """Forgets all tracks. Call it before the first frame of another video or camera."""
        self._pipeline = Pipeline()
        self._smoother = Smoother()
        self._predictions: Predictions = {}

    def close(self) -> None:
        """Frees the models, or the connection to the model server."""
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

    def _analyze(
        self,
        image: NDArray[np.uint8] | bytes,
        pipeline: Pipeline,
        smoother: Smoother | None,
        predictions: Predictions,
        at: float,
        activation: bool,
    ) -> FrameResult:
        intervals = {model: model.interval_ms / 1e3 for model in self._models}
        analysis = pipeline.analyze(partial(self._read, image), intervals, at)
        if smoother:
            smoother.keep(pipeline.tracks)
        for gone in predictions.keys() - pipeline.tracks:
            del predictions[gone]
        for batch in analysis.batches:
            try:
                response = self._ask(batch, activation)
            except Exception:
                pipeline.schedule.retry(batch.model.name)
                raise
            for track, prediction in predict_faces(batch, response, smoother, at):
                predictions.setdefault(track, {})[batch.model.name] = prediction
        return _result(analysis, predictions)

    def _read(self, image: NDArray[np.uint8] | bytes) -> DetectedFrame:
        if isinstance(image, bytes | bytearray | memoryview):
            return self._reader.read(bytes(image))
        return self._reader.read_image(_as_colour(image))

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


def _as_colour(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Checks an array, and converts grey to colour.

    Raises:
        BadImage: It does not have the type or shape of an image.
    """
    if getattr(image, "dtype", None) != np.uint8 or not image.size:
        raise BadImage("The image must be an array of uint8 with at least one pixel.")
    if image.ndim == 2:
        return np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR), np.uint8)
    if image.ndim == 3 and image.shape[-1] == 3:
        return image
    raise BadImage("The image must be (height, width, 3) or (height, width).")


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
