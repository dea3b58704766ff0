"""The embedded model server: the TensorFlow Serving gRPC API on SavedModel folders, by OpenVINO."""
