// Makes docs/<pipeline>.png: `make demo` of each pipeline in a terminal (tmux), its screen as a picture (aha, Chromium); of iot the
// report's page. Debian's packages tmux, aha and chromium have to be there. Usage: node scripts/pictures.mjs [pipeline ...]
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";

const [columns, rows] = [92, 40];
/** What is shown of the output's beginning and of its end. */
const [FIRST_LINES, LAST_LINES] = [23, 12];
const WIDTH = 880;
const scratch = mkdtempSync(join(tmpdir(), "pictures-"));
mkdirSync("docs", { recursive: true });

const asked = process.argv.slice(2);
for (const name of asked.length > 0 ? asked : ["rivers", "retail", "weather", "iot", "sensors"]) {
  if (name === "iot") pictureOfReport();
  else pictureOfDemo(name);
}
rmSync(scratch, { recursive: true, force: true });

/** What a command leaves on a terminal, with its colours. */
function screenOf(command) {
  const tmux = (...args) => execFileSync("tmux", ["-L", "pictures", ...args], { encoding: "utf8" });
  tmux("new-session", "-d", "-x", String(columns), "-y", String(rows), "bash", "--norc");
  tmux("set-option", "-g", "history-limit", "20000");
  tmux("send-keys", `PS1='$ '; clear; ${command}; tmux -L pictures wait-for -S over`, "Enter");
  tmux("wait-for", "over");
  const screen = tmux("capture-pane", "-e", "-p", "-S", "-");
  tmux("kill-server");
  return screen
    .trimEnd()
    .split("\n")
    .filter((line) => !/^\$|^PS1=/.test(stripVTControlCharacters(line)));
}

function pictureOfDemo(name) {
  const command = name === "rivers" ? "make demo" : `make demo PIPELINE=${name}`;
  const all = screenOf(command);
  const left = all.length - FIRST_LINES - LAST_LINES;
  const lines =
    left <= 0 ? all : [...all.slice(0, FIRST_LINES), `   ... ${left} more lines ...`, ...all.slice(-LAST_LINES)];
  const text = execFileSync("aha", ["--no-header", "--black"], { input: lines.join("\n"), encoding: "utf8" });
  const page = join(scratch, `${name}.html`);
  writeFileSync(
    page,
    `<meta charset="utf-8"><style>body{margin:0;background:#11151c;color:#d7dde6}pre{margin:0;padding:18px 22px;
     font:15px/1.32 "DejaVu Sans Mono",monospace}</style><pre><b>$ ${command}</b>\n${text}</pre>`,
  );
  screenshot(page, name, Math.ceil((lines.length + 1) * 15 * 1.32) + 38);
}

function pictureOfReport() {
  const started = execFileSync("make", ["demo", "PIPELINE=iot", "KEEP=1"], { encoding: "utf8" });
  const [, endpoint, pid] = /goes on at (\S+) \(process (\d+)/.exec(started);
  try {
    const args = ["dist/cli/main.js", "report", "iot", "--endpoint", endpoint, "--out", scratch];
    execFileSync(process.execPath, args, { stdio: "inherit" });
  } finally {
    process.kill(Number(pid));
  }
  screenshot(join(scratch, "iot.html"), "iot", 2260);
}

function screenshot(page, name, height) {
  execFileSync("chromium", [
    ...["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run"],
    ...["--disable-background-networking", `--user-data-dir=${join(scratch, "profile")}`],
    ...[
      `--force-device-scale-factor=${name === "iot" ? 1 : 1.5}`,
      `--window-size=${name === "iot" ? 1000 : WIDTH},${height}`,
    ],
    ...[`--screenshot=${resolve(`docs/${name}.png`)}`, `file://${page}`],
  ]);
}
