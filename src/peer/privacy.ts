/**
 * The privacy of one peer in a room: which noise it adds, what its data have told, and when that is enough.
 *
 * @module
 */
import { RoundFailed } from '../errors.ts';
import type { PeerId } from '../ids.ts';
import { agreementText, isWeaker, readAgreement, type Agreement } from '../privacy/agreement.ts';
import {
  canAfford,
  costOf,
  EMPTY_LEDGER,
  epsilonsOf,
  isBudget,
  NOTHING_TOLD,
  toldWith,
  withBareRound,
  withCharge,
  withoutCharge,
  withResult,
  type Cost,
  type Ledger,
  type Told,
} from '../privacy/ledger.ts';
import {
  DEFAULT_DELTA,
  leastIncluded,
  noiseText,
  readNoise,
  type NoiseSetting,
} from '../privacy/noise.ts';
import { rhoOf } from '../privacy/zcdp.ts';
import type { ANYBODY } from '../round/roster.ts';
import type { RoundParameters } from '../secagg/index.ts';
import type { Account, KeptSpending } from './account.ts';
import { Agreeing } from './agreeing.ts';
import type { Joined } from './keeping.ts';
import { settingOf } from './noise-parameters.ts';
import type { FollowedNoise, NoiseChoice, PrivacyView } from './view.ts';

/** What a peer's privacy is made of. */
export interface PrivacyOptions {
  /** The account of this peer's data; undefined for a peer that keeps nothing. */
  readonly kept: Account | undefined;
  /** Keeps what was spent; rejects when it cannot be kept. */
  keep(spending: KeptSpending): Promise<void>;
  /** The noise this peer comes with. */
  readonly noise: NoiseSetting | undefined;
  /** Values of a vector; 0 where each question has its own. */
  readonly dimension: number;
  /** Epsilon at which spending stops, unless an earlier life of this peer set another. */
  readonly budget: number | undefined;
  /** Fewest peers in a sum. */
  readonly minPeers: number;
  /** Whose proposals of less noise are followed without asking. */
  readonly follows: PeerId | typeof ANYBODY | undefined;
}

/** One peer's account, and its side of the agreement. */
export class Privacy {
  readonly #options: PrivacyOptions;
  readonly #agreeing: Agreeing;
  /** What this room and task told. */
  #ledger: Ledger;
  /** What other rooms and tasks told of the same data. */
  #elsewhere: Told;
  /** Both together. */
  #told: Told;
  #budget: number | undefined;
  /** Of every epsilon told to this person, who alone may change it. */
  #delta: number;
  /** The noise of the newest contribution. */
  #newest: NoiseSetting | undefined;
  /** The newest epsilons that were worked out, and of what: a page asks for them with every frame. */
  #epsilons: { readonly of: Told; readonly delta: number; readonly epsilons: Cost } | undefined;
  /** The most that may be told, as rho, and of which budget. */
  #cap: { readonly budget: number; readonly delta: number; readonly rho: number } | undefined;
  /** The newest change that was followed unasked. */
  #followed: FollowedNoise | undefined;
  /** The contribution that is under way. */
  #charged: { readonly round: number; readonly parameters: RoundParameters } | undefined;

