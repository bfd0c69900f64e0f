/**
 * Every tunable, with its unit, why that value, and whether peers must agree on it.
 *
 * @module
 */

/** Version of the wire; peers of different versions refuse each other. Agreed. */
export const WIRE_VERSION = 1;

/** Largest cohort of one round: beyond it, a room needs lines. Agreed. */
export const MAX_COHORT = 15;

/** Members of a line, about: lines have 8 to 15, and of larger ones fewer have to be summed. Agreed. */
export const LINE_SIZE = 11;

/** Fewest members of a line when it is made: so many hide each other. Agreed. */
export const MIN_LINE = 8;

/** Lines in a group, and groups in a larger one: one level of the grid. Agreed. */
export const MAX_GROUP = 8;

/** Members of an epoch: what one record, 32 bytes a member, can name in a message. Agreed. */
export const MAX_MEMBERS = 65_536;

/** A division of which no more peers than this are here is given up for one cohort. */
export const THIN_ROOM = 12;

/** A line of which fewer than this are here makes the room divide anew. Agreed. */
export const SMALL_LINE = 5;

/** A peer that could stand in for a line, after another, waits so long for something to come of that, ms. */
export const STAND_IN_PATIENCE_MS = 8_000;

/** How old a result is before it is given away without a certificate, ms: whoever left never signs. */
export const CERTIFICATE_WAIT_MS = 2_000;

/** Rounds that the lines of an epoch stay together at least, unless one becomes too small. Agreed. */
export const EPOCH_ROUNDS = 50;

/**
 * Peers that divide a room whose links open on demand, as many as a line has at least: they sum nothing, and each
 * pair of them is a link to open.
 */
export const MAX_FOUNDERS = 8;

/** Founders of a room that come to no epoch within this time give way to others, ms: links open and two attempts fail. */
export const FOUNDING_TURN_MS = 40_000;

/**
 * The first round of a room whose links open on demand waits at most so long for those that gossip names to be
 * linked to each other, ms: as long as a link may take to open.
 */
export const FOUNDING_WAIT_MS = 15_000;

/** A member that gossip never spoke of counts as here so long after the room was divided, ms: a newcomer hears of all within seconds. */
export const STRANGER_MS = 60_000;

/** A sum of two tells each the other's update, so three is the smallest that hides. Agreed. */
export const MIN_COHORT = 3;

/** Largest message a transport carries, bytes: a masked vector of a million words and its envelope. */
export const MAX_MESSAGE_BYTES = 4_200_000;

/** Largest control message (anything but a masked vector or a result), bytes. */
export const MAX_CONTROL_BYTES = 32_768;

/** Largest message of a topic, bytes: gossip sends it several times over; what is larger goes on a link. Agreed. */
export const MAX_TOPIC_BYTES = 65_536;

/** Largest frame of gossip taken from a neighbour, bytes: several messages, their signatures and news of others. */
export const MAX_GOSSIP_FRAME_BYTES = 1_048_576;

/** A libp2p room of so many peers is a full mesh; in a larger one links are asked for. */
export const FULL_MESH_PEERS = 16;

/** Peers that a newcomer to a larger libp2p room links to by itself, so that gossip reaches it. */
export const FIRST_NEIGHBOURS = 8;

/**
 * Payload of one data-channel message, bytes: a part of a large vector, 64 KiB, and its envelope. Chromium refuses
 * above 262144. Handing a frame over blocks a Node peer's thread until another thread has taken it, so few are better than
 * many: those of 64 KiB cost a fifth less processor time than those of 16 (`npm run bench -- --only wire`). Control
 * messages wait for what is under way, whatever it is cut into. Agreed.
 */
export const FRAME_BYTES = 66_560;

/**
 * Bytes on their way on one link that the other side has not confirmed yet. Left to itself, SCTP fills a fresh
 * connection until packets are lost or late, and then sends them all again: four tabs that send to each other
 * got 5 to 12 MB/s, with twice the packets, instead of 25 to 30, and a ping took seconds instead of 0.1. Twice as many
 * bytes are no faster, half as many are too few where a round trip takes 200 ms.
 */
export const HIGH_WATER_BYTES = 262_144;

/** Bytes of frames after which their receiver confirms them: half of the window, so that it never stands empty. Agreed. */
export const RECEIPT_BYTES = 131_072;

/**
 * In Node a receipt leaves so long after what it confirms, ms: WebRTC for Node crashes when something is sent while
 * it notices that the other side hangs up, and the last bytes of a peer arrive just before that.
 */
