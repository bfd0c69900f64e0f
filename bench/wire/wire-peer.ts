/**
 * A Node peer of the measurement of the wire: `wire-peer raw|link`, and orders as messages.
 *
 * @module
 */
import { loadWrtc } from '../../src/peer/wrtc.ts';
import { LinkMover } from './link-mover.ts';
import type { Answer, Order, Port } from './orders.ts';
import { RawMover } from './raw-mover.ts';

const wrtc = await loadWrtc();
const port: Port = {
  answer: (answer: Answer) => void process.send!(answer),
  cpuMs() {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
};
const mover = process.argv[2] === 'raw' ? new RawMover(port, wrtc) : new LinkMover(port, wrtc);
process.on('message', (order: Order) => mover.take(order));
port.answer({ type: 'ready' });
