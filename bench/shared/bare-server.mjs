// What a server costs at least: it reads the body, parses the JSON and answers. Usage: node bare-server.mjs PORT
import http from "node:http";

const answer = JSON.stringify({ FailedRecordCount: 0 });

http
  .createServer((request, response) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      JSON.parse(Buffer.concat(chunks).toString("utf8"));
      response.writeHead(200, { "content-type": "application/x-amz-json-1.1", "content-length": answer.length });
      response.end(answer);
    });
  })
  .listen(Number(process.argv[2]), "127.0.0.1");
