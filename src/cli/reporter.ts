/**
 * What a command prints as it goes: JSON lines for scripts, short lines for people.
 *
 * @module
 */

/** Prints one event after the other on standard output. */
export interface Reporter {
  report(event: Readonly<Record<string, unknown>>): void;
}

/** Numbers of a list that people are shown; programs get all. */
const MAX_SHOWN_VALUES = 20;

/** JSON lines, or lines for people. */
export function reporterFor(isJson: boolean): Reporter {
  return {
    report(event) {
      console.log(isJson ? JSON.stringify(event) : forPeople(event));
    },
  };
}

function forPeople({ event, ...fields }: Readonly<Record<string, unknown>>): string {
  const told = Object.entries(fields).map(([name, value]) => `${name} ${short(value)}`);
  return [event, ...told].join('  ');
}

function short(value: unknown): string {
  if (Array.isArray(value)) {
    const shown = value.slice(0, MAX_SHOWN_VALUES).map(short).join(' ');
    return value.length > MAX_SHOWN_VALUES ? `[${shown} ... ${value.length} in all]` : `[${shown}]`;
  }
  const text = typeof value === 'number' ? String(Number(value.toPrecision(6))) : String(value);
  return text.length > 16 && /^[\w-]+$/.test(text) ? `${text.slice(0, 8)}...` : text;
}
