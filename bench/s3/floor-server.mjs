// A server that keeps bodies in memory by their path, and answers them. Usage: node floor-server.mjs PORT
import http from "node:http";

const bodies = new Map();

http
  .createServer((request, response) => {
    const path = (request.url ?? "").split("?", 1)[0] ?? "";
    if (request.method === "GET") {
      const body = bodies.get(path) ?? Buffer.alloc(0);
      response.writeHead(200, { "content-length": body.length });
      response.end(body);
      return;
    }
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      bodies.set(path, Buffer.concat(chunks));
      response.writeHead(200, { "content-length": 0 });
      response.end();
    });
  })
  .listen(Number(process.argv[2]), "127.0.0.1");
