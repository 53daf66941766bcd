import { isIP } from "node:net";

/**
 * Who may talk to the emulator. A page in a browser must not be able to drive it: neither by a name that its owner points
 * to 127.0.0.1 (DNS rebinding: the Host header tells), nor by a request across origins (the Origin header tells).
 */
export class Guard {
  readonly #allowed: ReadonlySet<string>;
  readonly #isOpen: boolean;
  /** The host of the last request, which was not foreign: nearly every request has it. */
  #own: string | undefined;

  /**
   * @param allowedHosts names beside the loopback ones; a leading dot allows every name below it
   * @param reach "local names" for an emulator that other machines or containers come to: it also goes by every name that nobody can
   *   register in the public DNS, such as that of its container or Compose service, and so cannot point at this address either
   */
  constructor(allowedHosts: readonly string[], reach: "loopback names" | "local names" = "loopback names") {
    this.#allowed = new Set(allowedHosts.map((host) => host.toLowerCase()));
    this.#isOpen = reach === "local names";
  }

  /** @returns why the request's Host is refused, or undefined */
  foreignHost(headers: Readonly<Record<string, string>>): string | undefined {
    const host = headers[":authority"] ?? headers["host"];
    if (host === undefined) return "The request has no Host header.";
    if (host === this.#own) return undefined;
    const name = hostName(host);
    if (!this.#allows(name) && !(this.#isOpen && isLocalName(name))) {
      return `The host ${host.slice(0, 200)} is not one of this emulator. Start it with --allowed-host to add it.`;
    }
    this.#own = host;
    return undefined;
  }

  /** @returns why the request is refused, or undefined */
  refusal(headers: Readonly<Record<string, string>>): string | undefined {
    const foreign = this.foreignHost(headers);
    if (foreign !== undefined) return foreign;
    const origin = headers["origin"];
    if (origin !== undefined && !this.#allows(originHost(origin))) {
      return `Requests of the origin ${origin.slice(0, 200)} are refused.`;
    }
    if (origin === undefined && headers["sec-fetch-site"] === "cross-site") {
      return "Requests that a page of another site makes are refused.";
    }
    return undefined;
  }

  #allows(name: string): boolean {
    if (name === "localhost" || name.endsWith(".localhost") || name === "::1") return true;
    if (isIP(name) === 4 && name.startsWith("127.")) return true;
    if (this.#allowed.has(name)) return true;
    return [...this.#allowed].some((allowed) => allowed.startsWith(".") && name.endsWith(allowed));
  }
}

/** An address, a name without a dot, or one below a domain that is set apart for private use. */
const isLocalName = (name: string): boolean =>
  isIP(name) !== 0 || /^[a-z0-9_-]+$/.test(name) || /\.(?:internal|local|home\.arpa)$/.test(name);

/** `[::1]:4566` -> `::1`, `Name:4566` -> `name` */
export const hostName = (host: string): string => {
  const bracketed = /^\[([^\]]*)\]/.exec(host)?.[1];
  return (bracketed ?? host.replace(/:\d*$/, "")).toLowerCase().replace(/\.$/, "");
};

function originHost(origin: string): string {
  try {
    return hostName(new URL(origin).host);
  } catch {
    return ""; // "null", the origin of sandboxed pages and of files
  }
}