export const RECEIPT_DELAY_MS = 5;

/**
 * Bytes queued in one lane of a link before it is closed as overflowing. An owner may sum half of the largest vector,
 * so half of it goes to that owner at once, 32 MiB, and half as its sum to each other; with a message to spare.
 */
export const MAX_QUEUE_BYTES = 17 * MAX_MESSAGE_BYTES;

/** A server's word that a peer left is believed when a ping stays unanswered this long, ms. */
export const PING_TIMEOUT_MS = 1_000;

/** A link without any bytes for this long is pinged, ms: notices a frozen or vanished peer. */
export const LINK_IDLE_MS = 5_000;

/** A pinged link that stays silent this long is closed, ms: longer than a hidden tab's slowest timer. */
export const LINK_SILENT_MS = 12_000;

/** How long connecting to an introduced peer may take, ms. */
export const LINK_OPEN_TIMEOUT_MS = 15_000;

/** Of two libp2p peers that are asked to dial each other, the one with the larger id waits so long for the other, ms. */
export const CROSSED_DIAL_MS = 1_000;

/** A libp2p dial that has its turn may take so long, ms: on a busy computer, to begin anew costs more than to wait. */
export const DIAL_TIMEOUT_MS = 30_000;

/** First and largest wait before joining the server again, ms; doubled each time, with jitter. */
export const REJOIN_MIN_MS = 250;
export const REJOIN_MAX_MS = 10_000;

/** Wait before asking a server again that said no for a reason that may pass (a full room), ms. */
export const REJOIN_SLOW_MS = 20_000;

/** A connection to the server that lasted this long was a good one: the next wait starts small, ms. */
export const REJOIN_SETTLED_MS = 5_000;

/** The server has this long to open the connection and welcome, ms. */
export const JOIN_TIMEOUT_MS = 10_000;

/** Links and connections under way of one peer, and the most members that a server may be told to let into a room. */
export const MAX_LINKS = 64;

/** Introductions are padded to a multiple of this, bytes, so that their size tells little. Agreed. */
export const INTRODUCTION_PAD_BYTES = 1_024;

/** Longest session description, UTF-16 units: one data channel needs about 600. */
export const MAX_DESCRIPTION_LENGTH = 16_384;

/** Longest ICE candidate line, UTF-16 units. */
export const MAX_CANDIDATE_LENGTH = 1_024;

/** ICE candidates taken for one connection: hosts with many interfaces have some dozens. */
export const MAX_CANDIDATES = 64;

/** ICE candidates that follow the first one are gathered this long, to travel together, ms. */
export const CANDIDATE_WINDOW_MS = 50;

/** ICE candidates in one introduction. */
export const CANDIDATES_TOGETHER = 16;

/** Introductions that a peer hands to the server at once, and a second: below what the server takes. */
export const RELAY_BURST = 400;
export const RELAYS_PER_SECOND = 80;

/** Introductions waiting for their turn before the connection to the server is given up. */
export const MAX_WAITING_RELAYS = 2_048;

/** A greeting through the server is answered within this time, or sent again, ms. */
export const GREETING_TIMEOUT_MS = 5_000;

/** Tries to link to one member before it is left alone until it joins again. */
export const MAX_LINK_ATTEMPTS = 6;

/** First wait before linking again to a member whose link failed, ms; doubled each time. */
export const RELINK_DELAY_MS = 500;

/** Greetings taken from one member, which needs one and some for retries. */
export const MAX_GREETINGS = 16;

/** Bad introductions from one member before the rest of it is dropped unread. */
export const MAX_REFUSALS_PER_MEMBER = 8;

/** Refusals told to the session for one connection to the server; a flood is not worth more. */
export const MAX_REFUSALS_TOLD = 32;

/** Peers that are remembered as not to be let in again. */
export const MAX_BANNED = 1_024;

/** A peer that a neighbour names is given this long to link directly before a relayed link is opened, ms. */
export const RELAYED_LINK_GRACE_MS = 4_000;

/** The key exchange of a relayed link may take this long before another neighbour is asked, ms. */
export const RELAYED_LINK_OPEN_TIMEOUT_MS = 3_000;

/** A relayed link whose neighbour left is kept this long while another way is made, ms: two tries. */
export const RELAYED_LINK_SWITCH_MS = 6_000;

/** A neighbour through which a relayed link failed is not asked for that pair again for so long, ms. */
export const RELAYED_LINK_AVOID_MS = 30_000;

