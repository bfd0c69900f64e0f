/**
 * How the library for pages is built: whole, without a bare import, so that it runs from a folder, a CDN
 * or any bundler alike. Workers are files beside it, found by `import.meta.url`.
 *
 * What defines elements or registers kernels goes into files that package.json names under `sideEffects`;
 * of everything else a bundler keeps what is used.
 */
import { defineConfig } from 'vite';
import { simplePeerAlias } from './vite.config.ts';

/** Paths of modules that do something by being loaded, and the name of the files that they go into. */
const acting = [
  { name: 'elements', path: /\/src\/ui\/|node_modules\/(?:@?lit|@awesome\.me)/ },
  { name: 'tensors', path: /node_modules\/@tensorflow\// },
] as const;

const nameOf = ({ moduleIds }: { readonly moduleIds: readonly string[] }): string => {
  const found = acting.find(({ path }) => moduleIds.some((id) => path.test(id)));
  return found === undefined ? '[name]-[hash].js' : `${found.name}-[name]-[hash].js`;
};

export default defineConfig({
  // Everything is found from the file that asks for it.
  base: './',
  resolve: { alias: [simplePeerAlias] },
  publicDir: false,
  build: {
    target: 'es2022',
    outDir: 'dist/browser',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: false,
    rolldownOptions: {
      input: { index: 'src/index.browser.ts', elements: 'src/elements.ts' },
      preserveEntrySignatures: 'strict',
      output: {
        entryFileNames: '[name].js',
        chunkFileNames: nameOf,
        assetFileNames: '[name]-[hash][extname]',
        comments: false,
      },
    },
  },
  worker: {
    format: 'es',
    rolldownOptions: {
      output: { entryFileNames: '[name]-[hash].js', comments: false },
    },
  },
});
