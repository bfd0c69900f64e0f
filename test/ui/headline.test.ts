/** The sentence of every state. @module */
import { describe, expect, it } from 'vitest';
import type { FailureReason } from '../../src/errors.ts';
import type { SessionView } from '../../src/peer/view.ts';
import { headline } from '../../src/ui/headline.ts';
import { FIXTURE_STATES, fixtureId, fixtureView } from './fixture-views.ts';

function attemptWith(view: SessionView, change: Partial<NonNullable<SessionView['attempt']>>) {
  return { ...view, attempt: { ...view.attempt!, ...change } };
}

describe('headline', () => {
  it.each([
    ['alone', 'alone', 'You are alone here, and your map shows it.', 'eight readings', undefined],
    ['alone-server-away', 'alone', 'You are alone here', 'is away', undefined],
    [
      'two',
      'two',
      'Two of you. A secret sum needs three.',
      'With a third peer, neither can.',
      'trust',
    ],
    ['two-asked', 'two', 'A secret sum needs three.', 'Bence has agreed to merge as two', 'trust'],
    ['two-trusting', 'two-trusting', 'you trust each other', 'as you both agreed', 'stop-trusting'],
    ['connecting', 'connecting', 'Farid is joining.', 'rounds go on without waiting', undefined],
    ['training', 'training', 'Six peers are learning one map.', 'in nine steps', undefined],
    ['by-hand', 'training', 'Six peers', 'waits until somebody asks', undefined],
    ['gathering', 'gathering', 'Six peers', 'every two agree on a mask; 4 of 6', undefined],
    ['sending', 'sending', 'Six peers', '4 of 6 are in this tab’s sum', undefined],
    ['locking', 'locking', 'Six peers', '4 have, and 5 of 6 are needed', undefined],
    ['unmasking', 'unmasking', 'Six peers', '4 of 6 have opened', undefined],
    [
      'dropout',
      'dropout',
      'Dov left in the middle. The round goes on.',
      'Five masks now have no counterpart. The five who stayed, all together, can rebuild Dov’s mask key',
      undefined,
    ],
    [
      'failed',
      'failed',
      'Round 13 stopped before anything was opened.',
      'remains noise',
      'why-it-stopped',
    ],
    [
      'left-out',
      'left-out',
      'You sit out the rounds.',
      'Bence asked, and the roster says so. Your tab keeps learning from its own readings, and the rounds until round 23',
      'ask-why',
    ],
    [
      'server-gone',
      'server-gone',
      'The six of you are on your own, and that is fine.',
      'Links stay',
      undefined,
    ],
    [
      'wrong-link',
      'wrong-link',
      'This invitation has a different key.',
      'Ask for the link again',
      'new-room',
    ],
    ['room-full', 'room-full', 'This room is full.', 'new room', 'new-room'],
    ['no-webrtc', 'no-webrtc', 'cannot meet other peers', 'another browser', undefined],
    ['open-room', 'training', 'Six peers', 'Each has only its own readings.', undefined],
    ['many', 'sending', '15 peers are learning one map.', '4 of 15', undefined],
  ] as const)('%s: %s', (fixture, state, title, detail, action) => {
    const said = headline(fixtureView(fixture));
    expect(said.state).toBe(state);
    expect(said.title).toContain(title);
    expect(said.detail).toContain(detail);
    expect(said.action).toBe(action);
  });
  it('has words for every fixture', () => {
    for (const state of FIXTURE_STATES) {
      const said = headline(fixtureView(state));
      expect(`${said.title} ${said.detail}`).not.toMatch(/undefined|NaN|\bnull\b|\s\s|[!]/);
      expect(said.title).toMatch(/\.$/);
    }
  });
  it('says tabs while no program is among them', () => {
    const view = fixtureView('training');
    const peers = view.peers.map((peer) => ({ ...peer, kind: 'tab' as const }));
    expect(headline({ ...view, peers }).title).toBe('Six tabs are learning one map.');
  });
  it('does not promise a round that too many have left', () => {
    const view = attemptWith(fixtureView('dropout'), {
      stage: 'send',
      gone: [fixtureId(1), fixtureId(3), fixtureId(4)],
    });
    const said = headline(view);
    expect(said.title).toBe('Bence, Dov and Emi left in the middle. The round cannot go on.');
    expect(said.detail).toContain('Five of the six have to stay.');
  });
  it('says that nothing was sent when somebody leaves before the masks', () => {
    const said = headline(attemptWith(fixtureView('dropout'), { stage: 'keys' }));
    expect(said.title).toContain('The round goes on.');
    expect(said.detail).toContain('Nothing had been sent yet');
  });
  it('counts the shares needed where fewer than all who stayed are enough', () => {
    const said = headline(attemptWith(fixtureView('dropout'), { threshold: 4 }));
    expect(said.detail).toContain('Any four of the five who stayed can rebuild');
  });
  it.each<FailureReason>([
    'too-few-peers',
    'timeout',
    'aborted',
    'spent',
    'parameters-differ',
    'base-differs',
    'left-out',
    'budget',
  ])('a round that failed by %s says what stays safe', (reason) => {
    const view = fixtureView('failed');
    const said = headline({ ...view, failure: { ...view.failure!, reason } });
    expect(said.state).toBe('failed');
    expect(said.title).toContain(reason === 'spent' ? 'without a result' : 'stopped');
    expect(said.detail).toMatch(/noise|not used again|Nothing was sent/);
  });
  it('a new attempt takes the place of a failure', () => {
    const view = { ...fixtureView('sending'), failure: fixtureView('failed').failure };
    expect(headline(view).state).toBe('sending');
  });
  it('a paused tab says so', () => {
    const view = fixtureView('training');
    const paused = { ...view, learning: { ...view.learning!, isRunning: false } };
    expect(headline(paused).detail).toContain('paused');
  });
  it('names whom the newest round went on without', () => {
    const view = fixtureView('training');
    const result = { ...view.result!, dropped: [fixtureId(3)] };
    expect(headline({ ...view, result }).detail).toContain('Round 12 came to its end without Dov.');
  });
});
