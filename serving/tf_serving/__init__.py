"""The configuration of TensorFlow Serving, from the contract and the version folders."""
