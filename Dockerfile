# Page, rooms and relay in one image, without what only builds them. See docs/deploying.md.
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY scripts scripts
RUN npm ci --loglevel=error
COPY . .
RUN npm run build && npm prune --omit=dev --omit=optional --loglevel=error

FROM node:22-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/bin bin
COPY --from=build /app/dist/cli dist/cli
COPY --from=build /app/dist/page dist/page
USER node
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/health').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "bin/murmuration.js", "serve", "--port", "8080"]
CMD ["--json"]
