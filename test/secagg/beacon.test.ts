import { describe, expect, it } from 'vitest';
import { openEnvelope } from '../../src/secagg/index.ts';
import type { AttemptState } from '../../src/secagg/index.ts';
import { beaconOf } from '../../src/secagg/unmasking.ts';
import { AttemptNetwork, type Member } from './attempt-network.ts';

/** What a member ended with. */
function beaconAt({ outcome }: Member): Uint8Array {
  if (outcome?.type !== 'result') throw new Error(`ended with ${outcome?.type ?? 'nothing'}`);
  return outcome.beacon;
}

/** A state in which the member at a place had committed to another seed, all else alike. */
function withOtherSeed(state: AttemptState, place: number): AttemptState {
  const seeds = state.seeds.slice();
  seeds[place] = seeds[place]!.map((byte, at) => (at === 0 ? byte ^ 1 : byte));
  return { ...state, seeds };
}

describe('the beacon of an attempt', () => {
  it('is the same for all', () => {
    const network = new AttemptNetwork(5);
    network.run();
    const [first, ...rest] = network.members.map(beaconAt);
    expect(first).toHaveLength(32);
    for (const beacon of rest) expect(beacon).toEqual(first);
  });

  it('follows from the self seed of each survivor, and not from what all knew before', () => {
    const network = new AttemptNetwork(5);
    network.run();
    const { state } = network.members[0]!;
    const others = [0, 1, 2, 3, 4].map((place) => withOtherSeed(state, place));
    const beacons = [state, ...others].map((one) => beaconOf(one).join());
    expect(beacons[0]).toBe(beaconAt(network.members[0]!).join());
    // The context, the roster and the certificate are alike in all of them.
    expect(new Set(beacons).size).toBe(6);
  });

  it('is no other where a survivor keeps its seed back, and it is rebuilt from shares', () => {
    const open = new AttemptNetwork(5);
    open.run();
    const silent = open.members[2]!.signer.id;
    const network = new AttemptNetwork(5, {
      tamper: (from, _to, bytes) =>
        from.signer.id === silent && openEnvelope(bytes).type === 'unmask' ? [] : undefined,
    });
    network.run();
    for (const member of network.members.filter(({ signer }) => signer.id !== silent)) {
      const pieces = member.state.seedPieces[2]!.filter((piece) => piece !== undefined);
      expect(pieces.length).toBeGreaterThanOrEqual(member.state.setting.threshold);
      expect(beaconAt(member)).toEqual(beaconAt(open.members[0]!));
    }
  });
});
