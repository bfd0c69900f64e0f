/**
 * Who in a room has a table, whether all tables fit together, and who is ready to begin.
 *
 * Everybody tells everybody its description; each makes the same schema out of all of them. A peer begins when
 * all who have a table are ready with one hash, so nobody begins with another idea of the columns.
 *
 * @module
 */
import type { PeerId } from '../ids.ts';
import type { Note } from '../round/messages.ts';
import { agree, type Agreement, type Description } from '../task/table/schema.ts';
import type { SessionEvent } from './session.ts';
import type { SumTurns } from './sum-turns.ts';
import type { AggregateOptions, AggregateResult, Announcement } from './summing.ts';
import { encodeTableNote, readTableNote } from './table-notes.ts';
import type { SessionView } from './view.ts';

/** What learning from tables needs of a session. */
export interface TableRoom {
  readonly view: SessionView;
  subscribeEvents(listener: (event: SessionEvent) => void): () => void;
  tell(note: Note, to?: readonly PeerId[]): void;
  announce(announced: Announcement): () => void;
  aggregate(values: ArrayLike<number>, options?: AggregateOptions): Promise<AggregateResult>;
  readonly turns: SumTurns;
}

/** Another peer with a table. */
export interface TableGuest {
  readonly id: PeerId;
  readonly name: string;
  readonly description: Description;
  /** Ready to begin with the schema as it is. */
  readonly isReady: boolean;
  /** It has begun without this peer, and nothing that comes later changes that. */
  readonly isAway: boolean;
}

/** Where a room with tables stands. */
export interface MeetingView {
  readonly guests: readonly TableGuest[];
  /** Undefined until the own table is described. */
  readonly agreement: Agreement | undefined;
  readonly isReady: boolean;
  /** Peers with tables, this one included, that are needed at least. */
  readonly wanted: number;
  /** Everybody is ready with one schema, and there are enough. */
  readonly mayBegin: boolean;
}

/** What is known of one other peer. */
interface Heard {
  description: Description;
  ready: string;
  running: { readonly hash: string; readonly step: number } | undefined;
}

/** Meets peers with tables in one room. */
export class TableMeeting {
  readonly #room: TableRoom;
  readonly #onChange: () => void;
  readonly #heard = new Map<PeerId, Heard>();
  readonly #stop: () => void;
  #own: Description | undefined;
  #wantsToBegin = false;
  #toldReady = '';
  #running: { readonly hash: string; readonly step: number } | undefined;
  readonly #wanted: number;

