/**
 * A notebook as an ES module, in the format that Observable exports: cells, each with a name, what it depends on,
 * and a function. When a cell changes, those that depend on it run again.
 *
 * The cells join a room, follow who is there, and ask for a private mean of what each reader types.
 */
import { joinRoom, newRoomKey } from 'murmuration';

/** Defines the cells. */
export default function define(runtime, observer) {
  const main = runtime.module();
  const cell = (name, inputs, definition) =>
    main.variable(observer(name)).define(name, inputs, definition);

  cell('place', [], () => {
    if (!location.hash) history.replaceState(null, '', `#${newRoomKey()}`);
    const server = new URLSearchParams(location.search).get('server') ?? 'http://localhost:8080';
    return { server, room: 'notebook', key: location.hash.slice(1) };
  });

  cell('session', ['place', 'invalidation'], async (place, invalidation) => {
    const session = await joinRoom(place);
    invalidation.then(() => session.leave());
    return session;
  });

  cell('here', ['session'], async function* (session) {
    for await (const { peers } of viewsOf(session)) {
      yield peers.filter(({ link }) => link === 'linked').length + 1;
    }
  });

  cell('viewof hours', [], () => {
    const form = document.createElement('form');
    form.innerHTML =
      '<label>Hours of sleep <input type="number" min="0" max="24" step="0.5" value="7"></label> <button>Ask the room</button>';
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      form.value = form.querySelector('input').valueAsNumber;
      form.dispatchEvent(new Event('input'));
    });
    // What is typed is no value until it is asked with.
    form.querySelector('input').addEventListener('input', (event) => event.stopPropagation());
    return form;
  });

  cell('hours', ['viewof hours'], async function* (form) {
    for (;;) {
      await new Promise((resolve) => form.addEventListener('input', resolve, { once: true }));
      yield form.value;
    }
  });

  cell('answer', ['session', 'hours', 'invalidation'], async (session, hours, invalidation) => {
    const control = new AbortController();
    invalidation.then(() => control.abort());
    return session.aggregate([hours], { clip: 24, signal: control.signal });
  });

  cell('sentence', ['answer'], ({ mean, count }) => {
    return `${count} readers slept ${mean[0].toFixed(2)} hours on average.`;
  });

  return main;
}

/** The views of a session: the newest one whenever it is asked for, once it is another than the last. */
async function* viewsOf(session) {
  let wake;
  let told;
  const stop = session.subscribe(() => wake?.());
  try {
    for (;;) {
      // What changed while nobody asked is no reason to wait.
      if (session.view === told) {
        await new Promise((resolve) => {
          wake = resolve;
        });
      }
      told = session.view;
      yield told;
    }
  } finally {
    stop();
  }
}
