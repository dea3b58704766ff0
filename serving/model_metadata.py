"""Signatures inside a GetModelMetadata response.

They are packed in a `google.protobuf.Any`, whose type URL names the message. The name is TensorFlow
Serving's, and differs from the message's name here, so `Any.Pack` and `Any.Unpack` cannot be used.
"""

from __future__ import annotations

from google.protobuf.any_pb2 import Any

from serving.protos.get_model_metadata_pb2 import GetModelMetadataResponse, SignatureDefMap

SIGNATURE_FIELD = "signature_def"
"""The only metadata field that TensorFlow Serving supports."""

_TYPE_NAME = "tensorflow.serving.SignatureDefMap"
_TYPE_URL = f"type.googleapis.com/{_TYPE_NAME}"


def pack_signatures(response: GetModelMetadataResponse, signatures: SignatureDefMap) -> None:
    """Puts signatures into a response."""
    packed = Any(type_url=_TYPE_URL, value=signatures.SerializeToString())
    response.metadata[SIGNATURE_FIELD].CopyFrom(packed)


def unpack_signatures(response: GetModelMetadataResponse) -> SignatureDefMap:
    """Reads the signatures of a response; empty if it has none, or another message instead.

    Raises:
        DecodeError: The signatures are damaged.
    """
    packed = response.metadata[SIGNATURE_FIELD]
    if packed.TypeName() != _TYPE_NAME:
        return SignatureDefMap()
    return SignatureDefMap.FromString(packed.value)
