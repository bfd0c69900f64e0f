/**
 * Draws docs/images/scaling.svg from what the bench `scaling` prints:
 * `npm run bench -- --only scaling --json | node bench/scaling/plot.js`.
 */
import { createInterface } from 'node:readline';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const SERIES = [
  { name: 'vectors sent', label: 'vectors sent', unit: '', colour: '#b4532a' },
  { name: 'messages', label: 'messages', unit: '', colour: '#2f6f8f' },
  { name: 'control', label: 'control, KiB', unit: '', colour: '#5b7f2b' },
  { name: 'links', label: 'most links', unit: '', colour: '#7a5a9e' },
];

const WIDTH = 720;
const HEIGHT = 420;
const LEFT = 56;
const RIGHT = 150;
const TOP = 40;
const BOTTOM = 48;

const points = new Map(SERIES.map(({ name }) => [name, []]));
for await (const line of createInterface({ input: process.stdin })) {
  if (!line.startsWith('{')) continue;
  const { event, bench, what, value } = JSON.parse(line);
  if (event !== 'reading' || bench !== 'scaling') continue;
  const [, peers, name] =
    /^(\d+) peers, (?:most )?(vectors sent|messages|control|links)/.exec(what) ?? [];
  if (name !== undefined) points.get(name).push([Number(peers), value]);
}

const all = [...points.values()].flat();
if (all.length === 0) throw new Error('There is nothing to draw: pipe the bench in, with --json.');
const mostPeers = Math.max(...all.map(([peers]) => peers));
const x = (peers) =>
  LEFT + ((WIDTH - LEFT - RIGHT) * Math.log2(peers / 8)) / Math.log2(mostPeers / 8);
const y = (value) =>
  HEIGHT - BOTTOM - ((HEIGHT - TOP - BOTTOM) * Math.log10(Math.max(value, 1))) / 3;

const ticks = [...new Set(all.map(([peers]) => peers))].filter((peers) => peers !== 15);
const parts = [
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="13" role="img">`,
  '<title>Cost of a round for one peer, by peers in the room: nearly flat from 64 on</title>',
  `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fbfaf7"/>`,
  `<text x="${LEFT}" y="24" fill="#26302f" font-weight="600">What a round costs one peer, by peers in the room</text>`,
  ...[1, 10, 100, 1000].map(
    (value) =>
      `<path d="M${LEFT} ${y(value)}H${WIDTH - RIGHT}" stroke="#d9d5cb"/>` +
      `<text x="${LEFT - 8}" y="${y(value) + 4}" text-anchor="end" fill="#5d6664">${value.toLocaleString('en')}</text>`,
  ),
  ...ticks.map(
    (peers) =>
      `<text x="${x(peers)}" y="${HEIGHT - BOTTOM + 20}" text-anchor="middle" fill="#5d6664">${peers.toLocaleString('en')}</text>`,
  ),
  `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 8}" text-anchor="middle" fill="#5d6664">peers</text>`,
];
const labels = [];
for (const { name, label, colour } of SERIES) {
  const own = points.get(name).sort(([a], [b]) => a - b);
  if (own.length === 0) continue;
  const path = own.map(
    ([peers, value], at) => `${at === 0 ? 'M' : 'L'}${x(peers).toFixed(1)} ${y(value).toFixed(1)}`,
  );
  parts.push(`<path d="${path.join('')}" fill="none" stroke="${colour}" stroke-width="2"/>`);
  for (const [peers, value] of own) {
    parts.push(
      `<circle cx="${x(peers).toFixed(1)}" cy="${y(value).toFixed(1)}" r="3" fill="${colour}"/>`,
    );
  }
  labels.push({ at: y(own.at(-1)[1]), label: `${label}: ${own.at(-1)[1].toFixed(0)}`, colour });
}
// Labels keep a line's height between them.
labels.sort((a, b) => a.at - b.at);
labels.forEach((own, at) => {
  if (at > 0) own.at = Math.max(own.at, labels[at - 1].at + 18);
  parts.push(
    `<text x="${WIDTH - RIGHT + 12}" y="${own.at + 4}" fill="${own.colour}">${own.label}</text>`,
  );
});
parts.push('</svg>');
const file = fileURLToPath(new URL('../../docs/images/scaling.svg', import.meta.url));
writeFileSync(file, `${parts.join('\n')}\n`);
