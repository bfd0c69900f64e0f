/**
 * What can go wrong in a room of lines: the network, and peers that come, go, and stand still.
 *
 * @module
 */
import type { PeerId } from '../../src/ids.ts';
import type { SimulatedPeer } from '../../src/simulation/network.ts';
import type { GridRoom } from './grid-room.ts';

/** Accidents by name; each strikes within some seconds. */
export const GRID_ACCIDENTS: Readonly<Record<string, (room: GridRoom) => void>> = {
  'slow links': (room) => {
    room.tampers.push((copies) =>
      copies.map((copy) => ({ ...copy, delayMs: copy.delayMs + room.random.between(0, 900) })),
    );
  },
  overtaking: (room) => {
    room.tampers.push((copies) =>
      copies.map((copy) => ({
        ...copy,
        delayMs: copy.delayMs + room.random.between(0, 200),
        isUnordered: true,
      })),
    );
  },
  duplicates: (room) => {
    room.tampers.push((copies) =>
      copies.flatMap((copy) => {
        const delayMs = copy.delayMs + room.random.between(0, 3_000);
        const isTwice = room.random.uniform() < 0.3;
        return isTwice ? [copy, { ...copy, delayMs, isUnordered: true }] : [copy];
      }),
    );
  },
  loss: (room) => {
    const dead = new Set<string>();
    room.tampers.push((copies, from, to) => {
      const name = [from.id, to.id].sort().join();
      if (dead.has(name)) return [];
      if (room.random.uniform() > 0.003) return copies;
      dead.add(name);
      soon(room, 2_500, () => {
        dead.delete(name);
        room.network.unlink(from, to);
      });
      return [];
    });
  },
  'three vanish': (room) => {
    for (let i = 0; i < 3; i++) {
      soon(room, 6_000, () => {
        room.network.vanish(anyOf(room));
      });
    }
  },
  'four restart': (room) => {
    for (let i = 0; i < 4; i++) {
      soon(room, 6_000, () => {
        const peer = anyOf(room);
        room.network.vanish(peer);
        soon(room, 2_500, () => room.restart(peer));
      });
    }
  },
  'three freeze': (room) => {
    for (let i = 0; i < 3; i++) {
      soon(room, 5_000, () => {
        anyOf(room).frozenUntil = room.network.now + 3_000;
      });
    }
  },
  'two freeze for long': (room) => {
    for (let i = 0; i < 2; i++) {
      soon(room, 3_000, () => {
        const peer = anyOf(room);
        const { now } = room.network;
        peer.frozenUntil = now + 25_000;
        room.network.at(now + 15_000, () => {
          for (const { peer: other } of [...peer.ends.values()]) room.network.unlink(other, peer);
        });
      });
    }
  },
  'lines apart': (room) => {
    const lines = room.grid.lines.filter(() => room.random.uniform() < 0.5);
    separate(room, new Set(lines.flat()));
  },
  'a partition across lines': (room) => {
    separate(room, new Set(room.grid.lines.flat().filter(() => room.random.uniform() < 0.4)));
  },
  newcomers: (room) => {
    for (let i = 0; i < 3; i++) soon(room, 2_500, () => room.join());
  },
  'more than half vanish': (room) => {
    soon(room, 6_000, () => {
      for (const peer of room.living()) {
        if (room.random.uniform() < 0.55 && room.living().length > 6) room.network.vanish(peer);
      }
    });
  },
  'a line dies': (room) => {
    soon(room, 6_000, () => {
      for (const id of room.grid.lines[0]!) room.network.vanish(room.members.get(id)!);
    });
  },
};

function soon(room: GridRoom, withinMs: number, run: () => void): void {
  room.network.at(room.network.now + room.random.between(0, withinMs), run);
}

function anyOf(room: GridRoom): SimulatedPeer {
  const peers = room.living();
  return peers[Math.floor(room.random.uniform() * peers.length)]!;
}

function separate(room: GridRoom, side: ReadonlySet<PeerId>): void {
  soon(room, 2_000, () => {
    room.isApart = (a, b) => side.has(a) !== side.has(b);
    room.closeApart();
  });
}
