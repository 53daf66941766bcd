import { beforeAll, describe, expect, it } from "@jest/globals";
import { usePipeline } from "../deployed-pipeline.ts";
import type { Check } from "./checks.ts";
import { Workbench } from "./workbench.ts";

export type Checks = Readonly<Record<string, Check>>;

/** Permissions that AWS's documentation asks for and the emulator has no use of. */
export interface Documented {
  readonly permissions: readonly string[];
  readonly reason: string;
  readonly checkOf: (bench: Workbench) => Check;
}

/**
 * Deploys a pipeline once, and takes each of its permissions away alone. Permissions have the names that the workbench gives them:
 * one without a check fails, and so does a check without a permission.
 */
export function describePermissions(
  name: string,
  parameters: Readonly<Record<string, string>>,
  checksOf: (bench: Workbench) => Checks,
  documented?: Documented,
): void {
  describe(name, () => {
    const bench = new Workbench(usePipeline(name, parameters));
    const checks = checksOf(bench);
    beforeAll(() => bench.open());

    it("has a check for each of its permissions", () => {
      const checked = [...Object.keys(checks), ...(documented?.permissions ?? [])];
      expect([...bench.permissions.keys()].toSorted()).toEqual(checked.toSorted());
    });

    const run = async (permission: string, check: Check) => {
      const missing = bench.permissions.get(permission)!;
      const steps = check(missing);
      {
        await using _without = await missing.take();
        await steps.next();
      }
      await steps.next();
    };

    it.each(Object.entries(checks))("needs %s", run);

    if (documented) {
      const check = documented.checkOf(bench);
      it.each(documented.permissions)(`does without %s: ${documented.reason}`, (permission) => run(permission, check));
    }
  });
}
