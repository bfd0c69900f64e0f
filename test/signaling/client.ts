/**
 * A client of the signalling server for its tests: connects, joins, and waits for what is said.
 *
 * @module
 */
import { once } from 'node:events';
import { WebSocket, type RawData } from 'ws';
import { SIGNALING_PATH, SIGNALING_VERSION, type ServerMessage } from '../../signaling/messages.ts';

/** One connection; every message is kept until somebody takes it. */
export class Client {
  readonly socket: WebSocket;
  readonly #messages: ServerMessage[] = [];
  readonly #waiting: ((message: ServerMessage) => void)[] = [];
  readonly #closed: Promise<{ readonly status: number; readonly reason: string }>;
  /** Its name in the room, once welcome. */
  member = '';

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: RawData) => {
      const message = JSON.parse((data as Buffer).toString()) as ServerMessage;
      const waiting = this.#waiting.shift();
      if (waiting) waiting(message);
      else this.#messages.push(message);
    });
    socket.on('error', () => undefined);
    this.#closed = new Promise((resolve) => {
      socket.on('close', (status, reason) => resolve({ status, reason: reason.toString() }));
    });
  }

  /** Resolves when the connection is open. */
  static async connect(port: number, options: { readonly origin?: string } = {}): Promise<Client> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${SIGNALING_PATH}`, { ...options });
    const client = new Client(socket);
    await once(socket, 'open');
    return client;
  }

  /** Resolves when the connection is in the room. */
  static async join(port: number, room: string): Promise<Client> {
    const client = await Client.connect(port);
    client.send({ type: 'join', version: SIGNALING_VERSION, room });
    client.member = (await client.next('welcome')).member;
    return client;
  }

  /** The next message, which has to be of this type. */
  async next<Type extends ServerMessage['type']>(
    type: Type,
  ): Promise<Extract<ServerMessage, { type: Type }>> {
    const message = await this.any();
    if (message.type !== type) {
      throw new Error(`Expected ${type}, but got ${JSON.stringify(message)}.`);
    }
    return message as Extract<ServerMessage, { type: Type }>;
  }

  /** The next message. */
  async any(): Promise<ServerMessage> {
    return (
      this.#messages.shift() ??
      (await new Promise<ServerMessage>((resolve) => this.#waiting.push(resolve)))
    );
  }

  /** How many messages came that nobody took. */
  get unread(): number {
    return this.#messages.length;
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  relay(to: Client | string, payload: string): void {
    this.send({ type: 'relay', to: typeof to === 'string' ? to : to.member, payload });
  }

  /** Resolves with the status and the reason once the connection is gone. */
  closed(): Promise<{ readonly status: number; readonly reason: string }> {
    return this.#closed;
  }

  async leave(): Promise<void> {
    this.socket.close();
    await this.#closed;
  }
}

/** The id of the nth room. */
export function roomId(n: number): string {
  return Buffer.alloc(32, `room ${n} `).toString('base64url');
}
