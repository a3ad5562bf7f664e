import { Random } from "@wayweave/geo-core";
import type { PlaceList } from "./place-list.js";

const kinds = ["café", "museum", "park", "bar", "bookshop", "market", "viewpoint", "bathing place"] as const;

/** What a visitor of the made-up city is shown first. */
export const MADE_UP = {
  here: [13.7415, 51.0519],
  scaleMeters: 1500,
  examples: ["sunset over the river", "live music at night", "playground for children", "roman coins"],
} as const;

const CENTER = [13.7415, 51.0519] as const;
const QUARTERS = 40;

/** What is said of each kind of place; some words are said of several. */
const SAID: readonly { readonly nouns: readonly string[]; readonly traits: readonly string[] }[] = [
  {
    nouns: ["café", "tea room", "coffee house", "bakery"],
    traits: [
      "fresh cake",
      "strong espresso",
      "warm bread",
      "green tea",
      "hot chocolate",
      "breakfast all day",
      "sunny terrace",
      "newspapers",
      "quiet corners",
    ],
  },
  {
    nouns: ["museum", "gallery", "collection", "exhibition"],
    traits: [
      "old paintings",
      "roman coins",
      "dinosaur bones",
      "modern sculpture",
      "steam engines",
      "porcelain",
      "photographs",
      "guided tours",
      "quiet rooms",
    ],
  },
  {
    nouns: ["park", "garden", "meadow", "arboretum"],
    traits: [
      "old trees",
      "a rose garden",
      "a playground for children",
      "shady benches",
      "squirrels",
      "a duck pond",
      "lawns for picnics",
      "cherry blossom",
      "joggers",
    ],
  },
  {
    nouns: ["bar", "pub", "jazz club", "beer garden"],
    traits: [
      "live music",
      "craft beer",
      "cocktails at night",
      "dancing",
      "a piano",
      "wine from the region",
      "football on screens",
      "late hours",
      "a sunny terrace",
    ],
  },
  {
    nouns: ["bookshop", "second-hand bookshop", "comic store", "library"],
    traits: [
      "old books",
      "poetry readings",
      "rare prints",
      "novels",
      "maps and atlases",
      "comics for children",
      "armchairs",
      "green tea",
      "quiet corners",
    ],
  },
  {
    nouns: ["market", "flea market", "market hall", "night market"],
    traits: [
      "ripe fruit",
      "fresh fish",
      "cheese and olives",
      "old furniture",
      "flowers",
      "street food",
      "spices",
      "second-hand clothes",
      "warm bread",
    ],
  },
  {
    nouns: ["viewpoint", "tower", "hill", "bridge"],
    traits: [
      "sunset over the river",
      "the whole skyline",
      "fireworks",
      "stars at night",
      "hot-air balloons",
      "steep stairs",
      "telescopes",
      "wind",
      "photographs",
    ],
  },
  {
    nouns: ["lido", "lake", "river beach", "swimming pool"],
    traits: [
      "clear water",
      "a diving tower",
      "sand",
      "paddling for children",
      "boats for hire",
      "ice cream",
      "a sauna",
      "volleyball",
      "sunset over the river",
    ],
  },
];
const MOODS = [
  "Quiet",
  "Lively",
  "Hidden",
  "Famous",
  "Cosy",
  "Spacious",
  "Family-run",
  "Historic",
  "Brand-new",
  "Cheap",
];
const NAMES = [
  "Elbe",
  "Linden",
  "Star",
  "Swan",
  "Lion",
  "Corner",
  "Mill",
  "Garden",
  "Bridge",
  "Castle",
  "Moon",
  "Rose",
  "Raven",
  "Harbour",
  "Fox",
  "Bell",
];

/** The same places each time, in some forty quarters of a city, each with kinds of its own. */
export function madeUpPlaces(count: number): PlaceList {
  const random = new Random(11);
  const quarters = Array.from({ length: QUARTERS }, (_, q) => {
    const own = random.split("quarter").split(q);
    return {
      x: own.normal() * 3500,
      y: own.normal() * 2600,
      spread: own.uniform(250, 900),
      favourite: own.integer(kinds.length),
    };
  });
  const names: string[] = [];
  const texts: string[] = [];
  const kindOf = new Uint8Array(count);
  const positions = new Float64Array(2 * count);
  const ratings = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const quarter = quarters[random.integer(QUARTERS)]!;
    const kind = random.next() < 0.35 ? quarter.favourite : random.integer(kinds.length);
    const { nouns, traits } = SAID[kind]!;
    const noun = pick(nouns, random);
    const [first, second, third] = [...random.sample(traits.length, 3)].map((t) => traits[t]!);
    names.push(`${pick(NAMES, random)} ${noun}`);
    texts.push(`${pick(MOODS, random)} ${noun} with ${first}, ${second} and ${third}`);
    kindOf[i] = kind;
    const x = quarter.x + random.normal() * quarter.spread;
    const y = quarter.y + random.normal() * quarter.spread;
    positions[2 * i] = CENTER[0] + x / (111_195 * Math.cos((CENTER[1] * Math.PI) / 180));
    positions[2 * i + 1] = CENTER[1] + y / 111_195;
    ratings[i] = Math.round(10 * Math.max(1, Math.min(5, 3.9 + 0.7 * random.normal()))) / 10;
  }
  return { names, texts, kinds: kindOf, kindNames: kinds, positions, ratings };
}

function pick<T>(values: readonly T[], random: Random): T {
  return values[random.integer(values.length)]!;
}
