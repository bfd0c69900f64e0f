/**
 * `murmuration peer`: a headless peer, for private sums and for the heat-map.
 *
 * @module
 */
import { HEAT_MAP_CLIP_NORM, MAX_MEMBERS, SUM_CLIP } from '../config.ts';
import { RoundFailed, UsageError } from '../errors.ts';
import { joinInNode, type NodeOptions } from '../peer/join-in-node.ts';
import { checkedNoise } from '../peer/join-room.ts';
import type { Session, SessionEvent } from '../peer/session.ts';
import type { AggregateOptions } from '../peer/summing.ts';
import type { NoiseChoice } from '../peer/view.ts';
import { DEFAULT_TASK } from '../task/heat-map.ts';
import { PATTERNS } from '../task/patterns.ts';
import { defineCommand, helpOf, parseFlags } from './flags.ts';
import { reporterFor, type Reporter } from './reporter.ts';
import { modeFlag, roomFlags } from './room-flags.ts';
import { readValues } from './values.ts';

const command = defineCommand({
  usage: 'murmuration peer',
  about:
    'Join a room without a page. The task sum gives the same values to every round, again and again: each round is a release of its own, and two sums over nearly the same people tell their difference. The task heat-map learns from readings of its own; with each round it prints accuracyGlobal and accuracyLocal, the shares of the true map that the merged model and its own have right: seen only in a demonstration, since a real federation has no true map.',
  flags: {
    ...roomFlags,
    task: {
      type: 'choice',
      choices: ['heat-map', 'sum'],
      default: 'heat-map',
      help: 'What to do in the room.',
    },
    rounds: {
      type: 'integer',
      value: 'R',
      min: 1,
      help: 'Leave after so many results that include this peer. Without it, stay until stopped.',
    },
    'min-peers': {
      type: 'integer',
      value: 'M',
      min: 2,
      max: MAX_MEMBERS,
      default: 3,
      help: 'Peers that a round waits for and includes at least, 3 or more; 2 only with --trust-each-other at both.',
    },
    'trust-each-other': {
      type: 'boolean',
      help: 'Allow a sum of two, from which each can work out the values of the other.',
    },
    mode: modeFlag,
    values: {
      type: 'string',
      value: 'LIST',
      help: 'Task sum: the values, as in --values 1,2.5,-3.',
    },
    'values-file': {
      type: 'string',
      value: 'FILE',
      help: 'Task sum: the values in a file, as a JSON array or one a line; up to 16,777,216.',
    },
    uplink: {
      type: 'integer',
      value: 'SHARE',
      min: 0,
      max: 255,
      help: 'How much of a large vector this peer sums for all, relative to the others (1); 0 for a thin uplink.',
    },
    clip: {
      type: 'number',
      value: 'C',
      help: `Task sum: bound of |value| that all agree on (${SUM_CLIP}).`,
    },
    pattern: {
      type: 'choice',
      choices: PATTERNS,
      default: DEFAULT_TASK.pattern,
      help: 'Task heat-map: what is hot. The same for all.',
    },
    hidden: {
      type: 'string',
      value: 'UNITS',
      default: DEFAULT_TASK.hidden.join('-'),
      pattern: /^\d{1,3}(-\d{1,3}){0,3}$/,
      form: 'whole numbers, as in 8 or 16-16',
      help: 'Task heat-map: units of each hidden layer. The same for all.',
    },
    combining: {
      type: 'choice',
      choices: ['mean', 'geometric-median', 'centred-clipping'],
      default: 'mean',
      help: 'Task heat-map: how updates become one. Other than the mean, 12 to 15 peers open sums of four or five, of which three at least must be left, and large rooms those of their lines. The same for all.',
    },
    search: {
      type: 'boolean',
      help: 'Task heat-map: consent to search for whose updates spoil the map, from 12 peers on, by sums of four to six. All see them, or from 16 peers on only their line. The same for all.',
    },
    outlier: {
      type: 'boolean',
      help: 'Task heat-map: a broken thermometer; every reading is cold.',
    },
    noise: {
      type: 'choice',
      choices: ['off', 'distributed', 'local'],
      default: 'off',
      help: 'Differential privacy: noise that is whole only in the sum, or in each contribution. Whoever learns a heat-map follows a room that has more.',
    },
    'noise-multiplier': {
      type: 'number',
      value: 'Z',
      help: 'Noise of the sum as a multiple of the clip norm (1); epsilon follows from it: see murmuration epsilon.',
    },
    'noise-clip': {
      type: 'number',
      value: 'C',
      help: `Largest Euclidean norm of an update (${HEAT_MAP_CLIP_NORM}) or of the values (1); longer ones are shortened.`,
    },
    delta: {
      type: 'number',
      value: 'D',
      help: 'Probability with which epsilon need not hold (0.00001).',
    },
    budget: {
      type: 'number',
      value: 'EPSILON',
      help: 'Take part in no more rounds before epsilon exceeds this.',
    },
    seed: {
      type: 'string',
      value: 'S',
      help: 'Seeds readings; never keys, masks, rounding or noise.',
    },
    json: { type: 'boolean', help: 'Print one JSON object a line.' },
  },
});

/** How long the server may stay out of reach at first, ms. */
const SERVER_TIMEOUT_MS = 30_000;

