import { styleText } from "node:util";

type Style = "bold" | "dim" | "green" | "red" | "yellow" | "cyan";

/** Styles text for a terminal; NO_COLOR, and output that is no terminal, get it plain. */
export function styled(style: Style, text: string, out: { readonly isTTY?: boolean } = process.stdout): string {
  return out.isTTY && !process.env["NO_COLOR"] ? styleText(style, text) : text;
}

/** The colour of a CloudFormation status: done, undone, or failed. */
export function statusStyle(status: string): Style {
  if (/FAILED|ROLLBACK/.test(status)) return "red";
  if (status.startsWith("DELETE")) return "yellow";
  return status.endsWith("_COMPLETE") ? "green" : "cyan";
}
