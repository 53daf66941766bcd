// `make image`: builds our image as headwater:VERSION and headwater:latest, unless the one that is there is made of the same files.
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const image = `headwater:${version}`;
const LABEL = "headwater.sources";

const sources = digestOf(filesOfImage());
if (isBuilt()) {
  console.log(`${image} is up to date.`);
} else {
  const base = process.env.BASE_IMAGE ? ["--build-arg", `BASE_IMAGE=${process.env.BASE_IMAGE}`] : [];
  const about = ["--build-arg", `VERSION=${version}`, "--build-arg", `REVISION=${revision()}`];
  const names = ["--label", `${LABEL}=${sources}`, "--tag", image, "--tag", "headwater:latest"];
  const { error, status } = spawnSync("docker", ["build", ...base, ...about, ...names, root], { stdio: "inherit" });
  if (error || status !== 0) refuse(error?.message ?? `docker build ended with ${status ?? "a signal"}`);
}

/** What .dockerignore lets in, and what says how the image is made. */
function filesOfImage() {
  const kept = readFileSync(join(root, ".dockerignore"), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("!"))
    .map((line) => line.slice(1));
  return ["Dockerfile", ".dockerignore", ...kept].flatMap(filesBelow);
}

function filesBelow(path) {
  const entry = statSync(join(root, path), { throwIfNoEntry: false });
  if (!entry?.isDirectory()) return entry && !path.endsWith(".test.ts") ? [path] : [];
  return readdirSync(join(root, path))
    .toSorted((one, other) => (one < other ? -1 : 1))
    .flatMap((name) => filesBelow(`${path}/${name}`));
}

function digestOf(files) {
  const hash = createHash("sha256").update(process.env.BASE_IMAGE ?? "");
  for (const path of files) {
    const content = readFileSync(join(root, path));
    hash.update(`${path}\n${content.byteLength}\n`).update(content);
  }
  return hash.digest("hex");
}

function isBuilt() {
  const filters = ["--filter", `label=${LABEL}=${sources}`, "--filter", `reference=${image}`];
  const { error, status, stdout, stderr } = spawnSync("docker", ["images", "--quiet", ...filters], {
    encoding: "utf8",
  });
  if (error) refuse(error.code === "ENOENT" ? "there is no command docker" : error.message);
  if (status !== 0) refuse(stderr.trim().replaceAll(/\s*\n\s*/g, " "));
  return stdout.trim() !== "";
}

function refuse(reason) {
  console.error(`The image ${image} cannot be built: ${reason}`);
  process.exit(1);
}

function revision() {
  try {
    return execFileSync("git", ["describe", "--always", "--dirty", "--abbrev=40"], {
      cwd: root,
      encoding: "utf8",
    }).trim();
  } catch {
    return "unknown"; // no checkout, or no git
  }
}
