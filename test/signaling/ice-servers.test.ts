/** ICE servers as they are typed: right ones pass through, wrong ones are named but not repeated. */
import { describe, expect, it } from 'vitest';
import { parseIceServers } from '../../signaling/ice-servers.ts';

describe('parseIceServers', () => {
  it('reads servers as RTCPeerConnection takes them', () => {
    const servers = [
      { urls: 'stun:stun.example:3478' },
      { urls: ['turn:a.example', 'turns:b.example?transport=tcp'], username: 'u', credential: 'c' },
    ];
    expect(parseIceServers(JSON.stringify(servers))).toEqual(servers);
    expect(parseIceServers('[]')).toEqual([]);
  });

  it.each([
    'stun:stun.example',
    '{"urls":"stun:stun.example"}',
    'null',
    '[null]',
    '[{}]',
    '[{"urls":[]}]',
    '[{"urls":"https://stun.example"}]',
    '[{"urls":"stun:"}]',
    '[{"urls":"stun:a b"}]',
    '[{"urls":"turn:a","username":1}]',
    '[{"urls":"turn:a","password":"hunter2"}]',
    JSON.stringify(Array(17).fill({ urls: 'stun:a' })),
  ])('refuses %s with an example', (text) => {
    expect(() => parseIceServers(text)).toThrow(RangeError);
    expect(() => parseIceServers(text)).toThrow('stun:stun.example.org:3478');
  });

  it('does not repeat a password', () => {
    const text = '[{"urls":"nonsense:a","username":"u","credential":"hunter2"}]';
    expect(() => parseIceServers(text)).toThrow(/^((?!hunter2).)*$/);
  });
});
