/** Types of `docs.js`, for the tests. */
import type { ProjectReflection } from 'typedoc';
export function buildDocs(folder: string): Promise<{
  readonly complaints: readonly string[];
  readonly project: ProjectReflection;
}>;
