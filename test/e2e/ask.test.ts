/**
 * `murmuration ask` as processes over real WebRTC: one asks, the others answer what they are asked.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endProcesses, outcome, Server } from './room.ts';

const KEY = 'AAECAwQFBgcICQoLDA0ODw';

interface Line {
  readonly event: string;
  readonly [name: string]: unknown;
}

let server: Server;

beforeAll(async () => {
  server = await Server.start();
});

afterAll(() => {
  endProcesses();
});

async function ask(room: string, ...flags: string[]) {
  const common = ['--server', server.url, '--room', room, `--key=${KEY}`];
  const { status, out, err } = await outcome(['ask', ...common, ...flags], {});
  const lines = out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
  return { status, err, lines, answer: lines.find(({ event }) => event === 'answer') };
}

describe('murmuration ask', () => {
  it('tells everybody who answered the average, and the others nothing', async () => {
    const question = [
      '--question',
      'What do you earn?',
      '--low',
      '0',
      '--high',
      '200000',
      '--unit',
      'EUR',
    ];
    const [asker, bo, cy, dee, fay] = await Promise.all([
      ask('pay', '--answer', '50000', ...question, '--peers', '4'),
      ask('pay', '--answer', '60000'),
      ask('pay', '--answer', '70000'),
      ask('pay', '--answer', '40000', '--min-group', '3'),
      // Wants to be one of five at least.
      ask('pay', '--answer', '1', '--min-group', '5', '--timeout', '12'),
    ]);
    for (const { status, err, answer } of [asker, bo, cy, dee]) {
      expect(err).toBe('');
      expect(status).toBe(0);
      expect(answer).toMatchObject({ count: 4, error: 0 });
      expect(answer!.value).toBeCloseTo(55_000, 3);
      expect(answer!.included).toHaveLength(4);
    }
    expect(bo.lines.map(({ event }) => event)).toEqual([
      'joined',
      'question',
      'accepted',
      'answer',
      'left',
    ]);
    expect(bo.lines[1]).toMatchObject({
      text: 'What do you earn?',
      kind: 'average',
      low: 0,
      high: 200000,
      unit: 'EUR',
      minGroup: 3,
    });
    expect(fay.lines.map(({ event }) => event)).toEqual(['joined', 'question', 'declined', 'left']);
    expect(fay.status).toBe(1);
    expect(fay.err).toContain('there was no answer within 12 s');
  });

  it('counts a histogram exactly, and says how unsure noise makes a share', async () => {
    const edges = ['--kind', 'histogram', '--edges', '0,10,20,30'];
    const exact = await Promise.all([
      ask('age', '--answer', '5', '--question', 'How old are you?', ...edges),
      ask('age', '--answer', '15'),
      ask('age', '--answer', '30'),
    ]);
    for (const { answer } of exact) expect(answer).toMatchObject({ bins: [1, 1, 1], count: 3 });
    const noisy = await Promise.all([
      ask('vote', '--answer', 'yes', '--question', 'Go?', '--kind', 'share', '--epsilon', '2'),
      ask('vote', '--answer', 'no'),
      ask('vote', '--answer', 'yes'),
    ]);
    const [{ answer }] = noisy;
    expect(answer!.error).toBeGreaterThan(0.1);
    expect(new Set(noisy.map((one) => one.answer!.value)).size).toBe(1);
  });

  it.each([
    [['--answer', 'maybe'], '--answer is "maybe": give a number, yes or no'],
    [['--answer', '5', '--question', 'So?'], 'Give --low and --high'],
    [['--answer', '5', '--question', 'So?', '--low', '0', '--high', '4'], 'a number from 0 to 4'],
    [['--answer', 'yes', '--question', 'So?', '--kind', 'count', '--epsilon', '0'], 'epsilon is 0'],
    [
      ['--answer', '1', '--question', 'So?', '--kind', 'histogram', '--edges', '3,2,1'],
      'ascending',
    ],
    [['--answer', '1', '--timeout', '0'], '--timeout is 0'],
  ])('refuses %j with what to do, before anybody is met', async (flags, message) => {
    const { status, err, lines } = await ask('wrong', ...flags);
    expect(status).toBe(2);
    expect(err).toContain(message);
    expect(lines).toEqual([]);
  });
});
