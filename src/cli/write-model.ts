/**
 * Puts a finished model into a folder.
 *
 * @module
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { filesOfModel, MODEL_FILES } from '../task/table/model-file.ts';
import type { TableModel } from '../task/table/prediction.ts';

/**
 * Writes `model.json`, `weights.bin` and `model.js`; older ones are replaced.
 *
 * @returns Their paths.
 */
export async function writeModel(folder: string, model: TableModel): Promise<readonly string[]> {
  const files = filesOfModel(model);
  await mkdir(folder, { recursive: true });
  return Promise.all(
    (['topology', 'weights', 'code'] as const).map(async (part) => {
      const path = join(folder, MODEL_FILES[part]);
      await writeFile(path, files[part]);
      return path;
    }),
  );
}
