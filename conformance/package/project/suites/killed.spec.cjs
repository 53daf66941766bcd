const { emulator } = require("headwater/jest");

it("is killed while its emulator runs", () => {
  expect(emulator.endpoint).toMatch(/^http/);
  process.kill(process.pid, "SIGKILL");
});
