# The embedded model server: runs the SavedModels with OpenVINO and speaks TensorFlow Serving's API.
#   docker build --file deploy/docker/model-server.Dockerfile --tag mien-model-server .
# In production, pin the base image with --build-arg PYTHON=python@sha256:... To get the digest, run
# `docker buildx imagetools inspect python:3.11-slim-bookworm`.
ARG PYTHON=python:3.11-slim-bookworm

FROM ${PYTHON} AS packages
WORKDIR /packages
COPY locks locks
# For --traces: --build-arg MORE="--requirement locks/tracing.lock"
ARG MORE=""
RUN python -m venv --without-pip /opt/mien \
    && pip --python /opt/mien/bin/python install --no-cache-dir --require-hashes --only-binary=:all: --requirement locks/model-server.lock ${MORE} \
    # Mien needs OpenVINO's CPU device and the formats of its models. The rest are 68 MB.
    && cd /opt/mien/lib/python*/site-packages/openvino/libs \
    && rm -f libopenvino_intel_gpu_plugin* libopenvino_intel_npu* libopenvino_pytorch* \
        libopenvino_paddle* libopenvino_jax* libopenvino_gguf* cache.json

FROM ${PYTHON}
ENV PATH=/opt/mien/bin:$PATH PYTHONUNBUFFERED=1
WORKDIR /app
COPY --from=packages /opt/mien /opt/mien
COPY face_utils face_utils
COPY serving serving
COPY process process
COPY telemetry telemetry
RUN python -m compileall -q .

USER 10001:10001
EXPOSE 8500 8501
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8501/v1/models/emotion', timeout=2)"]
CMD ["python", "-m", "serving", "--host", "0.0.0.0", "--port", "8500", "--http-port", "8501"]
