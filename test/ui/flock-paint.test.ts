/** A frame of the flock costs what is drawn in it, however large the room is, and reads nothing of the page. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAX_SPECKS } from '../../src/config.ts';
import type { SessionView } from '../../src/peer/view.ts';
import { flockLayout, perches } from '../../src/ui/flock-geometry.ts';
import { courierWay, gridLayout } from '../../src/ui/flock-grid-geometry.ts';
import { paintFlock } from '../../src/ui/flock-paint.ts';
import { INITIAL_PLAYBACK, shownAt, stepPlayback } from '../../src/ui/flock-playback.ts';
import { flockScene } from '../../src/ui/flock-scene.ts';
import type { Shown } from '../../src/ui/flock-shown.ts';
import { linesView } from './fixture-lines.ts';
import { roomView, roundViews } from './flock-fixture.ts';

/** Calls to the context and to paths since the last frame began, by name. */
let calls = new Map<string, number>();

const count = (name: string): void => void calls.set(name, (calls.get(name) ?? 0) + 1);

class CountingPath {
  moveTo(): void {
    count('path.moveTo');
  }
  arc(): void {
    count('path.arc');
  }
}

const before = Reflect.get(globalThis, 'Path2D') as unknown;

beforeAll(() => {
  Reflect.set(globalThis, 'Path2D', CountingPath);
});

afterAll(() => {
  Reflect.set(globalThis, 'Path2D', before);
});

/** A context that draws nothing, and knows no element. */
function countingContext(): CanvasRenderingContext2D {
  const gradient = { addColorStop: () => undefined };
  return new Proxy(
    {},
    {
      get: (_, name) => (): unknown => {
        count(String(name));
        return name === 'createLinearGradient' ? gradient : undefined;
      },
      set: () => true,
    },
  ) as CanvasRenderingContext2D;
}

/** Paints one moment, and says what it took. */
function paint(view: SessionView, shown: Shown): ReadonlyMap<string, number> {
  const box = { width: 384, height: 416 };
  const scene = flockScene(view, shown);
  const grid =
    view.grid === undefined ? undefined : gridLayout(box.width, box.height, scene.lines.length);
  const layout = grid?.own ?? flockLayout(box.width, box.height);
  const birds = perches(layout, scene.birds.length);
  const couriers = scene.couriers.map(({ far }) => courierWay(grid!, far)[1]);
  calls = new Map();
  paintFlock(countingContext(), {
    ...box,
    scene,
    layout,
    grid,
    places: [...birds, ...couriers],
    palette: {
      ground: '#fff',
      ink: '#000',
      quiet: '#555',
      hairline: '#ddd',
      hairlineStrong: '#999',
      peers: Array.from({ length: 12 }, (_, at) => `hsl(${30 * at} 50% 50%)`),
      isDark: false,
    },
    isStill: false,
    numbers: 64,
    sums: undefined,
    members: shown.roster.length,
  });
  return calls;
}

/** The most that any frame of a round takes, by name. */
function most(views: readonly { readonly view: SessionView; readonly atMs: number }[]) {
  const peaks = new Map<string, number>();
  let state = INITIAL_PLAYBACK;
  const look = (view: SessionView, atMs: number): void => {
    for (const [name, value] of paint(view, shownAt(state, atMs))) {
      peaks.set(name, Math.max(value, peaks.get(name) ?? 0));
    }
  };
  let last = views[0]!;
  for (const next of views) {
    for (let ms = last.atMs; ms < next.atMs; ms += 16) look(last.view, ms);
    state = stepPlayback(state, { type: 'view', ...next });
    last = next;
  }
  for (let ms = last.atMs; ms < last.atMs + 4_000; ms += 16) look(last.view, ms);
  return peaks;
}

const total = (peaks: ReadonlyMap<string, number>): number =>
  [...peaks.values()].reduce((sum, value) => sum + value, 0);

/** Views of a room of lines, from its own line's sum to the lines' result. */
function levels(state: 'lines-60' | 'lines-thousands') {
  const idle = linesView(state);
  const ids = idle.grid!.lines[idle.grid!.ownLine]!;
  const attempt = {
    ...linesView('lines-60-sending').attempt!,
    roster: ids,
    advertised: ids,
    shared: ids,
    masked: ids,
  };
  const at = (level: number | undefined) => ({ ...idle.grid!, level });
  return [
    { atMs: 0, view: idle },
    { atMs: 100, view: { ...idle, attempt, grid: at(0) } },
    { atMs: 900, view: { ...idle, grid: at(1) } },
    {
      atMs: 1_900,
      view: { ...idle, nextRound: 14, result: { ...idle.result!, round: 13 } },
    },
  ];
}

describe('a frame', () => {
  it('holds no more specks than are allowed, in a full cohort and in a room of lines', () => {
    const cohort = most([
      { atMs: 0, view: roomView(15, { rounds: 12 }) },
      ...roundViews({ count: 15, round: 13, startMs: 10 }),
    ]);
    const lines = most(levels('lines-60'));
    for (const peaks of [cohort, lines]) {
      expect(peaks.get('path.arc')).toBeGreaterThan(200);
      expect(peaks.get('path.arc')).toBeLessThanOrEqual(MAX_SPECKS);
      // One fill for each colour of specks, one for each dot and arc; one stroke for each link and trail.
      expect(peaks.get('fill')).toBeLessThan(200);
      expect(peaks.get('stroke')).toBeLessThan(500);
    }
  });

  it('of a room of thousands costs what one of sixty does', () => {
    const sixty = total(most(levels('lines-60')));
    // The own line has 15 in it, and not 11: every two of them have a link, and send.
    const thousands = total(most(levels('lines-thousands')));
    expect(thousands).toBeLessThan(2 * sixty);
  });

  it('between rounds draws links and dots, and nothing that flies', () => {
    const idle = linesView('lines-60');
    const state = stepPlayback(INITIAL_PLAYBACK, { type: 'view', view: idle, atMs: 0 });
    const peaks = paint(idle, shownAt(state, 5_000));
    expect(shownAt(state, 5_000).isMoving).toBe(false);
    expect(peaks.get('path.arc')).toBeUndefined();
  });
});
