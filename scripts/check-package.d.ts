/** Types of `check-package.js`, for the tests. */
export function packInto(
  folder: string,
): Promise<{ readonly tarball: string; readonly files: readonly string[] }>;
export function publintOf(tarball: string): Promise<readonly string[]>;
export function typesWrongWith(tarball: string): string;
