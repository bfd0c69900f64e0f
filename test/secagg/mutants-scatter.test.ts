import { describe, expect, it } from 'vitest';
import { faultOf, type Mutant } from './mutating.ts';
import { findFault } from './mutant-scatter-harness.ts';

const mutants: readonly Mutant[] = [
  {
    what: 'sums its chunk over whom it holds, whatever the survivors',
    patches: [
      {
        file: 'chunk-sums.ts',
        from: 'for (const place of placesOf(members)) {\n    const own',
        to: 'for (const place of placesOf(holdersOf(state, chunk))) {\n    const own',
      },
      { file: 'chunk-sums.ts', from: '  heldOf,\n', to: '  heldOf,\n  holdersOf,\n' },
    ],
    fault: /wrong sum/,
  },
  {
    what: 'has a survivor set for each chunk',
    patches: [
      {
        file: 'knowledge.ts',
        from: 'all & (row[ownerOf(state, chunk)] ?? all)',
        to: 'chunk < 0 ? all & (row[ownerOf(state, chunk)] ?? all) : all',
      },
      {
        file: 'chunk-sums.ts',
        from: 'if (!isOwn || summed[chunk] === members || !isWithin(members, held)) continue;',
        to: 'if (!isOwn || summed[chunk] === members) continue;',
      },
      {
        file: 'chunk-sums.ts',
        from: 'addInPlace(words, own ?? scatter.words[chunk]![place]!.assembly.words);',
        to: 'addInPlace(words, own ?? scatter.words[chunk]![place]?.assembly.words ?? new Uint32Array(words.length));',
      },
    ],
    fault: /wrong sum|two results|accuses/,
  },
  {
    what: 'signs LOCK before the sums of all chunks are here',
    patches: [
      {
        file: 'chunk-sums.ts',
        from: 'return !isUnmasking && sum?.members === members && sum.assembly.missing === 0;',
        to: 'return !isUnmasking && sum?.members === members;',
      },
    ],
    fault: /nobody disturbs/,
  },
  {
    what: 'takes the sum over some members for that over others',
    patches: [
      {
        file: 'chunk-sums.ts',
        from: 'return !isUnmasking && sum?.members === members && sum.assembly.missing === 0;',
        to: 'return !isUnmasking && sum !== undefined && sum.assembly.missing === 0;',
      },
    ],
    fault: /wrong sum|two results|certificates differ/,
  },
  {
    what: 'sends a new owner other words than the first, and believes them',
    patches: [
      {
        file: 'scattering.ts',
        from: 'sendWords(state, chunk, owner, effects);\n  }\n}\n\n/** Says whose',
        to: 'state.scatter!.own?.fill(7);\n    sendWords(state, chunk, owner, effects);\n  }\n}\n\n/** Says whose',
      },
      {
        file: 'knowledge.ts',
        from: 'held?.hash !== undefined && signed !== undefined && equalBytes(held.hash, signed)',
        to: 'held?.hash !== undefined && signed !== undefined && equalBytes(signed, signed)',
      },
    ],
    fault: /wrong sum/,
  },
  {
    what: 'leaves the chunk of an owner that left to nobody',
    patches: [
      {
        file: 'scattering.ts',
        from: 'if (owner !== self) continue;\n    const to',
        to: 'if (owner >= 0) continue;\n    const to',
      },
    ],
    fault: /costs the others their sum/,
  },
  {
    what: 'sends masked words before "contributed" is kept',
    patches: [
      {
        file: 'protocol.ts',
        from: 'return scatter?.isStored === true && scatter.own !== undefined;',
        to: 'return scatter?.own !== undefined;',
      },
    ],
    fault: /leave unkept/,
  },
];

describe('the checks of a scattered sum', () => {
  it('find nothing in the machine itself', () => {
    expect(findFault()).toBeUndefined();
  });

  it.each(mutants)('catch one that $what', { timeout: 60_000 }, async (mutant) => {
    expect(await faultOf(mutant, 'mutant-scatter-harness.ts')).toMatch(mutant.fault);
  });
});
