import { connect } from "node:net";
import { authorization } from "../raw-request.ts";
import { useS3 } from "./fixture.ts";

const Bucket = "expectant";
const { send, target } = useS3({ bucket: Bucket });

/** Sends a head and waits for the first line of an answer; sends the body only when it is asked for it. @returns all first lines */
function put(path: string, body: string): Promise<{ lines: string[]; sentBody: boolean }> {
  const { hostname, port } = new URL(target.endpoint);
  return new Promise((resolve, reject) => {
    const lines: string[] = [];
    let sentBody = false;
    const socket = connect(Number(port), hostname, () => {
      socket.write(
        `PUT ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nAuthorization: ${authorization("s3")}\r\n` +
          `Content-Length: ${body.length}\r\nExpect: 100-continue\r\n\r\n`,
      );
    });
    socket.on("error", reject);
    socket.on("data", (data: Buffer) => {
      lines.push(
        ...data
          .toString("latin1")
          .split("\r\n")
          .filter((line) => line.startsWith("HTTP/1.1 ")),
      );
      if (lines.at(-1)?.startsWith("HTTP/1.1 100") === true && !sentBody) {
        sentBody = true;
        socket.write(body);
      } else {
        socket.destroy();
        resolve({ lines, sentBody });
      }
    });
  });
}

describe("Expect: 100-continue", () => {
  it("is answered when somebody reads the body", async () => {
    const answer = await put(`/${Bucket}/k`, "expected");
    expect(answer).toEqual({ lines: ["HTTP/1.1 100 Continue", "HTTP/1.1 200 OK"], sentBody: true });
    expect((await send({ path: `/${Bucket}/k` })).body).toBe("expected");
  });

  it.each([
    ["a bucket", "/no-such-bucket/k"],
    ["an upload", `/${Bucket}/k?partNumber=1&uploadId=none`],
  ])("spares a client the body for %s that is not there", async (_what, path) => {
    expect(await put(path, "x".repeat(1_000))).toEqual({ lines: ["HTTP/1.1 404 Not Found"], sentBody: false });
  });
});
