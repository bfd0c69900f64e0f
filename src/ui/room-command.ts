/**
 * What a person asks for on the page, as one event that `app-shell` answers.
 *
 * @module
 */
import type { PeerId } from '../ids.ts';
import type { DisguiseChoice, NoiseChoice, Reading } from '../peer/view.ts';
import type { RoomAddress } from './route.ts';

/** The dialogs of the page. */
export type DialogName = 'invite' | 'room' | 'why-it-stopped' | 'ask-why';

/** A wish. Where `peer` is undefined it is about this tab's own session, else about a peer added here. */
export type RoomCommand =
  | { readonly type: 'merge-now' }
  | { readonly type: 'merge-automatically'; readonly isAutomatic: boolean }
  | { readonly type: 'merge-every'; readonly steps: number }
  | { readonly type: 'run'; readonly isRunning: boolean; readonly peer?: PeerId }
  | { readonly type: 'step' }
  | { readonly type: 'reset'; readonly peer?: PeerId }
  | { readonly type: 'outlier'; readonly isOutlier: boolean; readonly peer?: PeerId }
  | { readonly type: 'add-reading'; readonly reading: Reading; readonly peer?: PeerId }
  | {
      readonly type: 'move-reading';
      readonly index: number;
      readonly x: number;
      readonly y: number;
      readonly peer?: PeerId;
    }
  | { readonly type: 'remove-reading'; readonly index: number; readonly peer?: PeerId }
  | { readonly type: 'leave-out'; readonly peer: PeerId; readonly isLeftOut: boolean }
  | { readonly type: 'answer-request'; readonly name: string; readonly agrees: boolean }
  | { readonly type: 'trust'; readonly isTrusted: boolean }
  /** Proposes other noise; undefined: masks only. */
  | { readonly type: 'noise'; readonly choice: NoiseChoice | undefined }
  | { readonly type: 'insist-on-noise'; readonly least: NoiseChoice | undefined }
  | { readonly type: 'follow-noise'; readonly peer: PeerId }
  /** Stops before epsilon exceeds this; undefined: never. */
  | { readonly type: 'budget'; readonly epsilon: number | undefined }
  | { readonly type: 'disguise'; readonly choice: DisguiseChoice }
  /** Fits a copy of the merged model to the own readings. */
  | { readonly type: 'personalise' }
  /** Of a spam room: flags a message or takes the flag back, adds one, starts over with another inbox. */
  | { readonly type: 'flag-message'; readonly index: number }
  | { readonly type: 'add-message'; readonly text: string }
  | { readonly type: 'take-inbox'; readonly inbox: number }
  | { readonly type: 'add-peer' }
  | { readonly type: 'remove-peer'; readonly peer: PeerId }
  /** "What the others saw" came into sight, or went out of it. */
  | { readonly type: 'look'; readonly isLooking: boolean }
  | { readonly type: 'rename'; readonly name: string }
  | { readonly type: 'open-dialog'; readonly dialog: DialogName }
  | { readonly type: 'close-dialog' }
  | { readonly type: 'new-room' }
  | { readonly type: 'enter'; readonly address: RoomAddress };

/** A wish of the person at the page. */
export class RoomCommandEvent extends Event {
  static readonly type = 'room-command';
  readonly command: RoomCommand;
  constructor(command: RoomCommand) {
    super(RoomCommandEvent.type, { bubbles: true, composed: true });
    this.command = command;
  }
}

declare global {
  interface HTMLElementEventMap {
    'room-command': RoomCommandEvent;
  }
}
