/**
 * What a trace of Chromium tells of the pages' own threads.
 *
 * @module
 */

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Processor time, microseconds. */
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

/**
 * Processor time of each task of the pages' own threads, ms: what a task would take on a machine that does
 * nothing else.
 */
export function cpuOfTasks(trace: Buffer): readonly number[] {
  const { traceEvents } = JSON.parse(trace.toString()) as {
    readonly traceEvents: readonly TraceEvent[];
  };
  const threadOf = ({ pid, tid }: TraceEvent): string => `${pid} ${tid}`;
  const threads = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain')
      .map(threadOf),
  );
  return traceEvents
    .filter(
      (event) => event.ph === 'X' && event.name.endsWith(TASK) && threads.has(threadOf(event)),
    )
    .map(({ tdur = 0 }) => tdur / 1000);
}

/** Chromium's name for one task of a thread. */
const TASK = 'ThreadControllerImpl::RunTask';
