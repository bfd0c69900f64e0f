/** Flags: right ones become values, wrong ones an error that names them and says what to do. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defineCommand, helpOf, parseFlags } from '../../src/cli/flags.ts';
import { UsageError } from '../../src/errors.ts';

const command = defineCommand({
  usage: 'murmuration try',
  about: 'Tries things.',
  flags: {
    rounds: { type: 'integer', value: 'N', min: 1, max: 100, default: 3, help: 'How many.' },
    drop: { type: 'number', value: 'P', min: 0, max: 1, help: 'How likely.' },
    shift: { type: 'number', value: 'X', help: 'Any number.' },
    key: { type: 'string', value: 'KEY', pattern: /^[\w-]+$/, form: 'base64url', help: 'A key.' },
    room: { type: 'string', value: 'NAME', isRequired: true, help: 'Which room.' },
    task: { type: 'choice', choices: ['sum', 'heat-map'], default: 'sum', help: 'What for.' },
    site: { type: 'string', value: 'SITE', isList: true, help: 'Sites.' },
    values: { type: 'string', value: 'LIST', help: 'Numbers with commas.' },
    json: { type: 'boolean', help: 'In lines.' },
  },
});

function parse(...argv: string[]): unknown {
  const parsed = parseFlags(command, argv);
  return parsed.isHelp ? 'help' : parsed.values;
}

/** The message of the usage error that these arguments give, after `--room r`. */
function complaint(...argv: string[]): string {
  try {
    parse('--room', 'r', ...argv);
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as Error).message;
  }
  throw new Error(`${argv.join(' ')} was accepted.`);
}

describe('parseFlags', () => {
  it('gives defaults, and undefined or false where nothing was said', () => {
    expect(parse('--room', 'r')).toEqual({
      rounds: 3,
      drop: undefined,
      shift: undefined,
      key: undefined,
      room: 'r',
      task: 'sum',
      site: [],
      values: undefined,
      json: false,
    });
  });

  it('takes values behind a space or an equals sign, also with a leading dash', () => {
    expect(
      parse('--room=r', '--key=-a_b', '--shift', '-2.5', '--json', '--drop=1e-3'),
    ).toMatchObject({
      room: 'r',
      key: '-a_b',
      shift: -2.5,
      json: true,
      drop: 0.001,
    });
    expect(parse('--room', 'r', '--values', '-1,2.5,-3')).toMatchObject({ values: '-1,2.5,-3' });
    expect(parse('--room', 'r', '--site', 'a', '--site', 'b')).toMatchObject({ site: ['a', 'b'] });
  });

  it('shows the help whatever else is wrong with values', () => {
    expect(parse('--help')).toBe('help');
    expect(parse('--rounds', 'x', '--help')).toBe('help');
  });

  it.each([
    [
      ['--round', '3'],
      ['--round', 'did you mean --rounds?', 'murmuration try --help'],
    ],
    [['--nonsense'], ['--nonsense']],
    [
      ['--rounds', '0'],
      ['--rounds is "0"', 'a whole number from 1 to 100'],
    ],
    [
      ['--rounds', '101'],
      ['--rounds is "101"', 'from 1 to 100'],
    ],
    [
      ['--rounds', '2.5'],
      ['--rounds is "2.5"', 'a whole number'],
    ],
    [
      ['--rounds', '-4'],
      ['--rounds is "-4"', 'from 1 to 100'],
    ],
    [['--rounds', '0x10'], ['--rounds is "0x10"']],
    [['--rounds', ''], ['--rounds is ""']],
    [['--rounds'], ['--rounds needs a value']],
    [['--rounds', '1', '--rounds', '2'], ['--rounds is given 2 times']],
    [
      ['--drop', 'NaN'],
      ['--drop is "NaN"', 'a number from 0 to 1'],
    ],
    [
      ['--shift', 'Infinity'],
      ['--shift is "Infinity"', 'give a number'],
    ],
    [['--shift', '1e999'], ['--shift is "1e999"']],
    [
      ['--task', 'summ'],
      ['--task is "summ"', 'choose sum or heat-map'],
    ],
    [
      ['--key', 'a b'],
      ['--key is "a b"', 'give base64url'],
    ],
    [
      ['--key', '-ab'],
      ['--key needs a value', '--key=VALUE'],
    ],
    [
      ['--values', ''],
      ['--values is ""', 'not empty'],
    ],
    [['--json=yes'], ['--json takes no value']],
    [['extra'], ['"extra" stands alone']],
    [['-x'], ["'-x'"]],
    [['--__proto__', 'x'], ['--__proto__']],
    [['--constructor'], ['--constructor']],
  ])('refuses %j, naming what is wrong and what to do', (argv, parts) => {
    const message = complaint(...argv);
    for (const part of parts) expect(message).toContain(part);
  });

  it('asks for a required flag by name', () => {
    expect(() => parse()).toThrow('--room is missing: add --room NAME');
  });

  it('ends in values or a usage error, whatever is typed', () => {
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom(
        '--rounds',
        '--drop',
        '--json',
        '--',
        '-',
        '--=',
        '--room=',
        '--help=1',
        '-1',
      ),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (argv) => {
        try {
          parse(...argv);
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
          expect((error as Error).message).not.toContain('\n    at ');
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('reads every whole number of its range as written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), (rounds) => {
        expect(parse('--room', 'r', '--rounds', String(rounds))).toMatchObject({ rounds });
      }),
    );
  });
});

describe('helpOf', () => {
  it('lists every flag with its value, its choices and its default', () => {
    const help = helpOf(command);
    expect(help).toContain('Usage: murmuration try [flags]');
    for (const name of Object.keys(command.flags)) expect(help).toContain(`--${name}`);
    expect(help).toMatch(/--task sum\|heat-map +What for\. Default: sum\./);
    expect(help).toMatch(/--room NAME +Which room\. Required\./);
    expect(help).toMatch(/--help +Show this text\./);
  });
});
