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

/** Payload of one data-channel message, bytes: Chromium refuses above 262144, 16 to 64 KiB goes best. */
export const FRAME_BYTES = 16_384;

/** Bytes handed to a data channel before waiting for it to drain: small, or two-way traffic collapses. */
export const HIGH_WATER_BYTES = 262_144;

/** Bytes queued for one link before it is closed as overflowing: two of the largest messages. */
export const MAX_QUEUE_BYTES = 2 * MAX_MESSAGE_BYTES;

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

/** A phase before masking (keys, shares) may take this long, ms. */
export const PREPARE_TIMEOUT_MS = 10_000;

/** Masked vectors of live members are awaited this long, ms. */
export const GATHER_TIMEOUT_MS = 10_000;

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

/** Largest vector of a broadcast round, words. */
export const MAX_VECTOR_WORDS = 1_000_000;

/** Local steps between rounds. */
export const MERGE_EVERY_STEPS = 20;

/** Local steps a second at most while a person watches; a headless peer keeps the same pace. */
export const STEPS_PER_SECOND = 20;

/** Longest name of a person or a room, UTF-16 units. */
export const MAX_NAME_LENGTH = 40;
