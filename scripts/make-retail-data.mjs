// Writes data/retail.csv: made-up invoices in the columns and with the oddities of UCI's "Online Retail": repeated stock codes,
// rows without a customer, cancelled invoices with negative quantities, prices of zero, quoted commas. The same script gives
// the same file.
import { writeFileSync } from "node:fs";
import { join } from "node:path";

const INVOICES = 120;

const NOUNS = [
  "LANTERN",
  "MUG",
  "TEA TOWEL",
  "CANDLE",
  "CLOCK",
  "BUNTING",
  "NOTEBOOK",
  "DOORMAT",
  "TRAY",
  "PENCIL SET",
];
const STYLES = ["RED SPOT", "VINTAGE", "GARDEN", "BLUE STRIPE", "IVORY", "POLKA DOT", "WOODLAND", "PAISLEY"];
const COUNTRIES = ["United Kingdom", "United Kingdom", "United Kingdom", "France", "Germany", "Netherlands", "Norway"];

let state = 536_365;
/** A linear congruential generator: 0 to 1, the same everywhere. */
function random() {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
}
const pick = (list) => list[Math.floor(random() * list.length)];
const between = (low, high) => low + Math.floor(random() * (high - low + 1));

const products = STYLES.flatMap((style, row) =>
  NOUNS.map((noun, column) => ({
    code: `${20_000 + row * 100 + column}${column % 4 === 3 ? "B" : ""}`,
    description: column % 5 === 4 ? `${noun}, ${style} ""LARGE""` : `${style} ${noun}`,
    price: (0.29 + row * 0.55 + column * 0.4).toFixed(2),
  })),
);

const lines = ["InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"];
let minutes = 8 * 60 + 26;
for (let index = 0; index < INVOICES; index++) {
  minutes += between(1, 14);
  const day = 1 + Math.floor(minutes / (24 * 60));
  const date = `12/${day}/10 ${Math.floor(minutes / 60) % 24}:${String(minutes % 60).padStart(2, "0")}`;
  const isCancelled = random() < 0.06;
  const number = `${isCancelled ? "C" : ""}${800_001 + index}`;
  const customer = random() < 0.25 ? "" : String(between(90_001, 90_040));
  const country = pick(COUNTRIES);
  const count = isCancelled ? between(1, 2) : between(1, 9);
  let previous;
  for (let line = 0; line < count; line++) {
    const product = previous !== undefined && random() < 0.12 ? previous : pick(products);
    previous = product;
    const description = /[",]/.test(product.description) ? `"${product.description}"` : product.description;
    const quantity = isCancelled ? -between(1, 12) : between(1, 48);
    const price = random() < 0.02 ? "0" : product.price;
    lines.push([number, product.code, description, quantity, date, price, customer, country].join(","));
  }
}
writeFileSync(join(import.meta.dirname, "..", "data", "retail.csv"), `${lines.join("\n")}\n`);
