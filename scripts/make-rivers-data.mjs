// Writes data/rivers.csv: made-up fishing waters in all 62 counties of New York State, in the columns of the state's
// dataset. The same seed gives the same file: node scripts/make-rivers-data.mjs
import { writeFileSync } from "node:fs";

const ROWS = 640;

// Seat coordinates to one decimal: where a county's made-up waters are scattered around.
const COUNTIES =
  `Albany 42.6 -73.9|Allegany 42.2 -78.0|Bronx 40.9 -73.9|Broome 42.2 -75.8|Cattaraugus 42.2 -78.7|Cayuga 42.9 -76.6
Chautauqua 42.3 -79.4|Chemung 42.1 -76.8|Chenango 42.5 -75.6|Clinton 44.7 -73.7|Columbia 42.2 -73.6|Cortland 42.6 -76.1
Delaware 42.2 -74.9|Dutchess 41.8 -73.7|Erie 42.8 -78.8|Essex 44.1 -73.8|Franklin 44.6 -74.3|Fulton 43.1 -74.4
Genesee 43.0 -78.2|Greene 42.3 -74.1|Hamilton 43.7 -74.5|Herkimer 43.4 -75.0|Jefferson 44.0 -75.9|Kings 40.6 -73.9
Lewis 43.8 -75.4|Livingston 42.7 -77.8|Madison 42.9 -75.7|Monroe 43.2 -77.6|Montgomery 42.9 -74.4|Nassau 40.7 -73.6
New York 40.8 -74.0|Niagara 43.2 -78.8|Oneida 43.2 -75.4|Onondaga 43.0 -76.2|Ontario 42.9 -77.3|Orange 41.4 -74.3
Orleans 43.3 -78.2|Oswego 43.4 -76.2|Otsego 42.6 -75.0|Putnam 41.4 -73.7|Queens 40.7 -73.8|Rensselaer 42.7 -73.5
Richmond 40.6 -74.1|Rockland 41.2 -74.0|St. Lawrence 44.5 -75.1|Saratoga 43.1 -73.9|Schenectady 42.8 -74.1|Schoharie 42.6 -74.4
Schuyler 42.4 -76.9|Seneca 42.8 -76.8|Steuben 42.3 -77.4|Suffolk 40.9 -72.8|Sullivan 41.7 -74.8|Tioga 42.2 -76.3
Tompkins 42.5 -76.5|Ulster 41.9 -74.3|Warren 43.6 -73.8|Washington 43.3 -73.4|Wayne 43.2 -77.1|Westchester 41.2 -73.8
Wyoming 42.7 -78.2|Yates 42.6 -77.1`
    .split(/[|\n]/)
    .map((entry) => /^(?<name>.+) (?<latitude>\S+) (?<longitude>\S+)$/.exec(entry.trim()).groups);

const HEADERS = [
  "Waterbody Name",
  "Fish Species Present at Waterbody",
  "Comments",
  "Special Regulations on Waterbody",
  "County",
  "Types of Public Access",
  "Public Fishing Access Owner",
  "Waterbody Information",
  "Longitude",
  "Latitude",
  "Location",
];

const FIRST =
  `Alder Amber Aspen Badger Basswood Beaverdam Birchbark Blackstone Bluestone Bobolink Bramble Brindle Butternut Cedar Chestnut
Clearwater Cloudy Coldspring Copper Coppice Cranberry Cricket Deerlick Dogwood Dovetail Eastman Elderberry Ember Fallow Fawn Fernbank
Fiddlehead Flint Foxglove Granite Grindstone Gristmill Hackberry Harrow Hawthorn Hazel Hemlock Heron Hickory Hollow Ironwood Juniper
Kestrel Kettle Kingfisher Lantern Larch Linden Loon Mallow Maple Marigold Meadow Millrace Minnow Mossy Nettle Oakum Otter Osprey
Partridge Pebble Pinecone Plover Quarry Quill Raven Redstart Rushlight Sandstone Sawmill Shale Silver Slate Sorrel Sparrow Sumac
Sycamore Tamarack Tannery Thistle Thornapple Trillium Turnpike Upland Vesper Wagon Warbler Whetstone Willow Winterberry Wren Yarrow`.split(
    /\s+/,
  );
