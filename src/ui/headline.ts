/**
 * The sentence that says what is going on: a function of the view, one branch for each state.
 *
 * First what happened, then what stays safe, then what comes next. The title changes with the state
 * only; the progress of a round changes the detail.
 *
 * @module
 */
import { MIN_COHORT } from '../config.ts';
import { compareIds } from '../ids.ts';
import type { PeerId } from '../ids.ts';
import type { AttemptView, PeerView, SessionView } from '../peer/view.ts';
import { capitalised, counted, countWord, possessive, someNames } from './words.ts';

/** What the page offers beside the sentence. */
export type HeadlineAction = 'trust' | 'stop-trusting' | 'why-it-stopped' | 'ask-why' | 'new-room';

/** The state that the sentence is about. */
export type HeadlineState =
  | 'no-webrtc'
  | 'wrong-link'
  | 'room-full'
  | 'left-out'
  | 'alone'
  | 'two'
  | 'two-trusting'
  | 'connecting'
  | 'training'
  | 'gathering'
  | 'sending'
  | 'locking'
  | 'unmasking'
  | 'lines'
  | 'dropout'
  | 'failed'
  | 'server-gone';

/** Title, detail and action. */
export interface Headline {
  readonly state: HeadlineState;
  readonly title: string;
  readonly detail: string;
  readonly action: HeadlineAction | undefined;
}

/** The headline of a view. */
export function headline(view: SessionView): Headline {
  const linked = view.peers.filter((peer) => peer.link === 'linked');
  return (
    ofProblem(view) ??
    ofBeingLeftOut(view) ??
    (linked.length === 0 ? ofBeingAlone(view) : undefined) ??
    (linked.length === 1 && view.attempt === undefined ? ofTwo(view, linked[0]!) : undefined) ??
    (view.attempt ? ofAttempt(view, view.attempt, linked) : ofLines(view, linked)) ??
    ofFailure(view) ??
    ofServer(view, linked) ??
    ofNewcomers(view, linked) ??
    ofTraining(view, linked)
  );
}

/** The name of a member as the page says it: "you" for this peer. */
export function nameOf(view: SessionView, id: PeerId): string {
  if (id === view.self.id) return 'you';
  return view.peers.find((peer) => peer.id === id)?.name ?? 'somebody';
}

function ofProblem(view: SessionView): Headline | undefined {
  const has = (code: string) => view.problems.some((problem) => problem.code === code);
  if (has('no-webrtc'))
    return {
      state: 'no-webrtc',
      title: 'This browser cannot meet other peers.',
      detail:
        'It has no WebRTC, or a setting switches it off. Your tab goes on learning from its own readings; to learn with others, open the invitation in another browser.',
      action: undefined,
    };
  if (has('wrong-key'))
    return {
      state: 'wrong-link',
      title: 'This invitation has a different key.',
      detail: 'Nobody in the room could read you. Ask for the link again, or open a new room.',
      action: 'new-room',
    };
  if (has('room-full'))
    return {
      state: 'room-full',
      title: 'This room is full.',
      detail:
        'Nobody has received anything from your tab, and it goes on learning from its own readings. Open a new room, or wait until somebody leaves.',
      action: 'new-room',
    };
  return undefined;
}

function ofBeingLeftOut(view: SessionView): Headline | undefined {
  if (!view.self.isLeftOut) return undefined;
  const request = view.requests.find(({ target, isAgreed }) => target === view.self.id && isAgreed);
  const asker = request ? capitalised(nameOf(view, request.by)) : 'Somebody';
  const until = request ? ` until round ${request.untilRound}` : '';
  return {
    state: 'left-out',
    title: 'You sit out the rounds.',
    detail: `${asker} asked, and the roster says so. Your tab keeps learning from its own readings, and the rounds${until} come without you.`,
    action: 'ask-why',
  };
}

function ofBeingAlone(view: SessionView): Headline {
  const joining = view.peers.filter((peer) => peer.link === 'linking');
  if (joining.length > 0) return connecting(view, joining, 0);
  const own = view.spam
    ? `Your tab learns from ${counted(view.spam.messages.length, 'message')} of its own.`
    : `Your tab learns from ${counted(view.learning?.readings.length ?? 0, 'reading')} of its own.`;
  const server = {
    connecting: ' The server that introduces tabs is being called.',
    connected: '',
    away: ' The server that introduces tabs is away; this page calls it again by itself.',
  }[view.server];
  return {
    state: 'alone',
    title: view.spam
      ? 'You are alone here, and know only the spam you have met.'
      : 'You are alone here, and your map shows it.',
    detail: `${own} With two more tabs it can learn the rest without seeing a single ${view.spam ? 'message' : 'reading'} of theirs.${server}`,
    action: undefined,
  };
}

