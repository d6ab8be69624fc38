# syntax=docker/dockerfile:1

# The builder runs the step that anyone runs on a machine of their own; nothing is built differently here.
FROM swift:6.3-bookworm AS builder
# The image has a compiler but no make.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install -y --no-install-recommends make \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
# One place for what the runtime stage takes, so that it needs to know nothing about SwiftPM's folders.
RUN make build \
 && mkdir /app \
 && cp "$(swift build -c release --show-bin-path)/switchyard" /app/ \
 && cp -R Public openapi.yaml .setup Data /app/

FROM debian:bookworm-slim
# PostgreSQL's programs are for the private database that runs where DATABASE_URL is unset: Debian shall not make a cluster of its own.
# Security fixes are wanted, so no versions are pinned.
# hadolint ignore=DL3008
RUN mkdir -p /etc/postgresql-common \
 && echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.conf \
 && apt-get update \
 && apt-get install -y --no-install-recommends \
      ca-certificates libpq5 libssl3 libstdc++6 libuv1 postgresql-15 zlib1g \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --user-group --home-dir /app --shell /usr/sbin/nologin switchyard \
 && install -d -o switchyard -g switchyard -m 0700 /app/.switchyard
COPY --from=builder /app/ /app/

WORKDIR /app
# hadolint ignore=DL3066
USER switchyard
ENV HOST=0.0.0.0 PORT=8080
EXPOSE 8080
# The private database and the admin token live here.
VOLUME ["/app/.switchyard"]
# No curl in the image: bash speaks enough HTTP to ask whether the process is alive.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 CMD ["bash", "-c", "exec 3<>\"/dev/tcp/127.0.0.1/${PORT}\" && printf 'GET /healthz HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && read -r -t 2 _ status _ <&3 && [ \"$status\" = 200 ]"]
ENTRYPOINT ["/app/switchyard"]
CMD ["serve"]
