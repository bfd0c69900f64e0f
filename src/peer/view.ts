/**
 * What a session shows: one immutable snapshot, replaced at each change and never changed in place.
 *
 * It holds no secret: no key, no seed, no share, no masked word of this tab, no invitation. What the
 * others saw of this tab is asked for separately (`Inspection`), and kept only while somebody looks.
 *
 * @module
 */
import type { FailureReason } from '../errors.ts';
import type { PeerId } from '../ids.ts';
import type { NoiseSetting } from '../privacy/noise.ts';
import type { Reading } from '../task/readings.ts';
import type { FlaggedMessage } from './kept-spam.ts';

export { SURFACE_SIDE } from '../task/surface.ts';
export type { Reading } from '../task/readings.ts';
export type { FlaggedMessage } from './kept-spam.ts';

/** Where an attempt is; the five stages a person sees. */
export type Stage = 'gather' | 'keys' | 'send' | 'lock' | 'unmask';

/** The whole snapshot. */
export interface SessionView {
  /** Which room. */
  readonly room: RoomView;
  /** This peer. */
  readonly self: SelfView;
  /** The other peers, in the order in which this tab first met them; a gone one stays for one round. */
  readonly peers: readonly PeerView[];
  /** The server that introduces peers; `away` changes nothing for those already linked. */
  readonly server: 'connecting' | 'connected' | 'away';
  /** The attempt under way, if any. */
  readonly attempt: AttemptView | undefined;
  /** The newest result, if any. */
  readonly result: ResultView | undefined;
  /** The newest failed attempt, until a result follows it. */
  readonly failure: FailureView | undefined;
  /** Number of the round that comes next; the room counts its results from 1. */
  readonly nextRound: number;
  /** When rounds happen. */
  readonly merging: MergingView;
  /** Who would sum two by two. */
  readonly trust: TrustView;
  /** The task `heat-map`: maps, readings, curves. Undefined for any other. */
  readonly learning: LearningView | undefined;
  /** A model that somebody brought, in training. */
  readonly training?: TrainingView | undefined;
  /** The task `spam`: messages, flags, models. */
  readonly spam?: SpamView | undefined;
  /** Wishes to leave a peer out of rounds, this peer's own included. */
  readonly requests: readonly LeaveOutRequestView[];
  /** The noise that hides what the sum itself would tell, and what has been told so far. */
  readonly privacy: PrivacyView;
  /** What a person must know or do, newest last, at most eight. */
  readonly problems: readonly ProblemView[];
  /** Where everybody in the room opted in to search for whose contributions spoil the model. */
  readonly search?: SearchView | undefined;
  /** How a room of 16 peers and more is divided; undefined while everybody sums with everybody. */
  readonly grid?: GridView | undefined;
}

/** A model that somebody brought, in training. */
export interface TrainingView {
  /** Whether local steps are made, or would be once the round is over. */
  readonly isRunning: boolean;
  /** Local steps made so far. */
  readonly step: number;
  /** Loss of the newest step, on the batch it learned from; undefined before the first. */
  readonly loss: number | undefined;
  /** The newest round that was merged or copied; 0 before the first. */
  readonly round: number;
  /** Weights of the model. */
  readonly size: number;
}

/** Differential privacy: which noise there is, what it was spent on, and who asks for another. */
export interface PrivacyView {
  /** What this peer adds to each contribution; undefined: masks are all there is. */
  readonly noise: NoiseSetting | undefined;
  /** How often the room has changed it. */
  readonly revision: number;
  /** This peer takes part only with so much at least. */
  readonly least: NoiseSetting | undefined;
  /** Others who ask for something that this person has not agreed to. */
  readonly asked: readonly {
    /** Who asks, the first one first; at least one. */
    readonly peers: readonly PeerId[];
    readonly noise: NoiseSetting | undefined;
    /** Less noise than this person insists on. */
    readonly isTooWeak: boolean;
  }[];
  /** The newest change that this peer followed without asking its person, until the next change. */
  readonly followed?: FollowedNoise | undefined;
  /** Linked peers that add other noise as yet: no rounds are shared with them. */
  readonly apart: readonly PeerId[];
  /** What was told so far. */
  readonly spent: SpentView;
  /** Spending stops before epsilon exceeds this; undefined: it never stops. */
  readonly budget: number | undefined;
  /** The next round would exceed the budget, so this peer takes part in none. */
  readonly isSpent: boolean;
  /** Values of a contribution. */
  readonly dimension: number;
}

