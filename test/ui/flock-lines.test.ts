/** A room of lines: what its flock draws and says, and that its round is told level by level. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PeerId } from '../../src/ids.ts';
import type { AttemptView, SessionView } from '../../src/peer/view.ts';
import { gridLayout, ringPerches } from '../../src/ui/flock-grid-geometry.ts';
import { lineLabel, lineSentence, memberSentence } from '../../src/ui/flock-lines-words.ts';
import { MAX_FAR_LINES } from '../../src/ui/flock-members.ts';
import { INITIAL_PLAYBACK, shownAt, stepPlayback } from '../../src/ui/flock-playback.ts';
import type { Shown } from '../../src/ui/flock-shown.ts';
import { flockScene } from '../../src/ui/flock-scene.ts';
import { flockSentence, roundTitle } from '../../src/ui/flock-words.ts';
import { headline } from '../../src/ui/headline.ts';
import { linkWords, peerCount } from '../../src/ui/peer-words.ts';
import { peersByLine } from '../../src/ui/peers-by-line.ts';
import { levelBars, stageBars } from '../../src/ui/round-stages-words.ts';
import { LINES_STATES, linesView } from './fixture-lines.ts';

/** How a view is shown when it is the first. */
function shownFirst(view: SessionView, atMs = 10_000): Shown {
  return shownAt(stepPlayback(INITIAL_PLAYBACK, { type: 'view', view, atMs: 0 }), atMs);
}

/** Plays views, 100 ms apart, and looks between any two of them. */
function play(views: readonly SessionView[], look: (shown: Shown) => void): Shown {
  let state = INITIAL_PLAYBACK;
  views.forEach((view, order) => {
    state = stepPlayback(state, { type: 'view', view, atMs: order * 100 });
    for (let ms = 0; ms < 100; ms += 20) look(shownAt(state, order * 100 + ms));
  });
  for (let ms = 0; ms < 6_000; ms += 20) look(shownAt(state, views.length * 100 + ms));
  return shownAt(state, views.length * 100 + 6_000);
}

const idle = linesView('lines-60');
const sending = linesView('lines-60-sending');
const summing = linesView('lines-60-summing');
const standingIn = linesView('lines-60-standing-in');

/** The view after the round that the fixtures are in the middle of. */
function merged(view: SessionView, without: readonly PeerId[] = []): SessionView {
  const everybody = view.grid!.lines.flat();
  const included = everybody.filter((id) => !without.includes(id));
  return {
    ...view,
    attempt: undefined,
    grid: { ...view.grid!, level: undefined },
    nextRound: 14,
    result: { ...view.result!, round: 13, roster: everybody, included, dropped: without },
  };
}

const before = (view: SessionView): SessionView => ({
  ...view,
  attempt: undefined,
  grid: { ...view.grid!, level: undefined },
});