/** Relayed links of one peer: a cohort of which only one member can be reached. */
export const MAX_RELAYED_LINKS = MAX_COHORT - 1;

/** Peers known through neighbours, and direct ones, beyond which no relayed link is opened: a room that large has lines. */
export const MAX_RELAYING_ROOM = 64;

/** Key exchanges that a neighbour may bring at once, and a second: each costs some milliseconds. */
export const RELAYED_GREETINGS_BURST = 32;
export const RELAYED_GREETINGS_PER_SECOND = 2;

/** Bytes of one relayed link and direction that are under way through a neighbour: two frames. Agreed. */
export const CARRY_WINDOW_BYTES = 131_072;

/** Bytes beyond the window that a neighbour forgives: the last frame, pings and a goodbye. Agreed. */
export const CARRY_SLACK_BYTES = 98_304;

/** What a carried piece counts beside its bytes, or endless empty ones would be free. Agreed. */
export const CARRY_PIECE_COST = 64;

/** Pairs that one peer passes messages on for, and how many of them may have one and the same end. */
export const MAX_CARRIED_PAIRS = 64;
export const MAX_CARRIED_PAIRS_PER_PEER = 16;

/** Bytes that one peer passes on for others a second: beyond it they wait. */
export const CARRIED_BYTES_PER_SECOND = 8_000_000;

/** A pair that had nothing to pass on for this long is forgotten, ms: several pings. */
export const CARRIED_PAIR_IDLE_MS = 60_000;

/** Changes of the own links wait this long for others before the neighbours hear of them, ms. */
export const NEIGHBOURS_WAIT_MS = 20;

/** Links are looked after this often, ms: the fastest timer of a hidden page. */
export const HEARTBEAT_MS = 1_000;

/** A heartbeat this late means that the page itself was stopped: silence is then its own, ms. */
export const HEARTBEAT_LATE_MS = 2_500;

/** Leaving waits this long for what was sent to arrive, ms. */
export const CLOSE_FLUSH_MS = 2_000;

/** A reloaded page waits this long for the page before it to let its identity go, ms. */
export const IDENTITY_WAIT_MS = 1_500;

/** A phase before masking (keys, shares) may take this long, ms. */
export const PREPARE_TIMEOUT_MS = 5_000;

/** Masked vectors of live members are awaited this long, ms; a survivor set as long again. */
export const GATHER_TIMEOUT_MS = 4_000;

/** LOCKs or an abort certificate are awaited this long before a contribution is spent, ms. */
export const LOCK_TIMEOUT_MS = 15_000;

/** After the certificate, silent members are given this long before their seeds are rebuilt, ms. */
export const REVEAL_TIMEOUT_MS = 1_500;

/** Rebuilding gives up after this long, ms: the contribution is spent without a result. */
export const RECOVER_TIMEOUT_MS = 15_000;

/** A peer linked this long may not be left out of a proposal without a reason, ms. Agreed. */
export const SETTLED_LINK_MS = 2_000;

/** Once a round is called, willing peers that are not ready yet are awaited this long, ms. */
export const CALL_GRACE_MS = 1_500;

/** Above the lines, seats that nobody has taken yet are awaited this long, ms: a line may need a second attempt. */
export const SEAT_GRACE_MS = 6_000;

/** A seat whose neighbours are missing is said again so often, ms: a subscription has spread by then. */
export const SEAT_REPEAT_MS = 1_000;

/** A leader that does not propose within this time is passed over, ms. */
export const PROPOSE_TIMEOUT_MS = 3_000;

/** Wait before the next attempt after one failed, ms: lets gone links be noticed. */
export const RETRY_DELAY_MS = 250;

/** Longest time a peer that fails again and again sits out, rounds. Agreed. */
export const MAX_SIT_OUT_ROUNDS = 64;

/** Leaving somebody out lasts at least this many rounds. Agreed. */
export const LEAVE_OUT_ROUNDS = 10;

/** Cap of the weight that a peer may claim, in examples; also how many readings a map keeps. Agreed. */
export const WEIGHT_CAP = 500;

/** Bound of |update| per coordinate for the heat-map. Agreed. */
export const HEAT_MAP_CLIP = 8;

/**
 * Euclidean norm from which on an update of the heat-map is shortened, where noise is on and nobody chose
 * another: of 0.25 to 4, the one that learns most in 30 rounds of 6 or 15 peers with noise of 0.5 to 4 norms.
 */
export const HEAT_MAP_CLIP_NORM = 2;

