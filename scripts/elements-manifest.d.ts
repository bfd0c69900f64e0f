/** Types of `elements-manifest.js`, for the tests. */
export function elementsManifest(root: string): {
  readonly schemaVersion: string;
  readonly modules: readonly {
    readonly path: string;
    readonly declarations: readonly unknown[];
    readonly exports: readonly { readonly kind: string; readonly name: string }[];
  }[];
};
