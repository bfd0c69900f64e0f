/**
 * `murmuration train`: learns from a table together with the tables of others, which nobody sees.
 *
 * @module
 */
import { createReadStream, statSync } from 'node:fs';
import { MAX_COHORT, MAX_TABLE_ROUNDS, MAX_TABLE_STEPS } from '../config.ts';
import { UsageError } from '../errors.ts';
import { joinInNode } from '../peer/join-in-node.ts';
import type { Session } from '../peer/session.ts';
import type { TableEvent } from '../peer/table-run.ts';
import { TableSession, type TableView } from '../peer/table-session.ts';
import type { TableProfile } from '../task/table/columns.ts';
import { TEXT_ENCODINGS, type ByteSource } from '../task/table/csv.ts';
import { LocalEngine } from '../task/table/engine.ts';
import type { Metrics } from '../task/table/evaluation.ts';
import {
  DEFAULT_TABLE_SETTINGS,
  describe,
  kindOf,
  type ColumnChoice,
} from '../task/table/schema.ts';
import { untilConnected } from './connected.ts';
import { defineCommand, helpOf, parseFlags } from './flags.ts';
import { progressBar, type ProgressBar } from './progress.ts';
import { reporterFor, type Reporter } from './reporter.ts';
import { modeFlag, roomFlags } from './room-flags.ts';
import { writeModel } from './write-model.ts';

const command = defineCommand({
  usage: 'murmuration train',
  about:
    'Learn to predict a column of a table, together with others who have tables with the same columns. Rows never leave: what the others hear are names and types of columns, and names of categories that at least five rows share; everything else is summed with masks. All must give the same target, rounds, steps and hidden layers.',
  flags: {
    csv: {
      type: 'string',
      value: 'FILE',
      isRequired: true,
      help: 'The table: a CSV file whose first line names the columns.',
    },
    target: { type: 'string', value: 'COLUMN', isRequired: true, help: 'The column to predict.' },
    ...roomFlags,
    kind: {
      type: 'choice',
      choices: ['auto', 'class', 'number'],
      default: 'auto',
      help: 'What the target is: one of a few classes, or a number. The same for all.',
    },
    rounds: {
      type: 'integer',
      value: 'R',
      min: 1,
      max: MAX_TABLE_ROUNDS,
      default: DEFAULT_TABLE_SETTINGS.rounds,
      help: 'Rounds of learning. The same for all.',
    },
    steps: {
      type: 'integer',
      value: 'S',
      min: 1,
      max: MAX_TABLE_STEPS,
      default: DEFAULT_TABLE_SETTINGS.steps,
      help: 'Local steps of a round; with 1, it is gradient descent on all tables at once. The same for all.',
    },
    hidden: {
      type: 'string',
      value: 'UNITS',
      pattern: /^\d{1,3}(-\d{1,3}){0,2}$/,
      form: 'whole numbers, as in 8 or 16-16',
      help: 'Units of each hidden layer. Without it, linear or logistic regression. The same for all.',
    },
    peers: {
      type: 'integer',
      value: 'N',
      min: 2,
      max: MAX_COHORT,
      help: 'Tables to wait for, this one included; as many as --min-peers unless given.',
    },
    'min-peers': {
      type: 'integer',
      value: 'M',
      min: 2,
      max: MAX_COHORT,
      default: 3,
      help: 'Smallest sum to take part in, 3 at least; 2 only with --trust-each-other at both.',
    },
    'trust-each-other': {
      type: 'boolean',
      help: 'Allow a sum of two, from which each can work out what the other gave.',
    },
    skip: {
      type: 'string',
      value: 'COLUMN',
      isList: true,
      help: 'Leave a column out.',
    },
    number: {
      type: 'string',
      value: 'COLUMN',
      isList: true,
      help: 'Take a column for numbers.',
    },
    category: {
      type: 'string',
      value: 'COLUMN',
      isList: true,
      help: 'Take a column for categories.',
    },
    encoding: {
      type: 'choice',
      choices: TEXT_ENCODINGS,
      help: 'Encoding of the file; UTF-8, or UTF-16 with its mark, unless given.',
    },
    out: {
      type: 'string',
      value: 'DIR',
      help: 'Write the model here: model.json and weights.bin for TensorFlow.js, model.js for everything else.',
    },
    mode: modeFlag,
    json: {
      type: 'boolean',
      help: 'Print one JSON object a line; without a terminal that is so anyway.',
    },
  },
});

