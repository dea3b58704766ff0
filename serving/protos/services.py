"""Services of the TensorFlow Serving API: their names, paths and client stubs.

Reference: tensorflow_serving/apis/{prediction_service,model_service}.proto.

The stubs are written by hand. Generated ones would have this project's proto package in the paths,
and would import grpc, which in a patched process only `process.unpatched_grpc` may do. These import
no grpc: the channel is passed in.
"""

from __future__ import annotations

from typing import Any

from serving.protos.get_model_metadata_pb2 import (
    GetModelMetadataRequest,
    GetModelMetadataResponse,
)
from serving.protos.get_model_status_pb2 import GetModelStatusRequest, GetModelStatusResponse
from serving.protos.predict_pb2 import PredictRequest, PredictResponse

PREDICTION_SERVICE = "tensorflow.serving.PredictionService"
MODEL_SERVICE = "tensorflow.serving.ModelService"

PREDICT = f"/{PREDICTION_SERVICE}/Predict"
GET_MODEL_METADATA = f"/{PREDICTION_SERVICE}/GetModelMetadata"
GET_MODEL_STATUS = f"/{MODEL_SERVICE}/GetModelStatus"


class PredictionServiceStub:
    """Client of `tensorflow.serving.PredictionService`.

    Attributes:
        predict: Runs a model on a batch.
        get_model_metadata: Describes a model's signatures.

    Args:
        channel: A gRPC channel to the model server.
    """

    def __init__(self, channel: Any) -> None:
        self.predict = channel.unary_unary(
            PREDICT,
            request_serializer=PredictRequest.SerializeToString,
            response_deserializer=PredictResponse.FromString,
        )
        self.get_model_metadata = channel.unary_unary(
            GET_MODEL_METADATA,
            request_serializer=GetModelMetadataRequest.SerializeToString,
            response_deserializer=GetModelMetadataResponse.FromString,
        )


class ModelServiceStub:
    """Client of `tensorflow.serving.ModelService`.

    Attributes:
        get_model_status: Lists the versions of a model and the state of each.

    Args:
        channel: A gRPC channel to the model server.
    """

    def __init__(self, channel: Any) -> None:
        self.get_model_status = channel.unary_unary(
            GET_MODEL_STATUS,
            request_serializer=GetModelStatusRequest.SerializeToString,
            response_deserializer=GetModelStatusResponse.FromString,
        )
