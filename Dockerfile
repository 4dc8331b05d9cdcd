# The image of configs/kuberay: Ray, this project, nothing to build with, no root.
# Command: docker build --tag mot-action:0.1.0 .
FROM python:3.11-slim

# wget is what KubeRay's health probes call.
RUN apt-get update && apt-get install --yes --no-install-recommends wget \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 1000 ray

WORKDIR /opt/mot-action
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY model model
COPY platform platform
COPY jobs jobs
COPY configs configs
RUN pip install --no-cache-dir --constraint constraints.txt .

ENV RAY_USAGE_STATS_ENABLED=0 MLFLOW_DISABLE_TELEMETRY=true
USER ray
