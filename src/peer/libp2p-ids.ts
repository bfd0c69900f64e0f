/**
 * One identity, two spellings: libp2p's peer id and ours name the same Ed25519 public key.
 *
 * So what libp2p proves of a peer (noise, signed gossip) holds for the peer of our protocol.
 *
 * @module
 */
import { privateKeyFromRaw, publicKeyFromRaw } from '@libp2p/crypto/keys';
import type { PeerId as Libp2pPeerId, PrivateKey } from '@libp2p/interface';
import { peerIdFromPublicKey } from '@libp2p/peer-id';
import { concat } from '../bytes.ts';
import { peerIdOf, publicKeyOf, type PeerId } from '../ids.ts';
import type { Identity } from './identity.ts';

/** The peer as libp2p spells it. */
export function libp2pIdOf(peer: PeerId): Libp2pPeerId {
  return peerIdFromPublicKey(publicKeyFromRaw(publicKeyOf(peer)));
}

/** The peer as we spell it; undefined for keys of another kind, which no peer has. */
export function peerOf(id: Libp2pPeerId): PeerId | undefined {
  return id.type === 'Ed25519' ? peerIdOf(id.publicKey.raw) : undefined;
}

/** An identity's key for libp2p: the seed and the public key behind it. */
export function privateKeyOf(identity: Identity): PrivateKey {
  return privateKeyFromRaw(concat(identity.secretKey, publicKeyOf(identity.id)));
}
