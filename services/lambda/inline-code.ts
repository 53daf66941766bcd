import AdmZip from "adm-zip";

/**
 * The module that AWS adds to inline code: it answers for a custom resource.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/cfn-lambda-function-code-cfnresponsemodule.html
 */
const CFN_RESPONSE = `exports.SUCCESS = "SUCCESS";
exports.FAILED = "FAILED";

exports.send = (event, context, Status, Data, physicalId, NoEcho = false) => {
  const { StackId, RequestId, LogicalResourceId, ResponseURL } = event;
  const Reason = "See the details in CloudWatch Log Stream: " + context.logStreamName;
  const PhysicalResourceId = physicalId || context.logStreamName;
  const answer = { Status, Reason, PhysicalResourceId, StackId, RequestId, LogicalResourceId, NoEcho, Data };
  const body = JSON.stringify(answer);
  const { hostname, pathname, search } = new URL(ResponseURL);
  const headers = { "content-type": "", "content-length": Buffer.byteLength(body) };
  const options = { hostname, port: 443, path: pathname + search, method: "PUT", headers };
  return new Promise((resolve) => {
    const finish = (message) => {
      console.log(message);
      if (context.done) context.done();
      resolve();
    };
    const request = require("https").request(options, (response) => finish("Status code: " + response.statusCode));
    request.on("error", (error) => finish("send(..) failed executing https.request(..): " + error.message));
    request.end(body);
  });
};
`;

/**
 * The zip of a template's inline code: one file, index.js, and beside it the module cfn-response where the code asks for it. The same text gives the same bytes, so that an update with the
 * same code has the same CodeSha256.
 */
export function inlineZip(code: string): Uint8Array {
  const zip = new AdmZip();
  zip.addFile("index.js", Buffer.from(code));
  if (code.includes("cfn-response")) zip.addFile("node_modules/cfn-response/index.js", Buffer.from(CFN_RESPONSE));
  for (const entry of zip.getEntries()) entry.header.time = new Date(1980, 0, 1);
  return new Uint8Array(zip.toBuffer());
}
