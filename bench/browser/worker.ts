/**
 * The worker of a page in which arithmetic is measured: away from the page's thread, as training is.
 *
 * @module
 */
import { realSuite } from '../../src/secagg/index.ts';
import { maskerOfPage } from '../../src/worker/start-masks-in-page.ts';
import { measureMasks } from '../masks/mask-speeds.ts';
import { measureRounds } from '../rounds/compute.ts';
import { measureTraining } from '../training/training-loops.ts';
import type { WorkerTask } from './in-worker.ts';

onmessage = ({ data }: { readonly data: WorkerTask }) => {
  void answer(data).then((answer) => postMessage(answer));
};

async function answer(task: WorkerTask): Promise<unknown> {
  if (task.name === 'training') return measureTraining(...task.given);
  if (task.name === 'masks') {
    return measureMasks(maskerOfPage(), ...task.given);
  }
  const [sizes, rounds] = task.given;
  return sizes.map((size) => measureRounds(realSuite, size, rounds));
}
