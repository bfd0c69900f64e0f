/** The store of the page's room, over fixture sessions. @module */
import { describe, expect, it, vi } from 'vitest';
import { MAX_PEERS_HERE } from '../../src/config.ts';
import { RoomStore } from '../../src/ui/room-store.ts';
import type { OpenOptions } from '../../src/ui/room-store.ts';
import { DEFAULT_TASK } from '../../src/ui/route.ts';
import { FixtureSession } from './fixture-session.ts';
import { fixtureView } from './fixture-views.ts';

const ADDRESS = { room: 'quiet-heron', key: undefined, task: DEFAULT_TASK };

function storeWith() {
  const opened: { options: OpenOptions; session: FixtureSession }[] = [];
  const store = new RoomStore((options) => {
    const view = fixtureView('alone', { name: options.name, id: opened.length });
    const session = new FixtureSession(view);
    if (opened[0]) opened[0].session.meet(session.view.self);
    opened.push({ options, session });
    return Promise.resolve(session);
  });
  return { store, opened };
}

describe('RoomStore', () => {
  it('opens a session and follows its view', async () => {
    const { store, opened } = storeWith();
    let changes = 0;
    const end = store.subscribe(() => changes++);
    await store.enter(ADDRESS, 'Amara');
    expect(store.snapshot.view?.self.name).toBe('Amara');
    const before = changes;
    opened[0]!.session.rename('Ana');
    expect(store.snapshot.view?.self.name).toBe('Ana');
    expect(changes).toBe(before + 1);
    end();
    opened[0]!.session.rename('Anna');
    expect(changes).toBe(before + 1);
  });
  it('marks the peers of this tab, gives them other names, and lets go of them', async () => {
    const { store, opened } = storeWith();
    await store.enter(ADDRESS, 'Amara');
    await store.addPeer();
    const peer = store.snapshot.view!.peers[0]!;
    expect(peer.kind).toBe('here');
    expect(peer.name).not.toBe('Amara');
    expect(opened[1]!.options.isExtra).toBe(true);
    await store.removePeer(peer.id);
    expect(opened[1]!.session.calls).toContain('leave');
    expect(store.snapshot.view!.peers[0]!.kind).toBe('tab');
  });
  it('runs a bounded number of further peers and says so', async () => {
    const { store, opened } = storeWith();
    await store.enter(ADDRESS, 'Amara');
    for (let at = 0; at <= MAX_PEERS_HERE; at++) await store.addPeer();
    expect(opened).toHaveLength(1 + MAX_PEERS_HERE);
    expect(store.snapshot.problem).toContain('open another tab');
  });
  it('leaves every session when it enters another room', async () => {
    const { store, opened } = storeWith();
    await store.enter(ADDRESS, 'Amara');
    await store.addPeer();
    await store.enter({ ...ADDRESS, room: 'other' }, 'Amara');
    expect(opened[0]!.session.calls).toContain('leave');
    expect(opened[1]!.session.calls).toContain('leave');
    expect(store.snapshot.here.size).toBe(0);
  });
  it('shows why a session could not be opened', async () => {
    const store = new RoomStore(() => Promise.reject(new Error('No place to keep an identity.')));
    await store.enter(ADDRESS, 'Amara');
    expect(store.snapshot).toMatchObject({
      view: undefined,
      problem: 'No place to keep an identity.',
    });
  });
  it('a session that opens after the person has gone elsewhere is left at once', async () => {
    const waiting: ((session: FixtureSession) => void)[] = [];
    const store = new RoomStore(() => new Promise((resolve) => waiting.push(resolve)));
    const first = store.enter(ADDRESS, 'Amara');
    await vi.waitFor(() => expect(waiting).toHaveLength(1));
    const second = store.enter({ ...ADDRESS, room: 'other' }, 'Amara');
    const [late, now] = [fixtureView('alone'), fixtureView('two')].map(
      (view) => new FixtureSession(view),
    );
    waiting[0]!(late!);
    await first;
    await vi.waitFor(() => expect(waiting).toHaveLength(2));
    waiting[1]!(now!);
    await second;
    expect(late!.calls).toEqual(['leave']);
    expect(store.session).toBe(now);
  });
});
