/**
 * What `murmuration simulate` says of its rounds in words, and whether they kept what is promised.
 *
 * @module
 */
import type { GridSummary } from '../simulation/measured-grid.ts';
import type { RoundEvent, Summary } from '../simulation/measured-room.ts';

/** A line for a round. */
export function toldRound(event: RoundEvent): string {
  if (event.event === 'round-failed') {
    return `round ${event.round}: no result (${event.reason}: ${event.message})`;
  }
  const { round, attempt, roster, included, durationMs, resultHash } = event;
  const tries = attempt === 1 ? '' : ` at attempt ${attempt}`;
  return (
    `round ${round}${tries}: ${included.length} of ${roster} included, ` +
    `${Math.round(durationMs)} ms, ${resultHash.slice(0, 16)}`
  );
}

/** A line for each number of all rounds; `wallMs` is how long they took, ms. */
export function toldSummary(
  summary: Summary | GridSummary,
  wallMs: number,
  crypto: string,
): string {
  const { wordsSentPerPeer, messagesPerPeer, steps } = summary;
  return [
    `largest error against the included mean: ${summary.maxErrorVsIncludedMean.toExponential(2)}`,
    `inputs included: ${(100 * summary.includedShare).toFixed(1)} %`,
    `peers that disagree: ${summary.disagreeing}`,
    ...('lines' in summary ? toldPromises(summary) : []),
    `a peer and round: ${wordsSentPerPeer.toFixed(0)} words of vectors, ` +
      `${messagesPerPeer.toFixed(0)} messages`,
    ...('lines' in summary ? toldLines(summary) : []),
    `most attempts for a result: ${steps}`,
    `${wallMs} ms, ${crypto} cryptography`,
  ].join('\n');
}

/** What else must be 0 in rooms that sum in lines. */
function toldPromises({ includedDiffers, wrongSums }: GridSummary): readonly string[] {
  return [
    `peers with another list of who is included: ${includedDiffers}`,
    `rounds with a wrong sum: ${wrongSums}`,
  ];
}

/** What else rooms cost that sum in lines. */
function toldLines(summary: GridSummary): readonly string[] {
  const { lines, levels, controlBytesPerPeer, bytesPerPeer, mostLinks } = summary;
  return [
    `beside the words: ${kib(controlBytesPerPeer)} KiB; in all: ${kib(bytesPerPeer)} KiB`,
    `most links of a peer: ${mostLinks}`,
    `lines: ${lines}; levels above them: ${levels}`,
  ];
}

/** What the rounds broke, in one line; undefined when they kept everything. */
export function faultIn(summary: Summary | GridSummary): string | undefined {
  const { wrongSums, includedDiffers } = { wrongSums: 0, includedDiffers: 0, ...summary };
  const faults = [
    counted(wrongSums, 'round with a wrong sum', 'rounds with a wrong sum'),
    counted(summary.disagreeing, 'peer that disagrees', 'peers that disagree'),
    counted(
      includedDiffers,
      'peer with another list of who is included',
      'peers with another list of who is included',
    ),
  ].filter((fault) => fault !== undefined);
  return faults.length === 0 ? undefined : `Failed: ${faults.join(', ')}, over all rounds.`;
}

function counted(count: number, one: string, many: string): string | undefined {
  return count === 0 ? undefined : `${count} ${count === 1 ? one : many}`;
}

function kib(bytes: number): string {
  return (bytes / 1024).toFixed(1);
}
