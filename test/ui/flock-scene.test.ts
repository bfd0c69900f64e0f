/** The scene of the flock says what the view says, and the sentence says what the scene shows. */
import { describe, expect, it } from 'vitest';
import { MAX_SPECKS } from '../../src/config.ts';
import type { SessionView } from '../../src/peer/view.ts';
import { INITIAL_PLAYBACK, shownAt, stepPlayback } from '../../src/ui/flock-playback.ts';
import { maskOfDot } from '../../src/ui/flock-disc.ts';
import { type FlockScene, flockScene } from '../../src/ui/flock-scene.ts';
import type { Shown } from '../../src/ui/flock-shown.ts';
import { CANCEL_MS } from '../../src/ui/flock-story.ts';
import { flockSentence, roundTitle } from '../../src/ui/flock-words.ts';
import { makeSwarm, scatter, speckBudget } from '../../src/ui/specks.ts';
import { type RoundPlan, idOf, roomView, roundViews } from './flock-fixture.ts';

interface Moment {
  readonly view: SessionView;
  readonly shown: Shown;
  readonly scene: FlockScene;
}

/** The last moment of a slow round at which something is true; slow, so that all is shown live. */
function momentOf(plan: Partial<RoundPlan>, isIt: (shown: Shown) => boolean): Moment {
  const views = roundViews({ count: 6, round: 13, startMs: 1_000, everyMs: 800, ...plan });
  let state = INITIAL_PLAYBACK;
  state = stepPlayback(state, { type: 'view', view: roomView(6, { rounds: 12 }), atMs: 0 });
  let found: Moment | undefined;
  for (const { view, atMs } of views) {
    state = stepPlayback(state, { type: 'view', view, atMs });
    for (let ms = atMs; ms < atMs + 800; ms += 50) {
      const shown = shownAt(state, ms);
      if (isIt(shown)) found = { view, shown, scene: flockScene(view, shown) };
    }
  }
  if (found === undefined) throw new Error('No such moment in the round.');
  return found;
}

/** A room at rest, as it is shown. */
function atRest(view: SessionView): Moment {
  const state = stepPlayback(INITIAL_PLAYBACK, { type: 'view', view, atMs: 0 });
  const shown = shownAt(state, 1);
  return { view, shown, scene: flockScene(view, shown) };
}

const kinds = ({ scene }: Moment): string[] => [...new Set(scene.links.map((link) => link.kind))];

describe('before there are three', () => {
  it('alone: two free places, a free ring, no coloured link', () => {
    const moment = atRest(roomView(1));
    expect(moment.scene.birds.map((bird) => bird.state)).toEqual(['you', 'free', 'free']);
    expect(kinds(moment)).toEqual(['free']);
    expect(moment.scene.disc.ring).toBe('free');
    expect(flockSentence(moment.view, moment.shown)).toBe('One peer, two free places.');
    expect(roundTitle(moment.view, moment.shown)).toMatchObject({
      title: 'No round yet',
      subtitle: 'A round needs three',
      figure: '1 of 3',
    });
  });

  it('two: one link and one free place', () => {
    const moment = atRest(roomView(2));
    expect(moment.scene.birds.map((bird) => bird.state)).toEqual(['you', 'flying', 'free']);
    expect(kinds(moment)).toEqual(['keyed', 'free']);
    expect(flockSentence(moment.view, moment.shown)).toBe('Two peers linked, one free place.');
    expect(roundTitle(moment.view, moment.shown)).toMatchObject({
      title: 'Waiting for a third',
      subtitle: 'You and Bence are linked',
    });
  });

  it('two that trust each other wait for nobody', () => {
    const moment = atRest({ ...roomView(2), trust: { own: true, other: true } });
    expect(roundTitle(moment.view, moment.shown).title).toBe('Round 1');
    expect(flockSentence(moment.view, moment.shown)).not.toContain('free');
  });

  it('a room that asks for five says so', () => {
    const view = roomView(3);
    const moment = atRest({ ...view, merging: { ...view.merging, minPeers: 5 } });
    expect(roundTitle(moment.view, moment.shown)).toMatchObject({
      title: 'Waiting for two more',
      figure: '3 of 5',
    });
  });
});

