# What the service needs goes into a virtual environment in the first stage; the second holds that and nothing to build with.
FROM python:3.13-slim AS build
WORKDIR /src
RUN python -m venv /opt/entente
COPY requirements.lock ./
RUN /opt/entente/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY app app
COPY migrations migrations
COPY seeds seeds
RUN /opt/entente/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.13-slim
RUN useradd --create-home --uid 10001 entente \
    && mkdir /var/lib/entente \
    && chown entente:entente /var/lib/entente
COPY --from=build /opt/entente /opt/entente
ENV PATH=/opt/entente/bin:$PATH \
    ENTENTE_DATABASE_URL=sqlite:////var/lib/entente/entente.db \
    ENTENTE_HOST=0.0.0.0
USER 10001
WORKDIR /var/lib/entente
VOLUME /var/lib/entente
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/ready', timeout=4)"]
CMD ["entente", "serve"]
