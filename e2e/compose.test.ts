import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { PIPELINE_NAMES } from "../cli/pipelines/index.ts";
import { headwater } from "../conformance/headwater-command.ts";
import { ComposeProject, type EmulatorName } from "./compose/compose-project.ts";
import { eventually } from "./eventually.ts";
import { describeOn } from "./targets/describe-on.ts";
import { currentTarget, type SuiteTargetName } from "./targets/index.ts";
import { projectImage } from "./targets/project-image.ts";

const PATIENCE_MS = 120_000;
/** The image may have to be built first, and on a busy machine LocalStack takes a while for five pipelines. */
const UP_MS = 600_000;

interface Expected {
  /** The target whose run of the suites tests it. */
  readonly target: SuiteTargetName;
  /** What a second `up` deploys after `down`: LocalStack makes everything anew, which takes its time. */
  readonly again: readonly string[];
  /** What the deployer says of a pipeline then. */
  readonly told: (pipeline: string) => string;
}

const EMULATORS: Readonly<Record<EmulatorName, Expected>> = {
  headwater: {
    target: "container",
    again: PIPELINE_NAMES,
    told: (pipeline) => `${pipeline}: no change, nothing to deploy`,
  },
  localstack: {
    target: "localstack",
    again: ["rivers"],
    told: (pipeline) => `${pipeline}: the stack is lost with a restart`,
  },
};

const all = Object.entries(EMULATORS) as [EmulatorName, Expected][];
const ofThisRun = all.filter(([, { target }]) => target === currentTarget());

