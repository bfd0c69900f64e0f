/**
 * Views of rooms with lines: 16, 24 and 60 peers, some away, at each level of a round.
 *
 * @module
 */
import type { PeerId } from '../../src/ids.ts';
import type { AttemptView, GridView, PeerView, SessionView } from '../../src/peer/view.ts';
import { fixtureId, fixtureView } from './fixture-views.ts';

/** Every state of a room with lines. */
export const LINES_STATES = [
  'lines-16',
  'lines-24',
  'lines-60',
  'lines-60-sending',
  'lines-60-summing',
  'lines-60-standing-in',
  'lines-60-dropout',
  'lines-60-failed',
  'lines-joining',
  'lines-thousands',
  'relayed',
] as const;

/** A state of a room with lines. */
export type LinesState = (typeof LINES_STATES)[number];

/** Whether a text names a state. */
export function isLinesState(text: string): text is LinesState {
  return (LINES_STATES as readonly string[]).includes(text);
}

const NAMES =
  'Amara Bence Chloé Dov Emi Farid Greta Hugo Ines Jonas Kaya Lior Mina Nils Oona Pavel Quinn Rosa Samir Tove Uma Viktor Wanda Ximena Yusuf Zofia Anouk Bruno Carla Dario Elif Femi Gita Henrik Ilse Jamal Katya Lars Maeve Nadia Omar Petra Radek Sanne Tariq Ursula Vito Wiebke Xaver Yara Zeno Aino Björn Celia Dmitri Eloise Fenna Goran Hanna Idris'.split(
    ' ',
  );

/** Sizes of the lines of each room, the own line's place among them. */
const ROOMS: Readonly<Record<LinesState, readonly [sizes: readonly number[], own: number]>> = {
  'lines-16': [[8, 8], 1],
  'lines-24': [[8, 8, 8], 0],
  'lines-60': [[11, 10, 9, 11, 10, 9], 3],
  'lines-60-sending': [[11, 10, 9, 11, 10, 9], 3],
  'lines-60-summing': [[11, 10, 9, 11, 10, 9], 3],
  'lines-60-standing-in': [[11, 10, 9, 11, 10, 9], 3],
  'lines-60-dropout': [[11, 10, 9, 11, 10, 9], 3],
  'lines-60-failed': [[8, 8, 8, 8, 8, 8, 12], 6],
  'lines-joining': [[11, 10, 9, 11, 10], -1],
  'lines-thousands': [Array.from({ length: 256 }, () => 15), 3],
  relayed: [[], 0],
};

/** The view of a state. */
export function linesView(state: LinesState): SessionView {
  const base = fixtureView('training');
  if (state === 'relayed') {
    const peers = base.peers.map((peer, at) =>
      at === 3 ? { ...peer, via: base.peers[0]!.id } : peer,
    );
    return { ...base, peers };
  }
  const [sizes, own] = ROOMS[state];
  const grid = gridOf(sizes, own, base.self.id);
  const away = state === 'lines-60' || state === 'lines-60-dropout';
  const linked = grid.lines.flat().slice(0, 60);
  const ids = new Set([...linked, ...(grid.lines[own] ?? [])]);
  const known = [...ids].filter((id) => id !== base.self.id);
  const newcomers = state === 'lines-joining' ? [fixtureId(70), fixtureId(71)] : [];
  const peers = [...known, ...newcomers]
    .filter((_, at) => !away || at % 14 !== 5)
    .map((id, at) => peerOf(id, at, state));
  const everybody = grid.lines.flat();
  const attempt = attemptOf(state, grid, base.self.id);
  const level = {
    'lines-60-sending': 0,
    'lines-60-dropout': 0,
    'lines-60-summing': 1,
    'lines-60-standing-in': 1,
  }[state as string];
  const included =
    state === 'lines-60-failed'
      ? everybody.filter((id) => !grid.lines[2]!.includes(id))
      : everybody;
  return {
    ...base,
    peers,
    grid: { ...grid, level },
    attempt,
    result: { ...base.result!, roster: everybody, included, dropped: [] },
    failure: undefined,
  };
}

/** Lines of consecutive fixture peers; this tab takes the second place of its own. */
function gridOf(sizes: readonly number[], own: number, self: PeerId): GridView {
  let next = 1;
  const lines = sizes.map((size, line) =>
    Array.from({ length: size }, (_, at) => (line === own && at === 1 ? self : idAt(next++))),
  );
  return { epoch: 3, lines, ownLine: own, levels: sizes.length > 8 ? 3 : 1, level: undefined };
}

/** Ids of more peers than a byte can count. */
function idAt(index: number): PeerId {
  return index < 255 ? fixtureId(index) : (`${String(index).padStart(43, 'x')}` as PeerId);
}

function peerOf(id: PeerId, at: number, state: LinesState): PeerView {
  const isGone = state === 'lines-60-dropout' && at === 31;
  return {
    id,
    name: NAMES[(at + 1) % NAMES.length]!,
    colour: (at + 1) % 12,
    kind: at % 9 === 4 ? 'program' : 'tab',
    link: isGone ? 'gone' : at === 22 ? 'linking' : 'linked',
    via: at === 34 && state !== 'lines-16' ? fixtureId(31) : undefined,
    doing: isGone ? 'gone' : 'training',
    isHidden: at % 17 === 3,
    leftOut: undefined,
    silentMs: at === 40 ? 12_000 : 0,
    bytesSent: 420 * at,
    bytesReceived: 418 * at,
  };
}

function attemptOf(state: LinesState, grid: GridView, self: PeerId): AttemptView | undefined {
  const line = grid.lines[grid.ownLine] ?? [];
  const standIns = grid.lines.map((ids, at) => (at === grid.ownLine ? self : ids[4 % ids.length]!));
  const rosters: Partial<Record<LinesState, readonly PeerId[]>> = {
    'lines-60-sending': line,
    'lines-60-dropout': line,
    'lines-60-standing-in': standIns,
  };
  const roster = rosters[state];
  if (roster === undefined) return undefined;
  const some = roster.slice(0, Math.ceil(roster.length / 2));
  const isLate = state === 'lines-60-dropout';
  const gone = isLate ? [roster[2]!] : [];
  const stayed = roster.filter((id) => !gone.includes(id));
  return {
    round: 13,
    attempt: 1,
    stage: isLate ? 'unmask' : 'send',
    roster,
    leader: roster[0]!,
    threshold: Math.floor((2 * roster.length) / 3) + 1,
    advertised: roster,
    shared: roster,
    masked: isLate ? stayed : [...new Set([...some, self])],
    locked: isLate ? stayed : [],
    unmasked: isLate ? some.filter((id) => !gone.includes(id)) : [],
    aborted: [],
    gone,
    survivors: isLate ? stayed : [],
    recovering: gone.map((peer) => ({ peer, shares: 3 })),
  };
}
