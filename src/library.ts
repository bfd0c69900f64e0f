/**
 * What the library exports on every platform; `index.ts` and `index.browser.ts` add how a room is joined.
 *
 * @module
 */
export { ProtocolViolation, RoundFailed, UsageError, type FailureReason } from './errors.ts';
export type { PeerId } from './ids.ts';
export type { HeatMapTask, RoomOptions, SpamTask } from './peer/join-room.ts';
export { newRoomKey } from './peer/room-key.ts';
export type { Session, SessionEvent } from './peer/session.ts';
export { Asking, type AskPhase, type AskRoom, type QuestionView } from './peer/asking.ts';
export type { AggregateOptions, AggregateResult, Announcement } from './peer/summing.ts';
export type { SumTurns } from './peer/sum-turns.ts';
export type { TrainedRound, TrainOptions, Training } from './peer/training.ts';
export {
  QUESTION_KINDS,
  QuestionMistake,
  type OwnAnswer,
  type Question,
  type QuestionKind,
  type RoomAnswer,
} from './task/question.ts';
export type {
  CustomModel,
  FunctionModel,
  LayersBatch,
  LayersModelLike,
  OptimizerLike,
  TensorLike,
} from './task/custom-model.ts';
export type { TransportName } from './ports.ts';
export type { NoiseSetting } from './privacy/noise.ts';
export type { Note } from './round/messages.ts';
export type { Mode } from './secagg/index.ts';
export type {
  AttemptView,
  CurveView,
  DisguiseChoice,
  DisguiseView,
  EvaluationView,
  FailureView,
  FlaggedMessage,
  FollowedNoise,
  GridView,
  Inspection,
  LearningView,
  LeaveOutRequestView,
  MapView,
  MergingView,
  NoiseChoice,
  PeerView,
  PrivacyView,
  ProblemView,
  Reading,
  ResultView,
  RoomView,
  SearchView,
  SelfView,
  SessionControls,
  SessionView,
  SpamControls,
  SpamView,
  SpentView,
  Stage,
  TrainingView,
  TrustView,
} from './peer/view.ts';