  /** @param wanted - Tables that are waited for; as many as a sum needs unless given. */
  constructor(room: TableRoom, onChange: () => void, wanted?: number) {
    this.#room = room;
    this.#onChange = onChange;
    this.#wanted = Math.max(wanted ?? 0, room.view.merging.minPeers);
    this.#stop = room.subscribeEvents((event) => {
      this.#onEvent(event);
    });
    // What the others told before is gone.
    room.tell(encodeTableNote({ type: 'ask' }));
  }

  get view(): MeetingView {
    const agreement = this.#agreement();
    const hash = agreement?.type === 'agreed' ? agreement.hash : undefined;
    const guests = [...this.#heard].map(([id, heard]): TableGuest => ({
      id,
      name: this.#nameOf(id),
      description: heard.description,
      isReady: hash !== undefined && heard.ready === hash,
      isAway: this.#isAway(heard),
    }));
    const here = guests.filter(({ isAway }) => !isAway);
    const isReady = this.#wantsToBegin && hash !== undefined;
    const mayBegin =
      isReady && here.length + 1 >= this.#wanted && here.every((guest) => guest.isReady);
    return { guests, agreement, isReady, wanted: this.#wanted, mayBegin };
  }

  /** Says what the own table holds; undefined takes it away. */
  offer(description: Description | undefined): void {
    this.#own = description;
    this.#wantsToBegin = false;
    this.#running = undefined;
    this.#tell();
    this.#onChange();
  }

  /** Says whether this peer would begin as things are. */
  setReady(wantsToBegin: boolean): void {
    this.#wantsToBegin = wantsToBegin;
    this.#tell();
    this.#onChange();
  }

  /** Says which step this peer is ready for. */
  setStep(hash: string, step: number): void {
    this.#running = { hash, step };
    this.#room.tell(encodeTableNote({ type: 'step', hash, step }));
    this.#onChange();
  }

  /** Says that this peer learns no more, and whether it would begin anew. */
  stop(wantsToBegin: boolean): void {
    this.#running = undefined;
    this.#wantsToBegin = wantsToBegin;
    this.#tell();
    this.#onChange();
  }

  /** Whether another peer would begin with another schema than this one, or with none. */
  hasChanged(peer: PeerId, hash: string): boolean {
    const heard = this.#heard.get(peer);
    return heard !== undefined && heard.ready !== hash;
  }

  /** The step of the plan that another peer is ready for; undefined when it is in no such plan. */
  stepOf(peer: PeerId, hash: string): number | undefined {
    const running = this.#heard.get(peer)?.running;
    return running?.hash === hash ? running.step : undefined;
  }

  /** Stops meeting. */
  close(): void {
    this.#stop();
    this.#room.tell(encodeTableNote({ type: 'none' }));
  }

  #onEvent(event: SessionEvent): void {
    switch (event.type) {
      case 'peer-joined':
        this.#tell([event.peer]);
        return;
      case 'peer-left':
        this.#heard.delete(event.peer);
        break;
      case 'note':
        if (!this.#hear(event.from, event.note)) return;
        break;
      default:
        return;
    }
    this.#tellWhetherReady();
    this.#onChange();
  }

  #hear(from: PeerId, note: Note): boolean {
    const said = readTableNote(note);
    const known = this.#heard.get(from);
    switch (said?.type) {
      case 'offer': {
        const { description, ready } = said;
        this.#heard.set(from, { description, ready, running: undefined });
        return true;
      }
      case 'step':
        if (known === undefined) return false;
        known.running = { hash: said.hash, step: said.step };
        return true;
      case 'ask':
        this.#tell([from]);
        return false;
      case 'none':
        return this.#heard.delete(from);
      default:
        return false;
    }
  }

  #agreement(): Agreement | undefined {
    if (this.#own === undefined) return undefined;
    const others = [...this.#heard].filter(([, heard]) => !this.#isAway(heard));
    return agree(
      this.#own,
      new Map(others.map(([id, { description }]) => [this.#nameOf(id), description])),
    );
  }

  /** Past the statistics a schema is settled; before them everybody may still change it. */
  #isAway({ running }: Heard): boolean {
    return running !== undefined && running.step > 0 && running.hash !== this.#running?.hash;
  }

  /** Readiness holds for one schema: whoever changes it asks everybody again. */
  #tellWhetherReady(): void {
    if (this.#running === undefined && this.#readyHash() !== this.#toldReady) this.#tell();
  }

  #readyHash(): string {
    const agreement = this.#agreement();
    return this.#wantsToBegin && agreement?.type === 'agreed' ? agreement.hash : '';
  }

  #tell(to?: readonly PeerId[]): void {
    if (this.#own === undefined) {
      if (to === undefined) this.#room.tell(encodeTableNote({ type: 'none' }));
      return;
    }
    const ready = this.#readyHash();
    if (to === undefined) this.#toldReady = ready;
    const offer = encodeTableNote({ type: 'offer', description: this.#own, ready });
    if (to === undefined) this.#room.tell(offer);
    else this.#room.tell(offer, to);
    if (this.#running !== undefined) {
      const step = encodeTableNote({ type: 'step', ...this.#running });
      if (to === undefined) this.#room.tell(step);
      else this.#room.tell(step, to);
    }
  }

  #nameOf(peer: PeerId): string {
    const name = this.#room.view.peers.find(({ id }) => id === peer)?.name ?? 'Peer';
    // Names are chosen freely: two peers of one name are still two.
    const isShared = [...this.#heard.keys()].some(
      (id) => id !== peer && this.#room.view.peers.find((one) => one.id === id)?.name === name,
    );
    return isShared ? `${name} (${peer.slice(0, 4)})` : name;
  }
}
