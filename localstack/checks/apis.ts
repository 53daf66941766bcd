import { APIGatewayClient, GetApiKeyCommand } from "@aws-sdk/client-api-gateway";
import { type Bench, check } from "./check.ts";

/** POSTs to the API of the stack, with an API key of it. */
async function post({ target, stack }: Bench, key: string | undefined, body: string): Promise<Response> {
  const url = target.apiUrl(await stack.physical("Api"), "v1");
  return fetch(`${url}/`, {
    method: "POST",
    body,
    headers: { "content-type": "application/json", ...(key !== undefined && { "x-api-key": key }) },
  });
}

async function keyOf({ target, stack }: Bench, name: string): Promise<string> {
  const client = new APIGatewayClient(target.clientConfig);
  const { value } = await client.send(new GetApiKeyCommand({ apiKey: await stack.physical(name), includeValue: true }));
  return value!;
}

export const apis = [
  check({
    id: "usage-plan-limits",
    title: "answers beyond a quota of one request, and whether any of many at once is throttled",
    async look(bench) {
      const quotaKey = await keyOf(bench, "QuotaKey");
      const first = await post(bench, quotaKey, "{}");
      const second = await post(bench, quotaKey, "{}");
      const throttleKey = await keyOf(bench, "ThrottleKey");
      const many = await Promise.all(Array.from({ length: 10 }, () => post(bench, throttleKey, "{}")));
      return { quota: [first.status, second.status], isThrottled: many.some(({ status }) => status === 429) };
    },
    aws: { quota: [200, 429], isThrottled: true },
    localstack: { quota: [200, 200], isThrottled: false },
  }),
  check({
    id: "gateway-responses",
    title: "the answer to a call without a key",
    async look(bench) {
      const refused = await post(bench, undefined, "{}");
      return { status: refused.status, header: refused.headers.get("x-limits"), body: await refused.json() };
    },
    aws: { status: 403, header: "yes", body: { refused: "by the template" } },
    localstack: { status: 403, header: null, body: { message: "Forbidden" } },
  }),
  check({
    id: "empty-bodies",
    title: "the answer to an empty body where the model asks for an object",
    look: async (bench) => (await post(bench, await keyOf(bench, "FreeKey"), "")).status,
    aws: 400,
    localstack: 200,
  }),
];
