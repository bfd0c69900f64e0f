/**
 * `murmuration ask`: asks a room, or answers what it is asked.
 *
 * @module
 */
import { MAX_COHORT, MIN_COHORT } from '../config.ts';
import { UsageError } from '../errors.ts';
import { Asking, type QuestionView } from '../peer/asking.ts';
import { joinInNode } from '../peer/join-in-node.ts';
import type { Session } from '../peer/session.ts';
import {
  checkedQuestion,
  QUESTION_KINDS,
  valuesOf,
  type OwnAnswer,
  type Question,
} from '../task/question.ts';
import { untilConnected } from './connected.ts';
import { defineCommand, helpOf, parseFlags } from './flags.ts';
import { reporterFor, type Reporter } from './reporter.ts';
import { roomFlags } from './room-flags.ts';

const command = defineCommand({
  usage: 'murmuration ask',
  about:
    'Ask a room, and hear what its answers are together: everybody sees the question, accepts or declines, and the answers are summed with masks. With --question this program asks, and answers itself; without it, it answers the first question that its --answer fits.',
  flags: {
    ...roomFlags,
    answer: {
      type: 'string',
      value: 'ANSWER',
      isRequired: true,
      help: 'The own answer: a number, yes or no.',
    },
    question: { type: 'string', value: 'TEXT', help: 'What is asked, in words.' },
    kind: {
      type: 'choice',
      choices: QUESTION_KINDS,
      default: 'average',
      help: 'What is made of the answers; count and share take yes and no.',
    },
    low: { type: 'number', value: 'N', help: 'The smallest answer that is taken.' },
    high: { type: 'number', value: 'N', help: 'The largest answer that is taken.' },
    edges: {
      type: 'string',
      value: 'LIST',
      help: 'Kind histogram: the edges of its bins, as in 0,20,40,60.',
    },
    unit: { type: 'string', value: 'UNIT', help: 'Behind numbers, as in EUR.' },
    'min-group': {
      type: 'integer',
      value: 'M',
      min: MIN_COHORT,
      max: MAX_COHORT,
      default: MIN_COHORT,
      help: 'Answers in the sum at least. Without --question: the smallest group to answer in.',
    },
    epsilon: {
      type: 'number',
      value: 'E',
      help: 'Differential privacy: what the answer may tell of one person, at a delta of 0.00001.',
    },
    peers: {
      type: 'integer',
      value: 'N',
      min: MIN_COHORT,
      max: MAX_COHORT,
      help: 'With --question: wait until so many accept, this one included; --min-group unless given.',
    },
    timeout: {
      type: 'number',
      value: 'SECONDS',
      default: 600,
      help: 'Give up after so long.',
    },
    json: { type: 'boolean', help: 'Print one JSON object a line, also on a terminal.' },
  },
});

/** Runs the command: 0 answered, 1 when nothing came of it. */
export async function run(argv: readonly string[]): Promise<number> {
  const parsed = parseFlags(command, argv);
  if (parsed.isHelp) {
    console.log(helpOf(command));
    return 0;
  }
  const flags = parsed.values;
  const own = readAnswer(flags.answer);
  const question =
    flags.question === undefined ? undefined : questionOf(flags, flags.question, own);
  if (!(flags.timeout > 0 && flags.timeout <= 86_400)) {
    throw new UsageError(`--timeout is ${flags.timeout}: choose 1 to 86400 seconds.`);
  }
  const reporter = reporterFor(flags.json || !process.stdout.isTTY);
  const session = await joinInNode({
    server: flags.server,
    room: flags.room,
    key: flags.key,
    name: flags.name,
    transport: flags.transport,
    identity: flags.identity,
  });
  try {
    await untilConnected(session);
    reporter.report({ event: 'joined', peer: session.view.self.id });
    const least = Math.max(flags.peers ?? 0, flags['min-group']);
    const limit = AbortSignal.timeout(1000 * flags.timeout);
    const end = await settled(session, reporter, own, { question, least, limit });
    if (end?.answer !== undefined) return 0;
    console.error(
      `murmuration: ${end?.problem ?? `there was no answer within ${flags.timeout} s.`}`,
    );
    return 1;
  } finally {
    await session.leave();
    reporter.report({ event: 'left' });
  }
}

