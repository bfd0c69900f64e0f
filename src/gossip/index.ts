/**
 * How a large room is divided: for the other folders.
 *
 * @module
 */
export {
  epochBody,
  hashOfEpoch,
  isSameEpoch,
  nextEpoch,
  readEpoch,
  type Epoch,
  type Turnover,
} from './epoch.ts';
export {
  childrenOf,
  gridOf,
  groupOf,
  levelsOfGrid,
  lineCountOf,
  linesOf,
  rankOf,
  speakersOf,
  type Grid,
} from './lines.ts';
