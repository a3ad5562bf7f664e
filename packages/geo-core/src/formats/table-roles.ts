import { lookup } from "../foundation/lookup.js";
import { isMarked } from "./column-marks.js";
import { findRoles, type Roles } from "./roles.js";

/** What columns are called in other languages, and rarer names, by what {@link findRoles} knows; in lower case, letters and digits only. */
const WORDS: Readonly<Record<string, string>> = {
  // German
  breitengrad: "latitude",
  geografischebreite: "latitude",
  geographischebreite: "latitude",
  längengrad: "longitude",
  laengengrad: "longitude",
  geografischelänge: "longitude",
  geographischelänge: "longitude",
  uhrzeit: "time",
  zeitstempel: "timestamp",
  // French, Spanish, Portuguese, Italian
  heure: "time",
  horodatage: "timestamp",
  latitud: "latitude",
  longitud: "longitude",
  fecha: "date",
  hora: "time",
  fechahora: "datetime",
  datahora: "datetime",
  latitudine: "latitude",
  longitudine: "longitude",
  // Dutch, Danish, Norwegian, Swedish
  breedtegraad: "latitude",
  lengtegraad: "longitude",
  tijd: "time",
  tijdstip: "timestamp",
  breddegrad: "latitude",
  længdegrad: "longitude",
  lengdegrad: "longitude",
  breddgrad: "latitude",
  längdgrad: "longitude",
  tidspunkt: "timestamp",
  // Polish, Czech, Turkish, Indonesian
  szerokośćgeograficzna: "latitude",
  długośćgeograficzna: "longitude",
  czas: "time",
  zeměpisnášířka: "latitude",
  zeměpisnádélka: "longitude",
  čas: "time",
  enlem: "latitude",
  boylam: "longitude",
  tarih: "date",
  lintang: "latitude",
  bujur: "longitude",
  tanggal: "date",
  waktu: "time",
  // Russian, Chinese, Japanese, Korean
  широта: "latitude",
  долгота: "longitude",
  дата: "date",
  время: "time",
  датавремя: "datetime",
  датаивремя: "datetime",
  纬度: "latitude",
  经度: "longitude",
  时间: "time",
  时间戳: "timestamp",
  緯度: "latitude",
  經度: "longitude",
  経度: "longitude",
  日期: "date",
  日付: "date",
  時間: "time",
  時刻: "time",
  日時: "datetime",
  위도: "latitude",
  경도: "longitude",
  날짜: "date",
  시간: "time",
  시각: "time",
  일시: "datetime",
  // What moves, and its way
  fahrzeug: "vehicle",
  fahrzeugid: "vehicle",
  fahrzeugnummer: "vehicle",
  kennzeichen: "vehicle",
  fahrtid: "tripid",
  véhicule: "vehicle",
  vehicule: "vehicle",
  vehículo: "vehicle",
  vehiculo: "vehicle",
  veículo: "vehicle",
  veiculo: "vehicle",
  veicolo: "vehicle",
  voertuig: "vehicle",
  fordon: "vehicle",
  pojazd: "vehicle",
  araç: "vehicle",
  kendaraan: "vehicle",
  автомобиль: "vehicle",
  машина: "vehicle",
  рейс: "tripid",
  车辆: "vehicle",
  车辆id: "vehicle",
  车牌: "vehicle",
  车牌号: "vehicle",
  轨迹: "trajectory",
  轨迹id: "trajectory",
  行程: "tripid",
  車両: "vehicle",
  車両id: "vehicle",
  차량: "vehicle",
  차량번호: "vehicle",
  // Of devices and databases
  runid: "tripid",
  workoutid: "tripid",
  latdd: "latitude",
  londd: "longitude",
  latwgs84: "latitude",
  lonwgs84: "longitude",
  trkid: "trackid",
  activitydate: "datetime",
  locdate: "datetime",
  platformidno: "deviceid",
  icao: "icao24",
  icaohex: "icao24",
  icaoaddress: "icao24",
  hexident: "icao24",
  devicetag: "deviceid",
  // GTFS
  shapeid: "trajectoryid",
  shapeptlat: "latitude",
  shapeptlon: "longitude",
};

/** Words that mean something else too: they count where another word of these lists stands beside them. */
const DOUBTFUL_WORDS: Readonly<Record<string, string>> = {
  breite: "latitude",
  länge: "longitude",
  laenge: "longitude",
  szerokość: "latitude",
  długość: "longitude",
  datum: "date",
  dato: "date",
  data: "date",
  date: "date",
  tid: "time",
  ora: "time",
  saat: "time",
  localdate: "date",
  localtime: "time",
  dt: "datetime",
  fahrt: "tripid",
  tour: "tripid",
  trajet: "tripid",
  viaje: "tripid",
  viagem: "tripid",
  viaggio: "tripid",
  rit: "tripid",
  resa: "tripid",
  trasa: "tripid",
};

