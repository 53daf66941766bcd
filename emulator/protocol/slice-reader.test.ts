import { PutRecords$ } from "@aws-sdk/client-kinesis";
import fc from "fast-check";
import { constraints } from "../../services/kinesis/constraints.ts";
import { compileValidator } from "../model/validate.ts";
import { jsonCodec } from "./json.ts";
import { operationShape } from "./shapes.ts";
import { sliceReader } from "./slice-reader.ts";
import { Slices } from "./slices.ts";

const { input } = operationShape(PutRecords$);
const error = { code: "SerializationException", status: 400 };
const codec = jsonCodec(input, { blobs: "base64", leaves: "json", jsonNames: false, error });
const validate = compileValidator(input, constraints, { code: "ValidationException", status: 400 });
const read = sliceReader(input, "Records", constraints);

const MEMBERS = ["Data", "PartitionKey", "ExplicitHashKey"];

/** The input as the general decoder has it; undefined if it is refused. */
function generally(body: Buffer): Record<string, unknown> | undefined {
  try {
    const value = codec.decode(JSON.parse(body.toString("utf8")));
    validate(value);
    return value;
  } catch {
    return undefined;
  }
}

/** The same from slices, also undefined if another member than they is refused. */
function unsliced(value: Record<string, unknown>): Record<string, unknown> | undefined {
  try {
    validate(value);
  } catch {
    return undefined;
  }
  const slices = value["Records"] as Slices;
  const items = Array.from({ length: slices.length }, (_, item) => {
    const given = MEMBERS.filter((name) => slices.has(item, slices.member(name)));
    return Object.fromEntries(given.map((name) => [name, slices.text(item, slices.member(name))]));
  });
  return { ...value, Records: items };
}

const base64 = fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString("base64"));
const key = fc.string({ minLength: 1, maxLength: 20 }).map((text) => text.replaceAll(/[^ -~]|["\\]/g, "k"));
const record = fc.record(
  { Data: base64, PartitionKey: key, ExplicitHashKey: fc.nat().map(String) },
  { requiredKeys: ["Data", "PartitionKey"] },
);
const plain = fc.record(
  {
    StreamName: fc.constantFrom("bench", "a.b-c_d"),
    StreamARN: fc.constant("arn:aws:kinesis:us-east-1:000000000000:stream/x"),
    Records: fc.array(record, { minLength: 1, maxLength: 5 }),
  },
  { requiredKeys: ["Records"] },
);

/** Without white space, with some, in lines. */
const written = (value: unknown, style: number): Buffer => {
  const lines = JSON.stringify(value, null, style);
  return Buffer.from(style === 1 ? lines.replaceAll(/\n */g, " ") : lines);
};

describe("sliceReader", () => {
  it("reads what clients send", () => {
    fc.assert(
      fc.property(plain, fc.nat(2), (value, style) => {
        const slices = read(written(value, style));
        expect(slices && unsliced(slices)).toEqual(value);
      }),
    );
  });

  it("leaves everything else to the general decoder, and reads nothing in another way", () => {
    const odd = fc.oneof(
      fc.constantFrom<unknown>(
        null,
        1,
        true,
        "",
        "=",
        "A===",
        "AA=A",
        "-_-_",
        "ä",
        '"',
        "\\",
        "\n",
        "x".repeat(257),
        [],
        {},
      ),
      fc.string({ unit: "binary" }),
    );
    const oddRecord = fc.dictionary(fc.constantFrom(...MEMBERS, "Other", "data"), odd, { maxKeys: 4 });
    const oddInput = fc.dictionary(
      fc.constantFrom("StreamName", "StreamARN", "StreamId", "DryRun", "Records", "Other"),
      fc.oneof(odd, fc.array(fc.oneof(record, oddRecord, odd), { maxLength: 3 })),
    );
    fc.assert(
      fc.property(fc.oneof(oddInput, plain), fc.nat(2), (value, style) => {
        const body = written(value, style);
        const slices = read(body);
        if (slices) expect(unsliced(slices)).toEqual(generally(body));
      }),
      { numRuns: 1000 },
    );
  });

  it("takes no changed, cut or lengthened body for a whole one", () => {
    fc.assert(
      fc.property(
        plain,
        fc.nat(),
        fc.nat(255),
        fc.constantFrom("change", "cut", "lengthen"),
        (value, at, byte, how) => {
          const body = written(value, 0);
          const place = at % body.length;
          const cut = how === "cut" ? body.subarray(0, place) : body;
          const damaged = how === "lengthen" ? Buffer.concat([body, Buffer.of(byte)]) : Buffer.from(cut);
          if (how === "change") damaged[place] = byte;
          const slices = read(damaged);
          if (slices) expect(unsliced(slices)).toEqual(generally(damaged));
        },
      ),
      { numRuns: 3000 },
    );
  });

  it("reads no more records than the constraints allow", () => {
    const records = (count: number) => ({
      Records: Array.from({ length: count }, () => ({ Data: "", PartitionKey: "k" })),
    });
    expect(read(written(records(500), 0))?.["Records"]).toHaveLength(500);
    expect(read(written(records(501), 0))).toBeUndefined();
  });
});

describe("Slices", () => {
  it("of objects hold any text that these have", () => {
    const items = fc.array(fc.record({ a: fc.string({ unit: "binary" }), b: fc.string() }, { requiredKeys: ["a"] }));
    fc.assert(
      fc.property(items, (list) => {
        const slices = Slices.of(list, ["a", "b"]);
        const texts = list.map((_, item) => ({
          a: slices.text(item, 0),
          ...(slices.has(item, 1) && { b: slices.text(item, 1) }),
        }));
        expect(texts).toEqual(list.map(({ a, b }) => ({ a, ...(b !== undefined && { b }) })));
      }),
    );
  });
});