describe('who is drawn', () => {
  it.each(LINES_STATES)('%s: everybody of the drawn lines once, the own line large', (state) => {
    const view = linesView(state);
    const scene = flockScene(view, shownFirst(view));
    const ids = [...scene.birds, ...scene.lines.flatMap(({ members }) => members)].map(
      ({ id }) => id,
    );
    expect(new Set(ids).size).toBe(ids.length);
    expect(scene.birds[0]!.state).toBe('you');
    const own = view.grid?.lines[view.grid.ownLine];
    if (own !== undefined) {
      expect(new Set(scene.birds.map(({ id }) => id))).toEqual(new Set(own));
    }
    expect(scene.lines.filter(({ line }) => line >= 0).length).toBeLessThanOrEqual(MAX_FAR_LINES);
  });

  it('what is beyond is counted', () => {
    const view = linesView('lines-thousands');
    const { folded, lines } = flockScene(view, shownFirst(view));
    expect(lines).toHaveLength(MAX_FAR_LINES);
    expect(folded).toEqual({ lines: 255 - MAX_FAR_LINES, peers: 15 * (255 - MAX_FAR_LINES) });
  });

  it('a member without a link has no name and no link, and is told as such', () => {
    const { birds, links } = flockScene(idle, shownFirst(idle));
    const at = birds.findIndex(({ state }) => state === 'unlinked');
    expect(birds[at]).toMatchObject({ name: '', note: 'not linked' });
    for (const link of links) {
      if (link.from === at || link.to === at) expect([link.kind, link.share]).toEqual(['dead', 1]);
    }
    expect(memberSentence(birds[at]!, 3, true)).toBe('A peer without a link to you, your line');
  });

  it('a relayed link leads through its helper’s bird', () => {
    const view = linesView('relayed');
    const { links } = flockScene(view, shownFirst(view));
    expect(links.filter(({ isRelayed }) => isRelayed)).toEqual([
      expect.objectContaining({ from: 0, to: 4, via: 1 }),
    ]);
    expect(linkWords(view, view.peers[3]!)).toContain('Bence passes sealed messages on');
  });

  it('newcomers wait beside the lines, and so does this tab', () => {
    const view = linesView('lines-joining');
    const scene = flockScene(view, shownFirst(view));
    expect(scene.birds).toHaveLength(1);
    expect(scene.lines.at(-1)).toMatchObject({ line: -1 });
    expect(lineLabel(-1, scene.lines.at(-1)!.members, undefined)).toBe('2 waiting');
    expect(headline(view).detail).toContain('joins one');
  });
});

describe('where lines stand', () => {
  it('rings and their labels keep apart, inside the flock, and clear of the own birds', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 336, max: 700 }),
        fc.integer({ min: 400, max: 700 }),
        fc.integer({ min: 1, max: MAX_FAR_LINES + 1 }),
        fc.boolean(),
        (width, height, count, hasMore) => {
          const layout = gridLayout(width, height, count, hasMore);
          layout.rings.forEach(({ centre, radius }, order) => {
            expect(centre.x - radius).toBeGreaterThan(
              layout.own.centre.x + layout.own.radiusX + 16,
            );
            expect(centre.x + radius + 6).toBeLessThanOrEqual(width);
            expect(centre.y - radius - 6).toBeGreaterThanOrEqual(-1);
            const next = layout.rings[order + 1];
            const bottom = centre.y + radius + 6 + 14;
            expect(bottom).toBeLessThanOrEqual(next ? next.centre.y - next.radius : height + 4);
          });
        },
      ),
    );
  });

  it('the birds of a ring do not touch at the size they are drawn', () => {
    const { rings } = gridLayout(384, 416, 5);
    const places = ringPerches(rings[0]!, 11);
    const [one, other] = [places[0]!, places[1]!];
    expect(Math.hypot(one.x - other.x, one.y - other.y)).toBeGreaterThan(12);
  });
});

