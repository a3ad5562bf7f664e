import { isMarked } from "./column-marks.js";

/** Which columns of a table, or properties of a point, hold what. */
export interface Roles {
  readonly x: string | undefined;
  readonly y: string | undefined;
  /** A column of E and W, or N and S, that belongs to `x` or `y`. */
  readonly xDirection: string | undefined;
  readonly yDirection: string | undefined;
  readonly id: string | undefined;
  readonly time: string | undefined;
  /** A column with the date where `time` holds only the time of day. */
  readonly date: string | undefined;
  /** A column of whole lines: WKT, WKB, JSON. */
  readonly geometry: string | undefined;
  /** A column with a list of times, a time a point of `geometry`. */
  readonly times: string | undefined;
}

/** Names that tell a role, tidied by {@link tidy}; the earlier the stronger. */
const NAMES: Readonly<Record<keyof Roles, readonly string[]>> = {
  x: [
    "longitude",
    "lon",
    "lng",
    "long",
    "longitudedeg",
    "londeg",
    "locationlong",
    "decimallongitude",
    "positionlong",
    "longitudedegrees",
    "gpslongitude",
    "gpslon",
    "gpslng",
    "poslon",
    "xlong",
    "x",
    "xcoord",
    "coordx",
    "xcoordinate",
    "pointx",
    "easting",
    "longitudeew",
  ],
  y: [
    "latitude",
    "lat",
    "latitudedeg",
    "latdeg",
    "locationlat",
    "decimallatitude",
    "positionlat",
    "latitudedegrees",
    "gpslatitude",
    "gpslat",
    "poslat",
    "ylat",
    "y",
    "ycoord",
    "coordy",
    "ycoordinate",
    "pointy",
    "northing",
    "latitudens",
  ],
  xDirection: [
    "ew",
    "eastwest",
    "longitudedirection",
    "londirection",
    "londir",
    "longitudehemisphere",
    "gpslongituderef",
  ],
  yDirection: [
    "ns",
    "northsouth",
    "latitudedirection",
    "latdirection",
    "latdir",
    "latitudehemisphere",
    "gpslatituderef",
  ],
  id: [
    "trajectoryid",
    "trajid",
    "trajectory",
    "traj",
    "tripid",
    "trip",
    "trackid",
    "track",
    "trackfid",
    "tracksegid",
    "rideid",
    "routeid",
    "journeyid",
    "voyageid",
    "flightid",
    "segmentid",
    "sequenceid",
    "vesselid",
    "vessel",
    "mmsi",
    "imo",
    "icao24",
    "callsign",
    "vehicleid",
    "vehicle",
    "taxiid",
    "taxi",
    "cabid",
    "busid",
    "objectid",
    "oid",
    "individuallocalidentifier",
    "individualid",
    "individual",
    "taglocalidentifier",
    "animalid",
    "animal",
    "birdname",
    "tagid",
    "deviceid",
    "device",
    "userid",
    "user",
    "uid",
    "agentid",
    "agent",
    "pedestrianid",
    "personid",
    "person",
    "entityid",
    "entity",
    "stormid",
    "sid",
    "buoyid",
    "droneid",
    "id",
    "fid",
  ],
  time: [
    "timestamp",
    "datetime",
    "time",
    "eventtimestamp",
    "t",
    "ts",
    "timeutc",
    "utctime",
    "utc",
    "dateutc",
    "datetimeutc",
    "timestamputc",
    "basedatetime",
    "gpstime",
    "gpsdatetime",
    "fixtime",
    "recordedat",
    "trackedat",
    "createdat",
    "timeat",
    "at",
    "observedat",
    "isotime",
    "epoch",
    "epochtime",
    "unixtime",
    "unixtimestamp",
    "unix",
    "datetimestamp",
    "dtutc",
    "positiontime",
    "lastupdate",
    "when",
    "zeit",
    "localtime",
    "studylocaltimestamp",
    "datetimelocal",
    "timelocal",
    "begintime",
    "date",
  ],
  date: ["date", "day", "dateutc", "utcdate", "gpsdate"],
  geometry: [
    "geometry",
    "geom",
    "thegeom",
    "wkt",
    "geomwkt",
    "geometrywkt",
    "wkbgeometry",
    "polyline",
    "linestring",
    "line",
    "path",
    "shape",
    "geo",
    "lineswkt",
  ],
  times: ["times", "timestamps", "coordtimes", "datetimes"],
};

/**
 * Finds columns by their names. A name may end in a unit (`time_ms`), and blanks, case and punctuation do not matter.
 *
 * @example findRoles(["# Timestamp", "MMSI", "Latitude", "Longitude"]).id // "MMSI"
 */
export function findRoles(names: readonly string[]): Roles {
  const tidied = names.map((name) => (isMarked(name) ? "" : tidy(name)));
  const find = (role: keyof Roles): string | undefined => {
    for (const wanted of NAMES[role]) {
      const index = tidied.indexOf(wanted);
      if (index !== -1) return names[index];
    }
    return undefined;
  };
  const time = find("time");
  const date = find("date");
  const tidyTime = time === undefined ? "" : tidy(time);
  const isTimeOfDay = ["time", "timeutc", "utctime", "gpstime", "timelocal", "zeit"].includes(tidyTime);
  return {
    x: find("x"),
    y: find("y"),
    xDirection: find("xDirection"),
    yDirection: find("yDirection"),
    id: find("id"),
    time,
    date: isTimeOfDay && date !== time ? date : undefined,
    geometry: find("geometry"),
    times: find("times"),
  };
}

/** Lower case letters and digits only, without a unit at the end. */
function tidy(name: string): string {
  const bare = name
    .trim()
    .replace(
      /(?<![_\s([])[_\s([]+(?:ms|us|ns|s|sec|secs|seconds|milliseconds|microseconds|nanoseconds|millis|micros|nanos|deg|degrees)[)\]]?$/i,
      "",
    )
    .replace(/(?<=[a-z])(?:Ms|Us|Ns|Millis|Seconds)$/, "");
  return bare.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}
