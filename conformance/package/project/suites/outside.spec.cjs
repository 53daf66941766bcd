const { emulator } = require("headwater/jest");

it("says how to get an emulator, where there is none", () => {
  expect(() => emulator.endpoint).toThrow('preset: "headwater/jest"');
});
