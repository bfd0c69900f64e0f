/** Types of `polyfill.js`: those of browsers. */
declare const connection: typeof RTCPeerConnection;
declare const channel: typeof RTCDataChannel;
export { connection as RTCPeerConnection, channel as RTCDataChannel };
