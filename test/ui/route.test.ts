/** Addresses, honest and hostile. @module */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toBase64url } from '../../src/bytes.ts';
import {
  DEFAULT_TASK,
  formatDataRoute,
  formatRoute,
  invitationOf,
  parseInvitation,
  parseRoute,
  PATTERNS,
  STORY_FIGURES,
} from '../../src/ui/route.ts';
import type { Route } from '../../src/ui/route.ts';

const KEY = 'AAECAwQFBgcICQoLDA0ODw';

function mistakeOf(hash: string): string {
  const route = parseRoute(hash);
  return route.type === 'invalid' ? route.message : `no mistake: ${route.type}`;
}

describe('parseRoute', () => {
  it('reads every part of an address', () => {
    expect(
      parseRoute(
        `#/room/quiet-heron?k=${KEY}&name=Alice&task=heat-map&pattern=spiral&hidden=16,16`,
      ),
    ).toEqual({
      type: 'room',
      address: { room: 'quiet-heron', key: KEY, task: { pattern: 'spiral', hidden: [16, 16] } },
      name: 'Alice',
    } satisfies Route);
  });
  it('fills in what an address leaves out', () => {
    expect(parseRoute('#/room/quiet-heron')).toEqual({
      type: 'room',
      address: { room: 'quiet-heron', key: undefined, task: DEFAULT_TASK },
      name: undefined,
    });
  });
  it.each(['', '#', '#/'])('takes %j for the bare address', (hash) => {
    expect(parseRoute(hash)).toEqual({ type: 'bare' });
  });
  it('decodes names, with plus and percent', () => {
    expect(parseRoute(`#/room/caf%C3%A9%20sept?k=${KEY}&name=Ana+Lu%C3%ADsa`)).toMatchObject({
      address: { room: 'café sept' },
      name: 'Ana Luísa',
    });
  });
  it.each([
    ['#/elsewhere', 'does not exist'],
    ['#/room/', 'does not exist'],
    ['#room', 'does not exist'],
    ['#/room/a/b', 'does not exist'],
    ['#/room/%E0%A4%A', 'broken % sign'],
    [`#/room/${'a'.repeat(41)}`, 'longer than 40'],
    ['#/room/%20', 'is empty'],
    ['#/room/a%00b', 'cannot be seen'],
    ['#/room/a%E2%80%AEb', 'cannot be seen'],
    ['#/room/a?k=', 'room key'],
    ['#/room/a?k=AAAA', 'needs 16'],
    [`#/room/a?k=${KEY.slice(0, -1)}B`, 'cut off'],
    ['#/room/a?k=<script>', 'not base64url'],
    [`#/room/a?k=${'A'.repeat(900)}`, 'too long'],
    ['#/room/a?name=', 'is empty'],
    [`#/room/a?name=${'b'.repeat(41)}`, 'longer than 40'],
    ['#/room/a?name=%F0%9F', 'broken % sign'],
    ['#/room/a?task=sum', 'heat-map and spam only'],
    ['#/room/a?pattern=heart', 'choose one of circle'],
    ['#/room/a?pattern=__proto__', 'choose one of circle'],
    ['#/room/a?hidden=0', '1 to 3 layers'],
    ['#/room/a?hidden=-8', '1 to 3 layers'],
    ['#/room/a?hidden=8.5', '1 to 3 layers'],
    ['#/room/a?hidden=1e9', '1 to 3 layers'],
    ['#/room/a?hidden=65', '1 to 3 layers'],
    ['#/room/a?hidden=8,8,8,8', '1 to 3 layers'],
    ['#/room/a?hidden=', '1 to 3 layers'],
    ['#/room/a?pattern=circle&pattern=spiral', 'says "pattern" twice'],
    ['#/room/a?constructor=1', 'does not know'],
    [`#/room/a?name=${'x'.repeat(2_000)}`, 'longer than 1024'],
  ])('refuses %j and says why', (hash, words) => {
    expect(mistakeOf(hash)).toContain(words);
  });
  it('reads and writes a room of spam, which has no pattern and no hidden units', () => {
    const address = { room: 'chats', key: undefined, task: { type: 'spam' } } as const;
    expect(formatRoute(address)).toBe('#/room/chats?task=spam');
    expect(parseRoute('#/room/chats?task=spam')).toMatchObject({ type: 'room', address });
    expect(mistakeOf('#/room/chats?task=spam&pattern=circle')).toContain('has a pattern');
    expect(mistakeOf('#/room/chats?hidden=8&task=spam')).toContain('has a hidden');
  });
  it('never repeats the key in a mistake', () => {
    for (const key of ['secretsecretsecret!', 'secret', `secret${'A'.repeat(400)}`])
      expect(mistakeOf(`#/room/a?k=${key}`)).not.toContain('secret');
  });
  it('answers any text without throwing', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200, unit: 'binary' }), (text) => {
        expect(['bare', 'room', 'invalid']).toContain(parseRoute(text).type);
        expect(['room', 'invalid']).toContain(parseInvitation(`#/room/${text}`).type);
      }),
    );
  });
});

