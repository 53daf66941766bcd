# The emulator, the command, the handlers and the sample data; to be swapped for LocalStack's image: see docker/README.md
ARG BASE_IMAGE=node:22-bookworm-slim

FROM ${BASE_IMAGE} AS packages
WORKDIR /opt/headwater
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund

FROM packages AS build
COPY . .
RUN node scripts/build.mjs && find dist -name "*.map" -delete

FROM packages AS dependencies
# what the build has put inside dist/ is a development dependency: it need not lie beside it
RUN npm prune --omit=dev --no-audit --no-fund

FROM ${BASE_IMAGE}
# tini hands signals on to the emulator and takes away what ended functions leave behind; hooks may need more (awscli, python3)
ARG EXTRA_PACKAGES=""
RUN apt-get update \
  && apt-get install --yes --no-install-recommends tini ${EXTRA_PACKAGES} \
  && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin
WORKDIR /opt/headwater
COPY --from=dependencies /opt/headwater/node_modules node_modules
COPY package.json LICENSE README.md ./
COPY data data
COPY handlers handlers
COPY kpl kpl
COPY --from=build /opt/headwater/dist dist
COPY docker/docker-entrypoint.sh docker/awslocal /usr/local/bin/
# hooks are mounted far from the packages: `/node_modules` is where an import of the AWS SDK finds them from anywhere
RUN ln -s /opt/headwater/dist/cli/main.js /usr/local/bin/headwater \
  && ln -s /opt/headwater/node_modules /node_modules \
  && install --directory --owner=1000 --group=1000 /var/lib/localstack \
  && mkdir -p /etc/localstack/init/boot.d /etc/localstack/init/start.d /etc/localstack/init/ready.d /etc/localstack/init/shutdown.d
ENV NODE_ENV=production HEADWATER_AS_LOCALSTACK=1
USER 1000:1000
EXPOSE 4566
HEALTHCHECK --interval=5s --timeout=10s --start-period=30s --retries=3 CMD ["headwater", "health"]
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["start"]
ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Headwater" \
  org.opencontainers.image.description="A local-first AWS streaming stack: an emulator, and pipelines that run on it and on AWS unchanged" \
  org.opencontainers.image.licenses="Apache-2.0" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}"
