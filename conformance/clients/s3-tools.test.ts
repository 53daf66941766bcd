import { spawn, spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { eventually, useTarget } from "../target.ts";
import { awsCli, awsEnvironment, itUnless, runProgram, whyMissing } from "./tools.ts";

const TEST_MS = 120_000;

const target = useTarget();
let folder: string;
let tree: string;

/** Names and sizes that tools trip over: what has to be escaped, other scripts, nothing at all, several parts. */
const FILES: Readonly<Record<string, Buffer>> = {
  "plain.txt": Buffer.from("hello"),
  empty: Buffer.alloc(0),
  "a b/+&=%20;'(x)!.txt": Buffer.from("escaped"),
  "ünï/日本語 😀.txt": Buffer.from("scripts"),
  "deep/er/and/deeper/file": Buffer.from("down here"),
  "large.bin": Buffer.alloc(9 * 1024 * 1024, "0123456789abcdef"),
};

function writeTree(root: string): void {
  for (const [name, content] of Object.entries(FILES)) {
    const file = join(root, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    // older than what is put in the bucket now: tools compare times
    utimesSync(file, 1_600_000_000, 1_600_000_000);
  }
}

const filesOf = (root: string): Record<string, Buffer> =>
  Object.fromEntries(
    readdirSync(root, { recursive: true, encoding: "utf8" })
      .map((name) => join(root, name))
      .filter((file) => statSync(file).isFile())
      .map((file) => [relative(root, file), readFileSync(file)]),
  );

/** With large files compared by whether they are equal, not byte for byte in the report. */
function expectTree(root: string): void {
  const found = filesOf(root);
  expect(Object.keys(found).toSorted()).toEqual(Object.keys(FILES).toSorted());
  expect(Object.entries(FILES).filter(([name, content]) => !found[name]?.equals(content))).toEqual([]);
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hw-s3-tools-"));
  tree = join(folder, "tree");
  writeTree(tree);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const noAws = whyMissing("aws", "--version");

itUnless(noAws, "the AWS CLI")(
  "the AWS CLI syncs a tree both ways, and deletes what is gone",
  async () => {
    const { run: aws } = awsCli(target);
    const back = join(folder, "aws-back");
    await aws("s3", "mb", "s3://aws-tree");
    await aws("s3", "sync", tree, "s3://aws-tree", "--no-progress");
    expect(await aws("s3", "sync", tree, "s3://aws-tree", "--no-progress")).toBe("");
    await aws("s3", "sync", "s3://aws-tree", back, "--no-progress");
    expectTree(back);
    rmSync(join(back, "plain.txt"));
    expect(await aws("s3", "sync", back, "s3://aws-tree", "--delete", "--no-progress")).toBe(
      "delete: s3://aws-tree/plain.txt\n",
    );
    await aws("s3", "rb", "s3://aws-tree", "--force");
  },
  TEST_MS,
);

itUnless(whyMissing("rclone", "version"), "rclone")(
  "rclone syncs a tree both ways, finds it equal, copies on the server and purges",
  async () => {
    const env = {
      ...awsEnvironment(target.endpoint),
      AWS_CA_BUNDLE: undefined, // rclone takes none, and the endpoint has no certificate
      RCLONE_CONFIG: "/dev/null",
      RCLONE_CONFIG_HW_TYPE: "s3",
      RCLONE_CONFIG_HW_PROVIDER: "Other",
      RCLONE_CONFIG_HW_ENV_AUTH: "true",
      RCLONE_CONFIG_HW_REGION: "us-east-1",
      RCLONE_CONFIG_HW_ENDPOINT: target.endpoint,
      RCLONE_CONFIG_HW_FORCE_PATH_STYLE: "true",
      RCLONE_RETRIES: "1",
      RCLONE_LOW_LEVEL_RETRIES: "1",
      RCLONE_S3_UPLOAD_CUTOFF: "5Mi",
      RCLONE_S3_CHUNK_SIZE: "5Mi",
    };
    const rclone = (...args: readonly string[]) => runProgram("rclone", args, { env });
    const back = join(folder, "rclone-back");
    await rclone("mkdir", "hw:rclone-tree");
    await rclone("sync", tree, "hw:rclone-tree/in");
    await rclone("check", tree, "hw:rclone-tree/in");
    await rclone("copy", "hw:rclone-tree/in", "hw:rclone-tree/copy");
    await rclone("sync", "hw:rclone-tree/copy", back);
    expectTree(back);
    expect(statSync(join(back, "plain.txt")).mtimeMs).toBe(1_600_000_000_000);
    expect((await rclone("lsf", "-R", "--files-only", "hw:rclone-tree/copy")).trim().split("\n").toSorted()).toEqual(
      Object.keys(FILES).toSorted(),
    );
    await rclone("purge", "hw:rclone-tree");
    expect(await rclone("lsd", "hw:")).not.toContain("rclone-tree");
  },
  TEST_MS,
);

itUnless(whyMissing("s5cmd", "version"), "s5cmd")(
  "s5cmd syncs a tree both ways, lists and removes it",
  async () => {
    const env = { ...awsEnvironment(target.endpoint), S3_ENDPOINT_URL: target.endpoint };
    const s5cmd = (...args: readonly string[]) => runProgram("s5cmd", args, { env });
    const back = join(folder, "s5cmd-back");
    await s5cmd("mb", "s3://s5-tree");
    await s5cmd("sync", "--part-size", "5", `${tree}/`, "s3://s5-tree/in/");
    await s5cmd("cp", "s3://s5-tree/in/*", "s3://s5-tree/copy/");
    await s5cmd("sync", "s3://s5-tree/copy/*", `${back}/`);
    expectTree(back);
    expect((await s5cmd("ls", "s3://s5-tree/in/*")).trim().split("\n")).toHaveLength(Object.keys(FILES).length);
    await s5cmd("rm", "s3://s5-tree/*");
    await s5cmd("rb", "s3://s5-tree");
  },
  TEST_MS,
);

/** Mounting takes the kernel's leave too, which containers seldom have. */
function whyNoMount(): string | undefined {
  const missing = whyMissing("s3fs", "--version");
  if (missing !== undefined) return missing;
  const probe = spawnSync("unshare", ["--mount", "true"], { encoding: "utf8" });
  return probe.status === 0 ? undefined : "file systems cannot be mounted here";
}

itUnless(whyNoMount(), "s3fs")(
  "s3fs mounts a bucket, in which files are written, renamed and read back",
  async () => {
    const { run: aws } = awsCli(target);
    await aws("s3", "mb", "s3://s3fs-tree");
    const [mount, secret] = [join(folder, "mount"), join(folder, "passwd-s3fs")];
    mkdirSync(mount);
    writeFileSync(secret, "test:test", { mode: 0o600 });
    const options = `url=${target.endpoint},use_path_request_style,passwd_file=${secret},endpoint=us-east-1`;
    const s3fs = spawn("s3fs", ["s3fs-tree", mount, "-f", "-o", options], { stdio: "ignore" });
    const ended = new Promise<void>((resolve) => s3fs.once("exit", () => resolve()));
    try {
      // by programs of their own: a call of this process would wait for the emulator, which is this process
      const run = (command: string, ...args: readonly string[]) => runProgram(command, args, { env: process.env });
      await eventually("the bucket is mounted", async () =>
        (await run("findmnt", "--types", "fuse.s3fs", "--noheadings", "--target", mount).catch(() => "")) === ""
          ? undefined
          : true,
      );
      await run("cp", "--recursive", tree, join(mount, "in"));
      expect(await run("diff", "--recursive", tree, join(mount, "in"))).toBe("");
      await run("mv", join(mount, "in", "plain.txt"), join(mount, "moved.txt"));
      expect(await run("ls", mount)).toBe("in\nmoved.txt\n");
      expect(await aws("s3", "cp", "s3://s3fs-tree/moved.txt", "-")).toBe("hello");
    } finally {
      s3fs.kill(); // it unmounts the bucket
      await ended;
    }
  },
  TEST_MS,
);
