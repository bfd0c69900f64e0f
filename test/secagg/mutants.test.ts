import { describe, expect, it } from 'vitest';
import { faultOf, type Mutant } from './mutating.ts';
import { findFault } from './mutant-harness.ts';

const mutants: readonly Mutant[] = [
  {
    what: 'opens its seed after one LOCK',
    patches: [
      {
        file: 'certificate.ts',
        from: 'if (equal.length >= state.setting.threshold) {',
        to: 'if (equal.length >= 1) {',
      },
    ],
    fault: /revealed with \d LOCKs/,
  },
  {
    what: 'lowers the threshold when members leave',
    patches: [
      {
        file: 'certificate.ts',
        from: 'if (equal.length >= state.setting.threshold) {',
        to: 'if (equal.length >= Math.min(state.setting.threshold, countOf(liveOf(state)))) {',
      },
      {
        file: 'certificate.ts',
        from: "import { has, type Members } from './members.ts';",
        to: "import { liveOf } from './knowledge.ts';\nimport { countOf, has, type Members } from './members.ts';",
      },
    ],
    fault: /revealed with \d LOCKs/,
  },
  {
    what: 'has survivors of its own',
    patches: [
      {
        file: 'gathering.ts',
        from: 'const candidates = [...state.proposed, ...state.locks.map((known) => known?.members)];',
        to: 'const candidates = [heldOf(state)];',
      },
      {
        file: 'certificate.ts',
        from: 'return a.members === b.members && equalBytes(a.digest, b.digest);',
        to: 'return true;',
      },
    ],
    fault: /revealed with|both secrets|certificates differ|opened/,
  },
  {
    what: 'takes a contribution for unspent that others may have summed',
    patches: [
      {
        file: 'ending.ts',
        from: "'too few peers stayed to take the masks off', true,",
        to: "'too few peers stayed to take the masks off', false,",
      },
    ],
    fault: /takes its contribution for unspent/,
  },
  {
    what: 'leaves the minimum size to the leader',
    patches: [
      {
        file: 'gathering.ts',
        from: 'if (members === undefined || !isEnough(state, members)) continue;',
        to: 'if (members === undefined) continue;',
      },
      { file: 'gathering.ts', from: ' || !isEnough(state, held | live)) {', to: ') {' },
      {
        file: 'preparing.ts',
        from: ' || countOf(liveOf(state)) < state.setting.minimum;',
        to: ';',
      },
    ],
    fault: /smaller sum than it asked for/,
  },
  {
    what: 'adds both halves of a mask',
    patches: [{ file: 'mask.ts', from: 'return member < partner ? 1 : -1;', to: 'return 1;' }],
    fault: /wrong sum/,
  },
  {
    what: 'leaves the context out of pair masks',
    patches: [
      {
        file: 'mask.ts',
        from: 'suite.agree(ownSecret, theirPublic),\n    context,',
        to: 'suite.agree(ownSecret, theirPublic),\n    context.subarray(0, 0),',
      },
    ],
    fault: /share a key/,
  },
  {
    what: 'leaves the context out of its own mask',
    patches: [
      {
        file: 'mask.ts',
        from: 'return suite.derive(secret, context, concat(',
        to: 'return suite.derive(secret, context.subarray(0, 0), concat(',
      },
    ],
    fault: /share a key/,
  },
  {
    what: 'signs LOCK after ABORT',
    patches: [
      {
        file: 'protocol.ts',
        from: "case 'aborting':\n      case 'lock':\n        checkAborts",
        to: "case 'aborting':\n        lock(state, now, effects);\n        break;\n      case 'lock':\n        checkAborts",
      },
      {
        file: 'protocol.ts',
        from: 'import { contribute, gather } from',
        to: 'import { contribute, gather, lock } from',
      },
      { file: 'gathering.ts', from: 'function lock(', to: 'export function lock(' },
    ],
    fault: /LOCK and ABORT/,
  },
  {
    what: 'opens shares of the mask keys of survivors',
    patches: [
      {
        file: 'revealing.ts',
        from: 'return everybody(rosterSize(state)) & ~state.certificate!.members & ~only(self);',
        to: 'return everybody(rosterSize(state)) & ~only(self);',
      },
    ],
    fault: /key of a survivor/,
  },
  {
    what: 'opens shares of the seed of a member that is no survivor',
    patches: [
      {
        file: 'revealing.ts',
        from: 'const silent = placesOf(members).filter(',
        to: 'const silent = placesOf(everybody(rosterSize(state))).filter(',
      },
    ],
    fault: /seed of no survivor/,
  },
  {
    what: 'masks and sends before its shares are out',
    patches: [
      {
        file: 'preparing.ts',
        from: 'if (state.seedShares.includes(undefined) || state.contribution === undefined) return;',
        to: 'if (state.contribution === undefined) return;',
      },
    ],
    fault: /accuses an honest member/,
  },
];

describe('the checks of the machine', () => {
  it('find nothing in the machine itself', () => {
    expect(findFault()).toBeUndefined();
  });

  it.each(mutants)('catch one that $what', async (mutant) => {
    expect(await faultOf(mutant, 'mutant-harness.ts')).toMatch(mutant.fault);
  });
});
