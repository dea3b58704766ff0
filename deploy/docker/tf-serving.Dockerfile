# TensorFlow Serving with the models, their labels and their settings.
#   docker build --file deploy/docker/tf-serving.Dockerfile --tag mien-tf-serving .
# Pin both in production: --build-arg PYTHON=python@sha256:... and TF_SERVING=tensorflow/serving@sha256:...,
# as `docker buildx imagetools inspect` prints them.
ARG PYTHON=python:3.11-slim-bookworm
ARG TF_SERVING=tensorflow/serving:2.21.0

FROM ${PYTHON} AS config
WORKDIR /app
COPY locks/contract.lock ./
RUN python -m venv --without-pip /contract \
    && pip --python /contract/bin/python install --no-cache-dir --require-hashes --only-binary=:all: --requirement contract.lock
COPY face_utils face_utils
COPY serving serving
# Such as RELEASES="--stable emotion=2", to promote a version or to take it back.
ARG RELEASES=""
RUN /contract/bin/python -m serving.tf_serving --to /config ${RELEASES}

FROM ${TF_SERVING}
COPY serving/models /models
COPY --from=config /config /config

USER 10001:10001
EXPOSE 8500 8501
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8501 && printf 'GET /v1/models/emotion HTTP/1.0\\r\\n\\r\\n' >&3 && grep -q AVAILABLE <&3"]
# At the start no version is loaded yet, so labels for such must be allowed; nor is it known then
# where clients are, so each connection ends after a minute and its client asks DNS again.
ENTRYPOINT ["tensorflow_model_server", "--port=8500", "--rest_api_port=8501", \
    "--model_config_file=/config/models.config", "--allow_version_labels_for_unavailable_models", \
    "--enable_batching", "--batching_parameters_file=/config/batching.config", \
    "--monitoring_config_file=/config/monitoring.config", \
    "--grpc_channel_arguments=grpc.max_connection_age_ms=60000"]
CMD []
