/**
 * UDP packets of this computer: what a transfer really put on the wire, repetitions included.
 *
 * @module
 */
import { readFileSync } from 'node:fs';

/** Counts since the computer started. */
export interface Packets {
  readonly sent: number;
  /** Dropped by the kernel, because their receiver was too slow to fetch them. */
  readonly dropped: number;
}

/** Undefined where the system does not tell: anywhere but on Linux. */
export function packets(): Packets | undefined {
  try {
    const [names, values] = readFileSync('/proc/net/snmp', 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('Udp: '))
      .map((line) => line.split(' '));
    const four = new Map(names!.map((name, i) => [name, Number(values![i])]));
    const six = new Map(
      readFileSync('/proc/net/snmp6', 'utf8')
        .split('\n')
        .map((line) => line.split(/\s+/))
        .map(([name, value]) => [name!, Number(value)]),
    );
    const count = (name: string): number => (four.get(name) ?? 0) + (six.get(`Udp6${name}`) ?? 0);
    return { sent: count('OutDatagrams'), dropped: count('RcvbufErrors') };
  } catch {
    return undefined;
  }
}
