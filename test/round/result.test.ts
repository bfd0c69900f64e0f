import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { gridOf, levelsOfGrid, nextEpoch } from '../../src/gossip/index.ts';
import { compareIds, peerIdOf } from '../../src/ids.ts';
import { claimOfLine, joinClaims } from '../../src/round/claims.ts';
import { cohortRoom, upperParameters } from '../../src/round/cohort.ts';
import { encodeDetail } from '../../src/round/detail.ts';
import { encodeDone, type Done, type ResultMessage } from '../../src/round/messages.ts';
import {
  applyMean,
  compareStanding,
  hasCertificate,
  hashOfModel,
  hashOfRoster,
  hashOfWords,
  verifyResult,
  type Standing,
} from '../../src/round/result.ts';
import { hashOfParameters } from '../../src/secagg/index.ts';
import { simulatedSuite as suite } from '../../src/simulation/simulated-suite.ts';
import { PARAMETERS } from './room.ts';

const signers = Array.from({ length: 6 }, (_, i) => {
  const secretKey = new Uint8Array(32).fill(i + 1);
  return { id: peerIdOf(suite.signingKey(secretKey)), secretKey };
}).sort((a, b) => (a.id < b.id ? -1 : 1));
const outsider = signers.pop()!;
const roster = signers.map(({ id }) => id);
const model = Float32Array.of(1, 2, 3);
const words = Uint32Array.of(4, 5, 6);
const place = { room: new Uint8Array(32).fill(5), parameters: PARAMETERS };
const done: Done = {
  room: place.room,
  parameters: hashOfParameters(suite, PARAMETERS),
  round: 4,
  attempt: 1,
  context: new Uint8Array(32),
  rosterHash: hashOfRoster(suite, roster),
  included: 0b11111,
  resultHash: hashOfWords(suite, words),
  modelHash: hashOfModel(suite, model),
  detailHash: new Uint8Array(),
};

/** A result that so many signed, with something changed. */
function resultOf(count: number, over: Partial<Done> = {}): ResultMessage {
  const dones = signers.slice(0, count).map((signer) => ({
    signer: signer.id,
    bytes: encodeDone(suite, signer, { ...done, ...over }),
  }));
  return { roster, words, model, detail: new Uint8Array(), within: undefined, dones };
}

function verdict(message: ResultMessage, at = place): string {
  const result = verifyResult(suite, message, at);
  return typeof result === 'string' ? result : 'good';
}

describe('verifyResult', () => {
  it('tells whether a threshold of the roster signed: four of five', () => {
    const isCertified = (count: number): boolean => {
      const result = verifyResult(suite, resultOf(count), place);
      return typeof result === 'object' && hasCertificate(result, 'active');
    };
    expect([1, 3, 4, 5].map(isCertified)).toEqual([false, false, true, true]);
    expect(verdict(resultOf(0))).toMatch(/nobody signed/);
  });

  it('refuses a result of another room, whoever signed it', () => {
    const elsewhere = { ...place, room: new Uint8Array(32) };
    expect(verdict(resultOf(5), elsewhere)).toMatch(/another room/);
  });

  it('refuses a model of another task, but not a sum: its parameters may change', () => {
    const otherwise = { ...place, parameters: { ...PARAMETERS, task: 'heat-map:circle:8' } };
    expect(verdict(resultOf(5), otherwise)).toMatch(/parameters/);
    const empty = new Float32Array();
    const sum = { ...resultOf(5, { modelHash: hashOfModel(suite, empty) }), model: empty };
    expect(verdict(sum, otherwise)).toBe('good');
  });

  it('refuses a model that is not finite, and a round that leaves none after it', () => {
    for (const value of [NaN, Infinity]) {
      const broken = Float32Array.of(1, value, 3);
      const message = { ...resultOf(5, { modelHash: hashOfModel(suite, broken) }), model: broken };
      expect(verdict(message)).toMatch(/not finite/);
    }
    expect(verdict(resultOf(5, { round: 2 ** 31 }))).toBe('good');
    expect(verdict(resultOf(5, { round: 2 ** 31 + 1 }))).toMatch(/round/);
  });

  it('counts a signer once, and nobody from outside', () => {
    const one = resultOf(1).dones[0]!;
    expect(verdict({ ...resultOf(1), dones: [one, one, one, one] })).toBe('good');
    const result = verifyResult(suite, { ...resultOf(1), dones: [one, one, one, one] }, place);
    expect(typeof result === 'object' && result.dones.size).toBe(1);
    const bytes = encodeDone(suite, outsider, done);
    const dones = [...resultOf(3).dones, { signer: outsider.id, bytes }];
    expect(verdict({ ...resultOf(3), dones })).toMatch(/not in its roster/);
  });

  it('refuses a signature of somebody else', () => {
    const [first, second, ...rest] = resultOf(5).dones;
    const dones = [{ signer: first!.signer, bytes: second!.bytes }, ...rest];
    expect(verdict({ ...resultOf(5), dones })).toMatch(/signature/);
  });

  it('refuses signers that disagree', () => {
    const dones = [...resultOf(3).dones, ...resultOf(5, { attempt: 2 }).dones.slice(3)];
    expect(verdict({ ...resultOf(3), dones })).toMatch(/disagree/);
  });

  it('refuses other words, another model, another roster, and vectors of another length', () => {
    const good = resultOf(5);
    expect(verdict({ ...good, words: Uint32Array.of(4, 5, 7) })).toMatch(/words are others/);
    expect(verdict({ ...good, model: Float32Array.of(1, 2, 4) })).toMatch(/model is another/);
    expect(verdict(resultOf(5, { rosterHash: new Uint8Array(32) }))).toMatch(/roster/);
    expect(verdict({ ...good, words: Uint32Array.of(4, 5) })).toMatch(/too many or few/);
  });

  it('refuses a sum of too few, or of somebody outside the roster', () => {
    expect(verdict(resultOf(5, { included: 0b111 }))).toMatch(/includes too few/);
    expect(verdict(resultOf(5, { included: 0b1111 }))).toBe('good');
    expect(verdict(resultOf(5, { included: 0b111111 }))).toMatch(/includes too few/);
  });
});