const KINDS = ["Creek", "Creek", "Creek", "Brook", "Brook", "River", "Kill", "Run", "Branch", "Stream"];
const PREFIXES = ["", "", "", "", "East Branch ", "West Branch ", "North Fork ", "Little ", "Upper "];
const SPECIES = [
  "Brook Trout",
  "Brown Trout",
  "Rainbow Trout",
  "Smallmouth Bass",
  "Walleye",
  "Northern Pike",
  "Yellow Perch",
  "Rock Bass",
  "Chain Pickerel",
  "Sunfish",
  "Channel Catfish",
  "Steelhead",
  "Fallfish",
];
const COMMENTS = [
  "None",
  "None",
  "None",
  "Steep banks, slippery after rain",
  'Known to anglers as "the Long Bend", best in May',
  "Parking for six cars, none in winter",
  "Wade with care: the water rises quickly, without warning",
  "Handicapped accessible platform at the lower bridge",
  "Catch and release between the two dams, artificial lures only",
];
const ACCESS = [
  "Shore Fishing",
  "Shore Fishing - Public Fishing Rights",
  "Cartop Boat Launch",
  "Shore Fishing, Cartop Boat Launch",
  "Trailer Boat Launch",
];
const OWNERS = [
  "Public Easement",
  "Town Park",
  "County Park",
  "State Forest (DEC)",
  "Village of {}, Parks Department",
  "Public Easement, Town of {}",
];

// mulberry32: a small generator of known quality, so that the file does not depend on the version of Node.
let seed = 0x62c0;
function random() {
  seed = (seed + 0x6d2b79f5) | 0;
  let value = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
  return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
}
const pick = (list) => list[Math.floor(random() * list.length)];
const quoted = (field) => (/[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field);

// Where anglers go most, and where least; the others come in between in an order of chance.
const FIRST_COUNTIES = ["Delaware", "Sullivan", "Ulster", "Otsego", "Essex"];
const LAST_COUNTIES = ["Bronx", "Kings", "New York", "Queens", "Richmond"];

/** Each county once, the rest by weights that fall off steeply: counts are unequal, as in the real dataset. */
function countyOfEachRow() {
  const rankOf = (name) => {
    const first = FIRST_COUNTIES.indexOf(name);
    return first >= 0 ? first - FIRST_COUNTIES.length : random() + (LAST_COUNTIES.includes(name) ? 1 : 0);
  };
  const shuffled = COUNTIES.map((county) => ({ county, order: rankOf(county.name) })).sort((a, b) => a.order - b.order);
  const weighted = shuffled.map(({ county }, rank) => ({ county, weight: 1 / (rank + 6) }));
  const total = weighted.reduce((sum, { weight }) => sum + weight, 0);
  const drawn = Array.from({ length: ROWS - COUNTIES.length }, () => {
    let rest = random() * total;
    return weighted.find(({ weight }) => (rest -= weight) < 0)?.county ?? COUNTIES[0];
  });
  return [...COUNTIES, ...drawn]
    .map((county) => ({ county, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ county }) => county);
}

function rowOf({ name, latitude, longitude }) {
  const species = Array.from(new Set(Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(SPECIES))));
  const north = (Number(latitude) + (random() - 0.5) * 0.4).toFixed(6);
  const east = (Number(longitude) + (random() - 0.5) * 0.4).toFixed(6);
  return [
    `${pick(PREFIXES)}${pick(FIRST)} ${pick(KINDS)}`,
    species.join(" - "),
    pick(COMMENTS),
    "https://example.org/regulations",
    name,
    pick(ACCESS),
    pick(OWNERS).replace("{}", pick(FIRST)),
    "https://example.org/waters",
    east,
    north,
    `(${north}, ${east})`,
  ];
}

const lines = [HEADERS, ...countyOfEachRow().map(rowOf)].map((fields) => fields.map(quoted).join(","));
writeFileSync(new URL("../data/rivers.csv", import.meta.url), `${lines.join("\n")}\n`);
