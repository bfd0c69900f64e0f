/**
 * What the section "Privacy" makes of what is typed and moved, and says before anything is proposed.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { settingOf } from '../../src/peer/noise-parameters.ts';
import type { NoiseChoice, SessionView } from '../../src/peer/view.ts';
import { gaussianEpsilon } from '../../src/privacy/analytic-gaussian.ts';
import { epsilonOf, rhoOfRound } from '../../src/privacy/zcdp.ts';
import { readBudget } from '../../src/ui/budget.ts';
import { PAIRS } from '../../src/ui/influence-player.ts';
import {
  draftAt,
  draftOf,
  isSameNoise,
  readDraft,
  STOPS,
  stopOf,
} from '../../src/ui/noise-draft.ts';
import { promiseOf, PromiseCache } from '../../src/ui/noise-promise.ts';
import { followsWords } from '../../src/ui/noise-proposal.ts';
import { BAND_WORDS, followedWords, SMALL_ROOM, THREE_PEERS } from '../../src/ui/privacy-words.ts';
import { fixtureView } from './fixture-views.ts';

const DIMENSION = 33;
const CHOICE: NoiseChoice = { kind: 'distributed', clip: 0.5, multiplier: 2.5, delta: 1e-5 };

/** A room with this noise. */
function viewWith(
  choice: NoiseChoice | undefined,
  state: 'noise' | 'training' = 'noise',
): SessionView {
  const view = fixtureView(state);
  const noise = choice && settingOf(choice, DIMENSION, 5);
  return { ...view, privacy: { ...view.privacy, noise } };
}

describe('a draft of noise', () => {
  it('of the noise there is reads as that noise', () => {
    for (const choice of [undefined, CHOICE, { ...CHOICE, kind: 'local' as const, delta: 1e-7 }]) {
      const read = readDraft(draftOf(choice), DIMENSION);
      expect(read).toEqual({ choice });
      expect(isSameNoise(choice, choice && settingOf(choice, DIMENSION, 5))).toBe(true);
    }
  });

  it('takes the multiplier of each stop of the slider, and keeps the rest', () => {
    const draft = draftOf(CHOICE);
    for (const [at, { multiplier }] of STOPS.entries()) {
      const moved = draftAt(at, draft);
      expect(stopOf(moved)).toBe(at);
      expect(readDraft(moved, DIMENSION)).toEqual({
        choice: at === 0 ? undefined : { ...CHOICE, multiplier },
      });
    }
  });

  it('stands at the nearest stop, and at none but the first without noise', () => {
    const stops = ['0.001', '0.7', '0.72', '3', '500', 'much'].map((multiplier) =>
      stopOf({ ...draftOf(CHOICE), multiplier }),
    );
    expect(stops).toEqual([1, 1, 2, 4, 5, 1]);
    expect(stopOf(draftOf(undefined))).toBe(0);
  });

  it.each([
    ['clip', '-1', 'clip norm is -1'],
    ['clip', '', '“” is no number'],
    ['multiplier', '0', 'noise multiplier is 0'],
    ['multiplier', '0.00001', 'raise the noise multiplier'],
    ['multiplier', '0,5', '“0,5” is no number'],
    ['delta', '1', 'Delta is 1'],
    ['delta', 'Infinity', '“Infinity” is no number'],
  ] as const)('with a %s of "%s" says what is wrong, and with what', (name, typed, words) => {
    const read = readDraft({ ...draftOf(CHOICE), [name]: typed }, DIMENSION);
    expect(read).toMatchObject({ at: name, mistake: expect.stringContaining(words) as string });
  });
});

describe('a promise of noise', () => {
  it('is what the accountant says of one round and of thirty among the peers that are here', () => {
    const view = viewWith(undefined, 'training');
    const { peers, once, ahead, gaussian, inAll } = promiseOf(CHOICE, view);
    const rho = rhoOfRound(settingOf(CHOICE, DIMENSION, 5), DIMENSION, 5);
    expect(peers).toBe(6);
    expect(once).toBe(epsilonOf(rho, 1e-5));
    expect(ahead).toBe(epsilonOf(30 * rho, 1e-5));
    expect(inAll).toBe(ahead);
    expect(gaussian).toBeCloseTo(gaussianEpsilon(1 / Math.sqrt(60 * rho), 1e-5), 12);
    expect(gaussian / ahead).toBeGreaterThan(0.9);
    expect(gaussian / ahead).toBeLessThan(0.98);
  });

  it('adds up with what was told so far', () => {
    const { ahead, inAll } = promiseOf(CHOICE, viewWith(undefined));
    expect(inAll).toBeGreaterThan(ahead);
    expect(inAll).toBeLessThan(ahead + 3.412);
  });

  it('counts on nobody else with local noise', () => {
    const { once } = promiseOf({ ...CHOICE, kind: 'local' }, viewWith(undefined));
    const setting = settingOf({ ...CHOICE, kind: 'local' }, DIMENSION, 5);
    expect(once).toBe(epsilonOf(rhoOfRound(setting, DIMENSION, 1), 1e-5));
  });

  it('is worked out again when the noise, the room or what was told is another', () => {
    const cache = new PromiseCache();
    const view = viewWith(undefined);
    const known = cache.of(CHOICE, view);
    expect(cache.of({ ...CHOICE }, { ...view })).toBe(known);
    expect(cache.of({ ...CHOICE, multiplier: 3 }, view).once).toBeLessThan(known.once);
    const three = fixtureView('three');
    expect(cache.of(CHOICE, three)).toEqual(promiseOf(CHOICE, three));
    const spent = { ...view.privacy.spent, rho: 9 };
    const later = { ...view, privacy: { ...view.privacy, spent } };
    expect(cache.of(CHOICE, later).inAll).toBeGreaterThan(known.inAll);
  });
});

