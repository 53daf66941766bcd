import { InvalidPattern, timestampFormat } from "./timestamp-format.ts";

/** Wednesday. */
const AT = Date.UTC(2024, 0, 31, 15, 4, 5, 678);

describe("timestampFormat", () => {
  it.each([
    ["yyyy/MM/dd/HH/", "UTC", "2024/01/31/15/"],
    ["yyyy-MM-dd-HH-mm-ss", "Asia/Tokyo", "2024-02-01-00-04-05"],
    ["yy M d H m s", "UTC", "24 1 31 15 4 5"],
    ["'year='yyyy'/month='MM", "UTC", "year=2024/month=01"],
    ["h 'o''clock' a", "UTC", "3 o'clock PM"],
    ["EEE EEEE MMM MMMM", "UTC", "Wed Wednesday Jan January"],
    ["DDD Q QQQ", "UTC", "031 1 Q1"],
    ["YYYY ww e", "UTC", "2024 05 4"],
    ["SSS", "UTC", "000"],
    ["XXX xx Z O", "America/New_York", "-05:00 -0500 -0500 GMT-5"],
    ["XXX Z", "UTC", "Z +0000"],
    ["yyyy[-MM]", "UTC", "2024-01"],
    ["kk K", "UTC", "15 3"],
  ])("%s in %s", (pattern, zone, text) => {
    expect(timestampFormat(pattern)(AT, zone)).toBe(text);
  });

  it("counts weeks as the United States do", () => {
    const week = timestampFormat("YYYY-ww");
    expect(week(Date.UTC(2024, 11, 28), "UTC")).toBe("2024-52");
    expect(week(Date.UTC(2024, 11, 29), "UTC")).toBe("2025-01");
    expect(week(Date.UTC(2025, 0, 1), "UTC")).toBe("2025-01");
    expect(week(Date.UTC(2022, 11, 31), "UTC")).toBe("2022-53");
  });

  it.each(["T", "yyyy b", "'open", "]", "", "{"])("refuses %j", (pattern) => {
    expect(() => timestampFormat(pattern)).toThrow(InvalidPattern);
  });
});
