import { hash } from "node:crypto";
import fc from "fast-check";
import { md5Head } from "./md5.ts";

describe("md5Head", () => {
  it("is the beginning of the MD5 of any bytes, wherever they stand", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(20), fc.nat(20), (bytes, before, behind) => {
        const around = Buffer.concat([Buffer.alloc(before, 1), bytes, Buffer.alloc(behind, 1)]);
        expect(md5Head(around, before, before + bytes.length)).toBe(hash("md5", bytes, "buffer").readUInt32BE(0));
      }),
      { numRuns: 1000 },
    );
  });
});
