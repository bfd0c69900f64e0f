/**
 * What the flock and the round say in words: the sentence for those who cannot see the drawing, and
 * the title over it.
 *
 * @module
 */
import { MIN_COHORT } from '../config.ts';
import type { PeerId } from '../ids.ts';
import type { GridView, PeerView, SessionView, Stage } from '../peer/view.ts';
import type { Shown } from './flock-shown.ts';
import { MERGE_OUT_MS } from './flock-story.ts';
import { capitalised, counted, countWord, grouped, listed, possessive } from './words.ts';

/** Title, what is going on, and one figure with its unit. */
export interface RoundTitle {
  readonly title: string;
  readonly subtitle: string;
  readonly figure: string;
  readonly unit: string;
}

/** The name by which a person knows a peer; "You" for this tab. */
export function nameOf(view: SessionView, id: PeerId): string {
  if (id === view.self.id) return 'You';
  return view.peers.find((peer) => peer.id === id)?.name ?? 'somebody';
}

/** Peers that are here now, this tab not counted. */
export function presentPeers(view: SessionView): readonly PeerView[] {
  return view.peers.filter((peer) => peer.link !== 'gone');
}

/** Members of the shown roster that have left: known from the attempt, or from their links. */
export function leavers(view: SessionView, shown: Shown): readonly PeerId[] {
  const isGone = (id: PeerId): boolean =>
    shown.deeds.gone.has(id) || view.peers.some((peer) => peer.id === id && peer.link === 'gone');
  return shown.roster.filter((id) => id !== view.self.id && isGone(id));
}

/**
 * Members that are not in the sum, whose mask keys are being rebuilt, with the pieces that are in. A
 * silent survivor is not among them: of it only the seed of its own mask is rebuilt.
 */
export function lostKeys(shown: Shown): readonly (readonly [peer: PeerId, pieces: number])[] {
  return [...shown.recovering]
    .filter(([id]) => !shown.survivors.includes(id))
    .map(([id, { pieces }]) => [id, pieces]);
}

/** The smallest room in which this peer takes part in a round. */
export function neededPeers(view: SessionView): number {
  const isTrusting = view.trust.own && view.trust.other;
  return isTrusting ? 2 : Math.max(MIN_COHORT, view.merging.minPeers);
}

/** The finding of the flock, in at most three sentences. */
export function flockSentence(view: SessionView, shown: Shown): string {
  const here = presentPeers(view);
  const gone = leavers(view, shown);
  const count = here.length + 1;
  const free = Math.max(0, neededPeers(view) - count);
  const peers = capitalised(counted(count, 'peer'));
  if (shown.phase === 'rest' && free > 0) {
    const linked = here.length > 0 && here.every((peer) => peer.link === 'linked');
    const places = counted(free, 'free place');
    return `${peers}${linked ? ' linked' : ''}, ${places}.`;
  }
  const state = [roundSentence(view, shown, gone), ...remarks(here)];
  if (view.grid !== undefined) {
    const left = gone.length === 0 ? [] : [leftSentence(view, gone, shown)];
    return [roomOfLines(view, view.grid), ...left, ...state].join(' ');
  }
  if (gone.length > 0) return [leftSentence(view, gone, shown), ...state].join(' ');
  const linking = here.filter((peer) => peer.link === 'linking');
  const links =
    linking.length === 0
      ? `${peers}, all linked.`
      : `${peers}; ${listed(linking.map((peer) => peer.name))} ${linking.length === 1 ? 'is' : 'are'} connecting.`;
  return [links, ...state].join(' ').trim();
}

