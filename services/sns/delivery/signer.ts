import { createHash, createPrivateKey, generateKeyPair, type KeyObject, sign, X509Certificate } from "node:crypto";
import { promisify } from "node:util";
import type { Host } from "../../../emulator/model/context.ts";
import type { SigningKey } from "../model.ts";
import type { DeliveryStore } from "./delivery-store.ts";
import { selfSignedCertificate } from "./certificate.ts";

const newKeyPair = promisify(generateKeyPair);
const signInBackground = promisify(sign);

const CERTIFICATE_PATH = /^\/SimpleNotificationService-([0-9a-f]{32})\.pem$/;
const ALGORITHMS = { "1": "sha1", "2": "sha256" } as const;

/** Signatures that are kept: a message to many subscriptions is signed once. */
const MOST_KEPT = 100;

/** Signs notifications with a key pair of this emulator, which is made with the first of them and kept. */
export class Signer {
  readonly #host: Host;
  readonly #store: DeliveryStore;
  #key: Promise<{ readonly key: KeyObject; readonly fingerprint: string }> | undefined;
  /** By version and digest of the text, the oldest first. */
  readonly #signatures = new Map<string, Promise<string>>();

  constructor(host: Host, store: DeliveryStore) {
    this.#host = host;
    this.#store = store;
  }

  /** @returns the signature (base64) and the URL of the certificate that it is verified with */
  async sign(text: string, version: "1" | "2"): Promise<{ signature: string; certificateUrl: string }> {
    const { key, fingerprint } = await (this.#key ??= this.#load());
    return {
      signature: await this.#signature(key, text, version),
      certificateUrl: `${this.#host.publicEndpoint}/SimpleNotificationService-${fingerprint}.pem`,
    };
  }

  #signature(key: KeyObject, text: string, version: "1" | "2"): Promise<string> {
    const name = `${version} ${createHash("sha256").update(text).digest("base64")}`;
    let signature = this.#signatures.get(name);
    if (!signature) {
      const [oldest] = this.#signatures.keys();
      if (this.#signatures.size >= MOST_KEPT && oldest !== undefined) this.#signatures.delete(oldest);
      signature = signInBackground(ALGORITHMS[version], Buffer.from(text), key).then((bytes) =>
        bytes.toString("base64"),
      );
      this.#signatures.set(name, signature);
    }
    return signature;
  }

  /** The certificate that a path asks for, as PEM. */
  certificate(path: string): string | undefined {
    const asked = CERTIFICATE_PATH.exec(path)?.[1];
    if (asked === undefined) return undefined;
    const key = this.#store.signingKey();
    return key?.fingerprint === asked ? key.certificatePem : undefined;
  }

  async #load(): Promise<{ readonly key: KeyObject; readonly fingerprint: string }> {
    const { privateKeyPem, fingerprint } = this.#store.signingKey() ?? (await this.#make());
    return { key: createPrivateKey(privateKeyPem), fingerprint };
  }

  async #make(): Promise<SigningKey> {
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
