/**
 * Machines that are broken on purpose: each must be caught, or the invariants do not bite.
 */
import { describe, expect, it } from 'vitest';
import { createRound, stepRound, type RoundEffect } from '../../src/round/round.ts';
import { enter, reportOf } from '../../src/round/catching-up.ts';
import { decodeDone } from '../../src/round/messages.ts';
import { FAULTS, type Fault } from '../../src/simulation/faults.ts';
import type { Machine } from '../../src/simulation/network.ts';
import { runScenario, type Role, type Scenario } from '../../src/simulation/scenario.ts';
import { simulatedSuite } from '../../src/simulation/simulated-suite.ts';

/** What the invariants say about a machine under a fault, over some seeds. */
function caught(
  machine: Machine | undefined,
  faults: readonly string[],
  role: Role,
  over: Partial<Scenario> = {},
): ReadonlySet<string> {
  const strikes = faults.map((name) => ({ fault: faultNamed(name), role }));
  const broken = new Set<string>();
  for (let seed = 0; seed < 12; seed++) {
    const scenario: Scenario = {
      seed: `mutant ${seed}`,
      peers: 5,
      strikes,
      suite: simulatedSuite,
      ...(machine && { machine }),
      ...over,
    };
    for (const what of runScenario(scenario).broken) broken.add(what.replace(/^\S{6} /, ''));
  }
  return broken;
}

function faultNamed(name: string): Fault {
  return FAULTS.find((fault) => fault.name === name)!;
}

describe('an invariant', () => {
  it('catches a machine that lets a spent update be masked again', () => {
    const retries: Machine = {
      create: createRound,
      step(state, event) {
        const [next, effects] = stepRound(state, event);
        return [
          next,
          effects.map((effect) =>
            effect.type === 'failed' ? { ...effect, isSpent: false } : effect,
          ),
        ];
      },
    };
    const faults = ['frozen for 30 s'];
    expect(caught(retries, faults, 'member')).toContain(
      'a released contribution is in a certified sum',
    );
    expect(caught(undefined, faults, 'member')).toEqual(new Set());
  });

  it('catches a machine where only the leader checks the minimum size', () => {
    const trusting: Machine = {
      create: createRound,
      step(state, event) {
        const [next, effects] = stepRound(state, event);
        const { current } = next;
        if (current !== undefined && current.setting.minimum > 4) {
          Object.assign(current.setting, { minimum: 4 });
        }
        return [next, effects];
      },
    };
    const room = { minPeers: 5, peers: 5, leaderMinPeers: 3 };
    const faults = ['lost masked words'];
    expect(caught(trusting, faults, 'member', room)).toContain('signed LOCK for too few survivors');
    expect(caught(undefined, faults, 'member', room)).toEqual(new Set());
  });

  it('catches a machine that accepts a roster without a settled peer', () => {
    const obedient: Machine = {
      create: createRound,
      step(state, event) {
        const { links } = state;
        if (event.type === 'received' && event.message.type === 'propose') {
          state.links = new Map(
            [...links].map(([id, link]) => [id, { ...link, since: event.now }]),
          );
        }
        const [next, effects] = stepRound(state, event);
        const since = new Map([...links].map(([id, link]) => [id, link.since]));
        next.links = new Map(
          [...next.links].map(([id, link]) => [
            id,
            { ...link, since: since.get(id) ?? link.since },
          ]),
        );
        return [next, effects];
      },
    };
    const faults = ['leader that leaves a peer out'];
    expect(caught(obedient, faults, 'leader')).toContain(
      'joined a roster that leaves out a ready peer',
    );
    expect(caught(undefined, faults, 'leader')).toEqual(new Set());
  });

  it('catches a machine that believes a result without a certificate', () => {
    const gullible: Machine = {
      create: createRound,
      step(state, event) {
        if (event.type !== 'received' || event.message.type !== 'result') {
          return stepRound(state, event);
        }
        const { roster, words, model, dones } = event.message.result;
        const { done } = decodeDone(dones[0]!.bytes);
        const signed = new Map(dones.map(({ signer, bytes }) => [signer, bytes]));
        const effects: RoundEffect[] = [];
        const { detail, within } = event.message.result;
        const base = done.modelHash;
        const taken = { done, roster, words, model, base, detail, within, dones: signed };
        enter(state, taken, event.now);
        const report = { ...reportOf(state.setting, state.result!), durationMs: 0, isCopied: true };
        effects.push({ type: 'result', report: { ...report, inspection: undefined } });
        return [state, effects];
      },
    };
    expect(caught(gullible, ['forged result'], 'member')).toContain(
      'copied a result without a certificate',
    );
    expect(caught(undefined, ['forged result'], 'member')).toEqual(new Set());
  });

  it('catches a machine that answers a proposal twice', () => {
    const forgetful: Machine = {
      create: createRound,
      step(state, event) {
        const { current } = state;
        if (event.type === 'received' && event.message.type === 'propose') {
          state.closed = [];
          if (current !== undefined) {
            const setting = { ...current.setting, tag: new Uint8Array(16) };
            state.current = { ...current, setting };
            const [next, effects] = stepRound(state, event);
            if (next.current?.setting === setting) {
              next.current = { ...next.current, setting: current.setting };
            }
            return [next, effects];
          }
        }
        return stepRound(state, event);
      },
    };
    expect(caught(forgetful, ['duplicates'], 'member')).toContain(
      'signed LOCK and ABORT of one attempt',
    );
    expect(caught(undefined, ['duplicates'], 'member')).toEqual(new Set());
  });
});
