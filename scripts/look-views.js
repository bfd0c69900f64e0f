/**
 * What there is to look at: an address, what must be there before a picture is taken, and what is then done, each
 * act followed by a picture.
 */

const press = (name) => (page) => page.getByRole('button', { name }).first().click();

const caption = (hasText) => (page) => page.locator('figcaption', { hasText }).waitFor();

/** One thing after the other. */
const all =
  (...acts) =>
  async (page) => {
    for (const act of acts) await act(page);
  };

const times = (count, act) => all(...Array.from({ length: count }, () => act));

const figure = (name, acts, ready = caption('')) => [
  name,
  { hash: `#/story?figure=${name}`, ready, acts },
];

const played = (page) => page.getByText('All runs are played.').waitFor();

/** Scrolls through the page, so that every figure is fetched and has begun. */
async function seeAll(page) {
  for (const place of await page.locator('[data-figure]').all()) {
    await place.scrollIntoViewIfNeeded();
    await place.locator('figcaption').waitFor();
  }
  await page.evaluate(() => scrollTo(0, 0));
}

export const views = Object.fromEntries([
  figure('murmuration', {
    merged: all(caption('Two times'), press('Pause')),
  }),
  figure('spam', {
    alone: (page) => page.getByRole('button', { name: 'Alone', exact: true }).click(),
    open: press('Together, in the open'),
    masked: press('Together, under masks'),
    played: all(press('Play'), (page) => page.getByLabel('Round 20').waitFor()),
    written: (page) => page.getByLabel(/^Write a message/).fill('Are you coming home for dinner?'),
  }),
  figure('masks', {
    small: press('Small numbers'),
    left: all(press('One person more'), press('Let Chloé drop out')),
    rebuilt: all(...['Amara', 'Bence', 'Dov'].map((name) => press(`${name}: hand over the piece`))),
    eight: all(press('Words modulo 2³²'), times(4, press('One person more'))),
  }),
  figure('models', {
    all: times(3, press('Add the next')),
    six: press('6'),
    none: press('Empty the sum'),
  }),
  figure('readings', {
    learned: all(press('Let them learn'), (page) => page.getByText('300 steps').waitFor()),
    'kept-out': all(press('User 6: keep out'), press('User 7: keep out')),
  }),
  figure('together', {
    merged: times(3, all(press('Merge now'), times(12, press('Two steps')))),
    pointed: (page) => page.getByRole('button', { name: /^Map 6, / }).focus(),
  }),
  figure(
    'outliers',
    {
      'left-out': all(press('Leave the six out'), (page) =>
        page.locator('figcaption', { hasText: 'ten' }).waitFor(),
      ),
      'three-runs': all(press(/^User 1, /), (page) => page.waitForTimeout(4_000)),
    },
    (page) => page.waitForTimeout(4_000),
  ),
  figure('privacy', {
    played: (page) => page.getByRole('button', { name: 'All is played' }).waitFor({ timeout: 0 }),
    circle: all(press('Circle, harder'), press('Pause')),
  }),
  figure('rounds', {
    512: press('512'),
    played: all(press('Play'), (page) => page.waitForTimeout(20_000)),
    vanished: all(press('Start again'), press('Let one in ten vanish'), caption('vanished')),
  }),
  ['story', { hash: '#/story', ready: seeAll, acts: {} }],
  [
    'lab',
    {
      hash: '#/lab',
      ready: played,
      acts: { empty: press('Clear results') },
    },
  ],
  [
    'lab-running',
    {
      hash: '#/lab?steps=400&sweep=points,every&seeds=20&seed=1',
      ready: (page) => page.getByText(/^Played [1-9]|Playing/).waitFor(),
      acts: { stopped: press('Cancel') },
    },
  ],
  [
    'lab-crossed',
    {
      hash: '#/lab?sweep=points,outliers&seeds=1&seed=1',
      ready: played,
      acts: {},
    },
  ],
]);