  constructor(options: PrivacyOptions) {
    this.#options = options;
    const own = { setting: options.noise, revision: 0 };
    this.#agreeing = new Agreeing(own, options.dimension, options.follows);
    this.#delta = options.noise?.delta ?? DEFAULT_DELTA;
    const { own: kept, elsewhere = NOTHING_TOLD, budgetElsewhere } = options.kept ?? {};
    this.#ledger = kept?.ledger ?? EMPTY_LEDGER;
    this.#elsewhere = elsewhere;
    this.#told = toldWith(this.#ledger, elsewhere);
    // Where nobody says otherwise, the limit that was set for these data goes for all rooms.
    this.#budget = kept?.budget ?? options.budget ?? budgetElsewhere;
    const least = leastOf(kept?.least);
    if (least !== undefined) {
      this.#agreeing.insist(least);
      if (this.#agreeing.isTooWeak(own.setting)) this.#agreeing.choose(least);
    }
  }

  /** What this peer adds. */
  get agreement(): Agreement {
    return this.#agreeing.own;
  }

  /** After a contribution with noise: what all of them told, the others being honest. */
  get epsilon(): number | undefined {
    return this.#newest && this.#spent().othersHonest;
  }

  get view(): Omit<PrivacyView, 'apart' | 'isSpent' | 'dimension'> {
    const { own, least, wishes } = this.#agreeing;
    const { rounds, bareRounds, cost } = this.#told;
    return {
      noise: own.setting,
      revision: own.revision,
      least,
      asked: this.#asked(wishes),
      followed: this.#followed,
      spent: {
        rounds,
        bareRounds,
        rho: cost.othersHonest,
        delta: this.#delta,
        ...this.#spent(),
      },
      budget: this.#budget,
    };
  }

  /** One sentence for a person whose budget the next round would exceed. */
  get exhausted(): string {
    return `The next round would take epsilon beyond ${this.#budget}, where you asked to stop: this peer takes part in no more. Raise the budget, or ask for more noise.`;
  }

  /**
   * Whether another contribution under these parameters stays within the budget, whatever becomes of it.
   * While one is under way, that is not known: the others may turn out to hide it better.
   */
  maySpend(parameters: RoundParameters): boolean {
    return this.#charged !== undefined || this.#canSpend(parameters);
  }

  #canSpend({ noise, dimension }: RoundParameters): boolean {
    const { setting } = readAgreement(noise);
    if (this.#agreeing.isTooWeak(setting)) return false;
    if (this.#budget === undefined || dimension === 0) return true;
    if (setting === undefined) return false;
    const next = costOf(setting, dimension, this.#fewest(setting));
    return canAfford(this.#told, next, this.#capOf(this.#budget));
  }

  /**
   * Charges a contribution that is about to leave. Resolves when that is durable.
   *
   * @throws RoundFailed when it would exceed the budget.
   */
  async charge({ round, attempt }: Joined, parameters: RoundParameters): Promise<void> {
    if (!this.#canSpend(parameters)) throw new RoundFailed('budget', this.exhausted);
    const { setting } = readAgreement(parameters.noise);
    this.#charged = { round, parameters };
    this.#newest = setting;
    if (setting === undefined) return;
    const cost = costOf(setting, parameters.dimension, this.#fewest(setting));
    await this.#write(withCharge(this.#ledger, { round, attempt, cost }));
    await this.#giveWay({ round, attempt });
  }

  /**
   * The newest contribution is in a sum.
   *
   * @param included - Peers in the smallest sum that anybody saw it in, this one included.
   */
  settle(round: number, included: number): void {
    if (this.#charged?.round !== round) return;
    const { noise, dimension } = this.#charged.parameters;
    const { setting } = readAgreement(noise);
    this.#charged = undefined;
    const ledger =
      setting === undefined
        ? withBareRound(this.#ledger)
        : withResult(this.#ledger, round, costOf(setting, dimension, included));
    this.#writeSoon(ledger);
  }

  /** A contribution will never be opened. */
  release({ round, attempt }: Joined): void {
    this.#charged = undefined;
    this.#writeSoon(withoutCharge(this.#ledger, round, attempt));
  }

  /** A contribution may have been opened, and nobody will say in which sum: its charge stays. */
  lose(): void {
    const isBare = this.#charged !== undefined && this.#newest === undefined;
    this.#charged = undefined;
    if (isBare) this.#writeSoon(withBareRound(this.#ledger));
  }

  /**
   * Hears which noise another peer adds; `unfit` is another version's, or somebody's trick, and never followed.
   *
   * @param isArrival - This peer has no result of the room yet, so it meets what the room had before.
   */
  hear(peer: PeerId, text: string, isArrival = false): ReturnType<Agreeing['hear']> | 'unfit' {
    const before = this.agreement.setting;
    try {
      const heard = this.#agreeing.hear(peer, text);
      const noise = this.agreement.setting;
      if (heard === 'followed') {
        const isStronger = isWeaker(before, noise, this.#options.dimension);
        this.#followed = { peer, noise, isStronger, isArrival };
      }
      return heard;
    } catch {
      return 'unfit';
    }
  }

  /**
   * Proposes other noise.
   *
   * @param others - Linked peers: distributed noise is shared out among them.
   * @throws RangeError when the noise is out of range, or does not fit.
   */
  choose(choice: NoiseChoice | undefined, dimension: number, others: number): void {
    const setting = choice && settingOf(choice, dimension, others);
    if (this.#agreeing.isTooWeak(setting)) this.#agreeing.insist(undefined);
    this.#agreeing.choose(setting);
    this.#followed = undefined;
    this.#delta = setting?.delta ?? this.#delta;
    this.#writeSoon(this.#ledger);
  }

  /** Takes part only with so much noise at least; asks for it where the room has less. */
  insist(least: NoiseChoice | undefined, dimension: number, others: number): void {
    const setting = least && settingOf(least, dimension, others);
    this.#agreeing.insist(setting);
    if (this.#agreeing.isTooWeak(this.agreement.setting)) this.#agreeing.choose(setting);
    this.#writeSoon(this.#ledger);
  }

  follow(peer: PeerId): void {
    this.#followed = undefined;
    if (this.#agreeing.follow(peer)) this.#delta = this.agreement.setting?.delta ?? this.#delta;
  }

  forget(peer: PeerId): void {
    this.#agreeing.forget(peer);
  }

  /** @throws RangeError when it is no budget. */
  setBudget(epsilon: number | undefined): void {
    if (epsilon !== undefined && !isBudget(epsilon)) {
      throw new RangeError(
        `The budget is ${epsilon}: choose an epsilon above 0 and below 1,000,000, such as 8.`,
      );
    }
    this.#budget = epsilon;
    this.#writeSoon(this.#ledger);
  }

  /** Wishes, those for the same thing together. */
  #asked(wishes: ReadonlyMap<PeerId, Agreement>): PrivacyView['asked'] {
    const texts = new Set([...wishes.values()].map(agreementText));
    return [...texts].map((text) => {
      const peers = [...wishes].filter(([, wish]) => agreementText(wish) === text);
      const { setting } = readAgreement(text);
      const isTooWeak = this.#agreeing.isTooWeak(setting);
      return { peers: peers.map(([peer]) => peer), noise: setting, isTooWeak };
    });
  }

  /** Fewest peers of a sum that this peer takes part in. */
  #fewest(setting: NoiseSetting): number {
    return Math.max(this.#options.minPeers, leastIncluded(setting));
  }

  #spent(): Cost {
    const [told, delta] = [this.#told, this.#delta];
    if (this.#epsilons?.of !== told || this.#epsilons.delta !== delta) {
      this.#epsilons = { of: told, delta, epsilons: epsilonsOf(told.cost, delta) };
    }
    return this.#epsilons.epsilons;
  }

  #capOf(budget: number): number {
    const delta = this.#delta;
    if (this.#cap?.budget !== budget || this.#cap.delta !== delta) {
      this.#cap = { budget, delta, rho: rhoOf(budget, delta) };
    }
    return this.#cap.rho;
  }

  /**
   * Another room may have been charged for the same data since. Both write before they look, so at least one of
   * them sees the other. Two that both gave way look again, so at least one of them sees that the other did.
   */
  async #giveWay({ round, attempt }: Joined): Promise<void> {
    await this.#lookElsewhere();
    if (this.#budget === undefined) return;
    if (this.#told.cost.othersHonest <= this.#capOf(this.#budget)) return;
    this.#charged = undefined;
    await this.#write(withoutCharge(this.#ledger, round, attempt));
    await this.#lookElsewhere();
    throw new RoundFailed('budget', this.exhausted);
  }

  async #lookElsewhere(): Promise<void> {
    this.#elsewhere = (await this.#options.kept?.look()) ?? NOTHING_TOLD;
    this.#told = toldWith(this.#ledger, this.#elsewhere);
  }

  async #write(ledger: Ledger): Promise<void> {
    this.#ledger = ledger;
    this.#told = toldWith(ledger, this.#elsewhere);
    const { least } = this.#agreeing;
    await this.#options.keep({
      ledger,
      data: this.#options.kept?.data,
      budget: this.#budget,
      least: least && noiseText(least),
    });
  }

  #writeSoon(ledger: Ledger): void {
    // Where nothing can be kept, this peer contributes no more, and says so.
    this.#write(ledger).catch(() => undefined);
  }
}

/** What an earlier life of this peer insisted on; text of another version says nothing. */
function leastOf(text: string | undefined): NoiseSetting | undefined {
  try {
    return text === undefined ? undefined : readNoise(text);
  } catch {
    return undefined;
  }
}
