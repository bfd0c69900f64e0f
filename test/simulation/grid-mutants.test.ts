/**
 * Grids that are broken on purpose: each must be caught, or what is watched in a room of lines does not bite.
 */
import { describe, expect, it } from 'vitest';
import { faultOf, type Mutant, type Place } from '../secagg/mutating.ts';
import { findFault } from './grid-mutant-harness.ts';

const GRID: Place = {
  source: 'src/round',
  tests: 'test/simulation',
  copies: [
    'src/secagg',
    'src/gossip',
    'src/round',
    'src/task',
    'src/privacy',
    'src/simulation',
    'test/secagg',
    'test/round',
    'test/simulation',
  ],
};

const mutants: readonly Mutant[] = [
  {
    what: 'enters a sum of its line with one too many in it',
    patches: [
      {
        file: 'levels.ts',
        from: 'words[sum.length] = holders.length;',
        to: 'words[sum.length] = holders.length + 1;',
      },
    ],
    // The total counts others than it names, so whoever brings it is cut off.
    fault: /honest peer was cut off/,
  },
  {
    what: 'enters a line twice over',
    patches: [
      {
        file: 'levels.ts',
        from: 'words.set(sum);',
        to: 'words.set(sum.map((word) => 2 * word));',
      },
    ],
    fault: /is not the sum of what the included gave/,
  },
  {
    what: 'names whom it did not sum',
    patches: [
      {
        file: 'attempting.ts',
        from: 'claimOfLine(cohort.grid, cohort.group, included)',
        to: 'claimOfLine(cohort.grid, cohort.group, proposal.roster)',
      },
      {
        file: 'levels.ts',
        from: 'words[sum.length] = holders.length;',
        to: 'words[sum.length] = result.roster.length;',
      },
    ],
    fault: /gave nothing|is not the sum/,
  },
  {
    what: 'gives a spent update of its line to another sum',
    patches: [
      {
        file: 'grid-state.ts',
        from: 'export function spend({ room, line }: GridState, effects: GridEffects): void {',
        to: 'export function spend({ room, line }: GridState, effects: GridEffects): void {\n  if (room.round >= 0) return;',
      },
      {
        file: 'attempting.ts',
        from: "message: 'the room finished the round without this line',\n      isSpent: true,",
        to: "message: 'the room finished the round without this line',\n      isSpent: false,",
      },
    ],
    fault: /two survivor sets|is not the sum/,
  },
  {
    what: 'takes any total for certified',
    patches: [
      {
        file: 'result.ts',
        from: "if (isModelSigned && !equalBytes(agreed.modelHash, base)) return 'its model is another';",
        to: 'if (base.length === 0) return undefined as never;',
      },
      {
        file: 'result.ts',
        from: "if (!equalBytes(agreed.resultHash, hashOfWords(suite, words))) return 'its words are others';",
        to: '',
      },
      {
        file: 'levels.ts',
        from: '    model: new Float32Array(),\n',
        to: '    model: new Float32Array(),\n    words: result.words.map((word, at) => (at + 1 < result.words.length ? word + 1 : word)),\n',
      },
    ],
    fault: /two results for one set|is not the sum/,
  },
];

describe('what is watched in a room of lines', { timeout: 300_000 }, () => {
  it('finds nothing in the grid itself', () => {
    expect(findFault()).toBeUndefined();
  });

  it.each(mutants)('catches one that $what', async (mutant) => {
    expect(await faultOf(mutant, 'grid-mutant-harness.ts', GRID)).toMatch(mutant.fault);
  });
});