/** The head of the round: its title, the stage in words, and its figure. */
export function roundTitle(view: SessionView, shown: Shown): RoundTitle {
  const count = presentPeers(view).length + 1;
  const needed = neededPeers(view);
  const isUnderWay = shown.phase === 'playing';
  if (!isUnderWay && count < needed && shown.phase !== 'failed') {
    return waitingTitle(view, count, needed);
  }
  if (shown.phase === 'rest') {
    return {
      title: `Round ${view.nextRound}`,
      subtitle:
        view.grid?.ownLine === -1
          ? 'You wait for the next lines'
          : nextMerge(view, 'The first merge is'),
      figure: String(count),
      unit: 'here',
    };
  }
  const title = `Round ${shown.round}`;
  const members = shown.roster.length;
  if (shown.phase === 'failed') {
    const stayed = members - leavers(view, shown).length;
    const during = shown.stage === undefined ? '' : ` ${STOPPED[shown.stage]}`;
    const isShort = shown.failure?.reason === 'too-few-peers' && members > 0;
    return {
      title,
      subtitle: `Stopped${during}`,
      figure: isShort && shown.threshold > 0 ? `${stayed} of ${shown.threshold}` : '\u00a0',
      unit: isShort && shown.threshold > 0 ? 'needed to go on' : '',
    };
  }
  if (shown.phase === 'merged') {
    const result = shown.result;
    const included = result?.included.length ?? 0;
    return {
      title,
      subtitle: result?.isCopied
        ? 'Copied from the others'
        : shown.endAgeMs < 2 * MERGE_OUT_MS
          ? 'Merged'
          : nextMerge(view, 'Merged; the next is'),
      figure: `${grouped(included)} of ${grouped(result?.roster.length ?? included)}`,
      unit: 'in the sum',
    };
  }
  const words = stageWords(view, shown, members);
  if (view.grid === undefined) return { title, ...words };
  const { lines } = view.grid;
  if (shown.level === 0) {
    const unit = words.unit === 'in this tab’s sum' ? 'in your line’s sum' : words.unit;
    return { title, ...words, subtitle: `Your line: ${shortened(words.subtitle)}`, unit };
  }
  if (shown.roster.length > 0) {
    const unit = words.unit === 'in this tab’s sum' ? 'lines in this tab’s sum' : words.unit;
    return { title, ...words, subtitle: `You stand in: ${shortened(words.subtitle)}`, unit };
  }
  return {
    title,
    subtitle: 'The lines sum, one stand-in each',
    figure: String(lines.length),
    unit: 'lines',
  };
}

/** The words of a stage behind those that say whose it is: one line must hold both. */
function shortened(subtitle: string): string {
  const short = SHORT[subtitle] ?? subtitle;
  return short.charAt(0).toLowerCase() + short.slice(1);
}

const SHORT: Readonly<Record<string, string>> = {
  'Agreeing keys, pair by pair': 'Pairs agree keys',
  'Signing that all hold the same words': 'All sign the same words',
  'Masks meet their counterparts': 'The masks cancel',
};

/** A room of lines in a sentence, such as "60 peers in six lines; your line has 11." */
export function roomOfLines(view: SessionView, grid: GridView): string {
  const total = grid.lines.reduce((sum, line) => sum + line.length, 0);
  const room = `${capitalised(counted(total, 'peer'))} in ${counted(grid.lines.length, 'line')}`;
  const own = grid.lines[grid.ownLine];
  if (own === undefined) return `${room}; you wait for the next lines.`;
  const linked = new Set(presentPeers(view).map(({ id }) => id));
  const away = own.filter((id) => id !== view.self.id && !linked.has(id)).length;
  const missing = away === 0 ? '' : `, ${countWord(away)} of them not linked`;
  return `${room}; your line has ${countWord(own.length)}${missing}.`;
}

const STOPPED: Readonly<Record<Stage, string>> = {
  gather: 'while gathering',
  keys: 'while agreeing keys',
  send: 'while sending',
  lock: 'while locking',
  unmask: 'while unmasking',
};

function stageWords(view: SessionView, shown: Shown, members: number): Omit<RoundTitle, 'title'> {
  const of = (count: number, whole: number): string => `${count} of ${whole}`;
  switch (shown.stage) {
    case undefined:
    case 'gather':
      return { subtitle: 'Agreeing who takes part', figure: String(members), unit: 'take part' };
    case 'keys':
      return {
        subtitle: 'Agreeing keys, pair by pair',
        figure: of(shown.deeds.shared.size, members),
        unit: 'ready to send',
      };
    case 'send':
      return {
        subtitle: 'Sending under masks',
        figure: of(shown.landed.size, members),
        unit: 'in this tab’s sum',
      };
    case 'lock':
      return {
        subtitle: 'Signing that all hold the same words',
        figure: of(signatures(shown), shown.threshold || members),
        unit: 'signatures needed',
      };
    case 'unmask': {
      const missing = lostKeys(shown);
      const names = listed(missing.map(([id]) => nameOf(view, id)));
      const pieces = Math.min(...missing.map(([, count]) => count), shown.threshold);
      if (missing.length > 0 && shown.threshold > 0) {
        const owner = missing.length === 1 ? `${possessive(names)} key` : 'each missing key';
        return {
          subtitle: `Unmasking without ${names}`,
          figure: of(pieces, shown.threshold),
          unit: `pieces of ${owner}`,
        };
      }
      const silent = [...shown.recovering].find(([, one]) => one.pieces < shown.threshold);
      if (silent !== undefined) {
        return {
          subtitle: `${nameOf(view, silent[0])} is silent`,
          figure: of(silent[1].pieces, shown.threshold),
          unit: 'pieces of its own mask',
        };
      }
      return {
        subtitle: 'Masks meet their counterparts',
        figure: of(shown.survivors.length || members, members),
        unit: 'in this tab’s sum',
      };
    }
  }
}

