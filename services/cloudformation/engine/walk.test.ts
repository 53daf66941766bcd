import { reversed, walk } from "./walk.ts";

const turn = () => new Promise((resolve) => setTimeout(resolve, 1));

const graph = (edges: Record<string, string[]>) => new Map(Object.entries(edges));

describe("a walk over dependencies", () => {
  it("visits each after those that it depends on, and the independent at the same time", async () => {
    const log: string[] = [];
    const result = await walk(graph({ A: ["B", "C"], B: ["D"], C: ["D"], D: [], E: [] }), async (name) => {
      log.push(`+${name}`);
      await turn();
      log.push(`-${name}`);
    });
    expect(result.failed).toEqual([]);
    expect(log.slice(0, 2)).toEqual(["+D", "+E"]);
    expect(log.indexOf("-D")).toBeLessThan(log.indexOf("+B"));
    expect(log.indexOf("+C")).toBeLessThan(log.indexOf("-B"));
    expect(log.slice(-2)).toEqual(["+A", "-A"]);
  });

  it("begins nothing more after a failure, and waits for what has begun", async () => {
    const visited: string[] = [];
    const result = await walk(graph({ A: [], B: [], C: ["B"] }), async (name) => {
      if (name === "A") throw new Error("no");
      await turn();
      visited.push(name);
    });
    expect(result.failed).toEqual(["A"]);
    expect(visited).toEqual(["B"]);
  });

  it("with goOn leaves out only what depends on the failure", async () => {
    const visited: string[] = [];
    const visit = async (name: string) => {
      await turn();
      if (name === "A") throw new Error("no");
      visited.push(name);
    };
    const result = await walk(graph({ A: [], B: ["A"], C: [], D: ["C"] }), visit, { goOn: true });
    expect(result.failed).toEqual(["A"]);
    expect(visited).toEqual(["C", "D"]);
  });

  it("works on at most sixteen at once", async () => {
    let now = 0;
    let most = 0;
    const many = graph(Object.fromEntries(Array.from({ length: 100 }, (_each, index) => [`R${index}`, []])));
    await walk(many, async () => {
      most = Math.max(most, ++now);
      await turn();
      now--;
    });
    expect(most).toBe(16);
  });

  it("lets others have their turn, and begins nothing that may not go on by then", async () => {
    let mayGoOn = true;
    setImmediate(() => (mayGoOn = false));
    const visited: string[] = [];
    const visit = (name: string) => Promise.resolve(visited.push(name)).then(() => undefined);
    await walk(graph({ A: [], B: ["A"], C: ["B"] }), visit, { mayGoOn: () => mayGoOn });
    expect(visited.length).toBeLessThan(3);
  });

  it("turned round says who has to go before", () => {
    expect(reversed(graph({ A: ["B"], B: [], C: ["B"] }))).toEqual(graph({ A: [], B: ["A", "C"], C: [] }));
  });
});