describe('a round', () => {
  it('sends one packet to each other member for every update that is on its way', () => {
    const moment = momentOf({ everyMs: 5 }, (shown) =>
      [...shown.deeds.masked.values()].some((ageMs) => ageMs > 300 && ageMs < 600),
    );
    const own = moment.scene.packets.filter((packet) => packet.from === 0);
    expect(own.length).toBe(5);
    for (const packet of moment.scene.packets) {
      expect(packet.masks).not.toContain(moment.scene.birds[packet.from]!.colour);
      expect(packet.masks).toHaveLength(5);
    }
  });

  it('the figure and the arcs count the same updates', () => {
    const moment = momentOf(
      {},
      (shown) => shown.stage === 'send' && shown.landed.size === 4 && shown.deeds.masked.size === 4,
    );
    expect(moment.scene.disc.arcs.filter((arc) => arc.share === 1)).toHaveLength(4);
    expect(roundTitle(moment.view, moment.shown).figure).toBe('4 of 6');
    expect(flockSentence(moment.view, moment.shown)).toBe(
      'Six peers, all linked. Masked updates are travelling; this tab holds four of six.',
    );
  });

  it('a signature is a ring of ticks around its bird', () => {
    const moment = momentOf({}, (shown) => shown.stage === 'lock' && shown.deeds.locked.size === 2);
    const signed = moment.scene.birds.filter((bird) => bird.signedMs !== undefined);
    expect(signed.map((bird) => bird.id)).toEqual([idOf(0), idOf(1)]);
    expect(roundTitle(moment.view, moment.shown).figure).toBe('2 of 5');
  });

  it('pairs cancel one after the other; dots are ink only when no mask is left', () => {
    const half = momentOf(
      { end: 'none' },
      (shown) => shown.stage === 'unmask' && shown.stageAgeMs > 200 && shown.stageAgeMs < 260,
    );
    const cancelling = half.scene.links.filter((link) => link.kind === 'cancelling');
    const done = half.scene.links.filter((link) => link.kind === 'plain');
    expect(cancelling.length).toBeGreaterThan(0);
    expect(done.length).toBeGreaterThan(0);
    expect(half.scene.disc.dots).toBe('mixed');
    const pairsGone = momentOf(
      { end: 'none' },
      (shown) =>
        shown.stage === 'unmask' && shown.stageAgeMs > CANCEL_MS && shown.deeds.unmasked.size < 5,
    );
    // Own masks are still in the sum: it would be a lie to show it open.
    expect(pairsGone.scene.links.every((link) => link.kind === 'plain')).toBe(true);
    expect(pairsGone.scene.disc.dots).toBe('mixed');
    for (const [one, other] of pairsGone.scene.disc.masks) expect(one).toBe(other);
    const over = momentOf({}, (shown) => shown.phase === 'merged');
    expect(over.scene.disc.dots).toBe('ink');
    expect(over.scene.disc.masks).toEqual([]);
  });

  it('a dot keeps a mask that is still in the sum', () => {
    const moment = momentOf({ end: 'none' }, (shown) => shown.stage === 'lock');
    for (let dot = 0; dot < 33; dot++) {
      expect(moment.scene.disc.masks).toContain(maskOfDot(moment.scene.disc, dot));
    }
  });
});

describe('a peer that leaves in the middle', () => {
  const moment = momentOf(
    { drop: [3], end: 'none' },
    (shown) => shown.recovering.get(idOf(3))?.pieces === 3,
  );

  it('its links hang loose while the others’ cancel', () => {
    const loose = moment.scene.links.filter((link) => link.kind === 'loose');
    expect(loose).toHaveLength(5);
    expect(loose.every((link) => link.from === 3 || link.to === 3)).toBe(true);
    expect(moment.scene.birds[3]).toMatchObject({ state: 'gone', note: 'left', name: 'Dov' });
  });

  it('the ring counts pieces of its key, and the dots wear its colour', () => {
    expect(moment.scene.disc.ring).toBe('pieces');
    expect(moment.scene.disc.arcs).toHaveLength(5);
    expect(moment.scene.disc.arcs.filter((arc) => arc.share === 1)).toHaveLength(3);
    expect(moment.scene.disc.tints).toEqual([3]);
  });

  it('is told in a sentence and in the title', () => {
    expect(flockSentence(moment.view, moment.shown)).toBe(
      'Dov left. Five threads of masks hang loose; three of five pieces of the key are in.',
    );
    expect(roundTitle(moment.view, moment.shown)).toEqual({
      title: 'Round 13',
      subtitle: 'Unmasking without Dov',
      figure: '3 of 5',
      unit: 'pieces of Dov’s key',
    });
  });

  it('once the key is rebuilt its links run back to those who stayed', () => {
    const back = momentOf({ drop: [3] }, (shown) => {
      const pieces = shown.recovering.get(idOf(3));
      return pieces?.pieces === 5 && pieces.ageMs > 100 && pieces.ageMs < 280 && !shown.result;
    });
    const returning = back.scene.links.filter((link) => link.kind === 'returning');
    expect(returning).toHaveLength(5);
    expect(returning.every((link) => link.share > 0 && link.share < 1)).toBe(true);
    expect(back.scene.disc.tints).toEqual([]);
    expect(flockSentence(back.view, back.shown)).toBe(
      'Dov left. The key of Dov is rebuilt; its masks leave the sum.',
    );
  });

  it('a silent member that is no survivor hangs loose as well', () => {
    const { view, shown } = momentOf(
      { drop: [3], end: 'none' },
      (one) => one.recovering.get(idOf(3))?.pieces === 2,
    );
    const linked = {
      ...view,
      peers: view.peers.map((peer) => ({ ...peer, link: 'linked' as const })),
    };
    const silent = { ...shown, deeds: { ...shown.deeds, gone: new Map() } };
    const scene = flockScene(linked, silent);
    expect(scene.birds[3]!.state).toBe('flying');
    expect(scene.links.filter((link) => link.kind === 'loose')).toHaveLength(5);
  });

  it('one that left after sending is in the sum: its pairs cancel, only its own mask is rebuilt', () => {
    const { view, shown } = momentOf(
      { end: 'none' },
      (one) => one.stage === 'unmask' && one.stageAgeMs > CANCEL_MS && one.deeds.unmasked.size < 3,
    );
    const left = {
      ...shown,
      recovering: new Map([[idOf(4), { pieces: 2, ageMs: 10 }]]),
      deeds: { ...shown.deeds, gone: new Map([[idOf(4), 10]]) },
    };
    const scene = flockScene(view, left);
    expect(scene.links.some((link) => link.kind === 'loose')).toBe(false);
    expect(scene.disc.ring).toBe('members');
    expect(scene.disc.tints).toEqual([]);
    expect(scene.disc.masks).toContainEqual([4, 4]);
    expect(roundTitle(view, left)).toMatchObject({
      subtitle: 'Emi is silent',
      figure: '2 of 5',
    });
    expect(flockSentence(view, left)).toBe('Emi left. The masks cancel, pair by pair.');
  });

  it('once the key is rebuilt its masks are gone as well', () => {
    const over = momentOf({ drop: [3] }, (shown) => shown.phase === 'merged');
    expect(over.scene.disc.tints).toEqual([]);
    expect(over.scene.links.some((link) => link.kind === 'loose')).toBe(false);
  });
});

