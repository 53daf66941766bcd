import { spawn, type ChildProcess } from "node:child_process";
import net from "node:net";

/** A server under measurement, in a process of its own. */
export interface ServerProcess extends AsyncDisposable {
  readonly port: number;
  readonly process: ChildProcess;
}

const START_PATIENCE_MS = 30_000;

/** Starts `node ...args` and waits until it takes connections on `port`. */
export async function startServer(
  args: readonly string[],
  port: number,
  options: { env?: Readonly<Record<string, string>>; cwd?: string } = {},
): Promise<ServerProcess> {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...options.env },
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    stdio: ["ignore", "ignore", "inherit"],
  });
  return untilServing(child, port, `node ${args.join(" ")}`);
}

/** @param name of what was started, for when it does not */
export async function untilServing(child: ChildProcess, port: number, name: string): Promise<ServerProcess> {
  const deadline = performance.now() + START_PATIENCE_MS;
  while (!(await takesConnections(port))) {
    if (child.exitCode !== null || performance.now() > deadline) {
      child.kill("SIGKILL");
      throw new Error(`the server did not start: ${name}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return {
    port,
    process: child,
    [Symbol.asyncDispose]: async () => {
      const exited = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), 3_000);
      await exited;
      clearTimeout(timer);
    },
  };
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host: "127.0.0.1", port });
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

export async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
