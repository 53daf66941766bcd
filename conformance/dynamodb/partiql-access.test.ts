import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { outcome, RoleFixture, uniqueName as uniqueRole, type Statement } from "../iam/fixture.ts";
import { useClient } from "../target.ts";
import { PartiQl } from "./partiql-support.ts";
import { attributes, createSorted, globalIndex, putAll } from "./support.ts";

const roles = new RoleFixture();
const client = useClient(new DynamoDBClient({ ...roles.target.clientConfig(), maxAttempts: 1 }));
let table: string;
let arn: string;
beforeAll(async () => {
  table = await createSorted(client, {
    AttributeDefinitions: attributes({ pk: "S", sk: "S", g: "S" }),
    GlobalSecondaryIndexes: [globalIndex("index", "g")],
  });
  arn = `arn:aws:dynamodb:us-east-1:000000000000:table/${table}`;
  await putAll(client, table, [
    { pk: { S: "mine" }, sk: { S: "1" } },
    { pk: { S: "other" }, sk: { S: "1" } },
  ]);
});

/** The statements of a role that may do what `statements` say. */
async function asRole(...statements: Statement[]) {
  const role = new DynamoDBClient(await roles.session(await roles.role(uniqueRole("partiql"), statements)));
  return { sql: new PartiQl(role), [Symbol.dispose]: () => role.destroy() };
}
const allow = (Action: string | string[], more: object = {}): Statement => ({
  Effect: "Allow",
  Action,
  Resource: arn,
  ...more,
});
const deny = (Action: string, Condition: object): Statement => ({ Effect: "Deny", Action, Resource: arn, Condition });
const allowed = expect.stringMatching(/^allowed/);
const missing = (action: string, resource = arn) =>
  expect.stringContaining(`is not authorized to perform: dynamodb:${action} on resource: ${resource}`);
const denied = (action: string) => ({ Error: { Code: "AccessDenied", Message: missing(action) } });

const key = "pk = 'mine' AND sk = '1'";
const select = () => `SELECT * FROM "${table}" WHERE ${key}`;
const insert = () => `INSERT INTO "${table}" VALUE {'pk': 'mine', 'sk': '2'}`;
const update = () => `UPDATE "${table}" SET a = 1 WHERE ${key}`;
const remove = () => `DELETE FROM "${table}" WHERE pk = 'mine' AND sk = 'absent'`;

describe("what statements need to be allowed", () => {
  it.each([
    ["PartiQLSelect", select],
    ["PartiQLInsert", insert],
    ["PartiQLUpdate", update],
    ["PartiQLDelete", remove],
  ])("is %s, also in batches and transactions", async (action, statement) => {
    const others = ["Select", "Insert", "Update", "Delete"].map((kind) => `dynamodb:PartiQL${kind}`);
    using without = await asRole(allow(others.filter((one) => one !== `dynamodb:${action}`)));
    expect(await outcome(without.sql.run(statement()))).toEqual(missing(action));
    expect((await without.sql.batch([statement()])).Responses).toEqual([denied(action)]);
    expect(await outcome(without.sql.transact([statement()]))).toEqual(missing(action));
    using only = await asRole(allow(`dynamodb:${action}`));
    expect(await outcome(only.sql.run(statement()))).toEqual(allowed);
    expect(await outcome(only.sql.batch([statement()]))).toEqual(allowed);
    expect(await outcome(only.sql.transact([statement()]))).toEqual(allowed);
  });

  it("is said in its place, where a batch may do the others", async () => {
    using role = await asRole(allow(["dynamodb:PartiQLUpdate"]));
    const { Responses } = await role.sql.batch([insert(), update()]);
    expect(Responses).toEqual([denied("PartiQLInsert"), { TableName: table }]);
  });

  it("is none of the actions of items", async () => {
    using role = await asRole(allow(["dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"]));
    expect(await outcome(role.sql.run(select()))).toEqual(missing("PartiQLSelect"));
  });

  it("is needed for an index, where one is read", async () => {
    using role = await asRole(allow("dynamodb:PartiQLSelect"));
    const statement = `SELECT * FROM "${table}"."index" WHERE g = 'x'`;
    expect(await outcome(role.sql.run(statement))).toEqual(missing("PartiQLSelect", `${arn}/index/index`));
  });

  it("is needed for every statement of a transaction", async () => {
    using role = await asRole(allow(["dynamodb:PartiQLSelect", "dynamodb:PartiQLInsert"]));
    const exists = `EXISTS(SELECT * FROM "${table}" WHERE pk = 'mine' AND sk = '1' AND a = 7)`;
    expect(await outcome(role.sql.transact([exists, insert()]))).toEqual(allowed);
    expect(await outcome(role.sql.transact([exists, remove()]))).toEqual(missing("PartiQLDelete"));
  });
});