describe('before a proposal, the page says', () => {
  const stronger = { ...CHOICE, multiplier: 4 };
  const weaker = { ...CHOICE, multiplier: 1 };

  it('that there is none to make of what the room has, or of a number that cannot be', () => {
    expect(followsWords(viewWith(CHOICE), { choice: CHOICE })).toMatch(/nobody else sees that\.$/);
    expect(followsWords(viewWith(CHOICE), { mistake: 'No.', at: 'clip' })).toMatch(
      /^The room has noise 2\.5 times the clip norm\. Nothing can be proposed/,
    );
  });

  it('whether the others follow at once or have to agree', () => {
    expect(followsWords(viewWith(CHOICE), { choice: stronger })).toContain('follow at once');
    expect(followsWords(viewWith(CHOICE), { choice: weaker })).toContain('has to agree');
    expect(followsWords(viewWith(CHOICE), { choice: undefined })).toContain('has to agree');
    expect(followsWords(viewWith(undefined), { choice: weaker })).toContain('follow at once');
  });

  it('that less than the least this person insists on ends the insisting', () => {
    const view = viewWith(stronger);
    const insisting = {
      ...view,
      privacy: { ...view.privacy, least: settingOf(CHOICE, DIMENSION, 5) },
    };
    expect(followsWords(insisting, { choice: weaker })).toContain('no longer insist');
    const still = { ...CHOICE, multiplier: 3 };
    expect(followsWords(insisting, { choice: still })).not.toContain('no longer insist');
  });
});

describe('words about noise', () => {
  it('claim no more than the table of docs/privacy.md: the noise is felt above 4, too', () => {
    const rows = readFileSync('docs/privacy.md', 'utf8').matchAll(/^\| (\d+) \| ([\d.]+) \| (.*\)) \|$/gm); // prettier-ignore
    const points = [...rows].flatMap(([, , exact, cells]) =>
      [...cells!.matchAll(/([\d.]+) \(([\d.]+)\)/g)].map(([, accuracy, ratio]) => ({
        ratio: Number(ratio),
        lost: Number(exact) - Number(accuracy),
      })),
    );
    expect(points.length).toBe(16);
    const [low, high] = [points.filter(({ ratio }) => ratio > 4 && ratio < 8), points.filter(({ ratio }) => ratio > 10)]; // prettier-ignore
    const range = (some: typeof points) =>
      [Math.min, Math.max].map((of) => Math.round(of(...some.map(({ lost }) => lost))));
    const [lowRange, highRange] = [range(low), range(high)];
    expect(BAND_WORDS.clear).toContain(`from 4 to 8 cost ${lowRange[0]} to ${lowRange[1]} points`);
    expect(BAND_WORDS.clear).toContain(`above 10 cost ${highRange[0]} to ${highRange[1]}`);
    expect(Object.values(BAND_WORDS).join(' ')).not.toContain('costs little');
    expect(SMALL_ROOM).toContain('usually costs more than the federation gains');
  });

  it('say that h is 2 among three, and that nobody may drop out', () => {
    expect(THREE_PEERS).toMatch(/h is 2.*nobody may drop out/);
  });

  it('say who asked for stronger noise, and what a newcomer finds', () => {
    const view = viewWith(CHOICE);
    const noise = view.privacy.noise;
    const followed = { peer: view.peers[1]!.id, noise, isStronger: true, isArrival: false };
    expect(followedWords(view, followed, 1.23)).toBe(
      'Chloé asked for stronger noise: epsilon 1.3 per round, noise 2.5 times the clip norm. The room follows.',
    );
    expect(followedWords(view, { ...followed, isArrival: true }, 1.23)).toMatch(
      /^This room adds noise to its sums: epsilon 1\.3 per round/,
    );
  });
});

describe('a budget', () => {
  it('is a number above 0 and below a million, or none', () => {
    expect(readBudget(' 8.5 ', undefined)).toEqual({ epsilon: 8.5 });
    expect(readBudget('999999', 3)).toEqual({ epsilon: 999_999 });
    expect(readBudget('  ', 3)).toEqual({ epsilon: undefined });
  });

  it.each([
    ['abc', 'is no number'],
    ['-1', 'is not above 0'],
    ['0', 'is not above 0'],
    ['1000000', 'is more than any budget'],
    ['Infinity', 'is more than any budget'],
  ])('is not "%s", and the one there was stays', (typed, words) => {
    const mistake = expect.stringContaining(`“${typed}” ${words}`) as string;
    expect(readBudget(typed, 3)).toEqual({ mistake });
    expect(readBudget(typed, 3)).toMatchObject({
      mistake: expect.stringContaining('the limit is 3.0, as before') as string,
    });
    expect(readBudget(typed, undefined)).toMatchObject({
      mistake: expect.stringContaining('there is no limit, as before') as string,
    });
  });
});

it('replays are of 20 pairs at least', () => {
  expect(PAIRS).toBeGreaterThanOrEqual(20);
});
