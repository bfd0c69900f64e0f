/**
 * How the command line and the library are built: one bundle each, and the packages that come with this one
 * left outside. libp2p does not come with it but is part of the bundle, in a chunk of its own: installed as a
 * dependency it would bring hundreds of packages.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const { dependencies, optionalDependencies } = JSON.parse(
  readFileSync(new URL('package.json', import.meta.url), 'utf8'),
) as Record<'dependencies' | 'optionalDependencies', Record<string, string>>;

/** A file of a package that stays outside, which Node cannot load unbuilt: by its path, it becomes part of the bundle. */
const GRADIENTS = '@tensorflow/tfjs-core/dist/register_all_gradients.js';

export default defineConfig({
  resolve: {
    alias: {
      [GRADIENTS]: fileURLToPath(new URL(`node_modules/${GRADIENTS}`, import.meta.url)),
    },
  },
  ssr: {
    noExternal: true,
    external: [...Object.keys(dependencies), ...Object.keys(optionalDependencies)],
  },
  build: {
    ssr: true,
    target: 'node20',
    minify: false,
    sourcemap: true,
    emptyOutDir: true,
  },
});
