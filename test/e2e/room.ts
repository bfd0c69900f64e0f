/**
 * A room for end-to-end tests: `murmuration serve` and `murmuration peer` as processes, and tabs of a
 * real Chromium that are watched through `window.murmuration.view`.
 *
 * Nothing here sleeps: a test waits for what a view or an event says, and when that does not come the
 * error tells what came instead.
 *
 * @module
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { SessionView } from '../../src/peer/view.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Chromium under test, and what it needs where there is no screen, no GPU and no way out of the machine. */
export const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
export const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
] as const;

/** Waits end after this long, ms: long enough for a machine that does other things as well. */
const PATIENCE_MS = 120_000;

/** A view is looked at this often, ms: its copy costs the page a little. */
const LOOK_EVERY_MS = 50;

const running = new Set<ChildProcess>();

/** Ends every process that a test started and did not end. */
export function endProcesses(): void {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
}

function start(args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  const child = spawn(process.execPath, ['bin/murmuration.js', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

// ---- The server ----------------------------------------------------------------------------------

/** A running `murmuration serve`. */
export class Server {
  readonly port: number;
  /** With a slash at its end. */
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
    this.url = `http://127.0.0.1:${port}/`;
  }

  /** Starts a server; a free port unless one is given. */
  static async start(port = 0, ...flags: string[]): Promise<Server> {
    const args = ['serve', '--host', '127.0.0.1', '--port', String(port), '--json', ...flags];
    const child = start(args);
    const errors = textOf(child);
    const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
    const first = await lines.next();
    if (first.done === true) throw new Error(`The server did not start: ${errors()}`);
    return new Server(child, (JSON.parse(first.value) as { readonly port: number }).port);
  }

  /** Kills the server, so that it has no time to say goodbye. */
  async kill(): Promise<void> {
    const isGone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await isGone;
  }
}

// ---- Headless peers ------------------------------------------------------------------------------

/** A line that `murmuration peer --json` prints. */
export interface PeerEvent {
  readonly event: 'joined' | 'peer-joined' | 'peer-left' | 'round' | 'round-failed' | 'left';
  readonly peer?: string;
  readonly round?: number;
  readonly attempt?: number;
  readonly roster?: number;
  readonly included?: readonly string[];
  readonly dropped?: readonly string[];
  readonly durationMs?: number;
  readonly bytesSent?: number;
  readonly bytesReceived?: number;
  readonly resultHash?: string;
  readonly copied?: boolean;
  readonly sum?: readonly number[];
  readonly mean?: readonly number[];
  readonly count?: number;
  readonly accuracyGlobal?: number;
  readonly accuracyLocal?: number;
  readonly epsilon?: number;
  readonly reason?: string;
  readonly message?: string;
}

/** A round as a peer printed it. */
export type RoundEvent = PeerEvent & {
  readonly event: 'round';
  readonly round: number;
  readonly included: readonly string[];
  readonly dropped: readonly string[];
  readonly resultHash: string;
};

/** A running `murmuration peer`. */
export class Peer {
  /** Everything it printed so far. */
  readonly events: PeerEvent[] = [];
  /** Its exit status; null after a signal. */
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;
  readonly #errors: () => string;
  #wake: (() => void)[] = [];
  #hasEnded = false;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#errors = textOf(child);
    createInterface({ input: child.stdout! }).on('line', (line) => {
      this.events.push(JSON.parse(line) as PeerEvent);
      this.#tell();
    });
    this.ended = once(child, 'close').then(([status]) => {
      this.#hasEnded = true;
      this.#tell();
      return status as number | null;
    });
  }

  /** Starts a peer with `--json`. */
  static start(server: Server | string, ...flags: string[]): Peer {
    const url = typeof server === 'string' ? server : server.url;
    return new Peer(start(['peer', '--server', url, '--json', ...flags]));
  }

  /** Its id, once it has joined. */
  async id(): Promise<string> {
    return (await this.until('joined', ({ event }) => event === 'joined')).peer!;
  }

  get rounds(): readonly RoundEvent[] {
    return this.events.filter((event): event is RoundEvent => event.event === 'round');
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  get errors(): string {
    return this.#errors();
  }

  /** The first event of which something is true, among those that came and those that will. */
  async until(what: string, isIt: (event: PeerEvent) => boolean): Promise<PeerEvent> {
    const deadline = AbortSignal.timeout(PATIENCE_MS);
    deadline.addEventListener('abort', () => {
      this.#tell();
    });
    for (;;) {
      const found = this.events.find(isIt);
      if (found !== undefined) return found;
      if (this.#hasEnded || deadline.aborted) {
        const last = this.events.slice(-5).map((event) => JSON.stringify(event));
        throw new Error(
          `A peer ${this.#hasEnded ? 'ended' : 'waited too long'} before "${what}". Last events:\n${last.join('\n')}\n${this.errors}`,
        );
      }
      await new Promise<void>((resolve) => {
        this.#wake.push(resolve);
      });
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  #tell(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}

/** Runs a command that ends by itself. */
export async function outcome(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ readonly status: number; readonly out: string; readonly err: string }> {
  const child = start(args, env);
  const [out, err] = [textOf(child, 'stdout'), textOf(child)];
  const [status] = (await once(child, 'close')) as [number];
  return { status, out: out(), err: err() };
}

function textOf(child: ChildProcess, stream: 'stdout' | 'stderr' = 'stderr'): () => string {
  const parts: Buffer[] = [];
  child[stream]!.on('data', (part: Buffer) => parts.push(part));
  return () => Buffer.concat(parts).toString();
}

// ---- Tabs ----------------------------------------------------------------------------------------

/** A result as a tab showed it. */
export interface SeenResult {
  readonly resultHash: string;
  readonly included: readonly string[];
  readonly dropped: readonly string[];
  readonly isCopied: boolean;
}

/** What the recorder of a tab keeps. */
interface Recording {
  readonly results: Record<number, SeenResult>;
}

/** The page's globals, as tests see them. */
interface PageWorld {
  readonly murmuration?: { readonly view: SessionView | undefined };
  recording?: Recording;
}

/** A browser of its own process. */
export function launch(...args: string[]): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: [...CHROMIUM_ARGS, ...args] });
}

/** A context (a browser's memory of its own) whose tabs note every result that they show. */
export async function newContext(browser: Browser): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  context.setDefaultTimeout(PATIENCE_MS);
  await recordResults(context);
  return context;
}

/** Makes every tab that is opened from now on note its results. */
export async function recordResults(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const world = globalThis as PageWorld;
    const recording: Recording = (world.recording = { results: {} });
    setInterval(() => {
      const result = world.murmuration?.view?.result;
      if (result === undefined) return;
      const { round, resultHash, included, dropped, isCopied } = result;
      recording.results[round] = { resultHash, included, dropped, isCopied };
    }, 100);
  });
}

