import type { Context } from "../../../emulator/model/context.ts";
import type { OutputOf } from "../../../emulator/model/sdk.ts";
import type { DynamoDbState } from "../index.ts";
import type { Table } from "../model.ts";
import { checkTableName, tableNameOf } from "../table-name.ts";
import { noSuchTable } from "./errors.ts";
import type { Recoveries } from "./recoveries.ts";

type Description = NonNullable<OutputOf<"dynamodb", "DescribeContinuousBackups">["ContinuousBackupsDescription"]>;

/** Continuous backups are there for every table; point-in-time recovery, which makes use of them, where it is switched on. */
export function continuousBackups(recoveries: Recoveries, { recovery }: Table): Description {
  const window = recovery && recoveries.window(recovery);
  return {
    ContinuousBackupsStatus: "ENABLED",
    PointInTimeRecoveryDescription:
      recovery === undefined || window === undefined
        ? { PointInTimeRecoveryStatus: "DISABLED" }
        : {
            PointInTimeRecoveryStatus: "ENABLED",
            RecoveryPeriodInDays: recovery.periodDays,
            EarliestRestorableDateTime: new Date(window.earliest),
            LatestRestorableDateTime: new Date(window.latest),
          },
  };
}

/** @throws AwsError ValidationException, TableNotFoundException */
export function tableOfBackups({ account, region, store }: Context<DynamoDbState>, nameOrArn: string): Table {
  const name = tableNameOf({ account, region }, nameOrArn);
  checkTableName(name);
  const table = store.findTable(name);
  if (table === undefined || table.filling?.kind === "restore" || table.status === "DELETING") throw noSuchTable(name);
  return table;
}
