import { iotChecks, iotDocumented } from "./permissions/iot.ts";
import { retailChecks } from "./permissions/retail.ts";
import { riversChecks } from "./permissions/rivers.ts";
import { sensorsChecks } from "./permissions/sensors.ts";
import { PATIENT } from "./permissions/shared-checks.ts";
import { describePermissions } from "./permissions/suite.ts";
import { weatherChecks } from "./permissions/weather.ts";

// Each permission of each template, taken away alone.
describePermissions("rivers", { ...PATIENT, ShardCount: "1" }, riversChecks);
describePermissions("retail", { ...PATIENT, ShardCount: "1" }, retailChecks);
describePermissions("weather", PATIENT, weatherChecks);
describePermissions(
  "iot",
  { BufferIntervalInSeconds: "0", FunctionBufferIntervalInSeconds: "0" },
  iotChecks,
  iotDocumented,
);
describePermissions("sensors", {}, sensorsChecks);
