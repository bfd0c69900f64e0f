/**
 * Large rooms, for the other folders: who is there and who is linked with whom, and how a room is
 * divided.
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
  type Grid,
} from './lines.ts';
export type {
  MembershipEffect,
  MembershipSetting,
  MembershipState,
  MemberState,
} from './membership-state.ts';
export {
  cloneMembership,
  createMembership,
  deadlineOf as membershipDeadlineOf,
  memberOf,
  membersOf,
  stepMembership,
  TICK_WORDS,
  type MembershipEvent,
  type MemberView,
} from './membership.ts';
export { GOSSIP_TYPES, readGossip, type GossipMessage } from './messages.ts';
export { areNeighbours, commonNeighbours, neighboursOf } from './neighbours.ts';
