/**
 * A tab of the measurement of the wire: the kind of link is behind `#`, orders come through `take`.
 *
 * @module
 */
import { LinkMover } from './link-mover.ts';
import type { Answer, Order, Port } from './orders.ts';
import { RawMover } from './raw-mover.ts';

/** What the page and its driver give each other. */
interface WireWindow {
  readonly answer: (answer: Answer) => void;
  take: (order: Order) => void;
}

const page = globalThis as unknown as WireWindow;
const port: Port = { answer: (answer) => page.answer(answer), cpuMs: () => 0 };
const mover =
  location.hash === '#raw'
    ? new RawMover(port, { RTCPeerConnection })
    : new LinkMover(port, undefined);
page.take = (order) => mover.take(order);
page.answer({ type: 'ready' });
