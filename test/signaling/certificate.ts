/**
 * A self-signed certificate for tests of https, made on the spot, so that no private key is kept.
 *
 * X.509 version 1 (RFC 5280, section 4.1) with an Ed25519 key (RFC 8410), in DER by hand.
 *
 * @module
 */
import { generateKeyPairSync, sign } from 'node:crypto';

/** PEM texts of a certificate and its key; `name` is its only content. */
export function selfSigned(name: string): { readonly cert: string; readonly key: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const algorithm = der(SEQUENCE, Buffer.from('06032b6570', 'hex'));
  const commonName = der(
    SEQUENCE,
    Buffer.concat([Buffer.from('0603550403', 'hex'), der(UTF8_STRING, Buffer.from(name))]),
  );
  const subject = der(SEQUENCE, der(SET, commonName));
  const body = der(
    SEQUENCE,
    Buffer.concat([
      der(INTEGER, Buffer.from([1])),
      algorithm,
      subject,
      der(SEQUENCE, Buffer.concat(['250101000000Z', '490101000000Z'].map(utcTime))),
      subject,
      publicKey.export({ type: 'spki', format: 'der' }),
    ]),
  );
  // A bit string starts with how many bits of its last byte are unused: none.
  const signature = der(BIT_STRING, Buffer.concat([Buffer.alloc(1), sign(null, body, privateKey)]));
  const certificate = der(SEQUENCE, Buffer.concat([body, algorithm, signature]));
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

const INTEGER = 0x02;
const BIT_STRING = 0x03;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const SEQUENCE = 0x30;
const SET = 0x31;

/** Tag, length, content; of the two forms of a length, the shortest that holds it. */
function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size =
    length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function utcTime(text: string): Buffer {
  return der(UTC_TIME, Buffer.from(text));
}
