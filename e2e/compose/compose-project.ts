import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { promisify } from "node:util";
import { getContainerRuntimeClient, getReaper } from "testcontainers";
import { ROOT } from "../../conformance/headwater-command.ts";

/** What EMULATOR_IMAGE names. */
export type EmulatorName = "localstack" | "headwater";

export interface Ended {
  readonly code: number;
  readonly output: string;
}

const LOG_LIMIT_BYTES = 16 * 1024 * 1024;

/** All that Compose labels, and the functions' containers of LocalStack. */
const LABEL = "label=com.docker.compose.project";

/**
 * docker-compose.yml under a name and on a port of its own. All that belongs to it is removed at the end; where this process
 * is killed before, the reaper of testcontainers does it.
 */
export class ComposeProject implements AsyncDisposable {
  readonly port: number;
  readonly #name: string;
  readonly #environment: NodeJS.ProcessEnv;

  private constructor(name: string, port: number, emulator: EmulatorName, image: string) {
    this.#name = name;
    this.port = port;
    const { AWS_ENDPOINT_URL: _, ...environment } = process.env;
    this.#environment = {
      ...environment,
      EMULATOR_IMAGE: emulator,
      HEADWATER_IMAGE: image,
      EMULATOR_PORT: String(port),
    };
  }

  static async open(emulator: EmulatorName, image: string): Promise<ComposeProject> {
    const name = `headwater-test-${emulator}-${process.pid}`;
    (await getReaper(await getContainerRuntimeClient())).addComposeProject(name);
    return new ComposeProject(name, await freePort(), emulator, image);
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** `docker compose ...`, with more variables where there are. Fails with its output unless it ends with 0. */
  async run(args: readonly string[], variables: NodeJS.ProcessEnv = {}): Promise<string> {
    const { code, output } = await this.#end(spawn("docker", this.#words(args), this.#options(variables)));
    if (code !== 0) throw new Error(`docker compose ${args.join(" ")} ended with ${code}:\n${output}`);
    return output;
  }

  /** `docker compose ...` in a terminal, where Ctrl+C is pressed as soon as the output shows `sight`. */
  async interrupt(args: readonly string[], sight: RegExp): Promise<Ended> {
    const command = ["docker", ...this.#words(args)].join(" ");
    const terminal = spawn("script", ["--quiet", "--flush", "--return", "--command", command, "/dev/null"], {
      ...this.#options({}),
      stdio: ["pipe", "pipe", "pipe"],
    });
    let seen = "";
    const press = (chunk: Buffer) => {
      seen += chunk.toString();
      if (!sight.test(seen)) return;
      terminal.stdout.off("data", press);
      terminal.stdin.write("\u0003");
    };
    terminal.stdout.on("data", press);
    return this.#end(terminal);
  }

  /** The names of its containers, networks and volumes that are there. */
  async leftovers(): Promise<string[]> {
    const list = async (...args: string[]) => {
      const { stdout } = await promisify(execFile)("docker", [...args, "--filter", `${LABEL}=${this.#name}`]);
      return stdout.split("\n").filter(Boolean);
    };
    const lists = await Promise.all([
      list("ps", "--all", "--format", "{{.Names}}"),
      list("network", "ls", "--format", "{{.Name}}"),
      list("volume", "ls", "--format", "{{.Name}}"),
    ]);
    return lists.flat();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.run(["down", "--volumes", "--remove-orphans", "--timeout", "60"]);
  }

  #words(args: readonly string[]): string[] {
    return ["compose", "--project-name", this.#name, ...args];
  }

  #options(variables: NodeJS.ProcessEnv) {
    return { cwd: ROOT, env: { ...this.#environment, ...variables } };
  }

  async #end(child: ChildProcess): Promise<Ended> {
    let output = "";
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.on("data", (chunk: Buffer) => {
        if (output.length < LOG_LIMIT_BYTES) output += chunk.toString();
      });
    }
    const [code] = (await once(child, "close")) as [number | null];
    return { code: code ?? -1, output };
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