describe('other states', () => {
  it('failed: dots stay scattered and grey, and the sentence says that the sum is noise', () => {
    const moment = momentOf(
      { drop: [1, 3, 5], end: 'failure' },
      (shown) => shown.phase === 'failed',
    );
    expect(moment.scene.disc.dots).toBe('failed');
    expect(kinds(moment).sort()).toEqual(['dead', 'plain']);
    expect(flockSentence(moment.view, moment.shown)).toBe(
      'Three of six peers left. The round stopped; the sum stays noise.',
    );
    expect(roundTitle(moment.view, moment.shown)).toMatchObject({
      subtitle: 'Stopped while locking',
      figure: '3 of 5',
      unit: 'needed to go on',
    });
  });

  it('hidden, frozen, connecting and left out each look and read their own way', () => {
    const view = roomView(6, {
      rounds: 12,
      change: (peer, index) => {
        if (index === 1) return { ...peer, isHidden: true };
        if (index === 2) return { ...peer, silentMs: 12_000 };
        if (index === 3) return { ...peer, link: 'linking' };
        if (index === 4) return { ...peer, leftOut: { untilRound: 20, by: idOf(5) } };
        return { ...peer, silentMs: 4_000 };
      },
    });
    const moment = atRest(view);
    const states = moment.scene.birds.map((bird) => bird.state);
    expect(states).toEqual(['you', 'hidden', 'frozen', 'linking', 'resting', 'flying']);
    expect(moment.scene.birds[2]!.note).toBe('not answering for 12\u00a0s');
    expect(flockSentence(view, moment.shown)).toContain('Dov is connecting.');
    expect(flockSentence(view, moment.shown)).toContain('Bence learns in a hidden tab.');
  });

  it('the server being away changes nothing', () => {
    const view = roomView(6, { rounds: 12 });
    expect(atRest({ ...view, server: 'away' }).scene).toEqual(atRest(view).scene);
  });

  it('past the last colour birds wear a ring', () => {
    const { scene } = atRest(roomView(15, { rounds: 12 }));
    expect(scene.birds.filter((bird) => bird.isRepeated)).toHaveLength(3);
  });
});

describe('specks', () => {
  it.each([2, 3, 6, 7, 12, 15])(
    '%i members never need more than the canvas may hold',
    (members) => {
      for (const numbers of [1, 33, 64, 1_000]) {
        const { own, others } = speckBudget(members, numbers);
        const all = own * 2 * (members - 1) + others * (members - 1) * (members - 2);
        expect(all).toBeLessThanOrEqual(MAX_SPECKS);
        expect(own).toBeLessThanOrEqual(64);
        expect(own).toBeGreaterThanOrEqual(1);
      }
    },
  );

  it('six members show all 33 numbers in every packet', () => {
    expect(speckBudget(6, 33)).toEqual({ own: 33, others: 33 });
  });

  it('a swarm looks the same in every frame, and two swarms differ', () => {
    expect(makeSwarm(33, 7)).toEqual(makeSwarm(33, 7));
    expect(makeSwarm(33, 7).lag).not.toEqual(makeSwarm(33, 8).lag);
  });

  it('scatters evenly over [0, 1)', () => {
    const bins = new Array<number>(10).fill(0);
    for (let index = 0; index < 10_000; index++) bins[Math.floor(scatter(3, index) * 10)]! += 1;
    for (const bin of bins) expect(Math.abs(bin - 1_000)).toBeLessThan(150);
  });
});
