# One image for servers and for the simulated provider. Node is process 1: it hears SIGTERM itself and exits 0 in 10 s.
FROM node:24-bookworm-slim AS build
WORKDIR /butaca
COPY package.json package-lock.json ./
RUN npm ci --no-fund --no-audit
COPY tsconfig.json tsconfig.build.json vite.config.ts ./
COPY scripts scripts
COPY server server
COPY ui ui
COPY kiosk kiosk
COPY admin admin
RUN npm run build

FROM node:24-bookworm-slim AS packages
WORKDIR /butaca
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-fund --no-audit

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data
WORKDIR /butaca
COPY --from=packages /butaca/node_modules node_modules
COPY --from=build /butaca/dist dist
COPY package.json LICENSE ./
RUN mkdir /data && chown node:node /data
VOLUME /data
USER node
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/server/main.js"]
