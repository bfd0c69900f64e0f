/**
 * What epfml/disco was measured to cost, elsewhere: figures to set beside ours, not results of this program.
 *
 * Snapshot of October 2024 with its secure aggregator, unmodified, one Node process a peer, its own server, WebRTC
 * by `@roamhq/wrtc` on loopback, tfjs on the plain processor; 2 cores that others used too, so that processor time
 * holds and wall time does not. Second round, when peers are connected: median over the peers.
 *
 * @module
 */

/** Processor time of a peer and round, ms, by peers and values. */
const CPU_MS: ReadonlyMap<string, string> = new Map([
  ['3 100000', '80'],
  ['3 1000000', '623-662'],
  ['5 100000', '120-147'],
  ['5 1000000', '1,363-1,389'],
  ['10 100000', '430-465'],
  ['10 1000000', '3,445'],
]);

/** As a cell of a table; `-` where it was not measured. */
export function discoCpuMs(peers: number, values: number): string {
  return CPU_MS.get(`${peers} ${values}`) ?? '-';
}

/** Bytes handed to data channels by a peer in a round: two vectors of float32 to each, as measured from 10,000 values on. */
export function discoBytes(peers: number, values: number): number {
  return 2 * (peers - 1) * (4 * values + 30);
}

/** Four peers, 10,000 values, one killed after connecting: how many of the others ended within 75 s. */
export const DISCO_SURVIVORS = '0 of 3';
