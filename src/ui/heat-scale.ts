/**
 * The heat scale: nine stops from surely cold to surely hot, mixed in OKLab, as a 256-step table.
 *
 * OKLab keeps equal steps of probability looking equal, and the mix between two stops never passes
 * through mud. The stops are custom properties (`--heat-0` to `--heat-8`), so both themes share this code.
 *
 * Björn Ottosson: A perceptual color space for image processing, 2020.
 *
 * @module
 */

/** Stops of the scale, at p = 0, 1/8 ... 1. */
export const HEAT_STOPS = 9;

/** Steps of the table. */
export const HEAT_STEPS = 256;

/** Logits beyond this are drawn as certain: the table of probabilities has no finer step. */
export const LOGIT_LIMIT = 8;

/** Entries of the table over logits; the middle one is logit 0. */
export const LOGIT_ENTRIES = 4_097;

type Triple = readonly [number, number, number];

/**
 * The 256 colours of a scale.
 *
 * @param stops - Nine colours such as `#214895`, cold first.
 * @returns Bytes red, green, blue, shape [256, 3].
 * @throws RangeError when a stop is not six hex digits after `#`.
 */
export function heatTable(stops: readonly string[]): Uint8Array {
  if (stops.length !== HEAT_STOPS)
    throw new RangeError(`The heat scale has ${stops.length} stops: give ${HEAT_STOPS}.`);
  const labs = stops.map(labOf);
  const table = new Uint8Array(HEAT_STEPS * 3);
  for (let step = 0; step < HEAT_STEPS; step++) {
    const at = (step / (HEAT_STEPS - 1)) * (HEAT_STOPS - 1);
    const low = Math.min(HEAT_STOPS - 2, Math.floor(at));
    const share = at - low;
    const [a, b] = [labs[low]!, labs[low + 1]!];
    const mixed = [0, 1, 2].map((axis) => a[axis]! + (b[axis]! - a[axis]!) * share);
    table.set(rgbOf(mixed as unknown as Triple), step * 3);
  }
  return table;
}

/** Scales that were asked for: all maps of a page have the same. */
const scales = new Map<string, Uint32Array>();

/** More scales than a page has at a time: two themes, and what somebody sets anew. */
const MOST_SCALES = 8;

/**
 * The colours by logit of a scale, worked out once.
 *
 * @param stops - As {@link heatTable} takes them.
 * @returns As {@link logitColours} gives them; never changed.
 */
export function heatColours(stops: readonly string[]): Uint32Array {
  const name = stops.join(' ');
  const known = scales.get(name);
  if (known) return known;
  if (scales.size >= MOST_SCALES) scales.clear();
  const colours = logitColours(heatTable(stops));
  scales.set(name, colours);
  return colours;
}

/**
 * The colours by logit, so that drawing a pixel takes no exponential.
 *
 * @param table - As {@link heatTable} gives it.
 * @returns RGBA words as an `ImageData` seen as `Uint32Array` holds them on a little-endian machine,
 *   for logits from -LOGIT_LIMIT to LOGIT_LIMIT in equal steps, shape [LOGIT_ENTRIES].
 */
export function logitColours(table: Uint8Array): Uint32Array {
  const colours = new Uint32Array(LOGIT_ENTRIES);
  for (let entry = 0; entry < LOGIT_ENTRIES; entry++) {
    const logit = (entry / (LOGIT_ENTRIES - 1)) * 2 * LOGIT_LIMIT - LOGIT_LIMIT;
    const step = Math.round(probabilityOf(logit) * (HEAT_STEPS - 1));
    const [red, green, blue] = [table[3 * step]!, table[3 * step + 1]!, table[3 * step + 2]!];
    colours[entry] = (0xff000000 | (blue << 16) | (green << 8) | red) >>> 0;
  }
  return colours;
}

/** Probability of "hot" of a logit. */
export function probabilityOf(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

function labOf(colour: string): Triple {
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour.trim());
  if (!match)
    throw new RangeError(`"${colour}" is no colour of the heat scale: write it as #214895.`);
  const [r, g, b] = match.slice(1).map((hex) => linearOf(Number.parseInt(hex, 16) / 255)) as [
    number,
    number,
    number,
  ];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function rgbOf([lightness, a, b]: Triple): number[] {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ].map((value) => Math.round(Math.min(1, Math.max(0, encodedOf(value))) * 255));
}

function linearOf(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function encodedOf(value: number): number {
  return value <= 0.0031308 ? 12.92 * value : 1.055 * Math.max(value, 0) ** (1 / 2.4) - 0.055;
}
