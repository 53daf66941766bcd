import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { awsEnvironment, runProgram } from "../clients/tools.ts";

const HERE = import.meta.dirname;
const COMMAND = join(HERE, "node_modules/aws-cdk/bin/cdk");

/** The CDK is a package of its own, for this suite alone: it is installed when it is first needed. */
export function installCdk(): void {
  if (existsSync(COMMAND)) return;
  const { status, stderr } = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: HERE, encoding: "utf8" });
  if (status !== 0) throw new Error(`npm ci in conformance/cdk: ${stderr}`);
}

/** The CDK's own command against a target. It talks to nobody but the target. */
export class Cdk implements Disposable {
  readonly #endpoint: string;
  readonly #scratch = mkdtempSync(join(tmpdir(), "headwater-cdk-"));

  constructor(endpoint: string) {
    this.#endpoint = endpoint;
  }

  bootstrap(): Promise<string> {
    return this.#run("bootstrap", "aws://000000000000/us-east-1");
  }

  /** @returns the stack's outputs by their keys */
  async deploy(app: string, context: Readonly<Record<string, string>> = {}): Promise<Record<string, string>> {
    const outputs = join(this.#scratch, "outputs.json");
    await this.#run(
      "deploy",
      "--all",
      ...this.#app(app, context),
      "--require-approval",
      "never",
      "--outputs-file",
      outputs,
    );
    const all = JSON.parse(readFileSync(outputs, "utf8")) as Record<string, Record<string, string>>;
    return Object.assign({}, ...Object.values(all)) as Record<string, string>;
  }

  /** What a deployment would change. */
  diff(app: string, context: Readonly<Record<string, string>> = {}): Promise<string> {
    return this.#run("diff", ...this.#app(app, context));
  }

  destroy(app: string): Promise<string> {
    return this.#run("destroy", "--all", ...this.#app(app, {}), "--force");
  }

  [Symbol.dispose](): void {
    rmSync(this.#scratch, { recursive: true, force: true });
  }

  #app(app: string, context: Readonly<Record<string, string>>): string[] {
    const values = Object.entries(context).flatMap(([name, value]) => ["--context", `${name}=${value}`]);
    return ["--app", `node ${join(HERE, app)}`, "--output", join(this.#scratch, "cdk.out"), ...values];
  }

  #run(...args: readonly string[]): Promise<string> {
    const env: NodeJS.ProcessEnv = {
      ...awsEnvironment(this.#endpoint),
      HOME: this.#scratch,
      CI: "true",
      NO_COLOR: "1",
      CDK_DISABLE_CLI_TELEMETRY: "true",
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    };
    return runProgram(process.execPath, [COMMAND, "--no-notices", ...args], { env, cwd: this.#scratch });
  }
}
