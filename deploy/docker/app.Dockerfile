# The app: gunicorn with one eventlet worker. MIEN_MODEL_SERVER names its model server.
#   docker build --file deploy/docker/app.Dockerfile --tag mien-app .
# In production, pin the base image with --build-arg PYTHON=python@sha256:... To get the digest, run
# `docker buildx imagetools inspect python:3.11-slim-bookworm`.
ARG PYTHON=python:3.11-slim-bookworm

# The page's npm packages, installed by the same Node.js as in `make setup`.
FROM ${PYTHON} AS page
ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt PATH=/node/bin:$PATH
COPY locks/node.lock /node.lock
RUN python -m venv /node && /node/bin/pip install --no-cache-dir --require-hashes --only-binary=:all: --requirement /node.lock
WORKDIR /page
COPY .npmrc package.json package-lock.json vendor.mjs ./
RUN npm ci --omit=dev --ignore-scripts && npm run vendor

# The packages that the app imports. OpenVINO runs the face detector.
FROM ${PYTHON} AS packages
WORKDIR /packages
COPY locks locks
# For MIEN_TRACES: --build-arg MORE="--requirement locks/tracing.lock"
ARG MORE=""
RUN python -m venv --without-pip /opt/mien \
    && pip --python /opt/mien/bin/python install --no-cache-dir --require-hashes --only-binary=:all: --requirement locks/runtime.lock ${MORE} \
    # Removing the packages' own tests saves 16 MB.
    && find /opt/mien -type d -name tests -prune -exec rm -r {} + \
    # Mien needs OpenVINO's CPU device and the formats of its models. The rest are 68 MB.
    && cd /opt/mien/lib/python*/site-packages/openvino/libs \
    && rm -f libopenvino_intel_gpu_plugin* libopenvino_intel_npu* libopenvino_pytorch* \
        libopenvino_paddle* libopenvino_jax* libopenvino_gguf* cache.json

FROM ${PYTHON}
ENV PATH=/opt/mien/bin:$PATH PYTHONUNBUFFERED=1 MIEN_HOST=0.0.0.0 MIEN_PORT=5000
WORKDIR /app
COPY --from=packages /opt/mien /opt/mien
COPY app.py gunicorn.conf.py ./
COPY face_utils face_utils
COPY serving/*.py serving/models.toml serving/
COPY serving/protos serving/protos
COPY static static
COPY process process
COPY telemetry telemetry
COPY templates templates
COPY web web
COPY --from=page /page/static/vendor static/vendor
# The root file system is read-only at run time: without this, each start would compile everything.
RUN python -m compileall -q .

USER 10001:10001
EXPOSE 5000 9100
# The master stops its worker, which tells its clients to reconnect elsewhere.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:5000/healthz', timeout=2)"]
CMD ["gunicorn", "app:app"]
