/** A state as NOAA's services select it. */
export interface State {
  /** Postal code, with which the names of its stations end. */
  readonly code: string;
  readonly name: string;
  /** Census code, Climate Data Online's location id. */
  readonly fips: string;
  /** North, west, south, east in degrees: the access data service selects by a box alone. It reaches a little beyond the borders. */
  readonly box: readonly [number, number, number, number];
}

/** From the Census Bureau's cartographic boundaries; of Alaska, the islands beyond the date line are left out. */
// oxfmt-ignore
const STATES: readonly State[] = [
  { code: "AL", name: "Alabama", fips: "01", box: [35.06, -88.52, 30.17, -84.84] },
  { code: "AK", name: "Alaska", fips: "02", box: [71.40, -180.00, 51.18, -129.93] },
  { code: "AZ", name: "Arizona", fips: "04", box: [37.05, -114.86, 31.28, -108.99] },
  { code: "AR", name: "Arkansas", fips: "05", box: [36.55, -94.67, 32.95, -89.61] },
  { code: "CA", name: "California", fips: "06", box: [42.06, -124.46, 32.48, -114.08] },
  { code: "CO", name: "Colorado", fips: "08", box: [41.05, -109.11, 36.94, -101.99] },
  { code: "CT", name: "Connecticut", fips: "09", box: [42.10, -73.78, 40.93, -71.74] },
  { code: "DE", name: "Delaware", fips: "10", box: [39.89, -75.84, 38.40, -75.00] },
  { code: "DC", name: "District of Columbia", fips: "11", box: [39.04, -77.17, 38.74, -76.86] },
  { code: "FL", name: "Florida", fips: "12", box: [31.05, -87.68, 24.46, -79.98] },
  { code: "GA", name: "Georgia", fips: "13", box: [35.05, -85.66, 30.31, -80.79] },
  { code: "HI", name: "Hawaii", fips: "15", box: [22.28, -160.30, 18.87, -154.76] },
  { code: "ID", name: "Idaho", fips: "16", box: [49.05, -117.29, 41.94, -110.99] },
  { code: "IL", name: "Illinois", fips: "17", box: [42.56, -91.56, 36.92, -87.44] },
  { code: "IN", name: "Indiana", fips: "18", box: [41.81, -88.15, 37.72, -84.73] },
  { code: "IA", name: "Iowa", fips: "19", box: [43.55, -96.68, 40.33, -90.09] },
  { code: "KS", name: "Kansas", fips: "20", box: [40.05, -102.10, 36.94, -94.54] },
  { code: "KY", name: "Kentucky", fips: "21", box: [39.20, -89.62, 36.45, -81.92] },
  { code: "LA", name: "Louisiana", fips: "22", box: [33.07, -94.09, 28.88, -88.77] },
  { code: "ME", name: "Maine", fips: "23", box: [47.51, -71.13, 43.01, -66.93] },
  { code: "MD", name: "Maryland", fips: "24", box: [39.77, -79.54, 37.87, -75.00] },
  { code: "MA", name: "Massachusetts", fips: "25", box: [42.94, -73.56, 41.19, -69.88] },
  { code: "MI", name: "Michigan", fips: "26", box: [48.24, -90.47, 41.65, -82.37] },
  { code: "MN", name: "Minnesota", fips: "27", box: [49.43, -97.29, 43.45, -89.44] },
  { code: "MS", name: "Mississippi", fips: "28", box: [35.05, -91.69, 30.13, -88.05] },
  { code: "MO", name: "Missouri", fips: "29", box: [40.66, -95.82, 35.95, -89.05] },
  { code: "MT", name: "Montana", fips: "30", box: [49.05, -116.10, 44.31, -103.99] },
  { code: "NE", name: "Nebraska", fips: "31", box: [43.05, -104.10, 39.95, -95.26] },
  { code: "NV", name: "Nevada", fips: "32", box: [42.05, -120.06, 34.95, -113.99] },
  { code: "NH", name: "New Hampshire", fips: "33", box: [45.36, -72.61, 42.65, -70.65] },
  { code: "NJ", name: "New Jersey", fips: "34", box: [41.41, -75.61, 38.88, -73.84] },
  { code: "NM", name: "New Mexico", fips: "35", box: [37.05, -109.10, 31.28, -102.95] },
  { code: "NY", name: "New York", fips: "36", box: [45.07, -79.81, 40.45, -71.81] },
  { code: "NC", name: "North Carolina", fips: "37", box: [36.64, -84.37, 33.80, -75.41] },
  { code: "ND", name: "North Dakota", fips: "38", box: [49.05, -104.10, 45.88, -96.51] },
  { code: "OH", name: "Ohio", fips: "39", box: [42.03, -84.87, 38.36, -80.47] },
  { code: "OK", name: "Oklahoma", fips: "40", box: [37.05, -103.05, 33.57, -94.38] },
  { code: "OR", name: "Oregon", fips: "41", box: [46.32, -124.60, 41.94, -116.41] },
  { code: "PA", name: "Pennsylvania", fips: "42", box: [42.32, -80.57, 39.67, -74.65] },
  { code: "PR", name: "Puerto Rico", fips: "72", box: [18.57, -67.99, 17.86, -65.17] },
  { code: "RI", name: "Rhode Island", fips: "44", box: [42.07, -71.91, 41.10, -71.07] },
  { code: "SC", name: "South Carolina", fips: "45", box: [35.27, -83.40, 31.98, -78.49] },
  { code: "SD", name: "South Dakota", fips: "46", box: [46.00, -104.11, 42.43, -96.39] },
  { code: "TN", name: "Tennessee", fips: "47", box: [36.73, -90.36, 34.93, -81.60] },
  { code: "TX", name: "Texas", fips: "48", box: [36.55, -106.70, 25.79, -93.47] },
  { code: "UT", name: "Utah", fips: "49", box: [42.05, -114.10, 36.95, -108.99] },
  { code: "VT", name: "Vermont", fips: "50", box: [45.07, -73.49, 42.68, -71.44] },
  { code: "VA", name: "Virginia", fips: "51", box: [39.52, -83.73, 36.49, -75.19] },
  { code: "WA", name: "Washington", fips: "53", box: [49.05, -124.78, 45.49, -116.87] },
  { code: "WV", name: "West Virginia", fips: "54", box: [40.69, -82.69, 37.15, -77.67] },
  { code: "WI", name: "Wisconsin", fips: "55", box: [47.13, -92.94, 42.44, -86.77] },
  { code: "WY", name: "Wyoming", fips: "56", box: [45.06, -111.11, 40.95, -104.00] },
];

/** By postal code or name, in any case. */
export function findState(text: string): State {
  const wanted = text.trim().toLowerCase();
  const state = STATES.find(({ code, name }) => code.toLowerCase() === wanted || name.toLowerCase() === wanted);
  if (state) return state;
  throw new Error(`There is no state "${text}": give its postal code (MD) or its name (Maryland).`);
}
