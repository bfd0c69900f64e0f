/**
 * Rounds that a fixture session plays one after the other, level by level, as fast as a real room does.
 *
 * @module
 */
import type { PeerId } from '../../src/ids.ts';
import type { AttemptView, SessionView } from '../../src/peer/view.ts';
import type { FixtureSession } from './fixture-session.ts';

/** From one round to the next, and from one view to the next, ms. */
const ROUND_MS = 2_800;
const VIEW_MS = 12;

/** Plays for as long as the page is open. */
export function playRounds(session: FixtureSession): void {
  const play = (): void => {
    const views = roundOf(session.view);
    views.forEach((part, order) => setTimeout(() => session.show(part), order * VIEW_MS));
  };
  play();
  setInterval(play, ROUND_MS);
}

/** One round from the view before it: each new fact is a view of its own. */
function roundOf(view: SessionView): Partial<SessionView>[] {
  const { grid, self, nextRound: round } = view;
  const everybody = grid?.lines.flat() ?? [self.id, ...view.peers.map(({ id }) => id)];
  const own = grid === undefined ? everybody : (grid.lines[grid.ownLine] ?? []);
  const parts = attemptParts(round, own).map((attempt): Partial<SessionView> => ({
    attempt,
    ...(grid && { grid: { ...grid, level: 0 } }),
  }));
  for (let level = 1; level <= (grid?.levels ?? 0); level++) {
    // Every other round this tab stands in for its line.
    const standIns = grid!.lines.map((ids, at) => (at === grid!.ownLine ? self.id : ids[0]!));
    const attempts = round % 2 === 0 ? attemptParts(round, standIns.slice(0, 8)) : [undefined];
    for (const attempt of attempts) parts.push({ attempt, grid: { ...grid!, level } });
  }
  const result = { ...view.result!, round, roster: everybody, included: everybody };
  return [
    ...parts,
    {
      attempt: undefined,
      result,
      nextRound: round + 1,
      ...(grid && { grid: { ...grid, level: undefined } }),
    },
  ];
}

function attemptParts(round: number, roster: readonly PeerId[]): AttemptView[] {
  let attempt: AttemptView = {
    round,
    attempt: 1,
    stage: 'gather',
    roster,
    leader: roster[0]!,
    threshold: Math.floor((2 * roster.length) / 3) + 1,
    advertised: [],
    shared: [],
    masked: [],
    locked: [],
    unmasked: [],
    aborted: [],
    gone: [],
    survivors: [],
    recovering: [],
  };
  const attempts = [attempt];
  const tell = (change: Partial<AttemptView>): void => {
    attempt = { ...attempt, ...change };
    attempts.push(attempt);
  };
  tell({ stage: 'keys', advertised: roster });
  tell({ shared: roster });
  tell({ stage: 'send' });
  roster.forEach((_, at) => tell({ masked: roster.slice(0, at + 1) }));
  tell({ stage: 'lock' });
  roster.forEach((_, at) => tell({ locked: roster.slice(0, at + 1) }));
  tell({ stage: 'unmask', survivors: roster });
  tell({ unmasked: roster });
  return attempts;
}
