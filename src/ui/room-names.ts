/**
 * Friendly names: two words for a fresh room, one for a person who has not said theirs.
 *
 * The words only tell rooms apart for people; what keeps a room closed is its key.
 *
 * @module
 */

const QUALITIES = [
  'quiet', 'amber', 'early', 'gentle', 'bright', 'misty', 'bold', 'calm', 'clear', 'cosy', 'deep', 'eager',
  'fair', 'fleet', 'golden', 'green', 'grey', 'hazel', 'high', 'hidden', 'jolly', 'keen', 'kind', 'late',
  'light', 'little', 'lively', 'lone', 'lucky', 'merry', 'mild', 'noble', 'northern', 'open', 'pale', 'patient',
  'plain', 'proud', 'quick', 'rapid', 'restless', 'round', 'russet', 'silver', 'slow', 'small', 'snowy', 'soft',
  'southern', 'steady', 'still', 'sunny', 'swift', 'tall', 'tidy', 'wandering', 'warm', 'western', 'wild', 'windy',
  'wise', 'witty', 'young', 'zesty',
]; // prettier-ignore

const BIRDS = [
  'heron', 'starling', 'swallow', 'robin', 'wren', 'finch', 'curlew', 'plover', 'avocet', 'bittern', 'bunting', 'crane',
  'cuckoo', 'dipper', 'dove', 'dunlin', 'eider', 'egret', 'falcon', 'fieldfare', 'gannet', 'godwit', 'goshawk', 'grebe',
  'gull', 'harrier', 'hoopoe', 'ibis', 'jackdaw', 'jay', 'kestrel', 'kingfisher', 'kite', 'knot', 'lapwing', 'lark',
  'linnet', 'magpie', 'martin', 'merlin', 'nightjar', 'nuthatch', 'oriole', 'osprey', 'owl', 'petrel', 'pipit', 'puffin',
  'quail', 'raven', 'redstart', 'rook', 'sanderling', 'siskin', 'snipe', 'sparrow', 'stork', 'swan', 'swift', 'teal',
  'tern', 'thrush', 'wagtail', 'warbler',
]; // prettier-ignore

const PEOPLE = [
  'Amara', 'Bence', 'Chloé', 'Dov', 'Emi', 'Farid', 'Greta', 'Hugo', 'Ines', 'Jonas', 'Kaya', 'Lior',
  'Mina', 'Nils', 'Oona', 'Pavel', 'Quinn', 'Rosa', 'Samir', 'Tove', 'Uma', 'Viktor', 'Wanda', 'Ximena',
  'Yusuf', 'Zofia', 'Anouk', 'Bruno', 'Carla', 'Dario', 'Elif', 'Femi',
]; // prettier-ignore

/** Random bytes that {@link roomName} wants. */
export const ROOM_NAME_BYTES = 2;

/** Two words such as "quiet-heron". `random` is uniform, shape [ROOM_NAME_BYTES]. */
export function roomName(random: Uint8Array): string {
  return `${QUALITIES[random[0]! % QUALITIES.length]}-${BIRDS[random[1]! % BIRDS.length]}`;
}

/** A first name that nobody in `taken` has, or a random one when all are taken. `random` is uniform, 0 to 255. */
export function personName(random: number, taken: readonly string[] = []): string {
  for (let shift = 0; shift < PEOPLE.length; shift++) {
    const name = PEOPLE[(random + shift) % PEOPLE.length]!;
    if (!taken.includes(name)) return name;
  }
  return PEOPLE[random % PEOPLE.length]!;
}