/** Runs the command: 0 done, 1 when the server or so many rounds cannot be reached. */
export async function run(argv: readonly string[]): Promise<number> {
  const parsed = parseFlags(command, argv);
  if (parsed.isHelp) {
    console.log(helpOf(command));
    return 0;
  }
  const flags = parsed.values;
  const values = flags.task === 'sum' ? readValues(flags) : undefined;
  if (values === undefined) {
    for (const name of ['values', 'values-file', 'clip'] as const) {
      if (flags[name] !== undefined) {
        throw new UsageError(`--${name} belongs to --task sum: add that, or leave --${name} out.`);
      }
    }
  }
  const noise = noiseOf(flags);
  // Noise that does not fit the values is a mistake in the flags, not in a round.
  if (values !== undefined) checkedNoise(noise, values.length, flags['min-peers']);
  const options: NodeOptions = {
    server: flags.server,
    room: flags.room,
    key: flags.key,
    name: flags.name,
    minPeers: flags['min-peers'],
    trustsEachOther: flags['trust-each-other'],
    mode: flags.mode,
    uplink: flags.uplink,
    transport: flags.transport,
    seed: flags.seed,
    isOutlier: flags.outlier,
    identity: flags.identity,
    noise: values === undefined ? noise : undefined,
    budget: flags.budget,
    task:
      flags.task === 'sum'
        ? { type: 'sum' }
        : {
            type: 'heat-map',
            pattern: flags.pattern,
            hidden: flags.hidden.split('-').map(Number),
            combining: flags.combining === 'mean' ? undefined : flags.combining,
            search: flags.search,
          },
  };
  const reporter = reporterFor(flags.json);
  const session = await joinInNode(options);
  const status = await stay(
    session,
    reporter,
    flags.rounds,
    values && { values, options: { clip: flags.clip, noise } },
  );
  await session.leave();
  reporter.report({ event: 'left' });
  return status;
}

/** Takes part until enough rounds are done, the program is stopped, or the server cannot be reached. */
function stay(
  session: Session,
  reporter: Reporter,
  rounds: number | undefined,
  sum: { readonly values: Float64Array; readonly options: AggregateOptions } | undefined,
): Promise<number> {
  return new Promise((resolve) => {
    let included = 0;
    let hasJoined = false;
    const stop = new AbortController();
    const end = (status: number): void => {
      clearTimeout(patience);
      stop.abort();
      resolve(status);
    };
    const patience = setTimeout(() => {
      console.error('murmuration: the server was not reached for 30 s: check --server.');
      end(1);
    }, SERVER_TIMEOUT_MS);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        end(rounds !== undefined && included < rounds ? 1 : 0);
      });
    }
    const isOwnResult = (event: SessionEvent): boolean =>
      event.type === 'round' && event.result.included.includes(session.view.self.id);
    const join = (): void => {
      if (hasJoined || session.view.server !== 'connected') return;
      hasJoined = true;
      clearTimeout(patience);
      reporter.report({ event: 'joined', peer: session.view.self.id });
    };
    session.subscribe(join);
    session.subscribeEvents((event) => {
      // Views come a frame later than events, and nothing is printed before "joined".
      join();
      const line = lineOf(event);
      if (line !== undefined) reporter.report(line);
      if (isOwnResult(event) && ++included === rounds) end(0);
    });
    if (sum !== undefined)
      void repeat(session, sum.values, { ...sum.options, signal: stop.signal });
  });
}

/** Gives the values to round after round. */
async function repeat(
  session: Session,
  values: Float64Array,
  options: AggregateOptions & { readonly signal: AbortSignal },
): Promise<void> {
  while (!options.signal.aborted) {
    try {
      await session.aggregate(values, options);
    } catch (error) {
      if (!(error instanceof RoundFailed)) throw error;
      // Nothing but another budget helps, and a program has none to set.
      if (error.reason === 'budget') return;
    }
  }
}

/** The noise that flags ask for, or nothing. */
function noiseOf(flags: {
  readonly task: 'heat-map' | 'sum';
  readonly noise: 'off' | 'distributed' | 'local';
  readonly 'noise-multiplier': number | undefined;
  readonly 'noise-clip': number | undefined;
  readonly delta: number | undefined;
}): NoiseChoice | undefined {
  const { noise: kind, 'noise-multiplier': multiplier = 1, delta } = flags;
  const clip = flags['noise-clip'] ?? (flags.task === 'sum' ? 1 : HEAT_MAP_CLIP_NORM);
  if (kind !== 'off') return { kind, multiplier, clip, delta };
  for (const name of ['noise-multiplier', 'noise-clip', 'delta'] as const) {
    if (flags[name] !== undefined) {
      throw new UsageError(`--${name} belongs to noise: add --noise distributed, or leave it out.`);
    }
  }
  return undefined;
}

/** An event as it is printed. */
function lineOf(event: SessionEvent): Readonly<Record<string, unknown>> | undefined {
  switch (event.type) {
    case 'peer-joined':
    case 'peer-left':
      return { event: event.type, peer: event.peer };
    case 'round-failed': {
      const { round, attempt, reason, message } = event.failure;
      return { event: 'round-failed', round, attempt, reason, message };
    }
    case 'round': {
      const { result, aggregate, accuracy, epsilon } = event;
      return {
        event: 'round',
        round: result.round,
        attempt: result.attempt,
        roster: result.roster.length,
        included: result.included,
        dropped: result.dropped,
        durationMs: Math.round(result.durationMs * 1000) / 1000,
        bytesSent: result.bytesSent,
        bytesReceived: result.bytesReceived,
        resultHash: result.resultHash,
        ...(result.isCopied ? { copied: true } : {}),
        ...(aggregate && {
          sum: [...aggregate.sum],
          mean: [...aggregate.mean],
          count: aggregate.count,
        }),
        ...(accuracy && { accuracyGlobal: accuracy.federation, accuracyLocal: accuracy.local }),
        ...(epsilon === undefined ? {} : { epsilon }),
      };
    }
    case 'note':
      return undefined;
    case 'problem':
      console.error(`murmuration: ${event.problem.message}`);
      return undefined;
  }
}
