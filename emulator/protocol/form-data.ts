/** A body of multipart/form-data as it comes in: one part after the other, none of them held whole. */

export interface FormPart {
  readonly name: string;
  /** Of a part that is a file. */
  readonly fileName?: string;
  readonly contentType?: string;
}

/** The body is not what its content type says. */
export class MalformedForm extends Error {}

/** Longest head of a part in bytes. */
const LONGEST_HEAD = 16 * 1024;
const HEAD_END = Buffer.from("\r\n\r\n");

/** The boundary that a content type names; undefined: it is no form of this kind. */
export function formBoundary(contentType: string | undefined): string | undefined {
  const match = /^multipart\/form-data\s*;.*?boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType ?? "");
  return match?.[1] ?? match?.[2];
}

/** @see https://www.rfc-editor.org/rfc/rfc7578 */
export class FormReader {
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #delimiter: Buffer;
  /** The first delimiter may stand at the very beginning: it begins with a line's end all the same. */
  #buffer: Buffer = Buffer.from("\r\n");
  #begun = false;

  constructor(source: AsyncIterable<Uint8Array>, boundary: string) {
    this.#source = source[Symbol.asyncIterator]();
    this.#delimiter = Buffer.from(`\r\n--${boundary}`);
  }

  /** The next part; the body of the one before has to be read to its end. @throws MalformedForm */
  async next(): Promise<FormPart | undefined> {
    if (!this.#begun) {
      for await (const _preamble of this.body()) this.#begun = true;
      this.#begun = true;
    }
    while (this.#buffer.length < 2) await this.#more();
    if (this.#buffer.subarray(0, 2).toString("latin1") === "--") return undefined;
    let end = this.#buffer.indexOf(HEAD_END);
    while (end < 0) {
      if (this.#buffer.length > LONGEST_HEAD) throw new MalformedForm();
      await this.#more();
      end = this.#buffer.indexOf(HEAD_END);
    }
    const head = this.#buffer.subarray(0, end).toString("utf8");
    this.#buffer = this.#buffer.subarray(end + HEAD_END.length);
    return parseHead(head);
  }

  /** The bytes of the part whose head was read last. @throws MalformedForm when the form ends before it does */
  async *body(): AsyncGenerator<Uint8Array> {
    const kept = this.#delimiter.length - 1;
    for (;;) {
      const end = this.#buffer.indexOf(this.#delimiter);
      const sure = end < 0 ? this.#buffer.length - kept : end;
      if (sure > 0) {
        const piece = this.#buffer.subarray(0, sure);
        this.#buffer = this.#buffer.subarray(sure);
        yield piece;
      }
      if (end >= 0) {
        this.#buffer = this.#buffer.subarray(this.#delimiter.length);
        return;
      }
      await this.#more();
    }
  }

  /** Reads what is left, which nobody looks at. */
  async drain(): Promise<void> {
    while (!(await this.#source.next()).done);
  }

  async #more(): Promise<void> {
    const next = await this.#source.next();
    if (next.done) throw new MalformedForm();
    const chunk = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
    this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
  }
}

function parseHead(head: string): FormPart {
  const lines = new Map(
    head.split("\r\n").map((line): [string, string] => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const disposition = lines.get("content-disposition") ?? "";
  const parameter = (name: string): string | undefined => {
    const match = new RegExp(`;\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]+))`, "i").exec(disposition);
    // browsers write a quote as %22 or \"
    return (match?.[1] ?? match?.[2])?.replaceAll('\\"', '"').replaceAll("%22", '"');
  };
  const name = parameter("name");
  if (name === undefined) throw new MalformedForm();
  const fileName = parameter("filename");
  const contentType = lines.get("content-type");
  return {
    name,
    ...(fileName !== undefined && { fileName }),
    ...(contentType !== undefined && { contentType }),
  };
}
