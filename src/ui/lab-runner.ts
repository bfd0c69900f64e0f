/**
 * The lab's workers: hands out tasks, takes what comes back, stops and goes on.
 *
 * @module
 */
import type { LabReply, LocalMap } from './lab-worker.ts';
import type { Task } from './lab-runs.ts';
import type { ExperimentRun } from '../simulation/experiment.ts';

/** Workers at most; one core is left to the page. */
const MAX_WORKERS = 8;

/** Plays tasks in workers. */
export class LabRunner {
  /** Tasks of the newest `play` that are done, and all of them. */
  done = 0;
  total = 0;
  isRunning = false;
  private queue: Task[] = [];
  private readonly busy = new Map<Worker, Task>();
  private readonly onPlayed: (task: Task, run: ExperimentRun, maps: readonly LocalMap[]) => void;
  private readonly onFailed: (reason: string) => void;

  constructor(
    onPlayed: (task: Task, run: ExperimentRun, maps: readonly LocalMap[]) => void,
    onFailed: (reason: string) => void,
  ) {
    this.onPlayed = onPlayed;
    this.onFailed = onFailed;
  }

  /** Plays tasks instead of those before. */
  play(tasks: readonly Task[]): void {
    this.stop();
    this.queue = [...tasks];
    this.done = 0;
    this.total = tasks.length;
    this.resume();
  }

  /** Stops at once; what is not done can be resumed. */
  stop(): void {
    for (const [worker, task] of this.busy) {
      worker.terminate();
      this.queue.unshift(task);
    }
    this.busy.clear();
    this.isRunning = false;
  }

  /** Goes on with what is not done. */
  resume(): void {
    const cores = navigator.hardwareConcurrency || 2;
    const count = Math.min(MAX_WORKERS, Math.max(1, cores - 1), this.queue.length);
    this.isRunning = count > 0;
    for (let i = 0; i < count; i++) this.start();
  }

  private start(): void {
    const worker = new Worker(new URL('./lab-worker.ts', import.meta.url), {
      type: 'module',
      name: 'lab',
    });
    worker.addEventListener('message', ({ data }: MessageEvent<LabReply>) => {
      const task = this.busy.get(worker);
      if (!task) return;
      if (data.type === 'failed') {
        this.stop();
        return this.onFailed(data.reason);
      }
      this.done += 1;
      this.next(worker);
      this.onPlayed(task, data.run, data.maps);
    });
    worker.addEventListener('error', ({ message }) => {
      this.stop();
      this.onFailed(message || 'The worker could not be started.');
    });
    this.next(worker);
  }

  private next(worker: Worker): void {
    const task = this.queue.shift();
    if (task) {
      this.busy.set(worker, task);
      worker.postMessage(task);
      return;
    }
    this.busy.delete(worker);
    worker.terminate();
    this.isRunning = this.busy.size > 0;
  }
}