/** Noise that this peer took over from another one without asking its person. */
export interface FollowedNoise {
  /** Whom it was heard from first. */
  readonly peer: PeerId;
  /** What this peer adds since then; undefined: masks alone. */
  readonly noise: NoiseSetting | undefined;
  /** It hides more than what this peer added before. */
  readonly isStronger: boolean;
  /** Of the room when this peer came: nobody asked for it just now. */
  readonly isArrival: boolean;
}

/** What all rounds together have told of this peer's data, at most. */
export interface SpentView {
  /** Rounds with noise that this peer's update was in, or may have been. */
  readonly rounds: number;
  /** Rounds without noise: for what they told there is no epsilon. */
  readonly bareRounds: number;
  /** What `othersHonest` follows from, as zero-concentrated privacy: it adds up over rounds, as epsilon does not. */
  readonly rho: number;
  /** Of each epsilon. */
  readonly delta: number;
  /** If nobody but the observer is against this peer: it knows its own noise. */
  readonly othersHonest: number;
  /** If half of each round's peers pool what they know. */
  readonly halfColluding: number;
  /** If all others do: what this peer's own noise hides. */
  readonly allColluding: number;
}

/** The lines of a large room: peers of a line sum with each other, then the lines do. */
export interface GridView {
  /** Number of the epoch, from 1: lines stay together for one. */
  readonly epoch: number;
  /** Members of each line, this peer and absent ones included; every member of the epoch is in exactly one. */
  readonly lines: readonly (readonly PeerId[])[];
  /** Place of the own line in `lines`; -1 for a peer that waits for the next epoch. */
  readonly ownLine: number;
  /** Levels above the lines. */
  readonly levels: number;
  /** The level that this peer is summing at now: 0 in its line; undefined between rounds. */
  readonly level: number | undefined;
}

/** A signed wish to leave a peer out, and who agrees. It holds once more than half of the room does. */
export interface LeaveOutRequestView {
  /** Names the request in `answerRequest`. */
  readonly name: string;
  /** Who asks. */
  readonly by: PeerId;
  /** Who is to be left out. */
  readonly target: PeerId;
  /** The peer may come back in this round. */
  readonly untilRound: number;
  /** Who agrees; the one who asks included. */
  readonly agreeing: readonly PeerId[];
  /** Who refuses. */
  readonly refusing: readonly PeerId[];
  /** It holds now. */
  readonly isAgreed: boolean;
  /** This person is asked, and has not answered. */
  readonly isWaitingForMe: boolean;
}

/** The room. */
export interface RoomView {
  /** Its name, as everybody typed it. */
  readonly name: string;
  /** No room key: the operator of the server could sit in the middle. */
  readonly isOpen: boolean;
  /** The task in one word and its settings, such as `heat-map:circle:8`. */
  readonly task: string;
  /** How updates become one, where sums are made in buckets; everybody in a room does the same. */
  readonly combining?: 'bucket-mean' | 'geometric-median' | 'centred-clipping' | undefined;
  /** What links the peers; everybody in a room uses the same. */
  readonly transport?: 'simple-peer' | 'libp2p' | undefined;
}

