import { describe, expect, it } from 'vitest';
import type { PeerId } from '../../src/ids.ts';
import { StreamLink, type StreamLinkOptions } from '../../src/peer/libp2p-link.ts';

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

describe('a libp2p link', () => {
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