function ofTwo(view: SessionView, other: PeerView): Headline | undefined {
  if (view.trust.own && view.trust.other)
    return {
      state: 'two-trusting',
      title: 'Two of you, and you trust each other.',
      detail: 'Each can work out the other’s update, as you both agreed.',
      action: 'stop-trusting',
    };
  const joining = view.peers.filter((peer) => peer.link === 'linking');
  if (joining.length > 0) return connecting(view, joining, 1);
  const agreed = view.trust.own
    ? ` You have agreed to merge as two; ${other.name} has not yet.`
    : view.trust.other
      ? ` ${other.name} has agreed to merge as two; you have not.`
      : '';
  return {
    state: 'two',
    title: 'Two of you. A secret sum needs three.',
    detail: `From a sum of two, each could take away its own part and read the other’s. With a third peer, neither can.${agreed}`,
    action: view.trust.own ? 'stop-trusting' : 'trust',
  };
}

function ofAttempt(
  view: SessionView,
  attempt: AttemptView,
  linked: readonly PeerView[],
): Headline | undefined {
  const gone = [...attempt.gone].sort(compareIds);
  if (gone.length > 0) return dropout(view, attempt, gone);
  const size = attempt.roster.length;
  const title = learningTitle(view, linked);
  const round = `Round ${attempt.round}${placeInGrid(view)}`;
  switch (attempt.stage) {
    case 'gather':
      return {
        state: 'gathering',
        title,
        detail: `${round}: ${counted(size, 'peer')} agree on who takes part.`,
        action: undefined,
      };
    case 'keys':
      return {
        state: 'gathering',
        title,
        detail: `${round}: every two agree on a mask; ${attempt.shared.length} of ${size} have passed on the pieces of their keys.`,
        action: undefined,
      };
    case 'send':
      return {
        state: 'sending',
        title,
        detail: `${round}: masked ${(view.grid?.level ?? 0) > 0 ? 'sums' : 'updates'} are on their way; ${attempt.masked.length} of ${size} are in this tab’s sum.`,
        action: undefined,
      };
    case 'lock':
      return {
        state: 'locking',
        title,
        detail: `${round}: everyone signs that all hold the same words. ${attempt.locked.length} have, and ${attempt.threshold} of ${size} are needed.`,
        action: undefined,
      };
    case 'unmask':
      return {
        state: 'unmasking',
        title,
        detail: `${round}: the masks cancel, and the sum comes out. ${attempt.unmasked.length} of ${attempt.survivors.length || size} have opened their part.`,
        action: undefined,
      };
  }
}

/** Which sum it is, in a room of lines. */
function placeInGrid({ grid }: SessionView): string {
  if (grid === undefined) return '';
  return (grid.level ?? 0) === 0
    ? ', your line sums'
    : ', the lines sum and you stand in for yours';
}

/** Others stand in for the line of this tab. */
function ofLines(view: SessionView, linked: readonly PeerView[]): Headline | undefined {
  const { grid } = view;
  if (grid?.level === undefined || grid.level === 0) return undefined;
  return {
    state: 'lines',
    title: learningTitle(view, linked),
    detail: `Round ${view.nextRound}: your line has its sum. Now one stand-in of each line adds the sums of all ${countWord(grid.lines.length)} lines, under masks again, and everybody copies the result.`,
    action: undefined,
  };
}

function dropout(view: SessionView, attempt: AttemptView, gone: readonly PeerId[]): Headline {
  const names = gone.map((id) => nameOf(view, id));
  const stayed = attempt.roster.length - gone.length;
  const isMasked = attempt.stage !== 'gather' && attempt.stage !== 'keys';
  const goesOn = !isMasked || stayed >= Math.max(attempt.threshold, view.merging.minPeers);
  return {
    state: 'dropout',
    title: `${capitalised(someNames(names))} left in the middle. ${goesOn ? 'The round goes on.' : 'The round cannot go on.'}`,
    detail: !isMasked
      ? 'Nothing had been sent yet, so nothing is lost: the round begins again with those who stayed.'
      : goesOn
        ? rebuilding(attempt, names, stayed)
        : `${capitalised(countWord(attempt.threshold))} of the ${countWord(attempt.roster.length)} have to stay. What was received is noise and remains noise.`,
    action: undefined,
  };
}

function rebuilding(attempt: AttemptView, names: readonly string[], stayed: number): string {
  const masks = stayed * names.length;
  const isOne = names.length === 1;
  const whoCan =
    attempt.threshold < stayed
      ? `Any ${countWord(attempt.threshold)} of the ${countWord(stayed)} who stayed`
      : `The ${countWord(stayed)} who stayed, all together,`;
  const what = isOne ? `${possessive(names[0]!)} mask key` : 'their mask keys';
  const rest = isOne ? possessive(names[0]!) : 'theirs';
  return `${capitalised(counted(masks, 'mask'))} now ${masks === 1 ? 'has' : 'have'} no counterpart. ${whoCan} can rebuild ${what}, and nothing else of ${rest}.`;
}