/** This peer. */
export interface SelfView {
  /** The own id: base64url of the public key. */
  readonly id: PeerId;
  /** What the others see. */
  readonly name: string;
  /** 0 to 11; `--peer-1` is index 0. Own index is always 0. */
  readonly colour: number;
  /** More than half of the room has agreed to leave this peer out for now. */
  readonly isLeftOut: boolean;
}

/** Another peer. */
export interface PeerView {
  /** Base64url of its public key. */
  readonly id: PeerId;
  /** Chosen by that peer, bounded and stripped of control characters; show as text only. */
  readonly name: string;
  /** 0 to 11, as in `SelfView`. */
  readonly colour: number;
  /** `tab`: a page somewhere; `here`: added in this tab; `program`: a headless peer. */
  readonly kind: 'tab' | 'here' | 'program';
  /** Whether messages get through: being linked, linked, or no longer. */
  readonly link: 'linking' | 'linked' | 'gone';
  /** The neighbour that passes messages on where no direct link could be opened; undefined for a direct one. */
  readonly via?: PeerId | undefined;
  /** What it is doing in the attempt under way, or between rounds. */
  readonly doing:
    | 'training'
    | 'ready'
    | 'busy'
    | 'copying'
    | 'advertised'
    | 'shared'
    | 'masked'
    | 'locked'
    | 'unmasked'
    | 'aborted'
    | 'gone';
  /** Its page is hidden: it goes on learning, with slower timers. */
  readonly isHidden: boolean;
  /** Left out of rounds until this round (exclusive), at whose request; undefined when it takes part. */
  readonly leftOut: { readonly untilRound: number; readonly by: PeerId } | undefined;
  /** Ms since anything was heard from it, rounded to seconds; 0 while it is talkative. */
  readonly silentMs: number;
  /** Bytes sent to it so far. */
  readonly bytesSent: number;
  /** Bytes that came from it so far. */
  readonly bytesReceived: number;
}

/** One attempt at a round, as this peer sees it. Sets are ids of roster members. */
export interface AttemptView {
  /** The round it is for, from 1. */
  readonly round: number;
  /** From 1. */
  readonly attempt: number;
  /** Where it is. */
  readonly stage: Stage;
  /** Who takes part, this peer included. */
  readonly roster: readonly PeerId[];
  /** Whose proposal it is; it passes messages on and sees no more than others. */
  readonly leader: PeerId;
  /** Shares needed to rebuild a seed, and LOCKs needed for the certificate. */
  readonly threshold: number;
  /** Whose keys are here. */
  readonly advertised: readonly PeerId[];
  /** Whose shares are here. */
  readonly shared: readonly PeerId[];
  /** Whose masked update this tab holds; own id included once sent. */
  readonly masked: readonly PeerId[];
  /** Who has said whose updates it holds. */
  readonly locked: readonly PeerId[];
  /** Who has opened its part of the masks. */
  readonly unmasked: readonly PeerId[];
  /** Who has called it off. */
  readonly aborted: readonly PeerId[];
  /** Members whose link closed during this attempt. */
  readonly gone: readonly PeerId[];
  /** Fixed by the certificate; empty before it. */
  readonly survivors: readonly PeerId[];
  /** For members who are not survivors, or silent: how many of `threshold` shares are in. */
  readonly recovering: readonly { readonly peer: PeerId; readonly shares: number }[];
}

/** A finished round. */
export interface ResultView {
  /** Its number, from 1. */
  readonly round: number;
  /** The attempt that came to it, from 1. */
  readonly attempt: number;
  /** Who took part. */
  readonly roster: readonly PeerId[];
  /** Whose updates are in the sum. */
  readonly included: readonly PeerId[];
  /** Who took part and is not in the sum. */
  readonly dropped: readonly PeerId[];
  /** From the first message to the result, ms; 0 for a copied one. */
  readonly durationMs: number;
  /** Bytes sent for it, failed attempts included. */
  readonly bytesSent: number;
  /** Bytes received for it, failed attempts included. */
  readonly bytesReceived: number;
  /** Lowercase hex SHA-256 of the aggregate's words. */
  readonly resultHash: string;
  /** Who is in each sum that this peer's cohort opened (the room, or its line), where there was one for each bucket. */
  readonly buckets?: readonly (readonly PeerId[])[] | undefined;
  /** This peer took the result over from the others; it is not in it. */
  readonly isCopied: boolean;
}