/** Bytes that are read at once. */
const PIECE_BYTES = 262_144;

/** Runs the command: 0 done, 1 when nothing came of it. */
export async function run(argv: readonly string[]): Promise<number> {
  const parsed = parseFlags(command, argv);
  if (parsed.isHelp) {
    console.log(helpOf(command));
    return 0;
  }
  const flags = parsed.values;
  const source = fileSource(flags.csv);
  const isJson = flags.json || !process.stdout.isTTY;
  const reporter = reporterFor(isJson);
  const bar = progressBar(isJson ? { write: () => undefined } : process.stderr);
  const engine = new LocalEngine();
  const onProgress = (share: number | undefined): void => {
    if (share !== undefined) bar.show(share, `Reading ${flags.csv}`);
  };
  // Whatever is wrong with the file, or does not fit it, is told before anybody is met.
  const profile = await engine.profile(source, { encoding: flags.encoding, onProgress });
  bar.end();
  const kind = flags.kind === 'auto' ? (kindOf(profile, flags.target) ?? 'class') : flags.kind;
  const settings = {
    target: flags.target,
    kind,
    hidden: flags.hidden === undefined ? [] : flags.hidden.split('-').map(Number),
    rounds: flags.rounds,
    steps: flags.steps,
  };
  const choices = choicesOf(flags);
  describe(profile, settings, choices);
  reporter.report(tableLine(profile, flags.csv, kind));
  const session = await joinInNode({
    server: flags.server,
    room: flags.room,
    key: flags.key,
    name: flags.name,
    minPeers: flags['min-peers'],
    trustsEachOther: flags['trust-each-other'],
    mode: flags.mode,
    transport: flags.transport,
    identity: flags.identity,
  });
  let status = 1;
  try {
    await untilConnected(session);
    reporter.report({ event: 'joined', peer: session.view.self.id });
    const view = await learn(session, engine, reporter, bar, flags.peers, (table) => {
      table.take(profile);
      table.settle(settings, choices);
    });
    bar.end();
    if (view.model !== undefined) {
      if (flags.out !== undefined) {
        const files = await writeModel(flags.out, view.model);
        reporter.report({ event: 'written', files });
      }
      status = 0;
    }
  } finally {
    bar.end();
    await session.leave();
    reporter.report({ event: 'left' });
  }
  return status;
}

/** Meets the others, begins when all are ready, and ends with what came of it. */
function learn(
  session: Session,
  engine: LocalEngine,
  reporter: Reporter,
  bar: ProgressBar,
  peers: number | undefined,
  bring: (table: TableSession) => void,
): Promise<TableView> {
  return new Promise((resolve) => {
    let told = '';
    const tell = (line: Readonly<Record<string, unknown>>): void => {
      const text = JSON.stringify(line);
      if (text === told) return;
      told = text;
      bar.end();
      reporter.report(line);
    };
    const end = (view: TableView): void => {
      process.removeListener('SIGINT', stop);
      process.removeListener('SIGTERM', stop);
      table.close();
      resolve(view);
    };
    const look = (view: TableView): void => {
      if (view.problem !== undefined) {
        bar.end();
        console.error(`murmuration: ${view.problem.message}`);
        end(view);
      } else if (view.phase === 'done') end(view);
      else if (view.phase === 'meeting') tell(meetingLine(view));
    };
    const onEvent = (event: TableEvent): void => {
      const { schema } = table.view;
      if (event.type === 'round') {
        const loss = event.losses.heldOut.toPrecision(4);
        const label = `round ${event.round} of ${schema!.rounds}, held-out loss ${loss}`;
        bar.show(event.round / schema!.rounds, label);
        if (!bar.isShown) reporter.report(eventLine(event));
      } else {
        bar.end();
        reporter.report(bar.isShown ? shortLine(event) : eventLine(event));
      }
    };
    const table = new TableSession(session, engine, look, onEvent, peers);
    const stop = (): void => {
      end(table.view);
    };
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
    bring(table);
    table.setReady(true);
  });
}

