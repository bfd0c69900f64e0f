/** What the page says of peers, maps, rooms and hosts. @module */
import { describe, expect, it } from 'vitest';
import { isLoopbackHost } from '../../src/ui/invitation-host.ts';
import {
  linkWords,
  ownDoing,
  peerCount,
  peerDoing,
  peerTag,
  readingWords,
  throughWords,
} from '../../src/ui/peer-words.ts';
import { plainCopy } from '../../src/ui/plain-view.ts';
import { personName, roomName } from '../../src/ui/room-names.ts';
import {
  federationFinding,
  federationWords,
  ownFinding,
  serverWords,
} from '../../src/ui/view-words.ts';
import { nameMistake } from '../../src/ui/route.ts';
import { fixtureId, fixtureView } from './fixture-views.ts';

describe('peers', () => {
  it('say what they do in the round under way', () => {
    const view = fixtureView('sending');
    expect(ownDoing(view)).toBe('sent its masked update');
    expect(peerDoing(view, view.peers[0]!)).toBe('sent its masked update');
    expect(peerDoing(view, view.peers[4]!)).toBe('passed on the pieces of its key');
  });
  it('say when they are hidden, silent, joining, gone or left out, and by whom', () => {
    const view = fixtureView('training');
    const [bence, chloe] = [view.peers[0]!, view.peers[1]!];
    expect(peerDoing(view, chloe)).toBe('hidden tab, still learning');
    expect(peerDoing(view, { ...bence, silentMs: 12_000 })).toBe('not answering for 12 s');
    expect(peerDoing(view, { ...bence, link: 'linking' })).toContain('joining');
    expect(peerDoing(view, { ...bence, link: 'gone' })).toBe('left');
    const leftOut = { untilRound: 23, by: fixtureId(0) };
    expect(peerDoing(view, { ...bence, leftOut })).toBe('left out until round 23, asked by you');
    expect(peerDoing(view, { ...bence, leftOut: { ...leftOut, by: fixtureId(3) } })).toContain(
      'by Dov',
    );
    const dropout = fixtureView('dropout');
    expect(peerDoing(dropout, dropout.peers[2]!)).toBe('left in the middle');
  });
  it('are counted and tagged', () => {
    expect(peerCount(fixtureView('alone'))).toBe('only you');
    expect(peerCount(fixtureView('two'))).toBe('2 here, 1 link of yours');
    expect(fixtureView('training').peers.map(peerTag)).toEqual([undefined, undefined, undefined, undefined, 'no page']); // prettier-ignore
  });
  it('readings are told with the name', () => {
    expect(readingWords(fixtureView('training'))).toBe('Amara · 8 readings, 5 hot');
  });
});

describe('a peer without a direct link', () => {
  const view = fixtureView('training');
  const [bence, chloe] = [view.peers[0]!, view.peers[1]!];
  const relayed = { ...bence, link: 'linked', via: chloe.id } as const;

  it('is said to be linked through a name, and by whom it is carried', () => {
    expect(throughWords(view, relayed)).toBe(`through ${chloe.name}`);
    expect(linkWords(view, relayed)).toContain(`${chloe.name} passes sealed messages on`);
    expect(throughWords(view, { ...relayed, via: fixtureId(99) })).toBe('through somebody');
  });

  it('is not, once it has one or is gone', () => {
    expect(throughWords(view, { ...relayed, via: undefined })).toBeUndefined();
    expect(throughWords(view, { ...relayed, link: 'gone' })).toBeUndefined();
    expect(linkWords(view, { ...relayed, via: undefined })).toBe('direct, from tab to tab');
  });
});

describe('maps', () => {
  it('tell their finding with an ordinary space before the percent sign', () => {
    const learning = fixtureView('training').learning!;
    expect(federationFinding(learning)).toMatch(
      /^Federation heat-map after round 12, \d\d\.\d % of the map right$/,
    );
    expect(ownFinding(learning)).toMatch(
      /^Your heat-map after 251 steps, \d\d\.\d % of the map right, 8 readings$/,
    );
    expect(federationFinding({ ...learning, federation: undefined })).toBe(
      'Federation heat-map: none yet',
    );
  });
  it('say when a map was copied', () => {
    const view = fixtureView('training');
    expect(federationWords(view)).toBe('After round 12 · one map from six');
    expect(federationWords({ ...view, result: { ...view.result!, isCopied: true } })).toContain(
      'copied',
    );
    expect(federationWords(fixtureView('alone'))).toBe('Nothing yet');
  });
  it('the footer says no more of the server than is true', () => {
    expect(serverWords(fixtureView('server-gone'))).toContain('away');
    expect(serverWords(fixtureView('alone'))).toContain('one tab is here');
  });
});

describe('names', () => {
  it('of every random byte are usable', () => {
    for (let byte = 0; byte < 256; byte++) {
      expect(nameMistake(roomName(Uint8Array.of(byte, 255 - byte)))).toBeUndefined();
      expect(nameMistake(personName(byte))).toBeUndefined();
    }
  });
  it('avoid those taken, as long as there are others', () => {
    const taken: string[] = [];
    for (let at = 0; at < 32; at++) taken.push(personName(200, taken));
    expect(new Set(taken).size).toBe(32);
    expect(taken).toContain(personName(200, taken));
  });
});

describe('isLoopbackHost', () => {
  it.each(['localhost', 'LOCALHOST', 'app.localhost', '127.0.0.1', '127.8.8.8', '[::1]', '::1'])(
    '%s',
    (host) => expect(isLoopbackHost(host)).toBe(true),
  );
  it.each(['192.168.1.20', 'example.org', 'localhost.example.org', '10.127.0.1'])(
    'not %s',
    (host) => expect(isLoopbackHost(host)).toBe(false),
  );
});

describe('plainCopy', () => {
  it('is JSON of the view, with arrays for typed arrays', () => {
    const view = fixtureView('sending');
    const copy = plainCopy(view) as unknown as {
      learning: { local: { surface: number[] } };
      failure?: unknown;
    };
    expect(copy.learning.local.surface).toEqual(Array.from(view.learning!.local!.surface));
    expect('failure' in copy).toBe(false);
    expect(JSON.parse(JSON.stringify(copy))).toEqual(copy);
  });
  it('is a copy: changing it changes nothing', () => {
    const source = { list: [1, 2, 3] };
    (plainCopy(source) as { list: number[] }).list.push(4);
    expect(source.list).toHaveLength(3);
  });
  it('refuses what is no data', () => {
    expect(() => plainCopy({ call: () => 1 })).toThrow('data only');
  });
});
