import { createRequire } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";
import { stoppable } from "@wayweave/cli";
import { Command, Option } from "commander";
import { encoderRecipes } from "../encoders/recipes.js";
import { type IndexFlags, indexPhotos } from "./index-command.js";
import { type SearchFlags, searchIndex } from "./search-command.js";

const idsOf = (modality: "image" | "text") =>
  encoderRecipes.filter((recipe) => recipe.modality === modality).map(({ id }) => id);

const example = `
Texts that belong to photos stand beside them (church.jpg, church.txt) or in a table (--table) with the columns file, text, lon,
lat (or longitude, latitude); its other columns are attributes that --where asks for: numbers where all values are, but 01067 is text.
Places come from the table, else from the photos' EXIF data.
\`search\` prints a line a photo: rank, score, distance, likeness (a cosine), file, and with --target text the text that was found.
Encoders: minilm reads English, bge-small-zh Chinese and English; texts in other languages are found by words in common only. Both cut texts behind
256 tokens (some 200 words).

Examples:
  wayweave-cosmat index photos/ --out index
  wayweave-cosmat search index --text "church at night" --near 13.74,51.05 --k 10 --html found.html
  wayweave-cosmat search index --near 13.74,51.05 --where '{"year":{"min":2020}}'
`;

/** The command line: `wayweave-cosmat index photos/ --out index`, `wayweave-cosmat search index --text … --near lon,lat`. */
export function createProgram(): Command {
  const { version } = createRequire(import.meta.url)("@wayweave/cosmat/package.json") as { version: string };
  const program = new Command("wayweave-cosmat")
    .description("Finds photos near a place and about a text.")
    .version(version)
    .addHelpText("after", example);
  program
    .command("index")
    .description("Indexes a folder of photos.")
    .argument("<photos>", "the folder; those below it too")
    .requiredOption("--out <folder>", "where the index goes")
    .option("--table <file>", "CSV with file, text, lon, lat and attributes")
    .addOption(encodersOption())
    .addOption(new Option("--image-encoder <id>", "").choices(idsOf("image")).default(idsOf("image")[0]))
    .addOption(new Option("--text-encoder <id>", "").choices([...idsOf("text"), "none"]).default("minilm"))
    .action((photos: string, flags: IndexFlags) => stoppable((signal) => indexPhotos(photos, flags, signal)));
  program
    .command("search")
    .description("Searches an index.")
    .argument("<index>", "the folder that `index` wrote")
    .option("--text <text>", "what the photos are about")
    .option("--image <file>", "or a photo that they are like")
    .option("--near <lon,lat>", "the place; without it, wherever they are")
    .option("--k <number>", "how many", "10")
    .option(
      "--mu <number>",
      "weight of nearness, from 0 (about this) to 1 (near here) (default: 0.5; 0 without --near, 1 without --text and --image)",
    )
    .addOption(new Option("--target <kind>", "what comes back").choices(["image", "text"]).default("image"))
    .option("--where <json>", 'conditions on attributes, such as {"year":{"min":2020}}')
    .option("--html <file>", "writes a contact sheet with a map")
    .option("--photos <folder>", "where the photos of the contact sheet are, if they have moved")
    .option("--json", "prints JSON")
    .addOption(encodersOption())
    .action((index: string, flags: SearchFlags) => searchIndex(index, flags));
  return program;
}

function encodersOption(): Option {
  return new Option("--encoders <folder>", "the encoders' archives")
    .env("WAYWEAVE_ENCODERS")
    .default(join(homedir(), ".cache", "wayweave", "encoders"), "~/.cache/wayweave/encoders");
}
