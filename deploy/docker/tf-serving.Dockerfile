# TensorFlow Serving with the models, their labels and their settings.
#   docker build --file deploy/docker/tf-serving.Dockerfile --tag mien-tf-serving .
# In production, pin both base images with --build-arg PYTHON=python@sha256:... and
# TF_SERVING=tensorflow/serving@sha256:... To get a digest, run `docker buildx imagetools inspect`.
ARG PYTHON=python:3.11-slim-bookworm
ARG TF_SERVING=tensorflow/serving:2.21.0

FROM ${PYTHON} AS config
WORKDIR /app
COPY locks/contract.lock ./
RUN python -m venv --without-pip /contract \
    && pip --python /contract/bin/python install --no-cache-dir --require-hashes --only-binary=:all: --requirement contract.lock
COPY face_utils face_utils
COPY serving serving
# To promote or roll back a version: --build-arg RELEASES="--stable emotion=2"
ARG RELEASES=""
RUN /contract/bin/python -m serving.tf_serving --to /config ${RELEASES}

FROM ${TF_SERVING}
COPY serving/models /models
COPY --from=config /config /config

USER 10001:10001
EXPOSE 8500 8501
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8501 && printf 'GET /v1/models/emotion HTTP/1.0\\r\\n\\r\\n' >&3 && grep -q AVAILABLE <&3"]
# No version is loaded at the start, so labels must be allowed for versions that are not available.
# Each connection ends after a minute, so that its client asks DNS again and finds new servers.
ENTRYPOINT ["tensorflow_model_server", "--port=8500", "--rest_api_port=8501", \
    "--model_config_file=/config/models.config", "--allow_version_labels_for_unavailable_models", \
    "--enable_batching", "--batching_parameters_file=/config/batching.config", \
    "--monitoring_config_file=/config/monitoring.config", \
    "--grpc_channel_arguments=grpc.max_connection_age_ms=60000"]
CMD []
