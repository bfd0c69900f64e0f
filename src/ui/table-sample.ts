/**
 * A made-up table to try with: flats of one town, eighty others for every tab.
 *
 * @module
 */
import { SeededRandom } from '../seeded-random.ts';

const ROWS = 80;
const DISTRICTS = ['harbour', 'hill', 'old town', 'station'] as const;

/** What a flat in a district costs more than one by the station. */
const BONUS = { harbour: 45_000, hill: 20_000, 'old town': 30_000, station: 0 } as const;

/** The table as a CSV file. */
export function sampleTable(seed: string): File {
  const random = new SeededRandom(`sample table ${seed}`);
  const lines = ['area,rooms,age,district,price,sold'];
  for (let row = 0; row < ROWS; row++) {
    const area = Math.round(random.between(28, 140));
    const rooms = Math.max(1, Math.round(area / 28 + random.between(-1, 1)));
    const age = Math.round(random.between(0, 110));
    const district = DISTRICTS[random.word() % DISTRICTS.length]!;
    // The sum of three is close enough to a bell.
    const noise = random.between(-1, 1) + random.between(-1, 1) + random.between(-1, 1);
    const price = Math.round(40_000 + 2_900 * area - 450 * age + BONUS[district] + 15_000 * noise);
    const fair = 40_000 + 2_900 * area - 450 * age + BONUS[district];
    const isSold = (price - fair) / 15_000 + random.between(-1, 1) < (area < 90 ? 0.4 : -0.6);
    const shownAge = random.uniform() < 0.04 ? '' : String(age);
    lines.push([area, rooms, shownAge, district, price, isSold ? 'yes' : 'no'].join(','));
  }
  return new File([`${lines.join('\n')}\n`], 'flats.csv', { type: 'text/csv' });
}
