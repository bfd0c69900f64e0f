import { describe, expect, it } from 'vitest';
import type { PeerId } from '../../src/ids.ts';
import { byeFrame, helloFrame, pingFrame, pongFrame } from '../../src/peer/framing.ts';
import { StreamLink, type StreamLinkOptions } from '../../src/peer/libp2p-link.ts';
import { recordOf } from '../../src/peer/records.ts';

/** A stream that turns out to be closed when the first bytes are handed to it. */
class ClosingStream extends EventTarget {
  status = 'open';
  send(): boolean {
    this.abort();
    return true;
  }
  abort(): void {
    if (this.status === 'aborted') return;
    this.status = 'aborted';
    this.dispatchEvent(new Event('close'));
  }
}

/** A stream that keeps what is sent, and brings what the other side sends. */
class KeptStream extends EventTarget {
  readonly status = 'open';
  readonly sent: Uint8Array[] = [];
  send(bytes: Uint8Array): boolean {
    this.sent.push(bytes);
    return true;
  }
  bring(frame: Uint8Array): void {
    this.dispatchEvent(Object.assign(new Event('message'), { data: recordOf(frame) }));
  }
  abort(): void {
    return;
  }
}

describe('a libp2p link', () => {
  it('says nothing after its bye, whatever it is sent', () => {
    const stream = new KeptStream();
    const link = new StreamLink({
      peer: 'peer' as PeerId,
      stream: stream as unknown as StreamLinkOptions['stream'],
      connection: { abort: () => undefined } as unknown as StreamLinkOptions['connection'],
      isDialler: true,
      challenge: new Uint8Array(32),
      prove: () => new Uint8Array(64),
      check: () => true,
      onOpen: () => undefined,
      onMessage: () => undefined,
      onClosed: () => undefined,
    });
    link.start();
    stream.bring(new Uint8Array(32));
    stream.bring(helloFrame(new Uint8Array(64)));
    stream.bring(pingFrame());
    expect(stream.sent.at(-1)).toEqual(recordOf(pongFrame()));
    void link.finish();
    expect(stream.sent.at(-1)).toEqual(recordOf(byeFrame('leaving')));
    const before = stream.sent.length;
    stream.bring(pingFrame());
    link.send(Uint8Array.of(200));
    expect(stream.sent).toHaveLength(before);
    link.abandon();
  });

  it('whose stream ends at its first bytes closes once, after whoever made it has it', () => {
    const closed: string[] = [];
    const options: Partial<StreamLinkOptions> = {
      peer: 'peer' as PeerId,
      stream: new ClosingStream() as unknown as StreamLinkOptions['stream'],
      connection: { abort: () => undefined } as unknown as StreamLinkOptions['connection'],
      challenge: new Uint8Array(32),
      onClosed: (reason) => closed.push(`${reason} ${link.peer}`),
    };
    const link = new StreamLink(options as StreamLinkOptions);
    link.start();
    expect(closed).toEqual(['failed peer']);
  });
});
