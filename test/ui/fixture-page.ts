/**
 * The real page over a fixture session: `fixture.html?state=training` and the other states of `fixture-views.ts`
 * and `fixture-lines.ts`. With `&live` the local map moves, with `&play` rounds follow each other.
 *
 * @module
 */
import '../../src/ui/fonts.css';
import { startPage } from '../../src/ui/start-page.ts';
import { FixtureSession } from './fixture-session.ts';
import { isLinesState, linesView } from './fixture-lines.ts';
import { playRounds } from './fixture-rounds.ts';
import { fixtureView, isFixtureState } from './fixture-views.ts';

const parameters = new URLSearchParams(location.search);
const state = parameters.get('state') ?? 'training';
const theme = parameters.get('theme');
if (theme) localStorage.setItem('murmuration.theme', theme);
const view = isLinesState(state)
  ? linesView(state)
  : isFixtureState(state)
    ? fixtureView(state)
    : undefined;
if (view === undefined) throw new RangeError(`state is "${state}": see fixture-views.ts.`);

const sessions: FixtureSession[] = [];
Object.assign(globalThis, { fixture: { sessions } });

startPage(({ address, isExtra, name }) => {
  if (parameters.has('broken'))
    return Promise.reject(new Error('The store of this browser cannot be opened: allow it.'));
  const session = new FixtureSession(
    isExtra
      ? fixtureView('alone', { name, id: 4 + sessions.length })
      : {
          ...view,
          room: {
            ...view.room,
            name: address.room,
            isOpen: address.key === undefined,
          },
        },
    parameters.has('live'),
  );
  sessions.push(session);
  const own = sessions[0]!;
  if (isExtra) own.meet(session.view.self);
  else if (parameters.has('play')) playRounds(session);
  return Promise.resolve(session);
});