describe('formatRoute', () => {
  it('writes what parseRoute reads', () => {
    const name = fc.string({ minLength: 1, maxLength: 40 }).filter((text) => text.trim() !== '');
    fc.assert(
      fc.property(
        name,
        fc.option(fc.uint8Array({ minLength: 16, maxLength: 64 }), { nil: undefined }),
        fc.constantFrom(...PATTERNS),
        fc.array(fc.integer({ min: 1, max: 64 }), { minLength: 1, maxLength: 3 }),
        fc.constantFrom(undefined, 'libp2p' as const),
        (room, bytes, pattern, hidden, transport) => {
          const address = {
            room,
            key: bytes && toBase64url(bytes),
            task: { pattern, hidden },
            transport,
          };
          expect(parseRoute(formatRoute(address))).toEqual({
            type: 'room',
            address,
            name: undefined,
          });
        },
      ),
    );
  });
  it('keeps a default room short', () => {
    expect(formatRoute({ room: 'quiet-heron', key: KEY, task: DEFAULT_TASK })).toBe(
      `#/room/quiet-heron?k=${KEY}`,
    );
  });
});

describe('the transport in an address', () => {
  it('is part of the invitation unless it is the default', () => {
    expect(parseRoute('#/room/a?transport=libp2p')).toMatchObject({
      address: { transport: 'libp2p' },
    });
    const plain = parseRoute('#/room/a?transport=simple-peer');
    expect(plain).toMatchObject({ type: 'room', address: { transport: undefined } });
  });
  it('is one of two', () => {
    expect(parseRoute('#/room/a?transport=pigeon')).toEqual({
      type: 'invalid',
      message: 'transport is "pigeon": choose simple-peer or libp2p.',
    });
  });
});

describe('parseInvitation', () => {
  it('reads the link that invitationOf writes, whatever the host', () => {
    const address = { room: 'quiet-heron', key: KEY, task: DEFAULT_TASK };
    const link = invitationOf('http://192.168.1.20:8080/#/room/other?k=gone', address);
    expect(link).toBe(`http://192.168.1.20:8080/#/room/quiet-heron?k=${KEY}`);
    expect(parseInvitation(`  ${link}\n`)).toMatchObject({ type: 'room', address });
  });
  it.each(['', 'hello', 'https://example.org/', 'https://example.org/#', 'javascript:alert(1)'])(
    'says that %j is no invitation',
    (text) => {
      expect(parseInvitation(text)).toMatchObject({ type: 'invalid' });
    },
  );
});

describe('the address of the story', () => {
  it('is the whole, or one figure by name', () => {
    expect(parseRoute('#/story')).toEqual({ type: 'story', figure: undefined });
    expect(parseRoute('#/story?figure=masks')).toEqual({ type: 'story', figure: 'masks' });
  });

  it('says which figures there are when it names no such figure, and is no invitation', () => {
    expect(parseRoute('#/story?figure=mask')).toMatchObject({
      type: 'invalid',
      message: expect.stringContaining(`choose one of ${STORY_FIGURES.join(', ')}`) as string,
    });
    expect(parseRoute('#/story?k=x').type).toBe('invalid');
    expect(parseInvitation('https://example.org/#/story').type).toBe('invalid');
  });
});

describe('the address of a room for questions and tables', () => {
  const key = 'AAECAwQFBgcICQoLDA0ODw';

  it('is read as it is written', () => {
    const route = parseRoute(`#/data/two%20words?k=${key}&transport=libp2p`);
    if (route.type !== 'data' || !route.address) throw new Error(JSON.stringify(route));
    expect(route.address).toMatchObject({ room: 'two words', key, transport: 'libp2p' });
    expect(parseRoute(formatDataRoute(route.address))).toEqual(route);
  });

  it('may name no room, but a person', () => {
    expect(parseRoute('#/data')).toEqual({ type: 'data', address: undefined, name: undefined });
    expect(parseRoute('#/data/?name=Ada')).toMatchObject({ type: 'data', name: 'Ada' });
  });

  it.each([
    ['#/data/a/b', /does not exist/],
    ['#/data/a?pattern=circle', /does not know: it knows k, name, transport/],
    ['#/data/a?k=short', /key/],
    ['#/data/%00', /cannot be seen/],
  ])('refuses %s', (hash, words) => {
    expect(mistakeOf(hash)).toMatch(words);
  });
});
