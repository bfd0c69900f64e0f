/** How the page is built: simple-peer through its browser bundle, everything served from one origin. */
import { defineConfig } from 'vite';

/** The bare import of simple-peer needs Node's globals; its own browser bundle does not. */
export const simplePeerAlias = {
  find: /^simple-peer$/,
  replacement: 'simple-peer/simplepeer.min.js',
};

export default defineConfig({
  base: './',
  resolve: { alias: [simplePeerAlias] },
  build: { target: 'es2022', outDir: 'dist/page', emptyOutDir: true },
  worker: { format: 'es' },
});
