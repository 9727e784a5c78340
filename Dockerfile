# `llmreg serve` over an exported index, and a stage that exports: docs/guides/deploy-container.md
FROM python:3.13-slim AS export
RUN apt-get update && apt-get install --yes --no-install-recommends git && rm -rf /var/lib/apt/lists/*
RUN python -m venv /opt/llmreg
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY src ./src
RUN /opt/llmreg/bin/pip install --no-cache-dir '.[server,grpc]'
ENV PATH=/opt/llmreg/bin:$PATH PYTHONUNBUFFERED=1
# a mounted registry belongs to somebody else, which Git would refuse
RUN git config --system --add safe.directory '*'
WORKDIR /registry
ENTRYPOINT ["llmreg"]
CMD ["export", "--out", "/index"]

FROM python:3.13-slim
COPY --from=export /opt/llmreg /opt/llmreg
ENV PATH=/opt/llmreg/bin:$PATH PYTHONUNBUFFERED=1
USER 10001:10001
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/health/ready', timeout=2)"]
ENTRYPOINT ["llmreg"]
CMD ["serve", "--index", "/index", "--host", "0.0.0.0", "--port", "8080"]
