/**
 * The real page over a fixture session: `fixture.html?state=training` and the other states of `fixture-views.ts`.
 *
 * @module
 */
import '../../src/ui/fonts.css';
import { startPage } from '../../src/ui/start-page.ts';
import { FixtureSession } from './fixture-session.ts';
import { fixtureView, isFixtureState } from './fixture-views.ts';

const parameters = new URLSearchParams(location.search);
const state = parameters.get('state') ?? 'training';
const theme = parameters.get('theme');
if (theme) localStorage.setItem('murmuration.theme', theme);
if (!isFixtureState(state)) throw new RangeError(`state is "${state}": see fixture-views.ts.`);

const sessions: FixtureSession[] = [];
Object.assign(globalThis, { fixture: { sessions } });

startPage(({ address, isExtra, name }) => {
  if (parameters.has('broken'))
    return Promise.reject(new Error('The store of this browser cannot be opened: allow it.'));
  const session = new FixtureSession(
    isExtra
      ? fixtureView('alone', { name, id: 4 + sessions.length })
      : {
          ...fixtureView(state),
          room: {
            ...fixtureView(state).room,
            name: address.room,
            isOpen: address.key === undefined,
          },
        },
    parameters.has('live'),
  );
  sessions.push(session);
  const own = sessions[0]!;
  if (isExtra) own.meet(session.view.self);
  return Promise.resolve(session);
});
