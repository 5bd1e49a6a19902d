# By digest: the same bytes whenever it is built. Tag and digest change together (docs/deploy.md).
ARG BASE=python:3.11-slim-trixie@sha256:90744cff8f32887f075c47d747a173ff333e9e98801667af93c357fa9f5e28ff

# Wheels are built here, where a dependency may bring its own build tools …
FROM ${BASE} AS wheels
# [workspaces] for a bot of several workspaces: the cipher that seals their tokens, 15 MB.
ARG EXTRA=
WORKDIR /source
COPY pyproject.toml requirements.txt requirements-workspaces.txt README.md LICENSE ./
RUN pip wheel --no-cache-dir --require-hashes --wheel-dir /wheels --requirement requirements${EXTRA:+-workspaces}.txt \
    && pip install --no-cache-dir --upgrade --no-index --find-links /wheels setuptools
COPY cocm_bot ./cocm_bot
RUN pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /wheels .

# … and installed here, from those files alone; pip goes once it has done its work.
FROM ${BASE}
ARG EXTRA=
RUN --mount=type=bind,from=wheels,source=/wheels,target=/wheels \
    pip install --no-cache-dir --no-index --find-links /wheels "cocm-bot${EXTRA}" \
    && pip uninstall --yes --quiet pip setuptools wheel \
    && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin cocm
# Memory that a chart or a list took goes back to the machine: by itself the allocator keeps a third as much again.
ENV COCM_HOST=0.0.0.0 \
    MALLOC_ARENA_MAX=2 \
    MALLOC_MMAP_THRESHOLD_=131072 \
    MALLOC_TRIM_THRESHOLD_=131072 \
    PYTHONDONTWRITEBYTECODE=1
# By number, so that an orchestrator can see that it is not root.
USER 10001
EXPOSE 3000
# The opener without proxies: a proxy of the environment is for the way out.
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 CMD ["python", "-c", "import os, urllib.request as web; web.build_opener(web.ProxyHandler({})).open(f\"http://127.0.0.1:{os.environ.get('COCM_PORT', '3000')}/healthz\", timeout=3)"]
ENTRYPOINT ["cocm-bot"]
CMD ["serve"]