/**
 * As {@link findRoles}, which knows English names; those of other languages take the roles that these leave open, and the time where it is
 * only a date.
 *
 * @example rolesOfTable(["Fecha", "Hora", "Latitud", "Longitud"]).date // "Fecha"
 */
export function rolesOfTable(names: readonly string[]): Roles {
  const found = findRoles(names);
  const roles = {
    ...found,
    id: moverBeside(found.id, names) ?? found.id,
    geometry: found.geometry ?? names.find((name) => POLYLINE.test(name)),
  };
  const bare = names.map(bareName);
  const strong = bare.filter((name) => lookup(WORDS, name) !== undefined).length;
  const doubtful = bare.filter((name) => lookup(DOUBTFUL_WORDS, name) !== undefined).length;
  if (strong === 0 && doubtful < 2) return roles;
  const english = names.map((name, i) => meaningOf(bare[i]!) ?? name);
  const meant = findRoles(english);
  const ownName = (name: string | undefined) =>
    name === undefined ? undefined : names[english.indexOf(name)];
  const isTimeOpen = roles.time === undefined || meaningOf(bareName(roles.time)) !== undefined;
  return {
    ...roles,
    x: roles.x ?? ownName(meant.x),
    y: roles.y ?? ownName(meant.y),
    id: roles.id ?? ownName(meant.id),
    ...(isTimeOpen ? { time: ownName(meant.time), date: ownName(meant.date) } : {}),
  };
}

/** What moves, and its tag. */
const MOVER =
  /^(?:mmsi|imo|icao24|callsign|(?:vehicle|taxi|cab|bus|vessel|animal|individual|device|user|agent|pedestrian|person)(?:id)?|(?:individual|tag)localidentifier|tagid)$/;

/** `summary_polyline`, `encodedPolyline`; not our own marks. */
const POLYLINE = /poly_?line(?:\d|s)?$/i;

/**
 * Names that say whose a point is only where nothing else does, and what says it better: of aeroplanes and ships a track is a heading and a vessel
 * a type, buses of one route are several, and an object's number numbers the rows of a database.
 */
const WEAK_IDS: Readonly<Record<string, RegExp>> = {
  track: /^(?:mmsi|imo|icao24|callsign)$/,
  vessel: /^(?:mmsi|imo|vesselid)$/,
  routeid: /^(?:vehicle|bus|taxi|cab|device)(?:id)?$/,
  objectid: MOVER,
  oid: MOVER,
  uid: MOVER,
};

/** The column that names what moves, where the one that was found says less; else undefined. */
function moverBeside(id: string | undefined, names: readonly string[]): string | undefined {
  const better = id === undefined ? undefined : lookup(WEAK_IDS, bareName(id));
  if (better === undefined) return undefined;
  return findRoles(names.filter((name) => better.test(bareName(name)))).id;
}

/**
 * As {@link rolesOfTable}, of a table of which a row is known: a track that is a fraction is a heading, and names nothing.
 *
 * @param cellOf the row's value by the column's name
 */
export function rolesOfRow(names: readonly string[], cellOf: (name: string) => unknown): Roles {
  const roles = rolesOfTable(names);
  if (roles.id === undefined || bareName(roles.id) !== "track") return roles;
  const isFraction = Number(cellOf(roles.id)) % 1 > 0;
  return isFraction ? { ...roles, id: rolesOfTable(names.filter((name) => name !== roles.id)).id } : roles;
}

const SEQUENCE =
  /^(?:(?:shapept|pt|point|vertex|waypoint|gps|track|trk|step)?(?:sequence|seq)(?:no|nr|num|number|index)?|(?:point|vertex|waypoint|pt)(?:index|idx|order|no|nr|num|number)|order(?:ing|index|id|no)?)$/;

/** The column that numbers the points of a trajectory; undefined where none does by its name, or several do. */
export function sequenceOf(names: readonly string[]): string | undefined {
  const found = names.filter((name) => SEQUENCE.test(bareName(name)));
  return found.length === 1 ? found[0] : undefined;
}

function meaningOf(bare: string): string | undefined {
  return lookup(WORDS, bare) ?? lookup(DOUBTFUL_WORDS, bare);
}

function bareName(name: string): string {
  if (isMarked(name)) return "";
  return name
    .normalize("NFC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "");
}
