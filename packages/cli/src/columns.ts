import { type ReadTrajectoriesOptions, type TrajectorySet, ValueError } from "@wayweave/geo-core";

type Columns = NonNullable<ReadTrajectoriesOptions["columns"]>;

const ROLES = ["id", "lon", "lat", "time", "date", "line"] as const;
const PLANAR: Readonly<Record<string, string>> = { x: "lon", y: "lat" };

/** `id,lon,lat,time` in this order, or `id=trip,lon=x,lat=y`; `id=trip,line=wkt` where a row is a whole trip. */
export function parseColumns(text: string): Columns {
  const parts = text.split(",").map((part) => part.trim());
  const isNamed = parts.some((part) => part.includes("="));
  const found: Partial<Record<(typeof ROLES)[number], string>> = {};
  for (const [i, part] of parts.entries()) {
    const cut = part.indexOf("=");
    const given = isNamed ? part.slice(0, Math.max(0, cut)) : ROLES[i];
    const role = PLANAR[given ?? ""] ?? given;
    const name = isNamed ? part.slice(cut + 1) : part;
    if (!ROLES.includes(role as "id") || name === "") throw columnsError(text);
    found[role as "id"] = name;
  }
  const { line, ...ofPoints } = found;
  if (line !== undefined) {
    const { id, time: times, ...more } = ofPoints;
    if (Object.keys(more).length > 0) throw columnsError(text);
    const named = { ...(id === undefined ? {} : { id }), ...(times === undefined ? {} : { times }) };
    return { layout: "trajectories", polyline: line, ...named };
  }
  const { lon, lat, ...others } = ofPoints;
  if (lon === undefined || lat === undefined) throw columnsError(text);
  return { layout: "points", x: lon, y: lat, ...others };
}

function columnsError(text: string): ValueError {
  return new ValueError(
    `--columns must be id,lon,lat or id,lon,lat,time, or by role such as id=trip,lon=x,lat=y,time=when, or id=trip,line=wkt where rows are trips, got ${JSON.stringify(text)}`,
  );
}

/**
 * Columns of a table without a header: by their numbers, from 0.
 *
 * @throws {ValueError} a name
 */
export function byNumber({ layout, ...names }: Columns): Columns {
  const numbers = Object.entries(names).map(([role, name]) => {
    if (/^\d+$/.test(String(name))) return [role, Number(name)];
    throw new ValueError(
      `--columns must be numbers with --no-header, the first column is 0: id=0,lon=1,lat=2, got ${JSON.stringify(name)}`,
    );
  });
  return { layout, ...Object.fromEntries(numbers) } as Columns;
}

/**
 * What `--columns` took, where it left out what makes trips of rows or gives them times: what it does not name is not looked for.
 *
 * @param set what was read so
 * @returns nothing where it names id and time, or is not given
 */
export function columnsNote(
  { columns, planar, times }: { columns?: Columns; planar?: true; times?: string },
  set: TrajectorySet,
): string | undefined {
  if (columns?.layout !== "points") return undefined;
  const { x, y, id, time, date } = columns;
  const missing = [
    ...(id === undefined ? ["no id, so that each table is one trip"] : []),
    ...(time === undefined && times !== "ignore" ? ["no time"] : []),
  ];
  if (missing.length === 0) return undefined;
  const taken = Object.entries({ id, ...(planar ? { x, y } : { lon: x, lat: y }), time, date })
    .filter(([, name]) => name !== undefined)
    .map(([role, name]) => `${role}=${name}`);
  const others = Object.keys({ ...set.pointColumns, ...set.properties });
  const left = others.length === 0 ? "" : `; other columns: ${others.join(", ")}`;
  return `note: --columns takes ${taken.join(", ")}; ${missing.join("; ")}${left}`;
}
