"""Messages and calls of the TensorFlow Serving API, without TensorFlow.

The messages are declared in the `.proto` files of this folder and generated from them:

    make generate

They have the names and the wire format of TensorFlow's, so either side of a call may use either.
Only the proto package differs, `mien.serving`. One process can hold each full name just once, and
training and the tests load TensorFlow's own messages beside these. A package name is not sent, with
two exceptions that are therefore written out: the paths of the calls (`services.py`) and the type
URL inside GetModelMetadata (`serving/model_metadata.py`).

Fields of the reference that nobody here reads are left out. Protobuf keeps them as unknown fields.
"""
