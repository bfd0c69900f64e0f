/**
 * Noise that a person looks at before proposing it: what the slider and Details say, as it was typed.
 *
 * A draft belongs to the tab alone. It may hold what no room could have; reading it says what is wrong.
 *
 * @module
 */
import { HEAT_MAP_CLIP_NORM } from '../config.ts';
import { settingOf } from '../peer/noise-parameters.ts';
import type { NoiseChoice } from '../peer/view.ts';
import { DEFAULT_DELTA, type NoiseSetting } from '../privacy/noise.ts';

/** Noise multipliers of the slider's stops; the first stop is masks only. */
export const STOPS = [
  { multiplier: 0, name: 'Masks only' },
  { multiplier: 0.5, name: 'A little' },
  { multiplier: 1, name: 'Some' },
  { multiplier: 2, name: 'Much' },
  { multiplier: 4, name: 'Strong' },
  { multiplier: 8, name: 'Very strong' },
] as const;

/** Peers that a promise is worked out for at least: a sum has no fewer. */
export const LEAST_PEERS = 3;

/** What the controls say; numbers as they were typed. */
export interface NoiseDraft {
  /** False: masks only, whatever the numbers are. */
  readonly isOn: boolean;
  readonly kind: NoiseSetting['kind'];
  readonly clip: string;
  readonly multiplier: string;
  readonly delta: string;
}

/** Names of the numbers of a draft. */
export type DraftNumber = 'clip' | 'multiplier' | 'delta';

/** What a draft comes to: a choice, where undefined is masks only, or what is wrong and with which number. */
export type DraftRead =
  | { readonly choice: NoiseChoice | undefined }
  | { readonly mistake: string; readonly at: DraftNumber | undefined };

/** What the controls say of noise as it is. */
export function draftOf(noise: NoiseChoice | undefined): NoiseDraft {
  return {
    isOn: noise !== undefined,
    kind: noise?.kind ?? 'distributed',
    clip: String(noise?.clip ?? HEAT_MAP_CLIP_NORM),
    multiplier: String(noise?.multiplier ?? 1),
    delta: String(noise?.delta ?? DEFAULT_DELTA),
  };
}

/** The draft after the slider came to a stop. */
export function draftAt(stop: number, draft: NoiseDraft): NoiseDraft {
  const { multiplier } = STOPS[stop]!;
  return multiplier === 0
    ? { ...draft, isOn: false }
    : { ...draft, isOn: true, multiplier: String(multiplier) };
}

/** The stop of the slider that is next to a draft. */
export function stopOf({ isOn, multiplier }: NoiseDraft): number {
  const wanted = Number(multiplier);
  if (!isOn) return 0;
  if (!(wanted > 0)) return 1;
  const distances = STOPS.map((stop) => Math.abs(Math.log(stop.multiplier / wanted)));
  return distances.indexOf(Math.min(...distances));
}

/** @param dimension - Values of an update. */
export function readDraft(draft: NoiseDraft, dimension: number): DraftRead {
  if (!draft.isOn) return { choice: undefined };
  const names = ['clip', 'multiplier', 'delta'] as const;
  const odd = names.find(
    (name) => draft[name].trim() === '' || !Number.isFinite(Number(draft[name])),
  );
  if (odd !== undefined) {
    return {
      mistake: `“${draft[odd]}” is no number: type one with a point, such as ${EXAMPLES[odd]}.`,
      at: odd,
    };
  }
  const [clip, multiplier, delta] = names.map((name) => Number(draft[name])) as [
    number,
    number,
    number,
  ];
  const choice: NoiseChoice = { kind: draft.kind, clip, multiplier, delta };
  try {
    settingOf(choice, dimension, LEAST_PEERS - 1);
  } catch (error) {
    const mistake = error instanceof Error ? error.message : String(error);
    return { mistake, at: names.find((name) => mistake.includes(SPOKEN[name])) };
  }
  return { choice };
}

/** Whether a choice is what the room has. How many share the noise is the room's matter. */
export function isSameNoise(choice: NoiseChoice | undefined, noise: NoiseSetting | undefined) {
  if (choice === undefined || noise === undefined) return choice === noise;
  return (
    choice.kind === noise.kind &&
    choice.clip === noise.clip &&
    choice.multiplier === noise.multiplier &&
    (choice.delta ?? DEFAULT_DELTA) === noise.delta
  );
}

/** How errors name the numbers. */
const SPOKEN: Readonly<Record<DraftNumber, string>> = {
  clip: 'clip norm is',
  multiplier: 'noise multiplier',
  delta: 'Delta is',
};

const EXAMPLES: Readonly<Record<DraftNumber, number>> = {
  clip: HEAT_MAP_CLIP_NORM,
  multiplier: 2,
  delta: DEFAULT_DELTA,
};
