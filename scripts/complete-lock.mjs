// After `npm install` changed package-lock.json: enters the optional platform packages that the registry at hand did not list
// (npm drops those, and `npm ci` then refuses the lock), and takes the registry's addresses out.
import { readFileSync, writeFileSync } from "node:fs";

const OS = ["darwin", "linux", "win32", "android", "freebsd", "openharmony"];
const CPU = { arm64: "arm64", arm: "arm", armhf: "arm", x64: "x64", ia32: "ia32" };
for (const name of ["ppc64", "s390x", "riscv64", "loong64"]) CPU[name] = name;
const LIBC = { gnu: "glibc", gnueabihf: "glibc", musl: "musl", musleabihf: "musl" };

/** The platform that a binding's name says, e.g. `@oxlint/binding-linux-arm64-musl`. */
function platformOf(name) {
  const words = name.split("/").at(-1).split("-");
  const os = words.filter((word) => OS.includes(word));
  const cpu = words.flatMap((word) => CPU[word] ?? []);
  const libc = words.flatMap((word) => LIBC[word] ?? []);
  return os.length === 1 && cpu.length === 1 ? { cpu, ...(libc.length > 0 && { libc }), os } : undefined;
}

const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));
for (const entry of Object.values(lock.packages)) delete entry.resolved;
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const platform = platformOf(name);
    if (!platform || !/^\d+\.\d+\.\d+$/.test(version)) continue;
    const place = `node_modules/${name}`;
    if (lock.packages[place] || lock.packages[`${path}/${place}`]) continue;
    lock.packages[place] = { version, ...platform, ...(entry.dev && { dev: true }), optional: true };
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).toSorted(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync("package-lock.json", `${JSON.stringify(lock, null, 2)}\n`);
