/**
 * What libp2p needs of the place where it runs, and one repair; to be called before it is loaded.
 *
 * Node 20 has no `Promise.withResolvers`.
 *
 * The repair: in `@libp2p/webrtc` both sides close the first data channel (`init`). When the side that was
 * dialled is faster, the channel is closed before the dialler has seen it open, and the dialler waits for
 * `open` until its dial times out. The dialler alone is enough: here the other side leaves that channel be.
 * (In Node, where these classes are not global, `scripts/node-webrtc` does the same.)
 *
 * @module
 */

/** The classes of WebRTC that are repaired. */
export interface WebRtcClasses {
  readonly RTCPeerConnection: typeof RTCPeerConnection;
  readonly RTCDataChannel: typeof RTCDataChannel;
}

const repaired = new WeakSet<object>();

/** Label of the channel that only serves to connect. */
const INIT = 'init';

/** Gives libp2p what it needs. May be called again. */
export function prepareForLibp2p(): void {
  const promise = Promise as { withResolvers?: unknown };
  promise.withResolvers ??= withResolvers;
  if (typeof RTCDataChannel !== 'undefined') leaveInitChannelsOpen(globalThis);
}

/** Makes `close` of an `init` channel that this side did not create do nothing. */
export function leaveInitChannelsOpen({ RTCPeerConnection, RTCDataChannel }: WebRtcClasses): void {
  if (repaired.has(RTCDataChannel)) return;
  repaired.add(RTCDataChannel);
  const created = new WeakSet<RTCDataChannel>();
  const connections = RTCPeerConnection.prototype;
  const channels = RTCDataChannel.prototype;
  const createDataChannel = Reflect.get(connections, 'createDataChannel');
  const close = Reflect.get(channels, 'close');
  connections.createDataChannel = function (this: RTCPeerConnection, ...args) {
    const channel = createDataChannel.apply(this, args);
    created.add(channel);
    return channel;
  };
  channels.close = function (this: RTCDataChannel) {
    if (this.label !== INIT || created.has(this)) close.call(this);
  };
}

function withResolvers(): object {
  let resolve, reject;
  const promise = new Promise((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  return { promise, resolve, reject };
}
