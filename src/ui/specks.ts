/**
 * Swarms of specks: a masked update on its way, one speck for each of its numbers.
 *
 * Where a speck flies inside its swarm is decoration, so it comes from a hash of its place (the same
 * swarm looks the same in every frame), never from the update: all packets look alike, as they do
 * on the wire.
 *
 * @module
 */
import { MAX_SHOWN_NUMBERS, MAX_SPECKS } from '../config.ts';

/** How the specks of one swarm lie, each array of shape [specks]. */
export interface Swarm {
  /** How far behind the head, as a share of the way; 0 to 0.2. */
  readonly lag: Float32Array;
  /** Aside from the way, px, both sides. */
  readonly aside: Float32Array;
  /** Radius, px. */
  readonly radius: Float32Array;
  /** Which of the sender's masks colours the speck, uniform in [0, 1). */
  readonly pick: Float32Array;
}

/** A number in [0, 1) that depends on both arguments and nothing else. For drawings only. */
export function scatter(seed: number, index: number): number {
  let word = (Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b)) >>> 0;
  word = Math.imul(word ^ (word >>> 15), 0x2c1b3c6d) >>> 0;
  word = Math.imul(word ^ (word >>> 12), 0x297a2d39) >>> 0;
  return ((word ^ (word >>> 15)) >>> 0) / 0x1_0000_0000;
}

/** The swarm of a packet, the same for the same seed. */
export function makeSwarm(specks: number, seed: number): Swarm {
  const swarm: Swarm = {
    lag: new Float32Array(specks),
    aside: new Float32Array(specks),
    radius: new Float32Array(specks),
    pick: new Float32Array(specks),
  };
  for (let i = 0; i < specks; i++) {
    const lag = Math.min(0.2, Math.abs(bell(seed, 8 * i)) * 0.062);
    swarm.lag[i] = lag;
    swarm.aside[i] = bell(seed, 8 * i + 4) * (5 - lag * 18);
    swarm.radius[i] = 1 + scatter(seed, 8 * i + 2) * 1.15;
    swarm.pick[i] = scatter(seed, 8 * i + 3);
  }
  return swarm;
}

/**
 * How many specks each packet of a round may show, so that all together stay within `MAX_SPECKS`.
 *
 * Every member sends to every other. Packets from and to this tab show all their numbers; those
 * between others share what is left.
 *
 * @param members - Size of the roster, at least 2.
 * @param numbers - Numbers in the vector.
 */
export function speckBudget(members: number, numbers: number): { own: number; others: number } {
  const full = Math.max(1, Math.min(numbers, MAX_SHOWN_NUMBERS));
  const ownPackets = 2 * (members - 1);
  const otherPackets = (members - 1) * (members - 2);
  const own = Math.min(full, Math.floor(MAX_SPECKS / ownPackets));
  if (otherPackets === 0) return { own, others: 0 };
  const left = MAX_SPECKS - own * ownPackets;
  return { own, others: Math.max(0, Math.min(own, Math.floor(left / otherPackets))) };
}

/** A normal deviate (Box and Muller 1958) from two scattered numbers. */
function bell(seed: number, index: number): number {
  const spread = Math.sqrt(-2 * Math.log(1 - scatter(seed, index)));
  return spread * Math.cos(2 * Math.PI * scatter(seed, index + 1));
}
