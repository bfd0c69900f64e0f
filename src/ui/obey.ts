/**
 * Wishes of a person that are about sessions: the page and the room as an element answer them alike.
 *
 * @module
 */
import type { PeerId } from '../ids.ts';
import type { SessionControls } from '../peer/view.ts';
import type { RoomCommand } from './room-command.ts';

/** Wishes that go to a session, and nowhere else. */
export type SessionCommand = Exclude<
  RoomCommand,
  {
    readonly type:
      | 'add-peer'
      | 'remove-peer'
      | 'look'
      | 'rename'
      | 'open-dialog'
      | 'close-dialog'
      | 'new-room'
      | 'enter';
  }
>;

/**
 * Hands a wish to the session that it is about.
 *
 * @param own - The session of this tab, once open.
 * @param sessionOf - The session of a further peer of this tab, or the own one without an id.
 */
export function obeySession(
  command: SessionCommand,
  own: SessionControls | undefined,
  sessionOf: (peer: PeerId | undefined) => SessionControls | undefined,
): void {
  switch (command.type) {
    case 'merge-now':
      return own?.mergeNow();
    case 'merge-automatically':
      return own?.setMerging(command.isAutomatic ? 'automatic' : 'by-hand');
    case 'merge-every':
      return own?.setMerging(own.view.merging.mode, command.steps);
    case 'run':
      return sessionOf(command.peer)?.setRunning(command.isRunning);
    case 'step':
      return own?.stepOnce();
    case 'reset':
      return sessionOf(command.peer)?.reset();
    case 'outlier':
      return sessionOf(command.peer)?.setOutlier(command.isOutlier);
    case 'add-reading':
      return sessionOf(command.peer)?.addReading(command.reading);
    case 'move-reading':
      return sessionOf(command.peer)?.moveReading(command.index, command.x, command.y);
    case 'remove-reading':
      return sessionOf(command.peer)?.removeReading(command.index);
    case 'leave-out':
      return own?.leaveOut(command.peer, command.isLeftOut);
    case 'answer-request':
      return own?.answerRequest(command.name, command.agrees);
    case 'trust':
      return own?.setTrust(command.isTrusted);
    case 'noise':
      return own?.setNoise(command.choice);
    case 'insist-on-noise':
      return own?.insistOnNoise(command.least);
    case 'follow-noise':
      return own?.followNoise(command.peer);
    case 'budget':
      return own?.setBudget(command.epsilon);
    case 'disguise':
      return own?.setDisguise(command.choice);
    case 'flag-message':
      return own?.spam?.flag(command.index);
    case 'add-message':
      return own?.spam?.add(command.text);
    case 'take-inbox':
      return own?.spam?.take(command.inbox);
    case 'personalise':
      return own?.personalise();
  }
}
