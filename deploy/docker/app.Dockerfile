# The app: gunicorn with one eventlet worker. It asks a model server, MIEN_MODEL_SERVER.
#   docker build --file deploy/docker/app.Dockerfile --tag mien-app .
# Pin it in production: --build-arg PYTHON=python@sha256:..., as `docker buildx imagetools inspect
# python:3.11-slim-bookworm` prints it.
ARG PYTHON=python:3.11-slim-bookworm

# What the page needs of npm, by the Node that `make setup` takes.
FROM ${PYTHON} AS page
ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt PATH=/node/bin:$PATH
COPY locks/node.lock /node.lock
RUN python -m venv /node && /node/bin/pip install --no-cache-dir --require-hashes --only-binary=:all: --requirement /node.lock
WORKDIR /page
COPY .npmrc package.json package-lock.json vendor.mjs ./
RUN npm ci --omit=dev --ignore-scripts && npm run vendor

# All that the app imports. The runtimes of models and pytest are for others.
FROM ${PYTHON} AS packages
WORKDIR /packages
COPY locks locks
# For MIEN_TRACES: --build-arg MORE="--requirement locks/tracing.lock"
ARG MORE=""
RUN python -m venv --without-pip /opt/mien \
    && pip --python /opt/mien/bin/python install --no-cache-dir --require-hashes --only-binary=:all: --requirement locks/app.lock ${MORE} \
    # The packages' own tests: 16 MB.
    && find /opt/mien -type d -name tests -prune -exec rm -r {} +

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
# The root file system is read-only at run time, and unready bytecode would cost every start.
RUN python -m compileall -q .

USER 10001:10001
EXPOSE 5000 9100
# The master tells its worker, which tells its clients to connect elsewhere.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:5000/healthz', timeout=2)"]
CMD ["gunicorn", "app:app"]
