/**
 * Every tunable, with its unit, why that value, and whether peers must agree on it.
 *
 * @module
 */

/** Version of the wire; peers of different versions refuse each other. Agreed. */
export const WIRE_VERSION = 1;

/** Largest cohort of one round: beyond it, a room needs lines. Agreed. */
export const MAX_COHORT = 15;

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

/** Payload of one data-channel message, bytes: Chromium refuses above 262144, 16 to 64 KiB goes best. */
export const FRAME_BYTES = 16_384;

/** Bytes handed to a data channel before waiting for it to drain: small, or two-way traffic collapses. */
export const HIGH_WATER_BYTES = 262_144;

/** Bytes queued for one link before it is closed as overflowing: two of the largest messages. */
export const MAX_QUEUE_BYTES = 2 * MAX_MESSAGE_BYTES;

/** A full channel that cannot say when it has drained (Node) is looked at again after this, ms. */
export const DRAIN_POLL_MS = 5;

/** A server's word that a peer left is believed when a ping stays unanswered this long, ms. */
export const PING_TIMEOUT_MS = 1_000;

/** A link without any bytes for this long is pinged, ms: notices a frozen or vanished peer. */
export const LINK_IDLE_MS = 5_000;

/** A pinged link that stays silent this long is closed, ms: longer than a hidden tab's slowest timer. */
export const LINK_SILENT_MS = 12_000;

/** How long connecting to an introduced peer may take, ms. */
export const LINK_OPEN_TIMEOUT_MS = 15_000;

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

/** Bound of |value| for a private sum, unless asked otherwise. Agreed. */
export const SUM_CLIP = 1024;

/** Cap of the weight in a private sum with weights, unless asked otherwise. Agreed. */
export const SUM_WEIGHT_CAP = 1_000;

/** Largest vector of a broadcast round, words. */
export const MAX_VECTOR_WORDS = 1_000_000;

/** Local steps between rounds. */
export const MERGE_EVERY_STEPS = 20;

/**
 * Local steps a second at most while a person watches: a round then comes about every two seconds, as long as one is shown.
 * A headless peer keeps the same pace.
 */
export const STEPS_PER_SECOND = 12;

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
