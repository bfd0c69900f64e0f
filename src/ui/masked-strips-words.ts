/**
 * The sentences around the strips, and numbers as they are written there.
 *
 * @module
 */
import type { Inspection, SessionView } from '../peer/view.ts';
import type { StripLayout } from './masked-strips-rows.ts';
import { duration } from './round-stages-words.ts';
import { capitalised, countWord, grouped } from './words.ts';

/** Which round it is. */
export function stripsNote(inspection: Inspection | undefined, view: SessionView): string {
  if (inspection === undefined) return 'nothing yet';
  const { result } = view;
  if (result?.round !== inspection.round) {
    return `round ${inspection.round}, the last one with this tab in it`;
  }
  return `round ${inspection.round}, ${duration(result.durationMs)}, the last one completed`;
}

/** What the strips show, or why there are none. */
export function stripsLead(inspection: Inspection | undefined, view: SessionView): string {
  if (inspection === undefined) return emptyLead(view);
  const hasWeight = inspection.layers[inspection.layers.length - 1]?.name === 'weight';
  const checks = inspection.layers.find(({ name }) => name === 'checks')?.length ?? 0;
  const numbers = inspection.updateWords.length - (hasWeight ? 1 : 0) - checks;
  const pairs = inspection.masks.filter(({ peer }) => peer !== undefined).length;
  const own = inspection.masks.length - pairs;
  const shared = `${capitalised(countWord(pairs))} ${pairs === 1 ? 'mask, shared with one peer,' : 'masks, each shared with one peer,'}`;
  const added = own > 0 ? `${shared} and one of your own are added` : `${shared} are added`;
  return (
    `Your update is ${numbers} numbers${moreOf(inspection.noise ? 0 : checks, hasWeight, view.spam ? 'messages' : 'readings')}.${inspection.noise ? ' Your share of the room’s noise is added and stays.' : ''} ${added} to it modulo 2³². ` +
    'Of all these rows only the framed one left this tab, and it would be just as likely if your update had been any other.'
  );
}

/** What a contribution holds beside the update. */
function moreOf(checks: number, hasWeight: boolean, data: string): string {
  const more = [
    ...(checks > 0 ? ['how the merged model does on your checks'] : []),
    ...(hasWeight ? [`a weight, the number of ${data} behind it`] : []),
  ];
  if (more.length < 2) return more.map((part) => ` and ${part}`).join('');
  return `, ${more.join(', and ')}`;
}

/** Says that not every number is shown; empty when all are. */
export function sampleNote(layout: StripLayout): string {
  if (layout.cells.length === layout.count) return '';
  return `${layout.cells.length} of ${grouped(layout.count)} numbers are shown, evenly spaced.`;
}

/** A value with four decimals and a true minus. */
export function decimal(value: number): string {
  return value.toFixed(4).replace('-', '−');
}

/** "1st", "12th", "22nd". */
export function ordinal(number: number): string {
  const tens = number % 100;
  if (tens >= 11 && tens <= 13) return `${number}th`;
  return `${number}${['th', 'st', 'nd', 'rd'][number % 10] ?? 'th'}`;
}

function emptyLead(view: SessionView): string {
  const { result } = view;
  if (result === undefined) {
    return 'After the first round this shows, number by number, what left your tab and what came back. So far nothing has left it.';
  }
  if (result.isCopied) {
    return `This tab was not in round ${result.round}: it copied the result, and nothing of its own left. The next round it takes part in is shown here.`;
  }
  return 'The words of a round are kept only while somebody looks. The next round is shown here, number by number.';
}
