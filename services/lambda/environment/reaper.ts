import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";

const SHELL = "/bin/sh";
/** Keeps the set of process groups that stdin names (`+ PID`, `- PID`); at its end, which is ours, kills them. */
const SCRIPT = `
trap '' INT TERM HUP
while read -r sign pid; do
  case $sign in
    +) set -- "$@" "$pid" ;;
    -) left=; for one; do [ "$one" = "$pid" ] || left="$left $one"; done; set -- $left ;;
  esac
done
for one; do kill -9 "-$one" 2>/dev/null; done
exit 0`;

/**
 * Ends the processes of functions when the emulator is killed: one that loops for ever would not notice that its pipe is
 * closed. A shell of about a megabyte, started with the first environment.
 */
export class Reaper {
  #shell: ChildProcess | undefined;

  add(pid: number): void {
    if (!existsSync(SHELL)) return;
    this.#shell ??= this.#start();
    this.#shell.stdin?.write(`+ ${pid}\n`);
  }

  remove(pid: number): void {
    this.#shell?.stdin?.write(`- ${pid}\n`);
  }

  stop(): void {
    this.#shell?.stdin?.end();
    this.#shell = undefined;
  }

  #start(): ChildProcess {
    const shell = spawn(SHELL, ["-c", SCRIPT], { stdio: ["pipe", "ignore", "ignore"], detached: true, env: {} });
    shell.stdin?.on("error", () => {});
    shell.on("error", () => {});
    shell.unref();
    return shell;
  }
}
