/**
 * What each term of art on a page means, for somebody who reads it for the first time: the one list.
 *
 * Each name is a line of docs/glossary.md, where it is said exactly; here it is said in one or two short sentences,
 * without another term where that can be.
 *
 * @module
 */

/** Names of terms, and their explanations in plain English. */
export const TERMS = {
  // A room
  'federated learning':
    'Training one model on data that stay where they are: each takes steps on their own data, and only changes of the model are brought together (McMahan and others, 2017).',
  federation: 'Everybody in a room, and the one model that they make together.',
  peer: 'One that takes part: a tab, a further peer in a tab, or a program without a page.',
  'room key':
    'The secret of a room, behind the # of its link. Browsers send that part to no server, so only those who got the link have it.',
  introduction:
    'A sealed message through the server, by which two tabs find each other. From then on they talk directly.',
  link: 'An encrypted channel between two peers, each of whom has proved who it is.',
  'relayed link':
    'A link by way of a third peer, for two that do not reach each other. The third passes on what it cannot read.',
  identity:
    'The public key by which others know a peer. Nobody else can sign as it, whatever name they choose.',
  line: 'Eight to fifteen peers who sum together. Who is in which line follows from a number that nobody could choose, so nobody can pick whose neighbour to be.',

  // Learning
  model:
    'A row of numbers that makes a guess of what is known, such as how likely a place is hot. Training moves the numbers a little at each step, so that the guesses fit the data better.',
  reading:
    'One measurement: a place of the map, and whether it is hot there. It never leaves its peer.',
  step: 'One small move of a model that makes it fit the peer’s own data a little better.',
  update: 'What a peer learned since the last merge: how far each number of its model has moved.',
  merge:
    'What everybody learned since the last time is averaged, and all go on from the same model.',
  round:
    'The way from one merge to the next: peers learn, send what they learned under masks, and open only the sum.',
  attempt: 'One try at a round, with fresh keys. If too many leave, another one follows.',
  weight:
    'How many examples stand behind an update. Whoever has more of them counts more in the mean.',
  'true map': 'What is right, place by place. Only a demonstration knows it.',
  demonstration:
    'Seen only in a demonstration: here the true map is known. A real federation could not know this figure, only how its model does on readings that were kept apart.',
  loss: 'How far a model’s guesses are off, on average. Smaller is better, and a mistake made with confidence costs the most.',
  outlier: 'Somebody whose data are unlike those of the others, be they wrong or only different.',
  'weight of a word':
    'A message has the weights of its words, added up, and one more that every message has. Above zero it is spam. This is logistic regression over a bag of words: order and repetition do not count.',

  // Masks and sums
  mask: 'A random number that one of two people adds and the other subtracts. In a sum of both it is gone.',
  word: 'Words are whole numbers that wrap round like a clock: after 2³² − 1 comes 0. So under a mask each is equally likely.',
  'smallest group':
    'A sum is opened only if at least so many people are in it: the more, the less it tells about each.',
  bucket:
    'A few peers of a round whose sum is opened apart from the rest. Who is in which is drawn anew each time.',
  'geometric median':
    'The point whose distances to all sums, added up, are the smallest. One that lies far off pulls it less than it pulls the mean.',
  'centred clipping':
    'What lies far from the rest is shortened before the mean is taken, so that nobody pulls it far.',
  'group testing':
    'Peers are tested in small groups, drawn anew in each round, and only whole groups are judged. Who is in the bad ones again and again stands out.',

  // Noise
  noise:
    'Random numbers that everybody adds, and that stay in the sum. They blur what it tells of one person.',
  epsilon:
    'A bound on what anybody can learn about one person, whatever else they know. Up to 1 it is a strong promise, above 20 hardly any.',
  delta: 'The promise of an epsilon may fail, with this probability at most.',
  'clip norm':
    'The length that an update may have at most, so that nobody moves the sum by more. Noise is measured against it.',
  'noise multiplier':
    'How wide the noise in a sum is, as its standard deviation divided by the clip norm. Twice as much hides more, and spoils more.',
  'signal to noise':
    'What all rounds can learn at most, divided by the noise on it. Below 1 there is more noise than learning.',
  budget:
    'The epsilon that a person is ready to spend. Before it is exceeded, their tab gives nothing more.',
  'discrete Gaussian':
    'Whole random numbers that follow a bell curve: most are small, few are large.',

  // The lab
  'seed of a run':
    'The number from which everything that is left to chance is drawn. The same seed gives the same run.',
  'cross-device':
    'Federated learning among many phones: each has little data, few are in a round, and some leave.',
  'cross-silo':
    'Federated learning among a few institutions: each has much data, and they stay to the end.',
  'non-iid':
    'Not drawn alike: what one user has tells little of what another has. Local models then drift farther apart.',
  'gradient descent':
    'Each step moves every number of the model downhill, in the direction in which the loss falls fastest.',
  Adam: 'Gradient descent that sizes the steps of each number by how its slope was lately (Kingma and Ba, 2015).',
  'learning rate':
    'How far a step goes. If it is too small, learning takes long; if it is too large, it never settles.',
  'standard deviation':
    'How far single values lie from their mean, typically: about two in three lie nearer.',
  alone: 'Models that learn from one user’s data each and are never merged.',
  pooled:
    'One model that learns from everybody’s data in one place: what federated learning is measured against.',

  // Tables
  schema:
    'What is to be learned: columns, their kinds, what is predicted and by which model. It holds no row.',
  'held out':
    'Every fifth row is kept apart: nobody learns from it, so it shows how good the model is on what it has not seen.',
  precision: 'Of the rows that were given this class, the share that has it.',
  recall: 'Of the rows that have this class, the share that was given it.',
  F1: 'Precision and recall in one number, their harmonic mean. It is high only if both are.',
  'root mean square':
    'The typical size of a mistake: mistakes squared, averaged, and the root of that.',
  'variance explained':
    'How much of what differs between rows the model foresees: 100 % is all of it, 0 % is no better than always guessing the mean.',
} as const satisfies Readonly<Record<string, string>>;

/** A term that is in the list. */
export type TermName = keyof typeof TERMS;
