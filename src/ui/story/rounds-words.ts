/**
 * What the figure of rounds says.
 *
 * @module
 */
import type { WatchedMoment, WatchedRoom } from '../../simulation/watched-grid.ts';
import { capitalised, counted, countWord, grouped } from '../words.ts';

/** How many know what, and how far off they are. */
export interface KnowingRow {
  readonly what: string;
  readonly peers: number;
  /** Root mean square distance to the mean, in hundredths of the range; undefined for nobody. */
  readonly error: number | undefined;
}

/** Root mean square distance to the mean of those who are here, in hundredths of the range. */
export function errorOf(moment: WatchedMoment, isOf: (place: number) => boolean = () => true) {
  const off = [...moment.estimates]
    .filter((_, place) => moment.isHere[place] && isOf(place))
    .map((value) => 100 * (value - moment.truth));
  if (off.length === 0) return undefined;
  return Math.sqrt(off.reduce((sum, value) => sum + value ** 2, 0) / off.length);
}

/** A row for each level, from the own number to the room's mean. */
export function knowingRows(room: WatchedRoom, moment: WatchedMoment): readonly KnowingRow[] {
  const names = ['only the own number', 'the mean of the line'];
  for (let level = 1; level < room.groups.length; level++)
    names.push(level === 1 ? 'the mean of a group of lines' : `the mean at level ${level}`);
  names.push('the mean of the room');
  return names.map((what, row) => {
    const isOf = (place: number): boolean =>
      Math.min(moment.known[place]!, names.length - 1) === row;
    const peers = moment.isHere.filter((isHere, place) => isHere && isOf(place)).length;
    return { what, peers, error: errorOf(moment, isOf) };
  });
}

/** An error as a figure: as many places as it takes to see it. */
export function asError(error: number | undefined): string {
  if (error === undefined) return '–';
  if (error < 1e-6) return '< 0.000\u2009001';
  return error.toFixed(error < 0.1 ? 6 : error < 1 ? 2 : 1);
}

/** The finding, as it stands. */
export function roundsCaption(
  room: WatchedRoom,
  moment: WatchedMoment,
  pairsError: number | undefined,
): string {
  const count = room.numbers.length;
  const sums = countWord(room.groups.length + 1);
  const left = moment.isHere.filter((isHere) => !isHere).length;
  const gone =
    left === 0 ? '' : ` ${capitalised(countWord(left))} ${left === 1 ? 'has' : 'have'} vanished.`;
  const error = asError(errorOf(moment));
  const rows = knowingRows(room, moment);
  const time = `${moment.messageTimes.toFixed(0)} message times`;
  if (moment.isOver) {
    const held = moment.included ?? 0;
    const whose =
      held === count
        ? `of all ${grouped(count)}`
        : `of the ${grouped(held)} who took part until their line had summed`;
    const pairs =
      pairsError === undefined
        ? ''
        : ` Averaging in pairs would be off by ${asError(pairsError)} by now, and everyone would have shown their number to somebody.`;
    return `Over after ${time}: ${sums} sums, one after the other, ${moment.messagesEach.toFixed(0)} messages a peer, and everybody holds the same mean ${whose}, exact but for rounding.${gone}${pairs}`;
  }
  if (rows[0]!.peers + left === count)
    return `${grouped(count)} peers in ${counted(room.lines.length, 'line')}. Each knows its own number alone, and so is off by ${error} from the mean of the room.${gone} ${capitalised(sums)} sums will do.`;
  if (rows[0]!.peers > 0)
    return `Lines are summing: ${grouped(count - left - rows[0]!.peers)} peers know the mean of their line. ${capitalised(gone ? `${gone.trim()} ` : '')}Under masks, as ever: no number has been shown to anybody.`;
  const high = rows.slice(2).some(({ peers }) => peers > 0);
  return high
    ? `One of each line, ringed here, stands in for it and sums with those of other lines; the rest hold their line’s mean, and are off by ${error} on average.${gone} What comes out at the top goes back the way it came.`
    : `After ${time} everybody knows the mean of their line, and is off by ${error} only, on average.${gone} Next, one of each line stands in for it.`;
}
