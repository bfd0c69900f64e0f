/**
 * Numbers as people and programs read them, each beside what was expected of it.
 *
 * @module
 */
import type { Load, Machine } from './machine.ts';

/** One number. */
export interface Reading {
  /** What was measured, such as `8 peers, a round`. */
  readonly what: string;
  readonly value: number;
  /** Such as `ms`; `x` for a ratio, whose other side `what` names. */
  readonly unit: string;
  /** What is expected of it; a number without one is information. */
  readonly expected?: { readonly atMost: number } | { readonly atLeast: number } | undefined;
  /** What the number is made of: spread, counts, parts. */
  readonly details?: Readonly<Record<string, number | string>> | undefined;
}

/** Prints readings as they come: a table, or one JSON object a line. */
export class Report {
  readonly #isJson: boolean;
  #missed = 0;
  #met = 0;

  constructor(isJson: boolean) {
    this.#isJson = isJson;
  }

  /** Says where everything is measured. */
  begin(machine: Machine): void {
    if (this.#isJson) return this.#line({ event: 'machine', ...machine });
    const { processor, cores, memoryGiB, node, commit, at } = machine;
    console.log(
      `${processor}, ${cores} cores, ${memoryGiB} GiB, Node ${node}, commit ${commit}, ${at} UTC`,
    );
  }

  /** Says that a measurement starts, and on how busy a machine. */
  section(name: string, load: Load): void {
    if (this.#isJson) return;
    console.log(`\n${name}  (${loadWords(load)})`);
  }

  /** A number of a measurement. */
  add(bench: string, reading: Reading, load: Load): void {
    const { what, value, unit, expected, details = {} } = reading;
    const isMet = expected && isWithin(value, expected);
    if (isMet === true) this.#met += 1;
    if (isMet === false) this.#missed += 1;
    const verdict =
      isMet === undefined ? '' : isMet ? 'met' : `not met (load ${load.minute.toFixed(1)})`;
    const wish = expected === undefined ? '' : wishWords(expected, unit);
    if (this.#isJson) {
      return this.#line({
        event: 'reading',
        bench,
        what,
        value: rounded(value),
        unit,
        ...(expected && { expected, isMet }),
        details: Object.fromEntries(
          Object.entries(details).map(([name, part]) => [
            name,
            typeof part === 'number' ? rounded(part) : part,
          ]),
        ),
        load: { minute: rounded(load.minute), busy: rounded(load.busy) },
      });
    }
    const parts = Object.entries(details).map(
      ([name, part]) => `${name} ${typeof part === 'number' ? figure(part) : part}`,
    );
    const cells = [what.padEnd(46), `${figure(value)} ${unit}`.padStart(13), wish.padEnd(22)];
    console.log(`  ${cells.join('  ')}${verdict}`.trimEnd());
    if (parts.length > 0) console.log(`      ${parts.join(', ')}`);
  }

  /** A measurement that could not be made. */
  fail(bench: string, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    if (this.#isJson) this.#line({ event: 'failed', bench, message });
    else console.log(`  could not be measured: ${message}`);
  }

  end(): void {
    if (this.#isJson) return this.#line({ event: 'end', met: this.#met, missed: this.#missed });
    console.log(`\n${this.#met} met, ${this.#missed} not met`);
  }

  #line(value: unknown): void {
    console.log(JSON.stringify(value));
  }
}

/** The value in the middle; 0 of none. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value that a share of the others does not exceed; 0 of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function isWithin(value: number, expected: NonNullable<Reading['expected']>): boolean {
  return 'atMost' in expected ? value <= expected.atMost : value >= expected.atLeast;
}

function wishWords(expected: NonNullable<Reading['expected']>, unit: string): string {
  return 'atMost' in expected
    ? `at most ${expected.atMost} ${unit}`
    : `at least ${expected.atLeast} ${unit}`;
}

function loadWords({ minute, busy }: Load): string {
  return `load ${minute.toFixed(1)}, others use ${Math.round(100 * busy)} % of the cores`;
}

function figure(value: number): string {
  return rounded(value).toLocaleString('en', { maximumFractionDigits: 3 });
}

/** Three significant digits, or whole. */
function rounded(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}