function ofFailure(view: SessionView): Headline | undefined {
  const failure = view.failure;
  if (!failure) return undefined;
  const next = `Your tab keeps learning; round ${view.nextRound} starts as soon as enough peers are ready.`;
  const safe = {
    'too-few-peers': 'What was received is noise and remains noise.',
    timeout: 'What was received is noise and remains noise.',
    aborted: 'What was received is noise and remains noise.',
    spent: 'This round’s update is not used again.',
    'parameters-differ': 'Nothing was sent.',
    'base-differs': 'Nothing was sent.',
    'left-out': 'Nothing was sent.',
    budget: 'Nothing was sent.',
  }[failure.reason];
  const title =
    failure.reason === 'spent'
      ? `Round ${failure.round} ended without a result.`
      : `Round ${failure.round} stopped before anything was opened.`;
  return {
    state: 'failed',
    title,
    detail: `${failure.message} ${safe} ${next}`,
    action: 'why-it-stopped',
  };
}

function ofServer(view: SessionView, linked: readonly PeerView[]): Headline | undefined {
  if (view.server !== 'away') return undefined;
  return {
    state: 'server-gone',
    title: `The ${countWord(linked.length + 1)} of you are on your own, and that is fine.`,
    detail: 'The server that introduced you is away. Links stay; newcomers must wait.',
    action: undefined,
  };
}

function ofNewcomers(view: SessionView, linked: readonly PeerView[]): Headline | undefined {
  // In a room of lines somebody always comes: it is no news there.
  if (view.grid !== undefined) return undefined;
  const joining = view.peers.filter((peer) => peer.link === 'linking');
  return joining.length > 0 ? connecting(view, joining, linked.length) : undefined;
}

function connecting(
  view: SessionView,
  joining: readonly PeerView[],
  linkedCount: number,
): Headline {
  const names = joining.map((peer) => peer.name);
  return {
    state: 'connecting',
    title: `${someNames(names)} ${names.length === 1 ? 'is' : 'are'} joining.`,
    detail:
      linkedCount + 1 >= Math.max(MIN_COHORT, view.merging.minPeers)
        ? `${names.length === 1 ? 'The two of you are' : 'You are'} checking each other’s keys; rounds go on without waiting.`
        : `${names.length === 1 ? 'The two of you are' : 'You are'} checking each other’s keys.`,
    action: undefined,
  };
}

function ofTraining(view: SessionView, linked: readonly PeerView[]): Headline {
  return {
    state: 'training',
    title: learningTitle(view, linked),
    detail:
      view.grid?.ownLine === -1
        ? 'The lines of this epoch were drawn before you came. Your tab learns and copies each result; when lines are drawn anew it joins one.'
        : `Each has only its own ${view.spam ? 'messages' : 'readings'}. ${nextMerge(view)}${lastDropped(view)}`,
    action: undefined,
  };
}

function nextMerge(view: SessionView): string {
  const { mode, stepsLeft, isCalling } = view.merging;
  if (isCalling) return 'Your call for the next merge is out.';
  if ((view.spam ?? view.learning)?.isRunning === false)
    return 'Your tab is paused; when the others merge, it takes part.';
  if (mode === 'off') return 'Merging is off in this tab.';
  if (mode === 'by-hand') return 'The next merge waits until somebody asks for it.';
  if (stepsLeft === 0) return 'The next merge is due.';
  return `The next merge is in ${counted(stepsLeft, 'step')}.`;
}

function lastDropped(view: SessionView): string {
  const result = view.result;
  if (!result || result.dropped.length === 0 || result.round !== view.nextRound - 1) return '';
  return ` Round ${result.round} came to its end without ${someNames(result.dropped.map((id) => nameOf(view, id)))}.`;
}

function learningTitle({ grid, spam }: SessionView, linked: readonly PeerView[]): string {
  const noun = linked.some((peer) => peer.kind === 'program') ? 'peers' : 'tabs';
  if (grid !== undefined) {
    // Of a large room this tab is linked to a part only: the lines say how many there are.
    const members = grid.lines.reduce((sum, line) => sum + line.length, 0);
    const lines = counted(grid.lines.length, 'line');
    return `${capitalised(countWord(members))} peers in ${lines} are learning ${spam ? 'what spam is' : 'one map'}.`;
  }
  const what = spam ? 'what spam is' : 'one map';
  return `${capitalised(countWord(linked.length + 1))} ${noun} are learning ${what}.`;
}
