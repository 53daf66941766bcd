import { randomIds } from "../../emulator/runtime/ids.ts";
import { physicalName } from "./physical-name.ts";

const name = (maxLength: number, stack: string, id: string, lowerCase?: true) =>
  physicalName(randomIds, { maxLength, ...(lowerCase && { lowerCase }) }, stack, id);

describe("a physical name", () => {
  it("is the stack's name, the logical id and twelve random characters", () => {
    expect(name(128, "rivers", "Stream")).toMatch(/^rivers-Stream-[A-Z0-9]{12}$/);
    expect(name(128, "rivers", "Stream")).not.toBe(name(128, "rivers", "Stream"));
  });

  it("is in lower case where the type wants it", () => {
    expect(name(63, "Rivers", "RawBucket", true)).toMatch(/^rivers-rawbucket-[a-z0-9]{12}$/);
  });

  it("fits the type's limit, with a part of both names", () => {
    const long = name(64, "s".repeat(100), "L".repeat(100));
    expect(long).toHaveLength(64);
    expect(long).toMatch(/^s{25}-L{25}-[A-Z0-9]{12}$/);
    expect(name(64, "s".repeat(100), "Role")).toMatch(/^s{46}-Role-[A-Z0-9]{12}$/);
  });
});
