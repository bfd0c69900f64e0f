/**
 * Secure aggregation for the other folders: what protects one update from the other peers.
 *
 * @module
 */
export { isAdmissibleKey, realSuite } from './suite.ts';
export {
  decodeAggregate,
  encodeUpdate,
  levelsOf,
  stepOf,
  wordCountOf,
  type DecodedAggregate,
  type Encoding,
} from './ring.ts';
