import fc from "fast-check";
import { combineCrcs, Crc32c, Crc64Nvme, type Crc } from "./crc.ts";
import { FastCrc64, loadFastCrc64 } from "./fast-crc64.ts";

const MAKERS: readonly (readonly ["CRC32C" | "CRC64NVME", () => Crc, string])[] = [
  ["CRC32C", () => new Crc32c(), "e3069283"],
  ["CRC64NVME", () => new Crc64Nvme(), "ae8b14860a799888"],
];

function crcOf(make: () => Crc, ...chunks: readonly Uint8Array[]): Buffer {
  const crc = make();
  for (const chunk of chunks) crc.update(chunk);
  return crc.digest();
}

describe.each(MAKERS)("%s", (algorithm, make, check) => {
  it("has the published check value", () => {
    expect(crcOf(make, Buffer.from("123456789")).toString("hex")).toBe(check);
    expect(crcOf(make).readUInt8(0)).toBe(0);
  });

  it("is the same however the bytes are cut", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 }), (chunks) => {
        expect(crcOf(make, ...chunks)).toEqual(crcOf(make, Buffer.concat(chunks)));
      }),
    );
  });

  it("of a whole follows from those of its parts", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 8 }), (parts) => {
        const combined = combineCrcs(
          algorithm,
          parts.map((part) => ({ crc: crcOf(make, part), sizeBytes: part.byteLength })),
        );
        expect(combined).toEqual(crcOf(make, Buffer.concat(parts)));
      }),
    );
  });
});

describe("CRC64NVME as WebAssembly", () => {
  it("is the same, also of bodies that come in at the same time", async () => {
    await loadFastCrc64();
    const pieces = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 });
    fc.assert(
      fc.property(pieces, pieces, (one, other) => {
        const [first, second] = [new FastCrc64(), new FastCrc64()];
        for (let at = 0; at < Math.max(one.length, other.length); at++) {
          if (one[at]) first.update(one[at] as Uint8Array);
          if (other[at]) second.update(other[at] as Uint8Array);
        }
        expect(first.digest()).toEqual(crcOf(() => new Crc64Nvme(), ...one));
        expect(second.digest()).toEqual(crcOf(() => new Crc64Nvme(), ...other));
      }),
    );
  });
});
