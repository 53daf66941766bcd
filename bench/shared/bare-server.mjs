// What a server costs at least: it reads the body, parses the JSON and answers. HTTP/1.1, or with --h2c HTTP/2 with prior knowledge.
// Usage: node bare-server.mjs PORT [--h2c] [--answer FILE]
import { readFileSync } from "node:fs";
import http from "node:http";
import http2 from "node:http2";
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { h2c: { type: "boolean", default: false }, answer: { type: "string" } },
});
const answer = values.answer === undefined ? JSON.stringify({ FailedRecordCount: 0 }) : readFileSync(values.answer);

(values.h2c ? http2 : http)
  .createServer((request, response) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      JSON.parse(Buffer.concat(chunks).toString("utf8"));
      response.writeHead(200, { "content-type": "application/x-amz-json-1.1", "content-length": answer.length });
      response.end(answer);
    });
  })
  .listen(Number(positionals[0]), "127.0.0.1");
