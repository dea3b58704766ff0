"""Generator of TensorFlow Serving's configuration from the contract and the version folders."""