/** Asks or replies, until there is an answer, or none to be had. */
function settled(
  session: Session,
  reporter: Reporter,
  own: OwnAnswer,
  {
    question,
    least,
    limit,
  }: {
    readonly question: Question | undefined;
    readonly least: number;
    readonly limit: AbortSignal;
  },
): Promise<QuestionView | undefined> {
  return new Promise((resolve) => {
    let followed: string | undefined;
    let told = '';
    let seen: ReadonlySet<string> = new Set();
    const end = (view: QuestionView | undefined): void => {
      limit.removeEventListener('abort', stop);
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.removeListener(signal, stop);
      asking.close();
      resolve(view);
    };
    const look = (): void => {
      const before = seen;
      // What is asked again and again fills no memory: only those that are remembered anyway.
      seen = new Set(asking.view.map(({ name }) => name));
      for (const asked of asking.view) {
        if (asked.phase !== 'open' || asked.isOwn || before.has(asked.name)) continue;
        reporter.report({
          event: 'question',
          ...asked.question,
          name: asked.name,
          asker: asked.asker,
        });
        if (followed !== undefined || question !== undefined) continue;
        if (asked.question.minGroup < least || !takes(asked.question, own)) {
          asking.decline(asked.name);
          reporter.report({ event: 'declined', name: asked.name });
        } else {
          followed = asked.name;
          asking.accept(asked.name, own);
          reporter.report({ event: 'accepted', name: asked.name });
        }
      }
      const view = asking.view.find(({ name }) => name === followed);
      if (view === undefined) return;
      const { accepting, declining, phase } = view;
      const replies = `${accepting.length} ${declining.length}`;
      if (view.isOwn && phase === 'open' && replies !== told) {
        told = replies;
        reporter.report({
          event: 'replies',
          accepting: accepting.length,
          declining: declining.length,
        });
        if (view.mayGo && accepting.length >= least) asking.go(view.name);
      }
      if (phase === 'answered') {
        const { answer, included, isMissed } = view;
        reporter.report({ event: 'answer', ...answer, included, missed: isMissed || undefined });
        end(view);
      } else if (phase === 'over') end(view);
    };
    const asking = new Asking(session, () => {
      // `ask` and `accept` call back before they return.
      queueMicrotask(look);
    });
    const stop = (): void => {
      end(asking.view.find(({ name }) => name === followed));
    };
    limit.addEventListener('abort', stop);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
    if (question !== undefined) {
      followed = asking.ask(question, own);
      reporter.report({ event: 'asked', ...question, name: followed });
    }
    look();
  });
}

function takes(question: Question, own: OwnAnswer): boolean {
  try {
    valuesOf(question, own);
    return true;
  } catch {
    return false;
  }
}

function readAnswer(text: string): OwnAnswer {
  if (text === 'yes' || text === 'no') return text === 'yes';
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new UsageError(`--answer is "${text}": give a number, yes or no.`);
}

/** A question for numbers without bounds. */
function isBare(flags: Pick<Question, 'kind' | 'low' | 'high'>): boolean {
  const isBounded = flags.low !== undefined && flags.high !== undefined;
  return ['average', 'sum', 'spread'].includes(flags.kind) && !isBounded;
}

/** The question of the flags, once the own answer fits it. */
function questionOf(
  flags: {
    readonly kind: Question['kind'];
    readonly low: number | undefined;
    readonly high: number | undefined;
    readonly edges: string | undefined;
    readonly unit: string | undefined;
    readonly 'min-group': number;
    readonly epsilon: number | undefined;
  },
  text: string,
  own: OwnAnswer,
): Question {
  const { kind, low, high, unit, epsilon, 'min-group': minGroup } = flags;
  const edges = flags.edges?.split(',').map((edge) => (edge.trim() === '' ? NaN : Number(edge)));
  try {
    const question = checkedQuestion({ text, kind, low, high, edges, unit, minGroup, epsilon });
    valuesOf(question, own);
    return question;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(`${error.message}${isBare(flags) ? ' Give --low and --high.' : ''}`);
  }
}
