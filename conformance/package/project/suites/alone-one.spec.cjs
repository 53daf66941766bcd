const { listWithOwn } = require("./queues.cjs");

it("begins with nothing", async () => {
  expect(await listWithOwn("one")).toEqual(["one"]);
});