describe("conditions of policies", () => {
  it("may forbid to read the whole table", async () => {
    using role = await asRole(
      allow("dynamodb:PartiQLSelect"),
      deny("dynamodb:PartiQLSelect", { Bool: { "dynamodb:FullTableScan": ["true"] } }),
    );
    expect(await outcome(role.sql.run(select()))).toBe("allowed");
    expect(await outcome(role.sql.run(`SELECT * FROM "${table}" WHERE pk IN ['mine', 'other']`))).toBe("allowed");
    for (const rest of ["", "WHERE sk = '1'", "WHERE pk = 'mine' OR sk = '1'", "WHERE pk > 'a'"]) {
      expect(await outcome(role.sql.run(`SELECT * FROM "${table}" ${rest}`))).toContain("with an explicit deny");
    }
  });

  it("may allow transactions only", async () => {
    using role = await asRole(
      allow("dynamodb:PartiQL*", {
        Condition: { StringEquals: { "dynamodb:EnclosingOperation": ["ExecuteTransaction"] } },
      }),
    );
    expect(await outcome(role.sql.transact([update()]))).toBe("allowed");
    expect(await outcome(role.sql.run(update()))).toEqual(missing("PartiQLUpdate"));
    expect((await role.sql.batch([update()])).Responses).toEqual([denied("PartiQLUpdate")]);
  });

  it("may allow certain partitions only", async () => {
    using role = await asRole(
      allow("dynamodb:PartiQL*", {
        Condition: {
          "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["mine"] },
          Null: { "dynamodb:LeadingKeys": "false" },
        },
      }),
    );
    expect(await outcome(role.sql.run(select()))).toBe("allowed");
    expect(await outcome(role.sql.run(update()))).toBe("allowed");
    expect(await outcome(role.sql.run(`SELECT * FROM "${table}" WHERE pk = ?`, { Parameters: [{ S: "mine" }] }))).toBe(
      "allowed",
    );
    expect(await outcome(role.sql.run(`SELECT * FROM "${table}" WHERE pk IN ['mine', 'other']`))).toEqual(
      missing("PartiQLSelect"),
    );
    expect(await outcome(role.sql.run(`SELECT * FROM "${table}"`))).toEqual(missing("PartiQLSelect"));
    expect(await outcome(role.sql.run(`INSERT INTO "${table}" VALUE {'pk': 'other', 'sk': '1'}`))).toEqual(
      missing("PartiQLInsert"),
    );
  });

  describe("on partitions", () => {
    const ofOther = "pk = 'other' AND sk = '1'";
    const keepers: [string, (action: string) => unknown, () => Statement[]][] = [
      [
        "allow one",
        (action) => missing(action),
        () => [allow("dynamodb:PartiQL*", { Condition: { "ForAllValues:StringEquals": leading("mine") } })],
      ],
      [
        "deny one",
        () => expect.stringContaining("with an explicit deny"),
        () => [allow("dynamodb:PartiQL*"), deny("dynamodb:PartiQL*", { "ForAnyValue:StringEquals": leading("other") })],
      ],
    ];
    const leading = (...values: string[]) => ({ "dynamodb:LeadingKeys": values });

    it.each(keepers)(
      "that %s hold for writes, whatever else those say of the key",
      async (_name, refused, statements) => {
        using role = await asRole(...statements());
        const { sql } = role;
        const ReturnValuesOnConditionCheckFailure = "ALL_OLD";
        // a condition that no key can meet, and one that no read may have
        for (const more of ["AND sk > '5'", "AND (pk = 5 OR sk = '1')"]) {
          const changed = `UPDATE "${table}" SET a = 1 WHERE ${ofOther} ${more}`;
          const removed = `DELETE FROM "${table}" WHERE ${ofOther} ${more}`;
          const exists = `EXISTS(SELECT * FROM "${table}" WHERE ${ofOther} ${more})`;
          expect(await outcome(sql.run(changed))).toEqual(refused("PartiQLUpdate"));
          expect(await outcome(sql.run(removed, { ReturnValuesOnConditionCheckFailure }))).toEqual(
            refused("PartiQLDelete"),
          );
          expect((await sql.batch([changed])).Responses).toMatchObject([
            { Error: { Code: "AccessDenied", Message: refused("PartiQLUpdate") } },
          ]);
          expect(await outcome(sql.transact([insert(), exists]))).toEqual(refused("PartiQLSelect"));
        }
        expect(await outcome(sql.run(update()))).toBe("allowed");
      },
    );

    it.each(keepers)(
      "that %s hold for reads: what says too much of the key reads nothing",
      async (...[, , statements]) => {
        using role = await asRole(...statements());
        const read = (more: string) => role.sql.run(`SELECT * FROM "${table}" WHERE ${ofOther} ${more}`);
        expect((await read("AND sk > '5'")).Items).toEqual([]);
        expect(await outcome(read("AND (pk = 5 OR sk = '1')"))).toBe("allowed (ValidationException)");
      },
    );
  });

  it("may allow certain attributes only", async () => {
    using role = await asRole(
      allow("dynamodb:PartiQL*", {
        Condition: { "ForAllValues:StringEquals": { "dynamodb:Attributes": ["pk", "sk", "a"] } },
      }),
    );
    expect(await outcome(role.sql.run(`SELECT a FROM "${table}" WHERE ${key}`))).toBe("allowed");
    expect(await outcome(role.sql.run(`SELECT b.c FROM "${table}" WHERE ${key}`))).toEqual(missing("PartiQLSelect"));
    expect(await outcome(role.sql.run(`UPDATE "${table}" SET b = 1 WHERE ${key}`))).toEqual(missing("PartiQLUpdate"));
  });
});
