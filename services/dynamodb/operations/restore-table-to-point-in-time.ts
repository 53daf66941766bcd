import type { Context } from "../../../emulator/model/context.ts";
import type { InputOf } from "../../../emulator/model/sdk.ts";
import { invalidRequest, invalidRestoreTime, noSuchTable } from "../backups/errors.ts";
import { checkOverrides, checkTarget, restoreTable } from "../backups/restored-table.ts";
import { beginSnapshot } from "../backups/snapshots.ts";
import { invalidParameter, validationError } from "../errors.ts";
import type { DynamoDbState, Operation } from "../index.ts";
import type { Table } from "../model.ts";
import { describeTable } from "../table-description.ts";

type Input = InputOf<"dynamodb", "RestoreTableToPointInTime">;

/**
 * Makes a new table of what another one was at a time. It is CREATING until it has its items.
 * @throws ValidationException, TableNotFoundException, PointInTimeRecoveryUnavailableException, InvalidRestoreTimeException,
 *   TableAlreadyExistsException, TableInUseException, LimitExceededException
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_RestoreTableToPointInTime.html
 */
export const restoreTableToPointInTime: Operation<"RestoreTableToPointInTime"> = (ctx, input) => {
  checkTimes(input);
  checkOverrides(ctx, input);
  const source = sourceTable(ctx, input);
  const recovery = ctx.store.recoveries.of(source);
  const { earliest, latest } = ctx.store.recoveries.window(recovery);
  const time = input.RestoreDateTime?.getTime() ?? latest;
  if (time < earliest || time > latest) throw invalidRestoreTime(time, earliest, latest);
  checkTarget(ctx, input.TargetTableName);
  const restored = restoreTable(ctx, source, input, {
    kind: "restore",
    snapshot: beginSnapshot(source.space, recovery.log, time + 1),
    sourceTableArn: source.arn,
    restoredTo: time,
  });
  return { TableDescription: describeTable(ctx.store, restored) };
};

function checkTimes({ RestoreDateTime, UseLatestRestorableTime }: Input): void {
  if (RestoreDateTime !== undefined && UseLatestRestorableTime === true) {
    throw invalidRequest(
      "Both RestoreDateTime and UseLatestRestorableTime cannot be set for point-in-time restore request. " +
        "Please specify only one of them",
    );
  }
  if (RestoreDateTime === undefined && UseLatestRestorableTime !== true) {
    throw invalidRequest("Either one of RestoreDateTime or UseLatestRestorableTime must be specified, but not both");
  }
}

const ARN = /^arn:aws:dynamodb:([^:]+):(\d{12}):table\/([^/]+)$/;

function sourceTable(ctx: Context<DynamoDbState>, { SourceTableArn, SourceTableName }: Input): Table {
  if (SourceTableArn !== undefined && SourceTableName !== undefined) {
    throw validationError("Must provide exactly one of: sourceTableArn, sourceTableName");
  }
  const given = SourceTableArn ?? SourceTableName;
  if (given === undefined) {
    throw validationError("The parameter 'TableName' is required but was not present in the request");
  }
  let name = SourceTableName;
  if (SourceTableArn !== undefined) {
    const [, region, account, tableName] = ARN.exec(SourceTableArn) ?? [];
    if (tableName === undefined) throw invalidParameter("sourceTableArn is not a valid ARN");
    if (account !== ctx.account) {
      throw validationError("This action is only supported by accounts that match the resource owner’s account.");
    }
    name = region === ctx.region ? tableName : undefined;
  }
  const table = name === undefined ? undefined : ctx.store.findTable(name);
  if (table === undefined || table.status === "CREATING" || table.status === "DELETING") throw noSuchTable(given);
  return table;
}
