import { documents } from "./aws-managed-policies-data.ts";
import type { ManagedPolicy } from "./model.ts";

/** Those of AWS's own policies that pipelines of the supported services attach; scripts/aws-managed-policies.py lists them. */
const policies: ReadonlyMap<string, ManagedPolicy> = new Map(
  documents.map(({ name, path, arn, version, createdAt, updatedAt, document }) => [
    arn,
    {
      name,
      path,
      arn,
      id: `ANPA${Buffer.from(name).toString("hex").toUpperCase().slice(0, 17)}`,
      createdAt: Date.parse(createdAt),
      updatedAt: Date.parse(updatedAt),
      defaultVersion: version,
      nextVersion: Number(version.slice(1)) + 1,
      versions: [{ id: version, document: JSON.stringify(document), createdAt: Date.parse(updatedAt) }],
      tags: [],
    },
  ]),
);

export const awsManagedPolicy = (arn: string): ManagedPolicy | undefined => policies.get(arn);

export const awsManagedPolicies = (): ManagedPolicy[] => [...policies.values()];
