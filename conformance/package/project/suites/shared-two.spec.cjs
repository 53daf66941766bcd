/** @jest-environment-options {"headwater": {"scope": "worker"}} */
const { appendFileSync } = require("node:fs");
const { listWithOwn } = require("./queues.cjs");

it("goes on with what the files before it have left", async () => {
  const seen = await listWithOwn("two");
  expect(seen).toContain("two");
  appendFileSync(process.env.SEEN, `${seen.length} `);
});
