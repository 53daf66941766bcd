import { createPrivateKey, createPublicKey, sign } from "node:crypto";

/** Tags of ASN.1, as far as a certificate needs them. */
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const NULL = 0x05;
const OBJECT_IDENTIFIER = 0x06;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const SEQUENCE = 0x30;
const SET = 0x31;
const VERSION = 0xa0;

/** 1.2.840.113549.1.1.11 */
const SHA256_WITH_RSA = Buffer.from("2a864886f70d01010b", "hex");
/** 2.5.4.3 */
const COMMON_NAME = Buffer.from("550403", "hex");

function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content]);
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const bytes = Buffer.from(length.toString(16).padStart(length > 0xff ? 4 : 2, "0"), "hex");
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes]);
}

const time = (epochMs: number): Buffer =>
  der(
    UTC_TIME,
    Buffer.from(
      new Date(epochMs)
        .toISOString()
        .slice(2)
        .replace(/[-:T]|\.\d+/g, ""),
    ),
  );

const YEAR_MS = 365 * 24 * 3600 * 1000;

/**
 * A self-signed X.509 certificate (version 3, no extensions) for an RSA key, valid for 20 years from `now`. Node reads
 * certificates and makes none.
 * @param serial 16 hexadecimal digits
 * @returns PEM
 * @see https://www.rfc-editor.org/rfc/rfc5280#section-4.1
 */
export function selfSignedCertificate(privateKeyPem: string, commonName: string, serial: string, now: number): string {
  const privateKey = createPrivateKey(privateKeyPem);
  const publicKey = createPublicKey(privateKey).export({ type: "spki", format: "der" });
  const algorithm = der(SEQUENCE, der(OBJECT_IDENTIFIER, SHA256_WITH_RSA), der(NULL));
  const attribute = der(SEQUENCE, der(OBJECT_IDENTIFIER, COMMON_NAME), der(UTF8_STRING, Buffer.from(commonName)));
  const name = der(SEQUENCE, der(SET, attribute));
  const toBeSigned = der(
    SEQUENCE,
    der(VERSION, der(INTEGER, Buffer.from([2]))),
    // a leading 1 keeps the number positive
    der(INTEGER, Buffer.from(`01${serial}`, "hex")),
    algorithm,
    name,
    der(SEQUENCE, time(now), time(now + 20 * YEAR_MS)),
    name,
    publicKey,
  );
  const signature = sign("sha256", toBeSigned, privateKey);
  const certificate = der(SEQUENCE, toBeSigned, algorithm, der(BIT_STRING, Buffer.from([0]), signature));
  const lines = certificate.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}