/** A failed attempt. */
export interface FailureView {
  /** The round that is still to come. */
  readonly round: number;
  /** The attempt that failed, from 1; 0 where none could begin. */
  readonly attempt: number;
  /** Why. */
  readonly reason: FailureReason;
  /** One sentence for a person. */
  readonly message: string;
}

/** When rounds happen. */
export interface MergingView {
  /** `automatic`: every `everySteps`; `by-hand`: on "Merge now", and when others call; `off`: never. */
  readonly mode: 'automatic' | 'by-hand' | 'off';
  /** Local steps from one round to the next. */
  readonly everySteps: number;
  /** Local steps until this tab calls the next round; 0 when due or not automatic. */
  readonly stepsLeft: number;
  /** This tab has called for a round that has not begun. */
  readonly isCalling: boolean;
  /** Smallest roster and result this peer accepts. */
  readonly minPeers: number;
}

/** The search for spoiled contributions, in a room where everybody opted in. */
export interface SearchView {
  /** Rounds that were judged so far; the oldest are forgotten. */
  readonly rounds: number;
  /** Buckets of the newest result in which this peer was; 0 where it had too few members to be searched among. */
  readonly buckets: number;
  /** Peers in these buckets: those of the room, or of this peer's line. Only they are judged, and only by each other. */
  readonly among: number;
  /** Peers in the smallest of these buckets: among so few was an update hidden. */
  readonly smallest: number;
  /** Everybody who was in a bucket with this peer in the cohort, the most suspicious first. */
  readonly suspicions: readonly {
    readonly peer: PeerId;
    /** How much worse than the median its buckets are, in deviations of all. */
    readonly score: number;
    /** Standard error of `score`. */
    readonly error: number;
    readonly isSuspect: boolean;
  }[];
}

/** Two peers alone: a sum of two is a disclosure, so both people must have said that it may be. */
export interface TrustView {
  /** This person said that a sum of two may be. */
  readonly own: boolean;
  /** The one other peer said so too. */
  readonly other: boolean;
}

/** The heat-map task. */
export interface LearningView {
  /** Whether local steps are made. */
  readonly isRunning: boolean;
  /** Local steps so far. */
  readonly step: number;
  /** What it learns from: with a broken thermometer, all cold. */
  readonly readings: readonly Reading[];
  /** The broken thermometer: every reading cold, on purpose. */
  readonly isOutlier: boolean;
  /** The tab's own model, training now. */
  readonly local: MapView | undefined;
  /** The newest merged model; undefined before the first result. */
  readonly federation: MapView | undefined;
  /** How accuracy came about. */
  readonly curve: CurveView;
  /** How right the merged model was on readings that nobody learns from, as a masked sum told. */
  readonly evaluation?: EvaluationView | undefined;
  /** How the own readings are changed before anything learns from them. */
  readonly disguise?: DisguiseView | undefined;
  /** The merged model fitted to the own readings, when the person asked for it; goes nowhere. */
  readonly personal?: MapView | undefined;
}

/** The spam task. Models have the shape [words + 1], as `task/spam/model.ts` says. */
export interface SpamView {
  /** Whose messages it started from: a place in `INBOXES`. */
  readonly inbox: number;
  /** The own messages, flagged or not. */
  readonly messages: readonly FlaggedMessage[];
  /** Whether local steps are made. */
  readonly isRunning: boolean;
  /** Local steps so far. */
  readonly step: number;
  /** What the own flags teach by themselves; goes nowhere. */
  readonly alone: Float32Array;
  /** The newest merged model; undefined before the first result. */
  readonly merged: Float32Array | undefined;
}