/** Length of a step of the spam model: no step overshoots, and a dozen messages are told apart after some dozens of steps. */
export const SPAM_LEARNING_RATE = 0.5;

/** Weights of the spam model stay within this: one word alone then makes spam of a message, or not, with 99.97 %. Agreed. */
export const SPAM_LARGEST_WEIGHT = 8;

/** Steps of the spam model a second, and from one merge to the next: in a room, a merge about each second. */
export const SPAM_STEPS_PER_SECOND = 5;
export const SPAM_MERGE_EVERY_STEPS = 5;

/** Bound of |update| per word of the spam model: from one end of a weight to the other. Agreed. */
export const SPAM_CLIP = 2 * SPAM_LARGEST_WEIGHT;

/** Bound of |value| for a private sum, unless asked otherwise. Agreed. */
export const SUM_CLIP = 1024;

/** Cap of the weight in a private sum with weights, unless asked otherwise. Agreed. */
export const SUM_WEIGHT_CAP = 1_000;

/** Bound of |update| in each weight of a model that somebody brings, unless asked otherwise. Agreed. */
export const MODEL_CLIP = 8;

/** Its steps from one round to the next, unless asked otherwise. */
export const MODEL_EVERY_STEPS = 20;

/** Its learning rate, where its owner brings no optimiser: what fits small networks, by custom. */
export const MODEL_LEARNING_RATE = 0.01;

/** Most values of a vector: 64 MiB of words, of which a member holds some copies at a time. Agreed. */
export const MAX_VECTOR_WORDS = 2 ** 24;

/** Most values of a vector that is broadcast: one message holds it. Agreed. */
export const MAX_BROADCAST_WORDS = 1_000_000;

/**
 * Vectors of so many words and more are scattered: below, a broadcast of 100 kB costs less time than two
 * more messages one after the other. Agreed.
 */
export const SCATTER_FROM_WORDS = 25_000;

/** Tiles of one message of a chunk, 64 KiB: large enough for its envelope not to matter. Agreed. */
export const TILES_PER_PART = 4;

/** The slowest link that large vectors are awaited for, bytes a millisecond: 4 Mbit/s. */
export const SLOWEST_BYTES_PER_MS = 500;

/** Survivor sets that one member may propose in an attempt: one more each time that an owner leaves. */
export const MAX_PROPOSED_SETS = 4;

/** Bytes of one part of a large result: a second on the slowest link. Agreed. */
export const RESULT_PART_BYTES = 2 ** 19;

/** Words that all masks are put on before the next ones: 16 KiB stay in a core's nearest cache. Chunks begin at tiles. Agreed. */
export const TILE_WORDS = 4_096;

/**
 * Words that a worker masks at a time, a multiple of `TILE_WORDS`: 5 ms of work with 32 masks, so that a message
 * costs little beside it and all workers end at about the same time.
 */
export const MASK_RANGE_WORDS = 65_536;

/** Words times masks from which workers are worth their start: below, the page's own thread needs 5 ms. */
export const MASK_POOL_FROM_WORDS = 2_000_000;

/**
 * The same for a Node peer, which has no page to keep alive: starting two threads takes 0.3 s of processor time, as much
 * as this many words, and where several peers share the cores a thread gains nothing.
 */
export const MASK_THREADS_FROM_WORDS = 100_000_000;

/** Workers that put on masks, at most: one for each core, and more would only wait for memory. */
export const MAX_MASK_WORKERS = 4;

/** Vectors that wait for their masks; who asks for more has lost count. */
export const MAX_MASK_JOBS = 64;

/** Ranges that a worker holds at once: it begins the next one while a result is on its way. */
export const MASK_RANGES_IN_FLIGHT = 2;

/** Local steps between rounds. */
export const MERGE_EVERY_STEPS = 20;

/**
 * Local steps a second at most while a person watches: a round then comes about every two seconds, as long as one is shown.
 * A headless peer keeps the same pace.
 */
export const STEPS_PER_SECOND = 12;

/** Members of a bucket, at least, when an attempt begins. Agreed. */
export const BUCKET_MEMBERS = 4;

/** Survivors that the sum of a bucket must have to be opened. */
export const BUCKET_SURVIVORS = 3;

/** Rounds that the search for spoiled contributions judges by: a thermometer that was mended is forgiven in time. */
export const MOST_ROUNDS = 120;

/** Longest question to a room, UTF-16 units, and most bins of one. Agreed. */
export const MAX_QUESTION_LENGTH = 200;
export const MAX_ANSWER_BINS = 50;

