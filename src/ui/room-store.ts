/**
 * The room that the page shows: the tab's own session, and the further peers it runs beside it.
 *
 * Opening a session is handed in, so that the page knows nothing of transports or workers. Further
 * peers are sessions like any other: own identity, own readings, own worker, real links.
 *
 * @module
 */
import { MAX_PEERS_HERE } from '../config.ts';
import type { PeerId } from '../ids.ts';
import type { SessionControls, SessionView } from '../peer/view.ts';
import { personName } from './room-names.ts';
import type { RoomAddress } from './route.ts';

/** What a session of the page is opened with. */
export interface OpenOptions {
  readonly address: RoomAddress;
  readonly name: string;
  /** A further peer of this tab: its identity, readings and model are its own, and nothing is kept. */
  readonly isExtra: boolean;
}

/** Opens a session of the task `heat-map`: `joinRoom` of `src/peer`, or a fixture. */
export type OpenSession = (options: OpenOptions) => Promise<SessionControls>;

/** What the store shows to the page. */
export interface RoomSnapshot {
  readonly view: SessionView | undefined;
  /** Further peers of this tab, by id. */
  readonly here: ReadonlyMap<PeerId, SessionControls>;
  /** A further peer is being started. */
  readonly isAdding: boolean;
  /** Why the session could not be opened, or the further peer not started: one sentence. */
  readonly problem: string | undefined;
}

/** Holds the sessions of one room at a time. */
export class RoomStore {
  private readonly open: OpenSession;
  private readonly listeners = new Set<() => void>();
  private own: SessionControls | undefined;
  private readonly here = new Map<PeerId, SessionControls>();
  private readonly endings: (() => void)[] = [];
  private generation = 0;
  private isAdding = false;
  private problem: string | undefined;
  private shownView: SessionView | undefined;
  private shownFrom: SessionView | undefined;
  private address: RoomAddress | undefined;

  constructor(open: OpenSession) {
    this.open = open;
  }

  /** The own session, once open. */
  get session(): SessionControls | undefined {
    return this.own;
  }

  /** What to show now. */
  get snapshot(): RoomSnapshot {
    return {
      view: this.view(),
      here: this.here,
      isAdding: this.isAdding,
      problem: this.problem,
    };
  }

  /** Calls `listener` after every change. */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Leaves the room that is open, if any, and enters another. */
  async enter(address: RoomAddress, name: string): Promise<void> {
    const generation = ++this.generation;
    await this.leave();
    if (generation !== this.generation) return;
    this.address = address;
    try {
      const session = await this.open({ address, name, isExtra: false });
      if (generation !== this.generation) return await session.leave();
      this.own = session;
      this.endings.push(session.subscribe(this.changed));
    } catch (error) {
      if (generation === this.generation) this.problem = sentenceOf(error);
    }
    this.changed();
  }

  /** Starts a further peer in this tab. */
  async addPeer(): Promise<void> {
    const address = this.address;
    const view = this.own?.view;
    if (!address || !view || this.isAdding) return;
    if (this.here.size >= MAX_PEERS_HERE) {
      this.problem = `This tab runs ${MAX_PEERS_HERE} further peers already: open another tab for more.`;
      return this.changed();
    }
    const generation = this.generation;
    this.isAdding = true;
    this.problem = undefined;
    this.changed();
    try {
      const taken = [view.self.name, ...view.peers.map((peer) => peer.name)];
      const name = personName(crypto.getRandomValues(new Uint8Array(1))[0]!, taken);
      const session = await this.open({ address, name, isExtra: true });
      if (generation !== this.generation) return await session.leave();
      this.here.set(session.view.self.id, session);
      this.endings.push(session.subscribe(this.changed));
    } catch (error) {
      if (generation === this.generation) this.problem = sentenceOf(error);
    } finally {
      if (generation === this.generation) this.isAdding = false;
      this.shownFrom = undefined;
      this.changed();
    }
  }

  /** Ends a further peer of this tab. */
  async removePeer(id: PeerId): Promise<void> {
    const session = this.here.get(id);
    this.here.delete(id);
    this.shownFrom = undefined;
    this.changed();
    await session?.leave();
  }

  /** Leaves the room with every peer of this tab. */
  async leave(): Promise<void> {
    const sessions = [this.own, ...this.here.values()].filter((session) => session !== undefined);
    for (const end of this.endings.splice(0)) end();
    this.own = undefined;
    this.here.clear();
    this.shownFrom = undefined;
    this.isAdding = false;
    this.problem = undefined;
    this.changed();
    await Promise.all(sessions.map((session) => session.leave()));
  }

  /** The own view, with the further peers of this tab marked as such. */
  private view(): SessionView | undefined {
    const view = this.own?.view;
    if (view === this.shownFrom && view !== undefined) return this.shownView;
    this.shownFrom = view;
    const isHere = (id: PeerId) => this.here.has(id);
    this.shownView =
      view && this.here.size > 0
        ? {
            ...view,
            peers: view.peers.map((peer) =>
              isHere(peer.id) ? { ...peer, kind: 'here' as const } : peer,
            ),
          }
        : view;
    return this.shownView;
  }

  private readonly changed = (): void => {
    for (const listener of this.listeners) listener();
  };
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
