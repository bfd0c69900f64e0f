/** How the page is built: simple-peer through its browser bundle, everything served from one origin. */
import { defineConfig } from 'vite';
import { SIGNALING_PATH } from './signaling/messages.ts';

/** The bare import of simple-peer needs Node's globals; its own browser bundle does not. */
export const simplePeerAlias = {
  find: /^simple-peer$/,
  replacement: 'simple-peer/simplepeer.min.js',
};

/**
 * The tensors' worker would carry its licence 296 times, near half of its size. Licences are in
 * licenses.txt, which `scripts/build.js` writes.
 */
const withoutComments = { comments: false };

export default defineConfig({
  base: './',
  resolve: { alias: [simplePeerAlias] },
  build: {
    target: 'es2022',
    outDir: 'dist/page',
    emptyOutDir: true,
    rolldownOptions: { output: withoutComments },
  },
  worker: { format: 'es', rolldownOptions: { output: withoutComments } },
  // `npm run dev` shows the page; a server beside it, `npm run serve`, introduces its peers.
  server: { proxy: { [SIGNALING_PATH]: { target: 'ws://127.0.0.1:8080', ws: true } } },
});