describe('verifyResult of a room of lines', () => {
  const people = Array.from({ length: 16 }, (_, i) => {
    const secretKey = new Uint8Array(32).fill(i + 10);
    return { id: peerIdOf(suite.signingKey(secretKey)), secretKey };
  });
  const change = { number: 1, joining: people.map(({ id }) => id).sort(compareIds), leaving: [] };
  const epoch = nextEpoch(undefined, change, 1, new Uint8Array(32));
  const grid = gridOf(suite, epoch);
  const level = levelsOfGrid(grid);
  const top = grid.lines.map((line) => line[0]!).sort();
  const both = grid.lines.map((line, at) => claimOfLine(grid, at, line));

  /** A result that both stand-ins signed, with this claim, and words that count so many. */
  function claiming(claim: Uint8Array, count: number): ResultMessage {
    const sum = Uint32Array.of(4, 5, 6, count);
    const detail = encodeDetail({ claim, epoch: undefined });
    const said: Done = {
      ...done,
      room: cohortRoom(suite, place.room, epoch, level, 0),
      parameters: hashOfParameters(suite, upperParameters(PARAMETERS, grid, level)),
      rosterHash: hashOfRoster(suite, top),
      included: 0b11,
      resultHash: hashOfWords(suite, sum),
      modelHash: hashOfModel(suite, new Float32Array()),
      detailHash: suite.hash(detail),
    };
    const dones = people
      .filter(({ id }) => top.includes(id))
      .map((signer) => ({ signer: signer.id, bytes: encodeDone(suite, signer, said) }));
    return { roster: top, words: sum, model: new Float32Array(), detail, within: epoch, dones };
  }

  it('takes one that includes both lines, or a part of one', () => {
    expect(grid.lines.map((line) => line.length)).toEqual([8, 8]);
    expect(verdict(claiming(joinClaims(both), 16))).toBe('good');
    const part = claimOfLine(grid, 1, grid.lines[1]!.slice(3));
    expect(verdict(claiming(joinClaims([both[0]!, part]), 13))).toBe('good');
    expect(verdict(claiming(joinClaims(both), 15))).toMatch(/counts others/);
  });

  it('refuses one that includes whom it cannot, even if it counts as many', () => {
    const [first] = both;
    const strangers = Uint8Array.of(0, 2, 0, 0xff); // of a third line
    const ninth = Uint8Array.of(0, 1, 1, 0xff); // and somebody more than the line has
    for (const [claim, count] of [
      [joinClaims([first!, first!]), 16],
      [joinClaims([first!, strangers]), 16],
      [joinClaims([first!, ninth]), 17],
      [joinClaims([first!, Uint8Array.of(0, 1, 0, 0)]), 8],
    ] as const) {
      expect(verdict(claiming(claim, count))).toMatch(/includes whom it cannot/);
    }
  });
});

describe('compareStanding', () => {
  const standing = fc.record({
    round: fc.nat(3),
    included: fc.nat(3),
    base: fc.uint8Array({ minLength: 2, maxLength: 2 }),
  });

  it('is an order: antisymmetric and transitive', () => {
    const sign = (a: Standing, b: Standing): number => Math.sign(compareStanding(a, b)) + 0;
    fc.assert(
      fc.property(standing, standing, standing, (a, b, c) => {
        expect(sign(a, b) + sign(b, a)).toBe(0);
        if (sign(a, b) >= 0 && sign(b, c) >= 0) expect(sign(a, c)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('prefers the higher round, then more included, then the smaller hash', () => {
    const of = (round: number, included: number, hash: number): Standing => ({
      round,
      included,
      base: Uint8Array.of(hash),
    });
    expect(compareStanding(of(3, 1, 9), of(2, 9, 1))).toBeGreaterThan(0);
    expect(compareStanding(of(3, 4, 9), of(3, 3, 1))).toBeGreaterThan(0);
    expect(compareStanding(of(3, 4, 1), of(3, 4, 9))).toBeGreaterThan(0);
    expect(compareStanding(of(3, 4, 1), of(3, 4, 1))).toBe(0);
  });
});

describe('applyMean', () => {
  it('moves each parameter by its mean update, rounded once to float32', () => {
    const next = applyMean(Float32Array.of(0.1, -3), Float64Array.of(0.2, 1e-9));
    expect([...next]).toEqual([Math.fround(Math.fround(0.1) + 0.2), -3]);
  });
});
