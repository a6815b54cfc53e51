# Both containers of the Pod: targets `controller` and `nginx`.
ARG NODE_IMAGE=docker.io/library/node:24-trixie-slim
ARG NGINX_IMAGE=docker.io/library/nginx:1.30.6

FROM ${NODE_IMAGE} AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build \
 && mkdir -p /out/controller/opt/portico /out/nginx/opt/portico \
 && cp -r dist/controller.mjs* dist/templates images/keep.sh LICENSE /out/controller/opt/portico/ \
 && cp dist/agent.mjs* images/keep.sh LICENSE /out/nginx/opt/portico/ \
 && cp images/controller-entrypoint.sh /out/controller/controller-entrypoint \
 && cp images/nginx-entrypoint.sh /out/nginx/nginx-entrypoint

FROM ${NODE_IMAGE} AS node

FROM ${NODE_IMAGE} AS controller
LABEL org.opencontainers.image.title="Portico controller" \
      org.opencontainers.image.description="Plans the configuration of NGINX from the Ingresses of a cluster" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /out/controller /
ENV NODE_ENV=production
RUN mkdir -p /run/portico/desired /run/portico/report /run/portico/controller \
 && chown -R 65532:65532 /run/portico
USER 65532:65532
WORKDIR /
STOPSIGNAL SIGTERM
ENTRYPOINT ["/controller-entrypoint"]
CMD []

# A copy of NGINX that may bind low ports in the network of the node, where no sysctl can allow it.
FROM ${NGINX_IMAGE} AS low-ports
USER 0
RUN command -v setcap >/dev/null || (apt-get update && apt-get install -y --no-install-recommends libcap2-bin)
RUN mkdir -p /out/opt/portico \
 && cp "$(command -v nginx)" /out/opt/portico/nginx-low-ports \
 && setcap cap_net_bind_service=+ep /out/opt/portico/nginx-low-ports

FROM ${NGINX_IMAGE} AS nginx
LABEL org.opencontainers.image.title="Portico NGINX" \
      org.opencontainers.image.description="Stock NGINX, and the agent that brings configurations to life" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=build /out/nginx /
COPY --from=low-ports /out /
ENV NODE_ENV=production
# `nginx -T` without arguments shows what is served.
RUN rm -rf /etc/nginx \
 && ln -s /run/portico/run/current /etc/nginx \
 && mkdir -p /run/portico/desired /run/portico/report /run/portico/run/temp \
 && chown -R 101:101 /run/portico
USER 101:101
WORKDIR /
# The base image says QUIT, which the shell ignores.
STOPSIGNAL SIGTERM
ENTRYPOINT ["/nginx-entrypoint"]
CMD []