/** Opens a tab; resolves when it has its view. */
export async function openTab(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  await untilView(page, 'has a view', () => true);
  return page;
}

/** The view now. */
export async function viewOf(page: Page): Promise<SessionView> {
  const view = await page.evaluate(() => (globalThis as PageWorld).murmuration?.view);
  if (view === undefined) throw new Error('This tab has no view yet.');
  return view;
}

/**
 * Waits until something is true of a tab's view.
 *
 * @param isIt - Runs in the page: it may use its arguments and nothing else.
 */
export async function untilView<Argument = undefined>(
  page: Page,
  what: string,
  isIt: (view: SessionView, argument: Argument) => boolean,
  argument?: Argument,
): Promise<SessionView> {
  // The page forbids itself to evaluate text, so the whole wait is one script. A timer asks, since a
  // hidden page draws no frames.
  const script = `new Promise((resolve) => {
    const isIt = ${isIt.toString()};
    const deadline = performance.now() + ${PATIENCE_MS};
    const look = () => {
      const view = globalThis.murmuration?.view;
      if (view !== undefined && isIt(view, ${JSON.stringify(argument) ?? 'undefined'})) resolve(view);
      else if (performance.now() > deadline) resolve(undefined);
      else setTimeout(look, ${LOOK_EVERY_MS});
    };
    look();
  })`;
  const view = await page.evaluate<SessionView | undefined>(script);
  if (view === undefined) {
    throw new Error(`A tab never came to this: ${what}. ${await digestOf(page)}`);
  }
  return view;
}

/** The same for several tabs. */
export function untilViews<Argument = undefined>(
  pages: readonly Page[],
  what: string,
  isIt: (view: SessionView, argument: Argument) => boolean,
  argument?: Argument,
): Promise<SessionView[]> {
  return Promise.all(pages.map((page) => untilView(page, what, isIt, argument)));
}

/** Waits until a tab has the results of so many rounds more than the room has now. */
export async function moreRounds(pages: readonly Page[], rounds: number): Promise<void> {
  const views = await Promise.all(pages.map(viewOf));
  const round = Math.max(...views.map((view) => view.nextRound)) - 1 + rounds;
  await untilViews(
    pages,
    `${rounds} more rounds, up to round ${round}`,
    (view, wanted) => (view.result?.round ?? 0) >= wanted,
    round,
  );
}

/** The results that a tab showed since it was loaded, by round. */
export async function resultsOf(page: Page): Promise<ReadonlyMap<number, SeenResult>> {
  const results = await page.evaluate(() => (globalThis as PageWorld).recording!.results);
  return new Map(Object.entries(results).map(([round, result]) => [Number(round), result]));
}

/**
 * Rounds whose results several parties hold; throws when two hold different ones.
 *
 * @param parties - For each party, what it holds: hashes of results by round.
 */
export function commonRounds(parties: readonly ReadonlyMap<number, string>[]): readonly number[] {
  const hashes = new Map<number, string>();
  const counts = new Map<number, number>();
  for (const party of parties) {
    for (const [round, hash] of party) {
      const known = hashes.get(round) ?? hash;
      if (known !== hash) throw new Error(`Round ${round} has two results: ${known}, ${hash}.`);
      hashes.set(round, hash);
      counts.set(round, (counts.get(round) ?? 0) + 1);
    }
  }
  return [...counts].filter(([, count]) => count === parties.length).map(([round]) => round);
}

/** The hashes of a tab's results, by round. */
export async function hashesOf(page: Page): Promise<ReadonlyMap<number, string>> {
  const results = await resultsOf(page);
  return new Map([...results].map(([round, { resultHash }]) => [round, resultHash]));
}

/** The hashes of a headless peer's results, by round. */
export function peerHashes(peer: Peer): ReadonlyMap<number, string> {
  return new Map(peer.rounds.map(({ round, resultHash }) => [round, resultHash]));
}

async function digestOf(page: Page): Promise<string> {
  try {
    const view = await viewOf(page);
    const { server, attempt, result, failure, nextRound, problems, merging, trust, learning } =
      view;
    const peers = view.peers.map(({ name, link, doing }) => `${name} ${link} ${doing}`);
    const map = learning && {
      step: learning.step,
      local: learning.local?.accuracy,
      federation: learning.federation?.accuracy,
    };
    return `Its view: ${JSON.stringify({ server, peers, nextRound, attempt, result, failure, problems, merging, trust, map })}`;
  } catch (error) {
    return `It has no view: ${String(error)}`;
  }
}