/** What a page may ask of a session of the task `spam`, beside `SessionControls`. */
export interface SpamControls {
  /** Flags a message as spam, or takes the flag back. */
  flag(index: number): void;
  /** Adds a message, not flagged; texts are cut off after 1,000 characters. */
  add(text: string): void;
  /** Starts over with the messages of another person. */
  take(inbox: number): void;
}

/** What is done to the own readings before anything learns from them. */
export type DisguiseChoice =
  | { readonly type: 'none' }
  /** Places are pulled this far to random ones, 0 to 1; labels stay. No promise holds for it. */
  | { readonly type: 'blur'; readonly level: number }
  /** A local randomiser: places get noise of this spread (share of the side), labels are told by chance. */
  | { readonly type: 'randomise'; readonly spread: number; readonly labelEpsilon: number };

/** The disguise of the own readings, and what the randomised ones told. */
export interface DisguiseView {
  /** What is done to them. */
  readonly choice: DisguiseChoice;
  /** Readings that were randomised so far, checks included; each is, once. */
  readonly released: number;
  /** What all of them told together, whatever the number of rounds, at a delta of 0.00001. */
  readonly epsilon: number;
  /** What `epsilon` follows from, as zero-concentrated privacy. */
  readonly rho: number;
}

/** What a room itself can know of its model. */
export interface EvaluationView {
  /** The round whose sum told it: it is about the model of the round before. */
  readonly round: number;
  /** Share of the room's checks that are right, 0 to 1, weighted by readings. */
  readonly accuracy: number;
  /** Mean loss on them, in nats. */
  readonly loss: number;
  /** Peers whose checks are in it. */
  readonly peers: number;
}

/** A model seen as a map. */
export interface MapView {
  /** Share of the true map that is right, 0 to 1; seen only in a demonstration. */
  readonly accuracy: number;
  /** Share of the own readings that is right, 0 to 1. */
  readonly ownAccuracy?: number | undefined;
  /** Logits of "hot", shape [SURFACE_SIDE, SURFACE_SIDE], row by row from the top (y = 1) down. Never changed. */
  readonly surface: Float32Array;
  /** The step (local) or round (federation) it belongs to. */
  readonly at: number;
}

/** History of the accuracies, at most 600 points; the past is thinned, never cut off. */
export interface CurveView {
  /** The own model, step by step. */
  readonly local: readonly { readonly step: number; readonly accuracy: number }[];
  /** The merged models; `step` is the own one at that moment. */
  readonly merges: readonly {
    readonly step: number;
    readonly round: number;
    readonly accuracy: number;
    readonly isCopied: boolean;
  }[];
}

/** Something a person must know. */
export interface ProblemView {
  /** A signalling code, a failure reason or `parameters-differ`, `room-full`, `wrong-key`, `no-webrtc`. */
  readonly code: string;
  /** One sentence that says what to do. */
  readonly message: string;
}

/** What the others saw of this tab in the newest result it is in. Local; never sent, never stored. */
export interface Inspection {
  /** The round it is of. */
  readonly round: number;
  /** Who took part. */
  readonly roster: readonly PeerId[];
  /** Names and lengths of the layers of the vector, in order, such as "weights in", 16. */
  readonly layers: readonly { readonly name: string; readonly length: number }[];
  /** The true update before masking, as numbers, shape [words]; the last one is the weight if there is one. */
  readonly update: Float64Array;
  /** The update as words modulo 2^32, before noise, shape [words]. */
  readonly updateWords: Uint32Array;
  /** The noise that was added to it and stays in the sum, shape [words]; undefined where the room adds none. */
  readonly noise?: Float64Array | undefined;
  /** The same noise as words modulo 2^32. */
  readonly noiseWords?: Uint32Array | undefined;
  /** Each mask as it was added (or subtracted): sign, partner, words. */
  readonly masks: readonly {
    /** The partner; undefined for the mask of this tab's own seed. */
    readonly peer: PeerId | undefined;
    readonly sign: 1 | -1;
    readonly words: Uint32Array;
  }[];
  /** What left this tab: update + masks modulo 2^32, shape [words]. */
  readonly masked: Uint32Array;
  /** The aggregate, as words, and as the numbers that were applied (mean), shape [words]. */
  readonly aggregateWords: Uint32Array;
  /** What was applied: the mean, shape [words]. */
  readonly aggregate: Float64Array;
  /** Peers whose updates are in the aggregate. */
  readonly included: readonly PeerId[];
}