describe('a round of lines', () => {
  const round = [before(sending), sending, summing, merged(sending)];

  it('is one story: the own line, then the lines, then the result', () => {
    const levels: number[] = [];
    const last = play(round, ({ phase, level, round: number }) => {
      if (phase === 'playing') {
        expect(number).toBe(13);
        if (levels.at(-1) !== level) levels.push(level);
      }
    });
    expect(levels).toEqual([0, 1]);
    expect(last).toMatchObject({ phase: 'merged', round: 13 });
  });

  it('who does not stand in sees no attempt of the others, and hollow birds for them', () => {
    let hasSeen = false;
    play([before(sending), sending, summing], (shown) => {
      if (shown.level === 0 || shown.phase !== 'playing' || shown.levelAgeMs < 400) return;
      hasSeen = true;
      const scene = flockScene(summing, shown);
      expect(scene.packets).toEqual([]);
      expect(scene.couriers.filter(({ isCertain }) => isCertain).map(({ far }) => far)).toEqual([
        undefined,
      ]);
      expect(scene.couriers).toHaveLength(6);
      // What this tab holds is the sum of its line.
      expect(scene.disc.dots).toBe('ink');
      expect(scene.disc.arcs.map(({ share }) => share)).toEqual([1, 0, 0, 0, 0, 0]);
      expect(roundTitle(summing, shown)).toMatchObject({ figure: '6', unit: 'lines' });
      expect(flockSentence(summing, shown)).toContain('Your line has its sum;');
      expect(levelBars(summing, shown).map(({ state }) => state)).toEqual(['done', 'current']);
      expect(stageBars(shown).every(({ state }) => state === 'done')).toBe(true);
    });
    expect(hasSeen).toBe(true);
  });

  it('who stands in sees it, as far as the attempt tells', () => {
    let packets = 0;
    play([before(sending), sending, standingIn], (shown) => {
      if (shown.level === 0 || shown.phase !== 'playing') return;
      const scene = flockScene(standingIn, shown);
      for (const packet of scene.packets) {
        expect(packet.from).toBeGreaterThanOrEqual(scene.birds.length);
        packets += 1;
      }
      if (shown.stage !== 'send') return;
      expect(scene.couriers.every(({ isCertain }) => isCertain)).toBe(true);
      expect(roundTitle(standingIn, shown).subtitle).toBe('You stand in: sending under masks');
      const bridges = scene.links.filter(({ from }) => from >= scene.birds.length);
      expect(bridges).toHaveLength(15);
      expect(new Set(bridges.map(({ kind }) => kind))).toEqual(new Set(['keyed']));
    });
    expect(packets).toBeGreaterThan(0);
  });

  it('deeds of one level are not taken for deeds of another', () => {
    play([before(sending), sending, standingIn], (shown) => {
      const roster = new Set(shown.roster);
      for (const id of shown.deeds.masked.keys()) expect(roster.has(id)).toBe(true);
    });
  });

  it('a line that is not in the sum is told, and blocks nobody', () => {
    const lost = sending.grid!.lines[1]!;
    const over = merged(sending, lost);
    const last = play([before(sending), sending, summing, over], () => undefined);
    const scene = flockScene(over, last);
    expect(scene.lines.map(({ isIncluded }) => isIncluded)).toEqual([
      true,
      false,
      true,
      true,
      true,
    ]);
    expect(lineLabel(1, scene.lines[1]!.members, false)).toBe('line 2 · not summed');
    expect(lineSentence(1, scene.lines[1]!.members, false, false)).toContain('not in the newest');
    expect(scene.disc.arcs.map(({ share }) => share)).toEqual([1, 1, 0, 1, 1, 1]);
    expect(roundTitle(over, last).figure).toBe('50 of 60');
    expect(flockSentence(over, last)).toContain('The sum of round 13 holds 50 of 60.');
  });

  it('a result without any view before it passes through both levels', () => {
    const levels = new Set<number>();
    play([before(sending), merged(sending)], ({ phase, level }) => {
      if (phase === 'playing') levels.add(level);
    });
    expect([...levels]).toEqual([0, 1]);
  });

  it('two attempts of stand-ins are shown one after the other', () => {
    const again: AttemptView = { ...standingIn.attempt!, attempt: 2, masked: [] };
    const last = play(
      [before(sending), sending, standingIn, { ...standingIn, attempt: again }],
      () => undefined,
    );
    expect(last.level).toBe(1);
    expect(last.deeds.masked.size).toBe(0);
  });
});

describe('the list', () => {
  it('has everybody once, the own line first', () => {
    for (const state of LINES_STATES) {
      const view = linesView(state);
      if (view.grid === undefined) continue;
      const { groups } = peersByLine(view);
      const ids = groups.flatMap(({ peers }) => peers.map(({ id }) => id));
      expect([...ids].sort()).toEqual(view.peers.map(({ id }) => id).sort());
      expect(groups[0]!.line).toBe(view.grid.ownLine);
    }
  });

  it('counts lines without a link in rooms of very many', () => {
    const { groups, foldedLines } = peersByLine(linesView('lines-thousands'));
    expect(groups.length + foldedLines).toBe(256);
    expect(groups.length).toBeLessThan(12);
  });

  it('says how many are here', () => {
    expect(peerCount(linesView('lines-24'))).toBe('23 here in three lines, 22 links of yours');
  });
});