/** Whoever answers a question waits so long to be linked to all who do, ms: a roster must be. */
export const ASK_LINK_MS = 10_000;

/** A sum of a question that not enough take part in is given up after this long, ms. */
export const ASK_TIMEOUT_MS = 60_000;

/** Questions of a room that one remembers, to see what two answers would tell together. */
export const MAX_QUESTIONS = 64;

/** Peers of a room that one remembers, dead ones included: the oldest dead are forgotten first. */
export const MAX_KNOWN_PEERS = 8_192;

/** Bytes that a peer may say about itself in its hello. Agreed. */
export const MAX_STATUS_BYTES = 128;

/** Gossip: news is told, a view compared and a peer probed once in this time, ms. */
export const MEMBERSHIP_PERIOD_MS = 2_000;

/** Peers that news is told to in a period: three reach 4,096 in 6 periods, one needs 11. */
export const GOSSIP_FANOUT = 3;

/**
 * A piece of news is told, or heard again, this often times the binary logarithm of the number of peers. With 512
 * peers 0.75 tells everybody in 3 periods, each 7 times; 1 costs a quarter more, 0.5 leaves more to comparing.
 */
export const TELLINGS = 0.75;

/** News waiting to be told: what was told most is dropped first. */
export const MAX_RUMOURS = 1_024;

/** Bytes of news told to one peer in a period, and of one answer when views are compared. */
export const MAX_TELLING_BYTES = 8_192;
export const MAX_COMPARING_BYTES = 24_576;

/** Signed statements of one link that are looked at in a period: more are dropped unread. */
export const STATEMENTS_PER_PERIOD = 1_024;

/** Answers to comparisons and refutations given to one link in a period. */
export const ANSWERS_PER_PERIOD = 24;

/** A pinged peer has this long to answer, ms; helpers twice as long: a hidden tab is slow. */
export const PROBE_TIMEOUT_MS = 1_000;

/** Peers that are asked to reach one that does not answer. SWIM, section 3.1. */
export const PROBE_HELPERS = 3;

/** Probes under way for others. */
export const MAX_ERRANDS = 64;

/** A suspect has at least so many periods to refute, and one more each time the room grows fourfold: hidden tabs are slow. */
export const SUSPICION_PERIODS = 5;

/** So many independent suspicions halve the time that a suspect has; more are not kept. */
export const INDEPENDENT_SUSPICIONS = 4;

/** Longest name of a person or a room, UTF-16 units. */
export const MAX_NAME_LENGTH = 40;

/** Bytes of a new room key, and the fewest and most that an invitation may hold. */
export const ROOM_KEY_BYTES = 16;
export const MAX_ROOM_KEY_BYTES = 64;

/** Longest address that the page reads from `#` on, UTF-16 units: several times the longest honest one. */
export const MAX_ADDRESS_LENGTH = 1_024;

/** Peers that one page runs beside its own: each has a worker and a link to every other. */
export const MAX_PEERS_HERE = 5;

/** The page's headline stays at least this long, ms, so that a screen reader can finish it. */
export const HEADLINE_HOLD_MS = 2_000;

/** A round is drawn slower than it happens: this long from its first message to its result, ms. */
export const ROUND_SHOWN_MS = 2_050;

/** A drawn swarm flies this long, ms; the same as the token `--flight`. */
export const FLIGHT_MS = 700;

/** Specks on the flock's canvas at once: more would cost a frame on a small phone. */
export const MAX_SPECKS = 1_200;

/** Numbers of a vector that are drawn one by one; longer vectors are sampled evenly. */
export const MAX_SHOWN_NUMBERS = 64;

/** Readings a peer starts with: enough to learn its own corner, too few to guess the rest. */
export const READINGS_PER_PEER = 8;

/** Readings that a peer keeps out of learning, to check the merged model with. */
export const CHECKS_PER_PEER = 4;

/** Values of a heat-map's vector behind those of the model: accuracy and loss of the merged one on own checks. Agreed. */
export const CHECK_VALUES = 2;

/** Steps by which the merged model is fitted to the own readings, when a person asks. */
export const PERSONAL_STEPS = 60;

/** Most hidden layers of a heat-map's model, and most units in one: a picture, not a benchmark. Agreed. */
export const MAX_HIDDEN_LAYERS = 3;
export const MAX_HIDDEN_UNITS = 64;

/** Longest seed of a first model, UTF-16 units. */
export const MAX_SEED_LENGTH = 256;