/** Noise as a person chooses it; the session adds what follows from the room. */
export interface NoiseChoice {
  /** `distributed`: only the sum's noise is whole; `local`: each contribution's is. */
  readonly kind: NoiseSetting['kind'];
  /** Noise of the sum, as a multiple of `clip`. */
  readonly multiplier: number;
  /** Largest Euclidean norm of an update; longer ones are shortened to it. */
  readonly clip: number;
  /** Probability with which the promise may fail: 0 to 1, 0.00001 unless given. */
  readonly delta?: number | undefined;
}

/** What a page may ask of a session that learns. Every call is answered by a new view. */
export interface SessionControls {
  /** What there is to show now; a new object after each change. */
  readonly view: SessionView;
  /** With the task `spam`. */
  readonly spam?: SpamControls | undefined;
  /** Calls `listener` with each new view, at most once in 16 ms; the answer ends it. */
  subscribe(listener: (view: SessionView) => void): () => void;
  /** Training on or off. */
  setRunning(isRunning: boolean): void;
  /** A single local step, while paused. */
  stepOnce(): void;
  /** Local model back to the newest merged one (or the first model); readings and room stay. */
  reset(): void;
  /** Calls a round now. */
  mergeNow(): void;
  /** When rounds happen: by themselves, every so many steps, by hand or never. */
  setMerging(mode: MergingView['mode'], everySteps?: number): void;
  /** Breaks the thermometer, or repairs it: every reading is cold. */
  setOutlier(isOutlier: boolean): void;
  /** Adds a reading; the oldest goes where there are too many. */
  addReading(reading: Reading): void;
  /** Moves a reading to a place of the unit square. */
  moveReading(index: number, x: number, y: number): void;
  /** Removes a reading. */
  removeReading(index: number): void;
  /** Asks the room to leave a peer out for ten rounds; renewed until `isLeftOut` is false. */
  leaveOut(peer: PeerId, isLeftOut: boolean): void;
  /** Answers a request of `view.requests`. */
  answerRequest(name: string, agrees: boolean): void;
  /** "We trust each other": a sum of two is allowed, as far as this person goes. */
  setTrust(isTrusted: boolean): void;
  /** Changes the own readings before anything learns from them, from now on. */
  setDisguise(choice: DisguiseChoice): void;
  /** Fits a copy of the merged model to the own readings, and of each that follows, and shows it. */
  personalise(): void;
  /** Proposes other noise to the room; undefined: masks only. Throws RangeError when it does not fit. */
  setNoise(choice: NoiseChoice | undefined): void;
  /** Takes part only with so much noise at least, from now on. */
  insistOnNoise(least: NoiseChoice | undefined): void;
  /** Does as another peer of `view.privacy.asked` asks. */
  followNoise(peer: PeerId): void;
  /** Stops taking part before epsilon (others honest) exceeds this; undefined: never. */
  setBudget(epsilon: number | undefined): void;
  /** Changes what the others see. */
  rename(name: string): void;
  /** What the others saw; kept from the first call on, until `stopInspecting`. */
  inspect(): Inspection | undefined;
  /** Forgets what the others saw, and keeps no more of it. */
  stopInspecting(): void;
  /** Leaves the room, once the others have the newest result or 2 s have passed. */
  leave(): Promise<void>;
}
