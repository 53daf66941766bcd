import { type EChartsOption, init } from "echarts";
import type { IotSummary } from "./iot-summary.ts";

const WIDTH = 920;
const HEIGHT = 300;

const BLUE = "#2f6fb0";
const PALE = "#b9d2ea";
const RED = "#c0392b";

/** A page that stands alone: its plots are SVG, so that it needs neither scripts nor a network. */
export function iotPage(summary: IotSummary, madeAt: Date): string {
  const { events, devices, errors, errorShare, repeated } = summary;
  const figures = [
    [String(events), "events"],
    [String(devices.length), "devices"],
    [`${(errorShare * 100).toFixed(2)} %`, `malformed (${errors})`],
    [String(repeated), "delivered again"],
  ];
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>iot: ${events} events of ${devices.length} devices</title>
<style>
  body { font: 15px/1.5 system-ui, sans-serif; color: #1d2733; max-width: ${WIDTH}px; margin: 32px auto; padding: 0 20px; }
  h1 { font-size: 24px; margin: 0; } h2 { font-size: 17px; margin: 36px 0 8px; }
  .made { color: #66727f; margin: 4px 0 20px; }
  .figures { display: flex; gap: 14px; } .figures div { flex: 1; border: 1px solid #dde3ea; border-radius: 8px; padding: 12px 16px; }
  .figures b { display: block; font-size: 26px; line-height: 1.2; } .figures span { color: #66727f; }
  table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
  th, td { text-align: right; padding: 4px 10px; border-bottom: 1px solid #e7ecf1; } th:first-child, td:first-child { text-align: left; }
  th { color: #66727f; font-weight: 600; } svg { max-width: 100%; height: auto; }
</style>
<h1>Devices, by the events in the data lake</h1>
<p class="made">made ${madeAt.toISOString()}</p>
<div class="figures">${figures.map(([figure, name]) => `<div><b>${figure}</b><span>${name}</span></div>`).join("")}</div>
<h2>Events over time, UTC</h2>
${plot(eventsOverTime(summary))}
<h2>Temperature over time, °C</h2>
${plot(temperatureOverTime(summary))}
<h2>Temperature by device, °C</h2>
${plot(temperatureByDevice(summary))}
<h2>Malformed records</h2>
${plot(malformedShare(summary))}
<h2>Devices</h2>
${table(summary)}
</html>
`;
}

function plot(option: EChartsOption): string {
  const chart = init(null, null, { renderer: "svg", ssr: true, width: WIDTH, height: HEIGHT });
  chart.setOption({ useUTC: true, animation: false, grid: { left: 50, right: 20, top: 34, bottom: 34 }, ...option });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

const timeAxis = { type: "time" } as const;
const valueAxis = { type: "value", scale: true } as const;

const eventsOverTime = ({ overTime }: IotSummary): EChartsOption => ({
  legend: { top: 0, data: ["well-formed", "malformed"] },
  xAxis: timeAxis,
  yAxis: { type: "value" },
  series: [
    {
      name: "well-formed",
      type: "bar",
      stack: "all",
      color: BLUE,
      data: overTime.map((each) => [each.time, each.events]),
    },
    {
      name: "malformed",
      type: "bar",
      stack: "all",
      color: RED,
      data: overTime.map((each) => [each.time, each.errors]),
    },
  ],
});

const temperatureOverTime = ({ overTime }: IotSummary): EChartsOption => ({
  legend: { top: 0, data: ["minimum", "mean", "maximum"] },
  xAxis: timeAxis,
  yAxis: valueAxis,
  series: (
    [
      ["minimum", "minCelsius", PALE],
      ["mean", "meanCelsius", BLUE],
      ["maximum", "maxCelsius", RED],
    ] as const
  ).map(([name, measure, color]) => ({
    name,
    type: "line",
    showSymbol: false,
    color,
    // a line breaks where nothing was measured
    data: overTime.map((each) => [each.time, each[measure] ?? null]),
  })),
});

/** The bar reaches from a device's minimum to its maximum, the point is its mean. */
const temperatureByDevice = ({ devices }: IotSummary): EChartsOption => ({
  legend: { top: 0, data: ["minimum to maximum", "mean"] },
  xAxis: {
    type: "category",
    data: devices.map(({ device }) => device),
    axisLabel: { interval: 0, rotate: devices.length > 8 ? 30 : 0 },
  },
  yAxis: valueAxis,
  series: [
    {
      name: "minimum to maximum",
      type: "candlestick",
      // open, close, lowest, highest: a body without wicks
      data: devices.map(({ minCelsius: low, maxCelsius: high }) => [low, high, low, high]),
      itemStyle: { color: PALE, color0: PALE, borderColor: BLUE, borderColor0: BLUE },
    },
    { name: "mean", type: "scatter", symbolSize: 8, color: BLUE, data: devices.map(({ meanCelsius }) => meanCelsius) },
  ],
});

const malformedShare = ({ events, errorsByCode }: IotSummary): EChartsOption => ({
  series: [
    {
      type: "pie",
      radius: ["40%", "70%"],
      label: { formatter: "{b}: {c} ({d} %)" },
      data: [
        { name: "well-formed", value: events, itemStyle: { color: BLUE } },
        ...errorsByCode.map(({ code, errors }) => ({ name: code, value: errors, itemStyle: { color: RED } })),
      ],
    },
  ],
});

function table({ devices }: IotSummary): string {
  const header = ["Device", "Events", "Min °C", "Mean °C", "Max °C", "Humidity %", "Battery %"];
  const rows = devices.map((each) => [
    escaped(each.device),
    String(each.events),
    ...[each.minCelsius, each.meanCelsius, each.maxCelsius].map((value) => value.toFixed(2)),
    ...[each.meanHumidityPercent, each.batteryPercent].map((value) => value.toFixed(1)),
  ]);
  const line = (tag: string, cells: readonly string[]) =>
    `<tr>${cells.map((cell) => `<${tag}>${cell}</${tag}>`).join("")}</tr>`;
  return `<table>${line("th", header)}${rows.map((row) => line("td", row)).join("\n")}</table>`;
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Names of devices come from outside. */
const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, (character) => ENTITIES[character]!);
