/**
 * WebRTC for Node as libp2p wants it: that of `@roamhq/wrtc`, with two repairs of each channel.
 *
 * Its channels never say that they have drained, and asking how much they hold waits for another thread. So
 * what is sent is counted here, and looked at now and then until it is gone.
 *
 * `@libp2p/webrtc` closes the channel `init` on both sides, which races; see `src/peer/libp2p-runtime.ts`. A
 * channel of that name that comes from the other side ignores `close`.
 */
import wrtc from '@roamhq/wrtc';

/** How often a channel that may hold something is looked at, ms. */
const POLL_MS = 2;

export const { RTCDataChannel, RTCIceCandidate, RTCSessionDescription } = wrtc;

export class RTCPeerConnection extends wrtc.RTCPeerConnection {
  constructor(configuration) {
    super(configuration);
    // The first listener there is: it comes before those of libp2p.
    this.addEventListener('datachannel', ({ channel }) => {
      countWhatItHolds(channel);
      if (channel.label === 'init') Object.defineProperty(channel, 'close', { value: () => {} });
    });
  }

  createDataChannel(label, options) {
    const channel = super.createDataChannel(label, options);
    countWhatItHolds(channel);
    return channel;
  }
}

function countWhatItHolds(channel) {
  const { send } = channel;
  let buffered = 0;
  let timer;
  const look = () => {
    timer = undefined;
    if (channel.readyState !== 'open') return;
    buffered = Reflect.get(RTCDataChannel.prototype, 'bufferedAmount', channel);
    if (buffered > channel.bufferedAmountLowThreshold) timer = setTimeout(look, POLL_MS);
    else channel.dispatchEvent({ type: 'bufferedamountlow', target: channel });
  };
  Object.defineProperty(channel, 'bufferedAmount', { get: () => buffered });
  Object.defineProperty(channel, 'send', {
    value: (data) => {
      send.call(channel, data);
      buffered += data.byteLength;
      timer ??= setTimeout(look, POLL_MS);
    },
  });
}