function fileSource(path: string): ByteSource {
  let size: number;
  try {
    const found = statSync(path);
    if (!found.isFile()) throw new Error('it is no file');
    ({ size } = found);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`--csv cannot be read (${reason}): name a file that exists.`);
  }
  return {
    size,
    chunks: () =>
      createReadStream(path, { highWaterMark: PIECE_BYTES }) as AsyncIterable<Uint8Array>,
  };
}

function choicesOf(flags: {
  readonly skip: readonly string[];
  readonly number: readonly string[];
  readonly category: readonly string[];
}): Readonly<Record<string, ColumnChoice>> {
  const choices: Record<string, ColumnChoice> = {};
  for (const choice of ['skip', 'number', 'category'] as const) {
    for (const name of flags[choice]) {
      if (choices[name] !== undefined) {
        throw new UsageError(
          `Column "${name}" is named by --${choices[name]} and --${choice}: name it once.`,
        );
      }
      choices[name] = choice;
    }
  }
  return choices;
}

function tableLine(
  { rows, columns }: TableProfile,
  file: string,
  kind: string,
): Readonly<Record<string, unknown>> {
  const namesOf = (type: string): readonly string[] =>
    columns.filter((column) => column.type === type).map(({ name }) => name);
  const strays = columns
    .filter(({ firstStray }) => firstStray !== undefined)
    .map(
      ({ name, strays: count, firstStray }) =>
        `${name}: ${count} not numbers, the first in row ${firstStray!.row}`,
    );
  return {
    event: 'table',
    file,
    rows,
    numbers: namesOf('number'),
    categories: namesOf('category'),
    leftOut: [...namesOf('text'), ...namesOf('empty')],
    kind,
    ...(strays.length > 0 && { strays }),
  };
}

function meetingLine({ meeting }: TableView): Readonly<Record<string, unknown>> {
  const { agreement, guests, wanted } = meeting;
  const here = guests.filter(({ isAway }) => !isAway).length + 1;
  if (agreement?.type === 'differ') {
    return { event: 'differs', differences: agreement.differences };
  }
  const hash = agreement?.hash.slice(0, 16);
  return {
    event: 'waiting',
    tables: here,
    wanted,
    ready: guests.filter((one) => one.isReady).length + 1,
    schema: hash,
  };
}

function eventLine(event: TableEvent): Readonly<Record<string, unknown>> {
  switch (event.type) {
    case 'loaded':
      return { event: 'loaded', rows: event.loaded.rows, ...event.loaded.dropped };
    case 'started': {
      const { statistics, layout } = event.started;
      return {
        event: 'started',
        peers: event.peers,
        trainingRows: statistics.trainingRows,
        heldOutRows: statistics.heldOutRows,
        inputs: layout.width,
        constant: layout.constant,
      };
    }
    case 'round': {
      const { training, heldOut, localHeldOut } = event.losses;
      return {
        event: 'round',
        round: event.round,
        peers: event.peers,
        trainingLoss: training,
        heldOutLoss: heldOut,
        localHeldOutLoss: localHeldOut,
        ...(event.isMissed && { missed: true }),
      };
    }
    case 'evaluated': {
      const { federation, local } = event.evaluation;
      return { event: 'evaluated', peers: event.peers, ...federation, alone: local };
    }
  }
}

/** The same for a person: what a line has no place for is left to the model's files and to JSON. */
function shortLine(event: TableEvent): Readonly<Record<string, unknown>> {
  if (event.type !== 'evaluated') return eventLine(event);
  const { federation, local } = event.evaluation;
  const { rows } = federation;
  if (federation.kind === 'number' || local.kind === 'number') {
    const error = (metrics: Metrics): unknown =>
      metrics.kind === 'number' ? metrics.rootMeanSquare : undefined;
    const alone = error(local);
    return { event: 'evaluated', rows, error: error(federation), alone, mean: federation.baseline };
  }
  return {
    event: 'evaluated',
    rows,
    accuracy: federation.accuracy,
    alone: local.accuracy,
    commonest: federation.baseline,
    f1: federation.classes.map(({ name, f1 }) => `${name} ${f1?.toFixed(3) ?? '-'}`),
  };
}
