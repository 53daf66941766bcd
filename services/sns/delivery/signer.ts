import { generateKeyPair, sign, X509Certificate } from "node:crypto";
import { promisify } from "node:util";
import type { Host } from "../../../emulator/model/context.ts";
import type { SigningKey } from "../model.ts";
import type { DeliveryStore } from "./delivery-store.ts";
import { selfSignedCertificate } from "./certificate.ts";

const newKeyPair = promisify(generateKeyPair);
const signInBackground = promisify(sign);

const CERTIFICATE_PATH = /^\/SimpleNotificationService-([0-9a-f]{32})\.pem$/;
const ALGORITHMS = { "1": "sha1", "2": "sha256" } as const;

/** Signs notifications with a key pair of this emulator, which is made with the first of them and kept. */
export class Signer {
  readonly #host: Host;
  readonly #store: DeliveryStore;
  #key: Promise<SigningKey> | undefined;

  constructor(host: Host, store: DeliveryStore) {
    this.#host = host;
    this.#store = store;
  }

  /** @returns the signature (base64) and the URL of the certificate that it is verified with */
  async sign(text: string, version: "1" | "2"): Promise<{ signature: string; certificateUrl: string }> {
    const { privateKeyPem, fingerprint } = await (this.#key ??= this.#load());
    const signature = await signInBackground(ALGORITHMS[version], Buffer.from(text), privateKeyPem);
    return {
      signature: signature.toString("base64"),
      certificateUrl: `${this.#host.endpoint}/SimpleNotificationService-${fingerprint}.pem`,
    };
  }

  /** The certificate that a path asks for, as PEM. */
  certificate(path: string): string | undefined {
    const asked = CERTIFICATE_PATH.exec(path)?.[1];
    if (asked === undefined) return undefined;
    const key = this.#store.signingKey();
    return key?.fingerprint === asked ? key.certificatePem : undefined;
  }

  async #load(): Promise<SigningKey> {
    const kept = this.#store.signingKey();
    if (kept) return kept;
    const { privateKey } = await newKeyPair("rsa", {
      modulusLength: 2048,
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
    });
    const { ids, clock } = this.#host;
    const certificatePem = selfSignedCertificate(privateKey, "sns.amazonaws.com", ids.hex(16), clock.now());
    const fingerprint = new X509Certificate(certificatePem).fingerprint256
      .replaceAll(":", "")
      .toLowerCase()
      .slice(0, 32);
    const key: SigningKey = { privateKeyPem: privateKey, certificatePem, fingerprint };
    this.#store.putSigningKey(key);
    return key;
  }
}