/** Adam's step size: with 0.05 a room of 6 is 3 % behind after 10 merges, 0.2 ends 2 % lower after 30. */
export const LEARNING_RATE = 0.1;

/**
 * Share of the old mean of gradients that Adam keeps at each step: it remembers a round of 20, so that a peer goes
 * on in the direction of the room. Six peers, circle, 30 merges, mean of 6 rooms: 92 % right, and 90 % when half
 * of the steps are made while rounds run. The customary 0.9 gives 90 and 89 %, 0.97 gives 93 and 83 %.
 */
export const GRADIENT_MEMORY = 0.95;

/** The same for the squares of the gradients. */
export const SQUARE_MEMORY = 0.999;

/** Added to Adam's divisor: a peer whose own readings are learned stops walking away from the others. */
export const ADAM_FLOOR = 0.01;

/**
 * How far a coordinate of the local model may stray from the newest merged model: below `HEAT_MAP_CLIP`, so that
 * the update always fits, however long a tab learned alone.
 */
export const HEAT_MAP_MAX_DRIFT = 7;

/** The trainer's longest uninterrupted work, ms: a request waits no longer than this. */
export const TRAIN_SLICE_MS = 8;

/** Time between two pictures of a model in training, ms: an eye wants no more, and each costs a step or ten. */
export const PROGRESS_MS = 100;

/** Fastest pace that can be asked for, besides "as fast as it goes". */
export const MAX_STEPS_PER_SECOND = 1_000;

/** Most steps of one request: they are not interrupted. */
export const MAX_STEPS_PER_REQUEST = 1_000;

/** Requests to a trainer that wait for a reply; a page that asks more has lost count. */
export const MAX_PENDING_REQUESTS = 64;

/** Most steps from one merge to the next that a person may set. */
export const MAX_MERGE_EVERY_STEPS = 10_000;

/** Peers of this browser whose values are kept; those opened longest ago are forgotten first. */
export const MAX_STORED_PEERS = 64;

/** Values of a peer that was not opened for this long are forgotten, ms: thirty days. */
export const STORED_PEER_MS = 30 * 24 * 60 * 60 * 1000;

/** Columns of a table at most; a row of one-hot codes for more would not fit a sum. All agree. */
export const MAX_TABLE_COLUMNS = 256;

/** Rows that are read of a table at most: a file of 100 MB with six narrow columns has 3 million. */
export const MAX_TABLE_ROWS = 5_000_000;

/** Cells that are read of a table at most, each of 8 bytes. */
export const MAX_TABLE_CELLS = 64_000_000;

/** Characters of one row at most: more means that a quotation mark is never closed. */
export const MAX_ROW_CHARACTERS = 1_000_000;

/** Characters of a column's name or a category at most; longer ones are no categories. */
export const MAX_CATEGORY_CHARACTERS = 80;

/** Categories of a column at most: a column of words with more is free text, and is left out. */
export const MAX_CATEGORIES = 50;

/** Rows that must share a category before its name is told to anybody: rarer ones are "other". */
export const MIN_CATEGORY_ROWS = 5;

/** Rows of the own table at least, without those that have no target. */
export const MIN_TABLE_ROWS = 10;

/** Every fifth row is held out of training, to test on. All agree. */
export const HELD_OUT_EVERY = 5;

/** Rounds of learning from a table at most. */
export const MAX_TABLE_ROUNDS = 1_000;

/** Local steps of a table's round at most. */
export const MAX_TABLE_STEPS = 1_000;

/** Rows of a step at most: with fewer rows a step is the exact gradient. */
export const TABLE_BATCH_ROWS = 20_000;

/** Weights are pulled to zero by this much, so that tables that can be told apart perfectly have a best model. All agree. */
export const TABLE_RIDGE = 0.001;

/** No parameter moves farther than this in a round: an update is never clipped, because it never grows larger. All agree. */
export const TABLE_MAX_DRIFT = 4;

/** Learning rate of a table's hidden layers, by Adam. All agree. */
export const TABLE_HIDDEN_RATE = 0.02;

/** Bytes of a note at most: what peers tell each other beside rounds, such as the columns of a table. */
export const MAX_NOTE_BYTES = 24_576;

/** Whoever learns from tables waits this long for one that is still training, ms; then the round goes on without. */
export const TABLE_PATIENCE_MS = 60_000;

/** Learning from tables ends when fewer peers than a sum needs have been there for this long, ms. */
export const TABLE_ALONE_MS = 20_000;
