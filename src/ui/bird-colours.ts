/**
 * The twelve colours of peers. A colour never stands without a name, an initial or a place.
 *
 * @module
 */

/** Number of peer colours: `--peer-1` to `--peer-12`. */
export const PEER_COLOURS = 12;

/**
 * The custom property of a peer's colour, such as `var(--peer-3)`.
 *
 * @param colour - Index from 0; past the last colour they repeat.
 */
export function peerColour(colour: number): string {
  return `var(--peer-${(colour % PEER_COLOURS) + 1})`;
}