for (const [emulator, { target, again, told }] of ofThisRun.length > 0 ? ofThisRun : all) {
  const title = `docker compose with EMULATOR_IMAGE=${emulator}`;
  describeOn(target, title)(title, () => {
    let project: ComposeProject;

    beforeAll(async () => {
      project = await ComposeProject.open(emulator, process.env["HEADWATER_IMAGE"] ?? (await projectImage()));
    }, UP_MS);

    afterAll(async () => {
      await project[Symbol.asyncDispose]();
    }, PATIENCE_MS);

    const rowsCounted = async () => {
      const counts = await headwater("counts", "rivers", "--json", "--endpoint", project.endpoint);
      return (JSON.parse(counts) as { Count: number }[]).reduce((sum, { Count }) => sum + Count, 0);
    };

    it("binds to loopback, and gives the Docker socket to LocalStack's container alone", async () => {
      const { services } = JSON.parse(await project.run(["config", "--format", "json"])) as Config;
      expect(services["emulator"]!.ports).toEqual([
        expect.objectContaining({ host_ip: "127.0.0.1", published: String(project.port), target: 4566 }),
      ]);
      const withSocket = Object.entries(services)
        .filter(([, { volumes = [] }]) => volumes.some(({ source }) => source.endsWith("docker.sock")))
        .map(([name]) => name);
      expect(withSocket).toEqual(emulator === "localstack" ? ["emulator"] : []);
    });

    it("builds the image of the checkout before it deploys, but none that is given", async () => {
      const builds = async (variables: NodeJS.ProcessEnv) => {
        const { services } = JSON.parse(await project.run(["config", "--format", "json"], variables)) as Config;
        return Object.values(services).filter(({ build }) => build !== undefined);
      };
      expect(await builds({ HEADWATER_IMAGE: "" })).toContainEqual(expect.objectContaining({ pull_policy: "build" }));
      expect(await builds({ HEADWATER_IMAGE: "given" })).toEqual([]);
    });

    it(
      "deploys nothing for a producer",
      async () => {
        const early = project.run(["run", "--rm", "producer", "rivers", "--limit", "1"]);
        await expect(early).rejects.toThrow("rivers is not deployed");
        expect((await project.leftovers()).filter((name) => name.includes("deployer"))).toEqual([]);
      },
      UP_MS,
    );

    it(
      "comes up with its hooks done and all pipelines deployed, and says what to try at the host's port",
      async () => {
        await project.run(["up", "--detach", "--wait"]);
        const hooks = (await (await fetch(`${project.endpoint}/_localstack/init/ready`)).json()) as Hooks;
        expect(hooks.completed).toBe(true);
        expect(hooks.scripts).toEqual([expect.objectContaining({ name: "10-functions.sh", state: "SUCCESSFUL" })]);
        const said = await project.run(["logs", "--no-log-prefix", "deployer"]);
        for (const name of PIPELINE_NAMES) expect(said).toMatch(new RegExp(`CREATE_COMPLETE +${name} `));
        expect(said).not.toMatch(/\\$/m); // each command to try is a line
        expect(said).toContain(`export AWS_ENDPOINT_URL=${project.endpoint} `);
        const url = new RegExp(`curl -i -X POST (${project.endpoint}/\\S+)`).exec(said)![1]!;
        expect((await fetch(url, { method: "POST", body: "{}" })).status).toBe(403);
      },
      UP_MS,
    );

    it(
      "streams from inside the network, by Kinesis and by the API",
      async () => {
        const rivers = ["producer", "rivers", "--limit", "40", "--rate", "100"];
        expect(await project.run(["run", "--rm", ...rivers])).toMatch(/^40 rows sent in/m);
        const sensors = ["producer", "sensors", "--n-events", "3", "--max-delay", "0"];
        expect(await project.run(["run", "--rm", ...sensors])).toMatch(/^3 events sent in/m);
        const weather = ["producer", "weather", "--to", "2021-10-02"];
        expect(await project.run(["run", "--rm", ...weather])).toMatch(/^\d\d observations sent in/m);
        await eventually(PATIENCE_MS, rowsCounted, (rows) => rows === 40);
        expect(await project.run(["run", "--rm", "headwater", "counts", "rivers"])).toContain("40 rows in ");
      },
      UP_MS,
    );

    it(
      "ends the producer tidily on Ctrl+C, and counts all that it sent",
      async () => {
        const before = await project.leftovers();
        const rivers = ["producer", "rivers", "--rate", "20", "--loop"];
        const { code, output } = await project.interrupt(["run", "--rm", ...rivers], /[1-9]\d* rows/);
        expect({ code, output }).toMatchObject({ code: 0, output: expect.stringMatching(/^\d+ rows sent in/m) });
        expect((await project.leftovers()).filter((name) => name.includes("producer"))).toEqual([]);
        expect(before.filter((name) => name.includes("producer"))).toEqual([]);
        const sent = Number(/^(\d+) rows sent in/m.exec(output)![1]);
        await eventually(PATIENCE_MS, rowsCounted, (rows) => rows === 40 + sent);
      },
      UP_MS,
    );

    it(
      "keeps what is stored over down and up, and works on",
      async () => {
        const before = await rowsCounted();
        await project.run(["down"]);
        expect(await project.leftovers()).toHaveLength(1); // the volume
        await project.run(["up", "--detach", "--wait"], { PIPELINES: again.join(" ") });
        const said = await project.run(["logs", "--no-log-prefix", "deployer"]);
        for (const name of again) expect(said).toContain(told(name));
        expect(await rowsCounted()).toBe(before);
        await project.run(["run", "--rm", "producer", "rivers", "--limit", "10"]);
        await eventually(PATIENCE_MS, rowsCounted, (rows) => rows === before + 10);
      },
      UP_MS,
    );

    it(
      "leaves nothing behind after down --volumes",
      async () => {
        await project.run(["down", "--volumes"]);
        expect(await project.leftovers()).toEqual([]);
      },
      PATIENCE_MS,
    );
  });
}

interface Config {
  readonly services: Readonly<
    Record<
      string,
      {
        readonly build?: object;
        readonly ports?: readonly object[];
        readonly volumes?: readonly { readonly source: string }[];
      }
    >
  >;
}

interface Hooks {
  readonly completed: boolean;
  readonly scripts: readonly { readonly name: string; readonly state: string }[];
}