function waitingTitle(view: SessionView, count: number, needed: number): RoundTitle {
  const other = presentPeers(view)[0];
  const missing = needed - count;
  const figure = `${count} of ${needed}`;
  if (count === 1 || other === undefined) {
    const need = `A round needs ${countWord(needed)}`;
    const title = view.result === undefined ? 'No round yet' : `After round ${view.result.round}`;
    return { title, subtitle: need, figure, unit: 'here' };
  }
  const title =
    missing === 1 ? `Waiting for a ${ordinal(needed)}` : `Waiting for ${countWord(missing)} more`;
  const linked = other.link === 'linked' ? 'are linked' : 'are connecting';
  const subtitle =
    count === 2 ? `You and ${other.name} ${linked}` : `${capitalised(countWord(count))} are here`;
  return { title, subtitle, figure, unit: 'here' };
}

function roundSentence(view: SessionView, shown: Shown, gone: readonly PeerId[]): string {
  const members = shown.roster.length;
  switch (shown.phase) {
    case 'rest':
      return 'No round is under way.';
    case 'failed':
      return 'The round stopped; the sum stays noise.';
    case 'merged': {
      const included = shown.result?.included.length ?? members;
      const whole = shown.result?.roster.length ?? members;
      const who =
        included === whole
          ? `all ${countWord(whole)}`
          : `${countWord(included)} of ${countWord(whole)}`;
      return shown.result?.isCopied
        ? `Round ${shown.round} was copied from the others.`
        : `The sum of round ${shown.round} holds ${who}.`;
    }
    case 'playing':
      break;
  }
  if (shown.level > 0 && members === 0) {
    return 'Your line has its sum; one stand-in of each line now sums these.';
  }
  const holds = countWord(shown.landed.size);
  const what = shown.level > 0 ? 'Masked sums of lines' : 'Masked updates';
  switch (shown.stage) {
    case undefined:
    case 'gather':
      return `Round ${shown.round} gathers ${countWord(members)}.`;
    case 'keys':
      return 'Each pair agrees a mask.';
    case 'send':
      return `${what} are travelling; this tab holds ${holds} of ${countWord(members)}.`;
    case 'lock':
      return `${capitalised(countWord(signatures(shown)))} of ${countWord(shown.threshold || members)} needed signatures are in.`;
    case 'unmask': {
      const missing = lostKeys(shown);
      const [first] = missing;
      if (first === undefined) return 'The masks cancel, pair by pair.';
      const [peer, pieces] = first;
      if (pieces >= shown.threshold) {
        return `The key of ${nameOf(view, peer)} is rebuilt; its masks leave the sum.`;
      }
      const hanging = shown.survivors.length * missing.length;
      const key =
        gone.length === 1 && gone[0] === peer ? 'the key' : `${possessive(nameOf(view, peer))} key`;
      const threads = `${capitalised(countWord(hanging))} threads of masks hang loose`;
      return `${threads}; ${countWord(pieces)} of ${countWord(shown.threshold)} pieces of ${key} are in.`;
    }
  }
}

/** Signatures towards the threshold: what comes beyond it changes nothing. */
function signatures(shown: Shown): number {
  return Math.min(shown.deeds.locked.size, shown.threshold || shown.roster.length);
}

function leftSentence(view: SessionView, gone: readonly PeerId[], shown: Shown): string {
  if (gone.length <= 2) return `${listed(gone.map((id) => nameOf(view, id)))} left.`;
  return `${capitalised(countWord(gone.length))} of ${countWord(shown.roster.length)} peers left.`;
}

function remarks(here: readonly PeerView[]): string[] {
  const hidden = here.filter((peer) => peer.isHidden);
  if (hidden.length === 0) return [];
  if (hidden.length > 3) return [`${capitalised(countWord(hidden.length))} learn in hidden tabs.`];
  const names = listed(hidden.map((peer) => peer.name));
  return [`${names} ${hidden.length === 1 ? 'learns in a hidden tab' : 'learn in hidden tabs'}.`];
}

function nextMerge(view: SessionView, start: string): string {
  const { mode, stepsLeft, isCalling } = view.merging;
  if (isCalling) return `${start.replace(/ is$/, '')} is being called`;
  if (mode === 'off')
    return start.startsWith('Merged') ? 'Merged; merging is off' : 'Merging is off';
  if (mode === 'by-hand')
    return start.startsWith('Merged') ? 'Merged; the next by hand' : 'Merge by hand';
  if (stepsLeft === 0) return `${start} due`;
  return `${start} in ${stepsLeft} ${stepsLeft === 1 ? 'step' : 'steps'}`;
}

function ordinal(count: number): string {
  return { 2: 'second', 3: 'third', 4: 'fourth', 5: 'fifth' }[count] ?? `${count}th`;
}
