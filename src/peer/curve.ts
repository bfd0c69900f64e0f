/**
 * The history of both accuracies, thinned so that it never grows: the past loses detail, not its start.
 *
 * @module
 */
import type { CurveView } from './view.ts';

/** Points kept of each line. */
const MAX_POINTS = 600;

/** An empty history. */
export const EMPTY_CURVE: CurveView = { local: [], merges: [] };

/** The history with one more point of the local model; a step seen before is replaced. */
export function withLocal(curve: CurveView, step: number, accuracy: number): CurveView {
  const before = curve.local.filter((point) => point.step < step);
  return { ...curve, local: thinned([...before, { step, accuracy }]) };
}

/** The history with one more merge. */
export function withMerge(curve: CurveView, merge: CurveView['merges'][number]): CurveView {
  return { ...curve, merges: thinned([...curve.merges, merge]) };
}

/** Every second point of the older half goes, once there are too many. */
function thinned<Point>(points: readonly Point[]): readonly Point[] {
  if (points.length <= MAX_POINTS) return points;
  const half = points.length >> 1;
  return points.filter((_, i) => i >= half || i % 2 === 0);
}
