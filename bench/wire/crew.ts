/**
 * The peers of one run on the wire, Node processes or tabs, in a full mesh that this process introduces.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { program, root, stop } from '../processes.ts';
import type { Answer, LinkKind, Moved, Order, Setting } from './orders.ts';

/** A mesh, and whatever a run may take, ms. */
const LIMIT_MS = 60_000;

const PAGE = '<!doctype html><script type="module" src="/wire-page.js"></script>';

/** Peers that are linked to each other. */
export interface Crew {
  readonly size: number;
  /** Every pair of `routes` moves so many bytes, all of them at once; the answers of all peers. */
  move(setting: Setting, routes: readonly Route[], bytes: number): Promise<readonly Moved[]>;
  end(): Promise<void>;
}

/** From one peer to another. */
export type Route = readonly [from: number, to: number];

/** A way to give orders to one peer. */
interface Member {
  order(order: Order): void;
  end(): Promise<void>;
}

/** Starts one member; its answers go to `onAnswer`. */
type Start = (onAnswer: (answer: Answer) => void) => Promise<Member>;

/** Node processes. */
export function crewOfPrograms(size: number, kind: LinkKind): Promise<Crew> {
  return assemble(size, (onAnswer) => {
    const child = program('wire-peer', [kind]);
    child.on('message', (answer) => onAnswer(answer as Answer));
    child.once('exit', (status) =>
      onAnswer({ type: 'failed', message: `A peer ended with ${status}.` }),
    );
    return Promise.resolve({
      order: (order: Order) => void child.send(order),
      end: () => stop(child),
    });
  });
}

/** Tabs of one browser. */
export async function crewOfTabs(
  context: BrowserContext,
  size: number,
  kind: LinkKind,
): Promise<Crew> {
  const scripts = join(root, 'dist/bench/page');
  const server = createServer(({ url = '' }, response) => {
    const isScript = /^\/[\w-]+\.js$/.test(url);
    response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? readFileSync(join(scripts, url)) : PAGE);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const crew = await assemble(size, async (onAnswer) => {
    const page = await context.newPage();
    await page.exposeFunction('answer', onAnswer);
    page.on('pageerror', ({ message }) => onAnswer({ type: 'failed', message }));
    await page.goto(`http://127.0.0.1:${port}/#${kind}`);
    return {
      order: (order: Order) =>
        void page
          .evaluate(
            (given) => (globalThis as unknown as { take(o: unknown): void }).take(given),
            order,
          )
          .catch((error: unknown) => onAnswer({ type: 'failed', message: String(error) })),
      end: () => page.close(),
    };
  });
  return {
    ...crew,
    async end() {
      await crew.end();
      server.closeAllConnections();
      server.close();
    },
  };
}

async function assemble(size: number, start: Start): Promise<Crew> {
  const members: Member[] = [];
  const end = async (): Promise<void> => {
    listen = () => undefined;
    await Promise.all(members.map((member) => member.end()));
  };
  let listen: (member: number, answer: Answer) => void = () => undefined;
  /** Resolves once `isLast` says that an answer was the last one that is waited for. */
  const until = (isLast: (member: number, answer: Answer) => boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const limit = setTimeout(() => reject(new Error('The wire stands still.')), LIMIT_MS);
      listen = (member, answer) => {
        if (answer.type === 'signal') {
          members[answer.to]!.order({ type: 'signal', from: member, signal: answer.signal });
        }
        const hasFailed = answer.type === 'failed';
        if (!hasFailed && !isLast(member, answer)) return;
        clearTimeout(limit);
        if (hasFailed) reject(new Error(answer.message));
        else resolve();
      };
    });
  const untilAll = (type: Answer['type'], count: number): Promise<void> =>
    until((_, answer) => answer.type === type && --count === 0);
  try {
    const ready = untilAll('ready', size);
    for (let i = 0; i < size; i++) members.push(await start((answer) => listen(i, answer)));
    await ready;
    const linked = untilAll('linked', size * (size - 1));
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < i; j++) {
        members[j]!.order({ type: 'open', to: i, isInitiator: false });
        members[i]!.order({ type: 'open', to: j, isInitiator: true });
      }
    }
    await linked;
  } catch (error) {
    await end();
    throw error;
  }
  return {
    size,
    end,
    async move(setting, routes, bytes) {
      const moved: Moved[] = [];
      const done = until((_, answer) => {
        if (answer.type === 'moved') moved.push(answer.moved);
        return moved.length === size;
      });
      for (const [i, member] of members.entries()) {
        member.order({
          ...{ type: 'move', setting, bytes },
          to: routes.filter(([from]) => from === i).map(([, to]) => to),
          from: routes.filter(([, to]) => to === i).map(([from]) => from),
        });
      }
      await done;
      return moved;
    },
  };
}
