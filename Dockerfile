# Three stages: the web app is built, then the package with it, and the last has only what runs.
FROM node:22-slim AS app
WORKDIR /src/ui
# What it is built with first: it changes seldom, so this layer is usually there already.
COPY ui/package.json ui/package-lock.json ui/.npmrc ./
RUN npm ci --silent
COPY ui ./
RUN npm run build -- --logLevel warn

FROM python:3.12-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/chronodesk
WORKDIR /src
# The dependencies first: they change seldom, so this layer is usually there already.
COPY requirements.lock ./
RUN /opt/chronodesk/bin/pip install --require-hashes --requirement requirements.lock
# setuptools comes from the developers' lock as well, with its hash, so that nothing is unpinned.
COPY requirements-dev.lock pyproject.toml README.md LICENSE ./
RUN sed -n '/^setuptools==/,/^ *# via/p' requirements-dev.lock > build.lock \
 && /opt/chronodesk/bin/pip install --require-hashes --requirement build.lock
COPY domain ./domain
COPY commands ./commands
COPY projections ./projections
COPY adapters ./adapters
COPY api ./api
COPY --from=app /src/api/static/app ./api/static/app
RUN /opt/chronodesk/bin/pip install --no-deps --no-build-isolation . \
 && /opt/chronodesk/bin/pip uninstall --yes setuptools pip

FROM python:3.12-slim
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/chronodesk chronodesk
COPY --from=build /opt/chronodesk /opt/chronodesk
ENV PATH=/opt/chronodesk/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    CHRONODESK_DATA_DIR=/var/lib/chronodesk \
    CHRONODESK_LOG_FORMAT=json
USER chronodesk
WORKDIR /var/lib/chronodesk
VOLUME /var/lib/chronodesk
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=6 CMD ["chronodesk", "health"]
# By itself it runs everything, a PostgreSQL included; docker-compose.yml takes the parts apart.
CMD ["chronodesk", "serve", "--host", "0.0.0.0"]
