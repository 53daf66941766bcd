// Makes docs/demo.png: runs `make demo` in a terminal (tmux) and pictures its screen (aha, Chromium). Debian's packages tmux,
// aha and chromium have to be there. Usage: node scripts/demo-picture.mjs
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const [columns, rows] = [84, 34];
const scratch = mkdtempSync(join(tmpdir(), "demo-picture-"));
const tmux = (...args) => execFileSync("tmux", ["-L", "demo-picture", ...args], { encoding: "utf8" });

tmux("new-session", "-d", "-x", String(columns), "-y", String(rows), "bash", "--norc");
tmux("send-keys", "PS1='$ '; clear; make demo; tmux -L demo-picture wait-for -S over", "Enter");
tmux("wait-for", "over");
const screen = tmux("capture-pane", "-e", "-p");
tmux("kill-server");

const lines = screen
  .trimEnd()
  .split("\n")
  .filter((line) => !line.startsWith("$"));
const text = execFileSync("aha", ["--no-header", "--black"], { input: lines.join("\n"), encoding: "utf8" });
const page = join(scratch, "page.html");
writeFileSync(
  page,
  `<meta charset="utf-8"><style>body{margin:0;background:#11151c;color:#d7dde6}pre{margin:0;padding:18px 22px;
   font:15px/1.32 "DejaVu Sans Mono",monospace}</style><pre><b>$ make demo</b>\n${text}</pre>`,
);
mkdirSync("docs", { recursive: true });
const height = Math.ceil((lines.length + 1) * 15 * 1.32) + 38;
execFileSync("chromium", [
  ...[
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--hide-scrollbars",
    "--no-first-run",
    "--disable-background-networking",
  ],
  ...[`--user-data-dir=${join(scratch, "profile")}`, "--force-device-scale-factor=1.5", `--window-size=800,${height}`],
  ...[`--screenshot=${resolve("docs/demo.png")}`, `file://${page}`],
]);
rmSync(scratch, { recursive: true, force: true });
