// Makes docs/demo.png: runs `make demo` in a terminal (tmux) and pictures its screen (aha, Chromium). Debian's packages tmux,
// aha and chromium have to be there. Usage: node scripts/demo-picture.mjs
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";

const [columns, rows] = [84, 40];
/** Of the table of counts: what is shown of its beginning, and of the output's end. */
const [FIRST_ROWS, LAST_LINES] = [6, 13];
const scratch = mkdtempSync(join(tmpdir(), "demo-picture-"));
const tmux = (...args) => execFileSync("tmux", ["-L", "demo-picture", ...args], { encoding: "utf8" });

tmux("new-session", "-d", "-x", String(columns), "-y", String(rows), "bash", "--norc");
tmux("send-keys", "PS1='$ '; clear; make demo; tmux -L demo-picture wait-for -S over", "Enter");
tmux("wait-for", "over");
const screen = tmux("capture-pane", "-e", "-p", "-S", "-");
tmux("kill-server");

const all = screen
  .trimEnd()
  .split("\n")
  .filter((line) => !/^\$|^PS1=/.test(stripVTControlCharacters(line)));
const table = all.findIndex((line) => line.includes("Timestamp")) + 1;
const left = all.length - table - FIRST_ROWS - LAST_LINES;
const lines = [...all.slice(0, table + FIRST_ROWS), `   ... ${left} more lines ...`, ...all.slice(-LAST_LINES)];
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
