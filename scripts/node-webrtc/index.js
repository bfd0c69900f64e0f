/** The names that `@libp2p/webrtc` imports for WebRTC direct, which is not used here. */

class Unused {
  constructor() {
    throw new Error('WebRTC direct is not part of this installation.');
  }
}

export { Unused as IceUdpMuxListener, Unused as PeerConnection };
