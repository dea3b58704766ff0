"""Embedded model server: TensorFlow Serving's gRPC API for SavedModel folders, with OpenVINO."""
