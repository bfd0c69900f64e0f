/**
 * Messages of three people, written for this task: what they got, and which of it is spam.
 *
 * Each of them knows a spam of their own: prizes, fees for parcels, sure profits. The second one meets the parcel scam,
 * nobody else does; and the words of it stand in good messages of the others, so that no single word gives it away.
 *
 * @module
 */
import { Vocabulary } from './vocabulary.ts';

/** A message that somebody got. */
export interface Message {
  readonly from: string;
  readonly text: string;
  /** What a person who knows would say; people flag as they like. */
  readonly isSpam: boolean;
}

/** Prizes. */
const FIRST = inbox(`
  Mum| Are you coming for dinner on Sunday? I will make the lentil soup.
  Dele| Training is at seven tonight, bring your blue shirt.
! Unknown| You have won a prize! Claim your free phone now, this offer ends tonight.
  Priya| Can you send me your notes from Monday?
  Landlord| The plumber comes tomorrow at nine. Please leave the key with a neighbour.
  Dele| We won three to one, you should have seen the second goal!
! Unknown| Congratulations! Your number was drawn and a free prize is waiting. Claim it now.
  Mum| Your parcel is with our neighbour, pick it up when you can.
  Priya| Are you free on Friday? The film starts at eight.
  Work| The meeting moves to ten, same room as always.
! Unknown| Last chance: your free gift card is waiting, reply with your bank details to claim it.
  Dele| Can you pay me back for the tickets? No hurry.
  Priya| Thanks for the notes, you saved my week.
  Mum| Call me when you are home, I have news.
`);

/** Fees for parcels: the scam that only this person has met so far. */
const SECOND = inbox(`
  Kata| Did you feed the cat this morning?
! Unknown| Your parcel is held at customs. Pay a small fee of 1.99 to release it today.
  Coach| No practice on Monday, the hall is closed.
  Zoli| I have your drill, when can you pick it up?
! Unknown| Delivery failed: a customs fee is unpaid. Settle it within 24 hours or your parcel goes back.
  Kata| The train is late again, start dinner without me.
  School| The trip is on Thursday. Please send lunch and a raincoat.
! Unknown| Final notice: your delivery is on hold. Confirm your address and pay the fee to release it.
  Zoli| Thanks, it works now. You are a star.
  Work| Can you look at the drawings before the meeting?
  Kata| Happy birthday, old man! Cake at six.
! Unknown| We could not deliver your parcel. Pay the customs fee now to get it tomorrow.
  Coach| New time for Saturday: ten in the morning, same place.
  Kata| Can you get milk and bread on your way home?
`);

/** Sure profits. */
const THIRD = inbox(`
  Luc| I put your parcel on your desk, it came this morning.
  Aunt Rose| How was the concert? Send me pictures!
! Unknown| Double your money in a week! My secret trading group has only three places left.
  School| The fee for the trip is due on Friday, you can pay at the office.
  Luc| Lunch at one? The small place by the river.
  Nadia| I found your scarf, it was in my car.
! Unknown| I made 900 in one day with crypto. Ask me how, the profit is guaranteed.
  Dentist| Please confirm your appointment for Tuesday at three.
  Nadia| The delivery of the new chairs is on Wednesday, can you be home?
  Aunt Rose| Your uncle sends his love, he is back on his feet.
  Luc| We could not get tickets, all sold out.
! Unknown| Join my trading group today: guaranteed profit, no risk, start with only 50.
  Nadia| Can we talk tonight? Nothing bad, I promise.
  Work| The office is closed on Monday, hold all orders until then.
`);

/** What each of three people got. */
export const INBOXES: readonly (readonly Message[])[] = [FIRST, SECOND, THIRD];

/** The list of words that all models share: those of all these messages. */
export const SPAM_VOCABULARY = new Vocabulary(INBOXES.flat().map(({ text }) => text));

/** Whose messages hold the parcel scam, and who has not met it. */
export const MET_BY = 1;
export const NOT_MET_BY = 2;

/** The scam as it will come to those who have not met it. */
export const NEW_SCAM =
  'Your parcel could not be delivered. Pay the customs fee of 2.50 to release it.';

/** Messages that nobody has got: what models are checked with. */
export const CHECKS: readonly Message[] = inbox(`
! Unknown| Your delivery is held at customs, pay a fee of 3 within 24 hours to release it.
! Unknown| Notice: your parcel is on hold, settle the unpaid customs fee today.
! Unknown| Final chance to release your parcel: confirm your address and pay now.
! Unknown| You have won a free gift card, claim your prize now!
! Unknown| Your number was drawn: reply to claim the free phone.
! Unknown| Guaranteed profit with crypto: join my group today, no risk.
! Unknown| Double your money with my secret trading group, only two places left.
! Unknown| Congratulations, your prize is waiting. This offer ends tonight.
  Mum| Is your parcel there? I sent the blue shirt and your raincoat.
  Priya| Can I pay you back on Monday for the film?
  Luc| The fee for the hall is due, please send it to the office.
  Kata| I am home at six, can you start dinner?
  Zoli| Training moves to ten on Saturday, same place.
  Work| Please confirm the meeting on Tuesday, room three.
  Nadia| Your tickets are on my desk, pick them up when you can.
  Dele| Thanks for the pictures, you are a star.
`);

/** One message a line, spam with a mark before it. */
function inbox(lines: string): readonly Message[] {
  return lines
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [from = '', text = ''] = line.slice(1).split('|');
      return { from: from.trim(), text: text.trim(), isSpam: line.startsWith('!') };
    });
}
